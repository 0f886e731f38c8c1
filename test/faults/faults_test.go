//go:build linux

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/execlua/execlua/internal/testenv"
)

func TestMain(m *testing.M) {
	if status, inside := enter(); !inside {
		os.Exit(status)
	}
	testenv.Main(m)
}

// try runs f in a lab, and fails the test for whatever that finds.
func try(t *testing.T, f func(*lab)) string {
	t.Helper()
	testenv.Root(t)
	binary := filepath.Join(t.TempDir(), "execlua")
	if built := os.Getenv("EXECLUA_BINARY"); built != "" { // where there is no Go, as in test/vm
		binary = built
	} else if err := testenv.Build(binary); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	l, err := newLab(t.Context(), binary, &out)
	if err != nil {
		t.Fatal(err)
	}
	f(l)
	if err := l.close(); err != nil {
		t.Error(err)
	}
	return out.String()
}

// The table; with -short every third cell of it.
func TestStages(t *testing.T) {
	try(t, func(l *lab) {
		all := faults()
		l.each(len(all)*len(stages()), 2, func(_, i int) {
			f, stage := all[i/len(stages())], stages()[i%len(stages())]
			if why := f.impossible(stage); why != "" || testing.Short() && i%3 != 0 {
				return
			}
			t.Logf("%s at %s: %s", f.name, stage, l.cell(i, stage, f))
		})
	})
}

func TestRandomMoments(t *testing.T) {
	t.Log(try(t, func(l *lab) { l.random(uint64(time.Now().UnixNano()), 10, -1, 2) }))
}

func TestRacers(t *testing.T) {
	n := 100
	if testing.Short() {
		n = 20
	}
	t.Log(try(t, func(l *lab) { l.race(n) }))
}

// A trial does the same whenever its seed and number are the same.
func TestMomentOf(t *testing.T) {
	count := map[string]int{}
	for i := range 1000 {
		m, again, other := momentOf(7, i), momentOf(7, i), momentOf(8, i)
		if m.share != again.share || m.fault.name != again.fault.name || m.sweep != again.sweep {
			t.Fatalf("trial %d is %v at %v, then %v at %v", i, m.fault.name, m.share, again.fault.name, again.share)
		}
		if m.share == other.share || m.share < 0 || m.share >= 1 {
			t.Fatalf("trial %d at %v, with another seed at %v", i, m.share, other.share)
		}
		count[m.fault.name]++
	}
	if len(count) != 5 || count["host SIGKILL"] < 500 {
		t.Errorf("the faults are %v", count)
	}
}
