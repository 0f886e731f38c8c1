package stdlib_test

import (
	"bytes"
	"testing"

	"github.com/execlua/execlua/luabind"
)

// A command line ends the script as it ends any program.
func TestArgsEndTheScript(t *testing.T) {
	const script = `
		pcall(execlua.args, {
			{ "--image", "-i", required = true, help = "what to run" },
			{ "--replicas", default = 2, type = "integer", help = "how many" },
			{ "--force", type = "boolean" },
			{ "mode", choices = { "fast", "safe" } },
		}, { description = "Deploys." })
		print("the script goes on")`
	const usage = `usage: deploy.lua [flags] [mode]

Deploys.

  --image, -i STRING   what to run (required)
  --replicas INTEGER   how many (default 2)
  --force
  mode                 (fast, safe)
  -h, --help           print this text
`
	const try = "\ntry: deploy.lua --help\n"
	for _, row := range []struct {
		argv           []string
		code           int
		stdout, stderr string
	}{
		{[]string{"-i", "x", "fast"}, 0, "the script goes on\n", ""},
		{[]string{"--help"}, 0, usage, ""},
		{[]string{"-h"}, 0, usage, ""},
		{[]string{}, 2, "", "deploy.lua: --image is missing" + try},
		{[]string{"--imgae", "x"}, 2, "", "deploy.lua: no flag --imgae (did you mean --image?)" + try},
		{[]string{"--image"}, 2, "", "deploy.lua: --image needs a value" + try},
		{[]string{"-i", "x", "-i", "y"}, 2, "", "deploy.lua: -i is given twice" + try},
		{[]string{"--replicas", "many"}, 2, "", `deploy.lua: --replicas: "many" is no integer` + try},
		{[]string{"--replicas", "1e99"}, 2, "", `deploy.lua: --replicas: "1e99" is no integer` + try},
		{[]string{"--force=perhaps"}, 2, "", `deploy.lua: --force: "perhaps" is no boolean` + try},
		{[]string{"--no-image"}, 2, "", "deploy.lua: no flag --no-image" + try},
		{[]string{"-i", "x", "slow"}, 2, "", `deploy.lua: mode: "slow" is none of fast, safe` + try},
		{[]string{"-i", "x", "fast", "more"}, 2, "", `deploy.lua: "more" is one argument too many` + try},
	} {
		var stdout, stderr bytes.Buffer
		code, err := runOutside(t, "dir/deploy.lua", script, func(o *luabind.Options) {
			o.Args, o.Stdout, o.Stderr = row.argv, &stdout, &stderr
		})
		if code != row.code || err != nil || stdout.String() != row.stdout || stderr.String() != row.stderr {
			t.Errorf("%q: code %d, %v, stdout:\n%sstderr:\n%s\nwant %d\n%s%s", row.argv, code, err, &stdout, &stderr, row.code, row.stdout, row.stderr)
		}
	}
}
