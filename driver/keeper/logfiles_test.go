//go:build linux

package keeper

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

func openLog(t *testing.T, dir string, o driver.LogFiles) *logFiles {
	return newLogFiles(dir, &o, func(err error) { t.Error(err) })
}

var ended = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// read reads the lines as "stream line".
func read(l *logFiles, o driver.LogOptions) []string {
	var out []string
	for line := range l.lines(context.Background(), o, ended) {
		out = append(out, strings.TrimPrefix(line.Stream, "std")+" "+line.Line)
	}
	return out
}

func TestLogLines(t *testing.T) {
	l := openLog(t, t.TempDir(), driver.LogFiles{})
	out, errs := l.stream("stdout"), l.stream("stderr")
	fmt.Fprint(out, "a\nb")
	fmt.Fprint(errs, "x\n\n")
	fmt.Fprint(out, "c\nlast")
	for _, row := range []struct {
		name string
		o    driver.LogOptions
		want []string
	}{
		{"all", driver.LogOptions{}, []string{"out a", "err x", "err ", "out bc"}},
		{"the last two", driver.LogOptions{Tail: new(2)}, []string{"err ", "out bc"}},
		{"none", driver.LogOptions{Tail: new(0)}, nil},
		{"more than there are", driver.LogOptions{Tail: new(9)}, []string{"out a", "err x", "err ", "out bc"}},
		{"since later", driver.LogOptions{Since: time.Now().Add(time.Hour)}, nil},
		{"since before", driver.LogOptions{Since: time.Now().Add(-time.Hour), Tail: new(1)}, []string{"out bc"}},
	} {
		if got := read(l, row.o); !slices.Equal(got, row.want) {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
	if err := l.end(); err != nil {
		t.Fatal(err)
	}
	if got := read(l, driver.LogOptions{Tail: new(1)}); !slices.Equal(got, []string{"out last"}) {
		t.Errorf("after the end: got %q", got)
	}
}

// The files are those of the Kubernetes runtimes, which other programs read.
func TestLogFormat(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, driver.LogFiles{})
	l.append(time.Date(2026, 1, 31, 13, 0, 0, 5000, time.FixedZone("", 3600)), "stdout", []byte("half"), false)
	l.append(time.Date(2026, 1, 31, 13, 0, 1, 0, time.FixedZone("", 3600)), "stdout", []byte(" whole"), true)
	data, err := os.ReadFile(filepath.Join(dir, "log.1"))
	want := "2026-01-31T12:00:00.000005000Z stdout P half\n2026-01-31T12:00:01.000000000Z stdout F  whole\n"
	if err != nil || string(data) != want {
		t.Errorf("got %q, %v", data, err)
	}
}

func TestLogRotation(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, driver.LogFiles{MaxSize: 4096, Files: 3})
	out := l.stream("stdout")
	const lines = 1000
	for i := range lines {
		fmt.Fprintf(out, "line %d\n", i)
		if i%100 == 50 { // killed, and another goes on
			l = openLog(t, dir, driver.LogFiles{MaxSize: 4096, Files: 3})
			out = l.stream("stdout")
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Errorf("files %v, %v", entries, err)
	}
	for _, e := range entries {
		if stat, err := e.Info(); err != nil || stat.Size() > 4096 {
			t.Errorf("%s has %d bytes", e.Name(), stat.Size())
		}
	}
	got := read(l, driver.LogOptions{})
	for i, line := range got {
		if want := fmt.Sprintf("out line %d", lines-len(got)+i); line != want {
			t.Fatalf("got %q, want %q", line, want)
		}
	}
	if len(got) < 150 {
		t.Errorf("only %d lines are kept", len(got))
	}
	if got := read(l, driver.LogOptions{Tail: new(150)}); len(got) != 150 || got[149] != "out line 999" {
		t.Errorf("the last 150 are %d, up to %q", len(got), got[len(got)-1])
	}
}

// One who follows sees each line once, over the change of files and of the keeper.
func TestLogFollow(t *testing.T) {
	dir := t.TempDir()
	o := driver.LogFiles{MaxSize: 4096, Files: 100}
	l := openLog(t, dir, o)
	out := l.stream("stdout")
	over := make(chan struct{})
	fmt.Fprint(out, "0\n")
	got := make(chan []string)
	go func() {
		var all []string
		for line := range l.lines(context.Background(), driver.LogOptions{Follow: true}, over) {
			all = append(all, line.Line)
		}
		got <- all
	}()
	for i := 1; i < 500; i++ {
		fmt.Fprintf(out, "%d\n", i)
	}
	close(over)
	all := <-got
	for i, line := range all {
		if line != fmt.Sprint(i) {
			t.Fatalf("line %d is %q", i, line)
		}
	}
	if len(all) != 500 {
		t.Errorf("%d lines", len(all))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	n := 0
	for range l.lines(ctx, driver.LogOptions{Follow: true}, make(chan struct{})) {
		n++
	}
	if n != 500 {
		t.Errorf("%d lines until the context ended", n)
	}
}

// What a stopped machine has left of a piece does not spoil the next.
func TestLogTorn(t *testing.T) {
	dir := t.TempDir()
	whole := "2026-01-31T12:00:00.000000000Z stdout F whole\n"
	if err := os.WriteFile(filepath.Join(dir, "log.1"), []byte(whole+"2026-01-31T12:00:01.0000"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := openLog(t, dir, driver.LogFiles{})
	fmt.Fprint(l.stream("stdout"), "next\n")
	if got, want := read(l, driver.LogOptions{}), []string{"out whole", "out next"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// A line that goes on is cut, also when the keeper changes in the middle of it.
func TestLogLongLines(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, driver.LogFiles{})
	fmt.Fprint(l.stream("stdout"), strings.Repeat("x", maxLine-10))
	l = openLog(t, dir, driver.LogFiles{})
	fmt.Fprintln(l.stream("stdout"), strings.Repeat("y", maxLine+10))
	var got []string
	for _, line := range read(l, driver.LogOptions{}) {
		got = append(got, fmt.Sprint(len(line)-len("out ")))
	}
	if want := "16384 16374 10"; strings.Join(got, " ") != want {
		t.Errorf("got lines of %v bytes, want %s", got, want)
	}
}
