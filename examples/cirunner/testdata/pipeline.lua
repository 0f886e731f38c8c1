local steps = require("ci.steps")

steps.run { name = "build", argv = { "echo", "building", job.name } }
return steps.all {
  { name = "lint", argv = { "true" } },
  { name = "test", argv = { "sh", "-c", "exit 3" } },
}
