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

// What the program does, in samples.
func TestFaults(t *testing.T) {
	testenv.Root(t)
	l, out := newTestLab(t)
	t.Run("stages", func(t *testing.T) { sample(t, l) })
	l.random(uint64(time.Now().UnixNano()), 10, -1, 2)
	racers := 100
	if testing.Short() {
		racers = 20
	}
	l.race(racers)
	if err := l.close(); err != nil {
		t.Error(err)
	}
	t.Log(out)
}

func newTestLab(t *testing.T) (*lab, *bytes.Buffer) {
	t.Helper()
	binary := os.Getenv("EXECLUA_BINARY") // where there is no Go, as in test/vm
	if binary == "" {
		binary = filepath.Join(t.TempDir(), "execlua")
		if err := testenv.Build(binary); err != nil {
			t.Fatal(err)
		}
	}
	out := &bytes.Buffer{}
	l, err := newLab(t.Context(), binary, out)
	if err != nil {
		t.Fatal(err)
	}
	return l, out
}

// sample tries the host's SIGKILL at every stage, and the other faults at every
// third, with -short every fourth.
func sample(t *testing.T, l *lab) {
	nth := 3
	if testing.Short() {
		nth = 4
	}
	all := faults()
	l.each(len(all)*len(stages()), 2, func(_, i int) {
		row, column := i/len(stages()), i%len(stages())
		f, stage := all[row], stages()[column]
		if f.impossible(stage) != "" || row > 0 && (row+column)%nth != 0 {
			return
		}
		t.Logf("%s at %s: %s", f.name, stage, l.cell(i, stage, f))
	})
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
