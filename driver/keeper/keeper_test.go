//go:build linux

package keeper

import (
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

// box is a Command with delays that a test can wait for.
func box(change func(c *driver.Command)) *driver.Command {
	c := &driver.Command{ID: "box", Rootfs: "/srv/box", ProcessConfig: driver.ProcessConfig{Entrypoint: "serve"}}
	if change != nil {
		change(c)
	}
	return c
}

func always(c *driver.Command) {
	c.Restart = &driver.RestartPolicy{Always: true, Delay: new(time.Millisecond)}
}

func twice(c *driver.Command) {
	c.Restart = &driver.RestartPolicy{OnFailure: 2, Delay: new(time.Millisecond)}
}

func slowly(c *driver.Command) {
	c.Restart = &driver.RestartPolicy{Always: true, Delay: new(time.Hour)}
}

func detach(t *testing.T, k *Keeper, c *driver.Command) driver.Process {
	t.Helper()
	p, err := k.StartDetached(t.Context(), c, driver.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func info(t *testing.T, k *Keeper) driver.ContainerInfo {
	t.Helper()
	found, err := k.Find(t.Context(), driver.Filter{ID: "box"})
	if err != nil || len(found) != 1 {
		t.Fatalf("found %+v, %v", found, err)
	}
	return found[0]
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// awaitRun waits for the n-th run.
func awaitRun(t *testing.T, w *world, k *Keeper, n int) {
	t.Helper()
	eventually(t, "it runs again", func() bool { return w.count("box") == n && info(t, k).State == driver.StateRunning })
}

func ends(t *testing.T, k *Keeper) driver.ExitStatus {
	t.Helper()
	status, err := k.Wait(t.Context(), "box")
	if err != nil {
		t.Fatal(err)
	}
	return status
}

var failed = driver.ExitStatus{ExitCode: 1}

func TestRestarts(t *testing.T) {
	w := newWorld(t)
	k, _ := w.keeper(t)
	detach(t, k, box(twice))
	for n := 1; n <= 2; n++ {
		w.exit(t, "box", failed)
		awaitRun(t, w, k, n+1)
	}
	w.exit(t, "box", failed)
	if status := ends(t, k); status != failed {
		t.Errorf("ended with %+v", status)
	}
	if i := info(t, k); i.Restarts != 2 || i.State != driver.StateExited || i.Finished.IsZero() || *i.Status != failed {
		t.Errorf("found %+v", i)
	}
	if _, err := k.Restart(t.Context(), "box"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Restart(t.Context(), "box"); driver.Code(err) != "busy" {
		t.Errorf("restart of one that runs: %v", err)
	}
	w.exit(t, "box", failed) // the row begins anew
	awaitRun(t, w, k, 5)
	w.exit(t, "box", driver.ExitStatus{})
	if status := ends(t, k); status.ExitCode != 0 {
		t.Errorf("ended with %+v", status)
	}
}

// What was asked to end stays ended, whatever its policy.
func TestAskedToEnd(t *testing.T) {
	for name, ask := range map[string]func(k *Keeper) error{
		"stop": func(k *Keeper) error {
			_, err := k.Stop(t.Context(), box(nil), driver.StopOptions{})
			return err
		},
		"kill":       func(k *Keeper) error { return k.Kill(t.Context(), box(nil), 15) },
		"signal all": func(k *Keeper) error { return k.SignalAll(t.Context(), box(nil), 9) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			k, _ := w.keeper(t)
			detach(t, k, box(always))
			if err := ask(k); err != nil {
				t.Fatal(err)
			}
			ends(t, k)
			if n := w.count("box"); n != 1 {
				t.Errorf("started %d times", n)
			}
			if err := k.Clean(t.Context(), "box"); err != nil {
				t.Error(err)
			}
			if KeepsAny(w.root) || len(w.owners) > 0 {
				t.Error("the id is not free")
			}
		})
	}
}

// One that waits to be started again can be stopped and terminated.
func TestEndsBetweenRuns(t *testing.T) {
	w := newWorld(t)
	k, _ := w.keeper(t)
	for range 2 {
		detach(t, k, box(slowly))
		w.exit(t, "box", failed)
		eventually(t, "it has ended", func() bool { return info(t, k).State == driver.StateExited })
		if _, err := k.Stop(t.Context(), box(nil), driver.StopOptions{}); err != nil {
			t.Error(err)
		}
		if err := k.Terminate(t.Context(), box(nil)); err != nil {
			t.Error(err)
		}
	}
}

func TestFirstStartFails(t *testing.T) {
	w := newWorld(t)
	k, _ := w.keeper(t)
	w.fails = errors.New("no such image")
	if _, err := k.StartDetached(t.Context(), box(always), driver.Hooks{}); err == nil || err.Error() != `start "box": no such image` {
		t.Errorf("got %v", err)
	}
	if KeepsAny(w.root) || len(w.owners) > 0 {
		t.Error("something is left")
	}
	w.fails = nil
	detach(t, k, box(nil))
}

// A later start that fails counts as a run that did.
func TestLaterStartFails(t *testing.T) {
	w := newWorld(t)
	k, _ := w.keeper(t)
	detach(t, k, box(twice))
	w.mu.Lock()
	w.fails = errors.New("the root is gone")
	w.mu.Unlock()
	w.exit(t, "box", failed)
	if status := ends(t, k); status.ExitCode != -1 {
		t.Errorf("got %+v", status)
	}
	if i := info(t, k); i.Restarts != 2 {
		t.Errorf("found %+v", i)
	}
}

// A keeper that is killed at a step is followed by one that does what is left, once.
func TestKilledAt(t *testing.T) {
	for _, row := range []struct {
		step    string
		which   int // of the times that it is reached
		starts  int // in all, when the next has had its time
		exists  bool
		command func(c *driver.Command)
	}{
		{"start", 1, 0, false, always},   // nobody was told of it
		{"started", 1, 1, false, always}, // nor here
		{"start", 2, 2, true, always},    // the restart was noted, and is made
		{"started", 2, 2, true, always},  // it was made, and is found
		{"ended", 1, 2, true, always},    // nobody knows how, so it failed
		{"noted", 1, 2, true, always},
		{"ended", 1, 1, true, nil},
		{"noted", 1, 1, true, nil},
	} {
		t.Run(row.step, func(t *testing.T) {
			w := newWorld(t)
			e := &engine{w: w, killed: make(chan struct{})}
			reached := 0
			e.reached = func(step string) {
				if step == row.step {
					if reached++; reached == row.which {
						e.kill()
					}
				}
			}
			k := w.open(t, e)
			go k.StartDetached(t.Context(), box(row.command), driver.Hooks{})
			if row.exists {
				awaitRun(t, w, k, 1)
				w.exit(t, "box", failed)
			}
			<-e.killed
			next, _ := w.keeper(t)
			if !row.exists {
				if found, err := next.Find(t.Context(), driver.Filter{}); len(found) != 0 || err != nil || KeepsAny(w.root) {
					t.Errorf("found %+v, %v", found, err)
				}
			} else if row.command != nil {
				awaitRun(t, w, next, row.starts)
				if i := info(t, next); i.Restarts != 1 {
					t.Errorf("found %+v", i)
				}
			} else if status := ends(t, next); status.Unknown != (row.step == "ended") {
				t.Errorf("ended with %+v", status)
			}
			if n := w.count("box"); n != row.starts {
				t.Errorf("started %d times, want %d", n, row.starts)
			}
		})
	}
}

func TestHealth(t *testing.T) {
	check := func(program, then string) func(c *driver.Command) {
		return func(c *driver.Command) {
			c.HealthCheck = &driver.HealthCheck{Exec: []string{program}, Every: new(time.Millisecond), Retries: 2, OnFailure: then}
			c.Restart = &driver.RestartPolicy{OnFailure: 1, Delay: new(time.Millisecond)}
		}
	}
	for _, row := range []struct {
		program, then string
		health        driver.Health
		starts        int
		state         driver.State
	}{
		{"true", "restart", driver.HealthHealthy, 1, driver.StateRunning},
		{"false", "", driver.HealthUnhealthy, 1, driver.StateRunning},
		{"false", "stop", driver.HealthUnhealthy, 1, driver.StateExited},
	} {
		t.Run(row.program+" "+row.then, func(t *testing.T) {
			w := newWorld(t)
			k, _ := w.keeper(t)
			detach(t, k, box(check(row.program, row.then)))
			eventually(t, "it is seen", func() bool { i := info(t, k); return i.Health == row.health && i.State == row.state })
			if n := w.count("box"); n != row.starts {
				t.Errorf("started %d times", n)
			}
			_ = k.Terminate(t.Context(), box(nil))
		})
	}
	t.Run("restart", func(t *testing.T) {
		w := newWorld(t)
		k, _ := w.keeper(t)
		detach(t, k, box(check("false", "restart")))
		eventually(t, "it is restarted", func() bool { return w.count("box") > 3 })
		if _, err := k.Stop(t.Context(), box(nil), driver.StopOptions{}); err != nil {
			t.Error(err)
		}
	})
}

// A field of a later version outlives a keeper that does not know it.
func TestUnknownFieldsAreKept(t *testing.T) {
	w := newWorld(t)
	k, e := w.keeper(t)
	detach(t, k, box(nil))
	e.kill()
	path := recordPath(w.root, "box")
	edit := func(change func(all map[string]any)) map[string]any {
		var all map[string]any
		data, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(data, &all)
		}
		if err == nil && change != nil {
			change(all)
			data, _ = json.Marshal(all)
			err = os.WriteFile(path, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	edit(func(all map[string]any) {
		all["colour"] = "red"
		all["command"].(map[string]any)["shape"] = "round"
	})
	k, e = w.keeper(t)
	w.exit(t, "box", failed)
	ends(t, k)
	all := edit(nil)
	if all["colour"] != "red" || all["command"].(map[string]any)["shape"] != "round" || all["phase"] != "exited" {
		t.Errorf("the record is %v", all)
	}

	e.kill()
	edit(func(all map[string]any) { all["version"] = recordVersion + 1 })
	k, _ = w.keeper(t)
	if _, err := k.Restart(t.Context(), "box"); driver.Code(err) != "not_found" {
		t.Errorf("a record of a later version: %v", err)
	}
	if _, err := k.StartDetached(t.Context(), box(nil), driver.Hooks{}); driver.Code(err) != "exists" {
		t.Errorf("its id: %v", err)
	}
}
