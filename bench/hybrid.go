package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

const unified = "/sys/fs/cgroup/unified"

// leaveHybrid lets all contenders run on a machine with cgroup v1 and a v2
// hierarchy that has controllers too, where Debian 12's crun refuses to start:
// the program begins anew in a mount namespace without the v2 hierarchy. The
// mounts of the host stay as they are.
func leaveHybrid() error {
	controllers, err := os.ReadFile(unified + "/cgroup.controllers")
	if err != nil || len(bytes.TrimSpace(controllers)) == 0 {
		return nil
	}
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		return err
	}
	fmt.Printf("hybrid cgroups: measuring in a mount namespace without %s\n", unified)
	argv := append([]string{"unshare", "--mount", "sh", "-c", `umount "$0" && exec "$@"`, unified}, os.Args...)
	return syscall.Exec(unshare, argv, os.Environ())
}
