//go:build linux && cgo

package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/execlua/execlua/luabind"
)

// followWindow passes changes of the terminal's size on until the process ends.
func followWindow(vm *luabind.VM) {
	changed := make(chan os.Signal, 1)
	signal.Notify(changed, syscall.SIGWINCH)
	go func() {
		for range changed {
			vm.Resized()
		}
	}()
}
