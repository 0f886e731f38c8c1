package luabind

import (
	"fmt"
	"slices"
	"time"

	"github.com/execlua/execlua/luabind/vm"
)

// ErrLimit is in every error that a limit causes; its code is "limit".
var ErrLimit = vm.ErrLimit

// Limits bound what a script may take. Zero is no limit. Time, Steps and Memory
// end the script: no pcall holds it, its containers are removed, the VM runs
// nothing more, and the process goes on. What is deferred, and hooks that run in
// cleaning up, have a reserve: Options.Grace of time, an eighth of the rest.
type Limits struct {
	// Time is that of one RunFile or RunString, cleaning up included.
	Time time.Duration
	// Steps are instructions of Lua, and what library functions do in the time of
	// one: about 10 to 50 million in a second. They are those of one RunFile or
	// RunString.
	Steps uint64
	// Memory is what the script's values hold, in bytes. It is looked at when the
	// heap of the process grows, and estimated within a quarter or so; for a moment
	// a script may take twice of it. It also bounds what one function may build.
	Memory uint64
	// Containers is how many the script may have at the same time, detached ones that
	// it has started included. One more raises.
	Containers int
}

// Meter has Time and Steps count from now until stop is called, which may be called
// once: as one for all that runs in between, and not anew for each RunFile or RunString.
func (v *VM) Meter() (stop func()) { return v.vm.Meter() }

func (l Limits) check() error {
	switch {
	case l.Time < 0:
		return fmt.Errorf("luabind: Limits.Time is negative: %v", l.Time)
	case l.Containers < 0:
		return fmt.Errorf("luabind: Limits.Containers is negative: %d", l.Containers)
	}
	return nil
}

// preempt tells whether loops that never wait are ended. It costs speed, so a
// script of the machine's owner goes without, unless it has limits.
func (o *Options) preempt() bool { return !o.Host }

func (o *Options) check() error {
	for _, name := range o.Libraries {
		if !slices.Contains(vm.Libraries(), name) {
			return fmt.Errorf("luabind: no library %q; there are %q", name, vm.Libraries())
		}
	}
	return o.Limits.check()
}

// containerLimitError refuses one container more.
type containerLimitError struct{ limit int }

func (e containerLimitError) Error() string {
	return fmt.Sprintf("the script has %d containers, and may not have more", e.limit)
}

// Is makes it an ErrLimit.
func (e containerLimitError) Is(target error) bool { return target == ErrLimit }
