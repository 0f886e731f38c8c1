//go:build linux && cgo

package native

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

// A claim that this version does not understand stays as it is, and its id is taken.
func TestClaimOfAnotherVersion(t *testing.T) {
	for _, content := range []string{
		fmt.Sprintf(`{"version":%d,"id":"victim","owner":1,"network":"/run/netns/victim"}`, claimVersion+1),
		`{"version":"2.0","id":"victim"}`,
		`{"version":1,"id":"victim","cgroups":["/sys/fs/cgroup/x"]}`,
	} {
		t.Run(content, func(t *testing.T) {
			d := newEngine(t)
			path := claimPath(d.root, victim)
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			openEngine(t, d.root)
			c := shell(t, "true")
			c.ID = victim
			for verb, call := range map[string]func() error{
				"run":       func() error { return try(d, c, driver.Hooks{}).err },
				"clean":     func() error { return d.Clean(t.Context(), victim) },
				"terminate": func() error { return d.Terminate(t.Context(), c) },
			} {
				if err := call(); driver.Code(err) != "unsupported" || !strings.Contains(err.Error(), "another version") {
					t.Errorf("%s: %v", verb, err)
				}
			}
			if data, err := os.ReadFile(path); err != nil || string(data) != content {
				t.Errorf("it is %s now, %v", data, err)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			wantFree(t, d)
		})
	}
}

// The owner of half a claim was killed before it made anything.
func TestHalfClaims(t *testing.T) {
	for _, content := range []string{"", "{", `{"version":1,"id":"vic`, "\x00\x00\x00"} {
		t.Run(content, func(t *testing.T) {
			d := newEngine(t)
			if err := os.WriteFile(claimPath(d.root, victim), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			wantFree(t, d)
		})
	}
}

// A start waits for a sweep that is about to give an id back.
func TestClaimBeingSwept(t *testing.T) {
	for _, content := range []string{"", `{"version":1,"id":"victim","owner":4194304}`} { // above the highest pid there is
		t.Run(content, func(t *testing.T) {
			d := newEngine(t)
			if err := os.WriteFile(claimPath(d.root, victim), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := leftClaim(d.root, victim)
			if err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(100*time.Millisecond, func() {
				if err := c.release(); err != nil {
					t.Error(err)
				}
			})
			wantFree(t, d)
		})
	}
}

// Fields of other versions survive when a claim is written again; ours do not come back.
func TestUnknownFieldsOfAClaim(t *testing.T) {
	root := t.TempDir()
	const long = `{"version":1,"id":"box","owner":1,"scratch":"/scratch/box","cgroups":{"":"/sys/fs/cgroup/box"},"flavour":{"a":[1]},"ns":7}`
	if err := os.WriteFile(claimPath(root, "box"), []byte(long), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := leftClaim(root, "box")
	if err != nil {
		t.Fatal(err)
	}
	content := c.claimed
	content.Scratch, content.Cgroups = "", nil
	if err := c.record(content); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(c.path)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	if fmt.Sprint(got["flavour"], got["ns"]) != "map[a:[1]] 7" || got["owner"] != float64(os.Getpid()) || got["scratch"] != "" || got["cgroups"] != nil {
		t.Errorf("got %s", data)
	}
	if err := c.release(); err != nil {
		t.Error(err)
	}
}

// Of 100 starts of one id one wins and the others are told that it exists, also when
// a killed host has left something of the id, and while others sweep.
func TestRacers(t *testing.T) {
	for _, row := range []struct {
		name string
		left func(t *testing.T, root string)
	}{
		{"a new id", func(*testing.T, string) {}},
		{"the id of a killed host", func(t *testing.T, root string) { killedHost(t, root, "running", 0) }},
		{"an empty claim", func(t *testing.T, root string) {
			if err := os.WriteFile(claimPath(root, victim), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newEngine(t)
			engines := []*Driver{d}
			for range 9 {
				engines = append(engines, openEngine(t, d.root))
			}
			for range often(5) {
				row.left(t, d.root)
				raceFor(t, engines)
			}
		})
	}
}

func raceFor(t *testing.T, engines []*Driver) {
	t.Helper()
	var racers, sweepers sync.WaitGroup
	var winners, losers atomic.Int32
	gate, over := make(chan struct{}), make(chan struct{})
	for i := range 100 {
		c := shell(t, "exec sleep 1000")
		c.ID = victim
		d := engines[i%len(engines)]
		racers.Go(func() {
			<-gate
			p, err := d.Start(context.Background(), c, nil, driver.Hooks{})
			if driver.Code(err) == "exists" {
				losers.Add(1)
				return
			}
			if err != nil {
				t.Errorf("a racer: %v", err)
				return
			}
			winners.Add(1)
			<-over
			if err := d.Terminate(context.Background(), c); err != nil {
				t.Errorf("the winner: %v", err)
			}
			_, _ = p.Wait(context.Background())
		})
	}
	for range 2 {
		sweepers.Go(func() {
			<-gate
			for {
				select {
				case <-over:
					return
				case <-time.After(time.Millisecond):
				}
				if err := sweepDead(engines[0].root); err != nil {
					t.Errorf("sweep: %v", err)
				}
			}
		})
	}
	close(gate)
	eventually(t, "the race is over", func() bool { return winners.Load()+losers.Load() == 100 || t.Failed() })
	close(over)
	racers.Wait()
	sweepers.Wait()
	if n := winners.Load(); n != 1 {
		t.Errorf("%d racers won", n)
	}
	if left, err := filepath.Glob(filepath.Join(engines[0].root, "*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}
