//go:build linux && cgo

package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Every container starts by running this binary once more, up to the init
// function of driver/native. What packages do before it, each container pays.
func TestInitialisationIsCheap(t *testing.T) {
	const (
		budget = 1150 // allocations
		last   = "github.com/execlua/execlua/driver/native"
	)
	cmd := exec.Command(binary(t), "-v")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace strings.Builder
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}

	line := regexp.MustCompile(`^init (\S+) @.* (\d+) allocs$`)
	total, found := 0, false
	for text := range strings.Lines(trace.String()) {
		m := line.FindStringSubmatch(strings.TrimSpace(text))
		if m == nil {
			t.Fatalf("not a line of inittrace: %q", text)
		}
		n, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		total += n
		if found = m[1] == last; found {
			break
		}
	}
	if !found {
		t.Fatalf("%s is not initialised:\n%s", last, &trace)
	}
	if total > budget {
		t.Errorf("%d allocations before a container's init, the budget is %d:\n%s", total, budget, &trace)
	}
}
