//go:build linux && cgo

package native

import (
	"runtime"
	"sync"
)

// starters run the calls that fork containers. The kernel sends a parent death
// signal when the forking *thread* ends, not the process, and Go ends threads
// when it likes; so forks happen on threads that are locked and never end. There
// are as many as there were ever starts at the same moment.
var starters struct {
	sync.Mutex
	idle []chan func()
}

// onStarter runs f on a starter thread and waits for it. f may call onStarter
// again: a hook may start another container.
func onStarter(f func()) {
	starters.Lock()
	var jobs chan func()
	if n := len(starters.idle); n > 0 {
		jobs = starters.idle[n-1]
		starters.idle = starters.idle[:n-1]
	}
	starters.Unlock()
	if jobs == nil {
		jobs = make(chan func())
		go func() {
			runtime.LockOSThread()
			for job := range jobs {
				job()
			}
		}()
	}
	done := make(chan struct{})
	jobs <- func() {
		defer close(done)
		f()
	}
	<-done
	starters.Lock()
	starters.idle = append(starters.idle, jobs)
	starters.Unlock()
}
