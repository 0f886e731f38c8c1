//go:build linux && cgo

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/execlua/execlua/internal/testenv"
)

// The init of a container is this binary once more: a bundle has to become one,
// and not to run its script again. Its state, which no flag moves, stays in a
// mount namespace.
func TestBundleRunsContainers(t *testing.T) {
	testenv.Root(t)
	dir := t.TempDir()
	script, file := filepath.Join(dir, "box.lua"), filepath.Join(dir, "box")
	source := `
		local result = execlua.driver():run({ image = "host", "/bin/echo", "in a box", ... }, { stdout = "capture" })
		io.write(result.stdout)
		return result.exit_code`
	if err := os.WriteFile(script, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(binary(t), "bundle", "-o", file, script).CombinedOutput(); err != nil {
		t.Fatalf("bundle: %v\n%s", err, out)
	}
	inside := exec.Command("unshare", "-m", "sh", "-c", `mount -t tmpfs none /run && exec "$0" init`, file)
	out, err := inside.CombinedOutput()
	if err != nil || string(out) != "in a box init\n" {
		t.Errorf("got %q, %v", out, err)
	}
}
