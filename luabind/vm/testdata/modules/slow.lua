require("test").meet("slow module") return {}
