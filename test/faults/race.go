//go:build linux

package main

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// race lets processes start one id at the same moment: a new one, then one that a
// killed host has left. One of them wins, and the others are told that it exists.
func (l *lab) race(n int) {
	for _, row := range []struct {
		name   string
		killed bool
	}{{"a new id", false}, {"the id of a killed host", true}} {
		said, err := l.raceOnce(n, row.killed)
		fmt.Fprintf(l.out, "%d racers for %s: %v\n", n, row.name, said)
		if want := map[string]int{"won": 1, "exists": n - 1}; err == nil && !maps.Equal(said, want) {
			err = fmt.Errorf("got %v, want %v", said, want)
		}
		if err != nil {
			l.failed.add("%d racers for %s: %v\n  go run ./test/faults -racers %d", n, row.name, err, n)
		}
	}
}

// raceOnce counts what the racers say.
func (l *lab) raceOnce(n int, killed bool) (said map[string]int, err error) {
	t, err := l.newTrial("race", "")
	if err != nil {
		return nil, err
	}
	defer func() {
		if cerr := t.close(); err == nil {
			err = cerr
		}
	}()
	if killed {
		if err := t.start("running"); err != nil {
			return nil, err
		}
		if err := t.reach("running", false); err != nil {
			return nil, t.explain(err)
		}
		t.host.signal(9)
		<-t.host.ended
	}
	if said, err = t.racers(n); err != nil {
		return said, err
	}
	if left, err := t.remains(); err != nil || len(left) > 0 {
		return said, fmt.Errorf("left behind: %q, %v", left, err)
	}
	return said, nil
}

// racers starts n hosts that wait for the end of their standard input, a pipe that
// they share, while others sweep. The winner stays until all have answered.
func (t *trial) racers(n int) (map[string]int, error) {
	gate, open, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer gate.Close()
	var ready, all sync.WaitGroup
	answers := make(chan string, n)
	for range n {
		cmd := exec.Command(t.binary, "--root", t.root, t.path("race.lua"), t.dir(""), t.id)
		cmd.Stdin, cmd.Env = gate, append(os.Environ(), "TMPDIR="+t.tmp)
		ready.Add(1)
		all.Go(func() { racer(cmd, ready.Done, answers) })
	}
	ready.Wait()
	over := make(chan struct{})
	var sweeps sync.WaitGroup
	for range 2 {
		sweeps.Go(func() {
			for !isClosed(over) {
				if serr := t.sweep(); serr != nil {
					t.failed.add("a sweep during the race: %v", serr)
				}
			}
		})
	}
	open.Close()
	said := map[string]int{}
	for range n {
		said[<-answers]++
	}
	close(over)
	sweeps.Wait()
	err = t.proceed()
	all.Wait()
	return said, err
}

// racer tells when its process is ready, and what that says then.
func racer(cmd *exec.Cmd, ready func(), answers chan<- string) {
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		ready()
		answers <- err.Error()
		return
	}
	lines := bufio.NewReader(out)
	_, _ = lines.ReadString('\n') // what is missing is missing in the next line, too
	ready()
	line, err := lines.ReadString('\n')
	if err != nil {
		line = "nothing: " + err.Error()
	}
	answers <- strings.TrimSpace(line)
	_ = cmd.Wait() // it has answered
}
