//go:build linux

package testenv

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"os/exec"
)

// Build builds execlua at path as `make build` does: static, and without what a test
// binary brings along.
func Build(path string) error {
	tags, err := buildTags()
	if err != nil {
		return err
	}
	cmd := exec.Command("go", "build", "-buildvcs=false", "-trimpath", "-tags", tags,
		"-ldflags", "-s -w -linkmode external -extldflags -static", "-o", path, "github.com/execlua/execlua/cmd/execlua")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", cmd, err, out)
	}
	return nil
}

// buildTags are those that this test was built with.
func buildTags() (string, error) {
	info, err := buildinfo.ReadFile("/proc/self/exe")
	if err != nil {
		return "", err
	}
	for _, setting := range info.Settings {
		if setting.Key == "-tags" {
			return setting.Value, nil
		}
	}
	return "", errors.New("run the tests with the tags of the Makefile")
}
