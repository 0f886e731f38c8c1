//go:build linux

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// moment is what a random trial does, and when. It depends on the seed and the number
// of the trial alone.
type moment struct {
	share float64 // of a life that has passed
	fault fault
	sweep bool // by an engine that is opened, not by a start of the id
}

func momentOf(seed uint64, n int) moment {
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	m := moment{share: random.Float64(), sweep: random.IntN(2) == 0}
	// The host's SIGKILL is what leaves something behind; the others now and then.
	all := faults()[:5]
	if i := random.IntN(12); i < len(all) {
		m.fault = all[i]
	} else {
		m.fault = all[0]
	}
	return m
}

// random tries faults at random moments. All hosts share a state directory, so what one
// has left another may find first.
func (l *lab) random(seed uint64, n, only, workers int) {
	fmt.Fprintf(l.out, "seed %d\n", seed)
	root := l.root()
	life, err := l.measure(root)
	if err != nil {
		l.failed.add("a life without a fault: %v", err)
		return
	}
	trial := func(worker, i int) {
		m := momentOf(seed, i)
		at := time.Duration(m.share * float64(life))
		if err := l.surprise(strconv.Itoa(worker), root, m, at); err != nil {
			l.failed.add("%s after %v: %v\n  go run ./test/faults -seed %d -trial %d", m.fault.name, at, err, seed, i)
		}
	}
	if only >= 0 {
		trial(0, only)
	} else {
		l.each(n, workers, trial)
		fmt.Fprintf(l.out, "%d faults within %v\n", n, life)
	}
	left, err := filepath.Glob(filepath.Join(root, "*"+l.name+"*"))
	if err != nil || len(left) > 0 {
		l.failed.add("left in the state directory: %s, %v", strings.Join(left, ", "), err)
	}
}

// measure tells how long a life takes without a fault.
func (l *lab) measure(root string) (took time.Duration, err error) {
	t, err := l.newTrial("life", root)
	defer func() { err = errors.Join(err, t.close()) }()
	begun := time.Now()
	if err == nil {
		err = t.start("")
	}
	if err == nil {
		err = t.host.wait(l.ctx, patience)
	}
	if err == nil && t.host.end() != "0" {
		err = t.explain(fmt.Errorf("exit code %s", t.host.end()))
	}
	return time.Since(begun), err
}

// surprise is one trial.
func (l *lab) surprise(name, root string, m moment, at time.Duration) (err error) {
	t, err := l.newTrial(name, root)
	defer func() { err = errors.Join(err, t.close()) }()
	if err == nil {
		err = t.start("")
	}
	if err != nil {
		return err
	}
	for timer := time.After(at); timer != nil; {
		select {
		case line, ok := <-t.host.lines:
			if t.init = line.init; !ok {
				timer = nil // it was faster
			}
		case <-timer:
			timer = nil
		}
	}
	if m.fault.init && t.init == 0 {
		m.fault = faults()[0]
	}
	if err := m.fault.inject(t); err != nil && !errors.Is(err, unix.ESRCH) {
		return err
	}
	m.fault.code = "" // it may have ended before
	recover := t.again
	if m.sweep {
		recover = func() error {
			err := t.sweep()
			found, ferr := t.remains()
			if len(found) > 0 {
				err = errors.Join(err, fmt.Errorf("left behind after the sweep: %s", strings.Join(found, ", ")))
			}
			return errors.Join(err, ferr, t.again())
		}
	}
	_, err = t.aftermath(m.fault, recover)
	return t.explain(err)
}
