package logs

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

// read reads the lines as "stream line".
func read(ctx context.Context, l *Log, o driver.LogOptions) []string {
	var lines []string
	for line := range l.Lines(ctx, o) {
		lines = append(lines, strings.TrimPrefix(line.Stream, "std")+" "+line.Line)
	}
	return lines
}

func TestLines(t *testing.T) {
	var l Log
	out, err := l.tee(stdout, io.Discard), l.tee(stderr, io.Discard)
	io.WriteString(out, "a\nb")
	io.WriteString(err, "x\n\n")
	io.WriteString(out, "c\nlast")
	for _, row := range []struct {
		name string
		o    driver.LogOptions
		want []string
	}{
		{"all", driver.LogOptions{}, []string{"out a", "err x", "err ", "out bc"}},
		{"the last two", driver.LogOptions{Tail: new(2)}, []string{"err ", "out bc"}},
		{"none", driver.LogOptions{Tail: new(0)}, nil},
		{"more than there are", driver.LogOptions{Tail: new(9)}, []string{"out a", "err x", "err ", "out bc"}},
		{"since now", driver.LogOptions{Since: time.Now().Add(time.Hour)}, nil},
		{"since before", driver.LogOptions{Since: time.Now().Add(-time.Hour), Tail: new(1)}, []string{"out bc"}},
	} {
		if got := read(t.Context(), &l, row.o); !slices.Equal(got, row.want) {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
	l.Close()
	if got := read(t.Context(), &l, driver.LogOptions{Tail: new(1), Follow: true}); !slices.Equal(got, []string{"out last"}) {
		t.Errorf("after the end: got %q", got)
	}
}

func TestLongLinesAreCut(t *testing.T) {
	var l Log
	out := l.tee(stdout, io.Discard)
	text := strings.Repeat("x", maxLine) + "y" // the sum fits into what is kept
	for i := range text {                      // byte by byte, and at once
		io.WriteString(out, text[i:i+1])
	}
	io.WriteString(out, "\n"+text+"\n"+text[:maxLine]+"\n")
	var got []string
	for line := range l.Lines(t.Context(), driver.LogOptions{}) {
		got = append(got, fmt.Sprint(len(line.Line)))
	}
	if want := "16384 1 16384 1 16384"; strings.Join(got, " ") != want {
		t.Errorf("got lines of %v bytes, want %s", got, want)
	}
}

// What is kept is the end, and not much more than what is promised.
func TestOnlyTheEndIsKept(t *testing.T) {
	var l Log
	out := l.tee(stdout, io.Discard)
	const lines = 20000
	for i := range lines {
		fmt.Fprintf(out, "line %d\n", i)
	}
	got := read(t.Context(), &l, driver.LogOptions{})
	if n := len(got); n < 2000 || n > 4000 {
		t.Errorf("%d lines are kept", n)
	}
	for i, line := range got {
		if want := fmt.Sprintf("out line %d", lines-len(got)+i); line != want {
			t.Fatalf("got %q, want %q", line, want)
		}
	}
	if cap(l.lines) > 4*keep {
		t.Errorf("%d bytes are held", cap(l.lines))
	}
}

// One who follows sees every line once, unless it falls behind.
func TestFollow(t *testing.T) {
	var l Log
	out := l.tee(stdout, io.Discard)
	io.WriteString(out, "old\n")
	var got []string
	turn := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for line := range l.Lines(t.Context(), driver.LogOptions{Follow: true}) {
			got = append(got, line.Line)
			turn <- struct{}{}
		}
	}()
	<-turn
	for i := range 100 {
		fmt.Fprintln(out, i)
		<-turn
	}
	io.WriteString(out, strings.Repeat(strings.Repeat("z", 1023)+"\n", 200)) // more than is kept
	io.WriteString(out, "end")
	l.Close()
	n := 0
	for open := true; open; {
		select {
		case <-turn:
			n++
		case <-done:
			open = false
		}
	}
	if got[0] != "old" || got[100] != "99" || got[len(got)-1] != "end" || n < 60 || n > 70 {
		t.Errorf("got %d lines at last, the first %q, the last %q", n, got[0], got[len(got)-1])
	}
}

func TestFollowEndsWithTheContext(t *testing.T) {
	var l Log
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if got := read(ctx, &l, driver.LogOptions{Follow: true}); got != nil {
		t.Errorf("got %q", got)
	}
}
