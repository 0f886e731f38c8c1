//go:build linux && cgo

package native

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/execlua/execlua/driver"
)

// soak is how many containers a test of many takes: all of them with make soak,
// which sets EXECLUA_SOAK, and few else.
func soak(few, all int) int {
	if os.Getenv("EXECLUA_SOAK") == "1" {
		return all
	}
	return few
}

// sample are the subjects of the suite that an engine is held to whose other half
// has been through all of it. With make soak it is held to all, too.
func sample(subjects ...string) []string {
	if os.Getenv("EXECLUA_SOAK") == "1" {
		return nil
	}
	return subjects
}

// each calls f for 0 to n-1, so many at a time.
func each(n, atOnce int, f func(i int)) {
	var workers sync.WaitGroup
	next := make(chan int)
	for range atOnce {
		workers.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	workers.Wait()
}

// After many containers the process is as it was before them: descriptors,
// goroutines, threads and heap here, and what newEngine looks for.
func TestSoakStartStop(t *testing.T) {
	d := newEngine(t)
	startStop := func(i int) {
		c := shell(t, "exec sleep 1000")
		p, err := d.Start(t.Context(), c, &driver.Pipes{Stdout: &strings.Builder{}}, driver.Hooks{})
		if err != nil {
			t.Error(err)
			return
		}
		end := d.Terminate
		if i%2 == 0 {
			end = func(ctx context.Context, c *driver.Command) error {
				_, err := d.Stop(ctx, c, driver.StopOptions{Signal: 9})
				return err
			}
		}
		if err := end(t.Context(), c); err != nil {
			t.Error(err)
		}
		if status, err := p.Wait(t.Context()); err != nil || status.ExitCode != 137 {
			t.Errorf("container %d: got %+v, %v", i, status, err)
		}
	}
	each(10, 4, startStop)
	before := usageNow(t)
	n := soak(often(40), 1000)
	each(n, 4, startStop)
	eventually(t, "as many descriptors and goroutines as before", func() bool {
		now := usageNow(t)
		return now.descriptors <= before.descriptors && now.goroutines <= before.goroutines
	})
	after := usageNow(t)
	t.Logf("%d containers: %+v before, %+v after", n, before, after)
	if grown := after.heap - before.heap; grown > 5<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	// The runtime keeps a few that it made for a moment; a thread for each would be a leak.
	if grown := after.threads - before.threads; grown > 10 {
		t.Errorf("%d more threads", grown)
	}
}

// Many containers live at once, and every verb finds the right one.
func TestSoakManyAlive(t *testing.T) {
	d := newEngine(t)
	n := soak(often(20), 200)
	commands := make([]*driver.Command, n)
	handles := make([]driver.Process, n)
	each(n, 8, func(i int) {
		commands[i] = shell(t, "exec sleep 1000")
		commands[i].Hostname = "box-" + strconv.Itoa(i)
		var err error
		if handles[i], err = d.Start(t.Context(), commands[i], nil, driver.Hooks{}); err != nil {
			t.Errorf("container %d: %v", i, err)
		}
	})
	if t.Failed() {
		t.Cleanup(func() { _ = d.Close(context.Background()) })
		return
	}
	found, err := d.Find(t.Context(), driver.Filter{State: driver.StateRunning})
	if err != nil || len(found) != n {
		t.Errorf("%d of %d containers run, %v", len(found), n, err)
	}
	each(n, 8, func(i int) {
		if stats, err := d.Stats(t.Context(), commands[i].ID); err != nil || stats.Read.IsZero() {
			t.Errorf("stats of container %d: %+v, %v", i, stats, err)
		}
	})
	for i := 0; i < n; i += 10 {
		if out := exec(t, d, commands[i], process("hostname")); out != fmt.Sprintf("box-%d", i) {
			t.Errorf("container %d is %q", i, out)
		}
	}
	each(n, 8, func(i int) {
		status, err := d.Stop(t.Context(), commands[i], driver.StopOptions{Signal: 9})
		if err != nil || !status.Stopped || status.Signal != 9 {
			t.Errorf("stop of container %d: %+v, %v", i, status, err)
		}
		if _, err := handles[i].Wait(t.Context()); err != nil {
			t.Errorf("container %d: %v", i, err)
		}
	})
}
