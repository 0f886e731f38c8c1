//go:build linux && cgo

package native

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	specs "github.com/opencontainers/runtime-spec/specs-go"
)

// The state directory of a container is also its bundle: the spec that it was
// started from lies there as config.json. With it runc's command line understands
// our containers, exec included, which takes the process's settings from there.

// withBundle names the bundle in the labels of a state. The conversion of the spec
// has put the working directory there, which is runc's bundle.
func withBundle(labels []string, dir string) []string {
	const key = "bundle="
	others := slices.DeleteFunc(labels, func(l string) bool { return strings.HasPrefix(l, key) })
	return append(others, key+dir)
}

// writeBundle writes config.json at once: a reader finds all of it or none. It is
// for root only, since the environment of the program is in it.
func writeBundle(dir string, s *specs.Spec) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "config.json")
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return fmt.Errorf("bundle: %w", errors.Join(err, os.Remove(path+".new")))
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	return nil
}
