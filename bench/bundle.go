package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
	"github.com/execlua/execlua/driver/spec"
)

// makeRootfs builds the smallest root that has a shell.
func makeRootfs(dir string) error {
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		return err
	}
	program, err := os.ReadFile(busybox)
	if err != nil {
		return err
	}
	for _, d := range []string{"bin", "dev", "proc", "sys", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "bin/busybox"), program, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"sh", "true", "echo", "sleep"} {
		if err := os.Symlink("busybox", filepath.Join(dir, "bin", name)); err != nil {
			return err
		}
	}
	return nil
}

// makeBundle writes the OCI bundle of the container that execlua makes of the
// same Command: the runtimes are asked for the same work.
func makeBundle(dir, rootfs string, argv []string) error {
	kernel, err := kernel()
	if err != nil {
		return err
	}
	_, v1 := os.Stat("/sys/fs/cgroup/cgroup.controllers")
	c := &driver.Command{
		ID:            "bench",
		Rootfs:        rootfs,
		ProcessConfig: driver.ProcessConfig{Entrypoint: argv[0], Arguments: argv[1:]},
	}
	h := spec.Host{
		Arch:         runtime.GOARCH,
		Kernel:       kernel,
		CgroupV2:     v1 == nil,
		Capabilities: driver.GetAllCapabilities(),
	}
	s, err := spec.Build(c, h, spec.Place{Rootfs: rootfs})
	if err != nil {
		return err
	}
	forOlderRuntimes(s)
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "config.json"), text, 0o644)
}

// forOlderRuntimes takes out what Debian 12's runc 1.1 and crun 1.8 do not know,
// and the cgroup's path, which each container of a bundle needs for itself.
func forOlderRuntimes(s *specs.Spec) {
	s.Version = "1.0.2"
	s.Linux.CgroupsPath = ""
	for i := range s.Mounts {
		s.Mounts[i].Options = slices.DeleteFunc(s.Mounts[i].Options, func(option string) bool {
			return strings.HasPrefix(option, "rro")
		})
	}
}

func kernel() (profile.Kernel, error) {
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return profile.Kernel{}, fmt.Errorf("kernel: %w", err)
	}
	return profile.ParseKernel(string(release))
}
