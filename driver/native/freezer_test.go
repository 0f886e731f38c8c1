//go:build linux && cgo

package native

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// Processes that do nothing but fork a successor and end do not escape: after a
// SIGSTOP for all, nobody runs.
func TestSignalAllReachesEveryFork(t *testing.T) {
	d := newEngine(t)
	// The kernel hangs up on some, whose group is stopped when their parent ends: there have to be new ones.
	c := shell(t, "f() { f & }; while :; do f; sleep 0.02; done")
	start(t, d, c, nil)
	forked := 0
	for range 20 {
		time.Sleep(20 * time.Millisecond)
		if err := d.SignalAll(t.Context(), c, int(unix.SIGSTOP)); err != nil {
			t.Fatal(err)
		}
		stopped := 0
		eventually(t, "nobody runs", func() bool {
			pids, err := d.GetPidsForContainer(t.Context(), c.ID)
			if err != nil {
				t.Fatal(err)
			}
			stopped = 0
			for _, pid := range pids {
				switch processState(pid) {
				case 'T':
					stopped++
				case 'Z', 0: // has ended
				default:
					return false
				}
			}
			return true
		})
		if stopped > 1 {
			forked++
		}
		if err := d.SignalAll(t.Context(), c, int(unix.SIGCONT)); err != nil {
			t.Fatal(err)
		}
	}
	if forked == 0 {
		t.Error("nobody was there but the first")
	}
}

// processState is the letter in proc_pid_stat(5); 0 when there is no process.
func processState(pid int) byte {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	for i := len(data) - 1; i > 0; i-- {
		if data[i] == ')' {
			return data[i+2]
		}
	}
	return 0
}

// SIGKILL is for the paused, too, as with Kill.
func TestSignalAllKillsThePaused(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	p := sleeper(t, d, c)
	if err := d.Pause(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := d.SignalAll(t.Context(), c, int(unix.SIGKILL)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if status, err := p.Wait(ctx); err != nil || status.Signal != int(unix.SIGKILL) {
		t.Errorf("got %+v, %v", status, err)
	}
}

// Nobody sees the moment in which SignalAll has frozen a container.
func TestSignalAllIsNoPause(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "")
	sleeper(t, d, c)
	events := d.Events(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 50 {
			if err := d.SignalAll(context.Background(), c, 0); err != nil {
				t.Error(err)
			}
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		found, err := d.Find(t.Context(), driver.Filter{State: driver.StateRunning})
		if err != nil || len(found) != 1 {
			t.Fatalf("got %+v, %v", found, err)
		}
	}
	if err := d.Pause(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	for e := range events {
		if e.Kind != driver.EventPaused {
			t.Errorf("got %+v", e)
		}
		break
	}
}
