//go:build linux

package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// table tries every fault at every stage, and prints how it went.
func (l *lab) table(stage, name string, workers int) {
	some, err := pick(stages(), stage, func(s string) string { return s })
	which, ferr := pick(faults(), name, func(f fault) string { return f.name })
	if err = errors.Join(err, ferr); err != nil {
		l.failed.add("%v", err)
		return
	}
	cells := make([]string, len(which)*len(some))
	l.each(len(cells), workers, func(_, i int) {
		cells[i] = l.cell(i, some[i%len(some)], which[i/len(some)])
	})
	l.print(some, which, cells)
}

// print prints a table in Markdown, and the reasons for what was skipped.
func (l *lab) print(some []string, which []fault, cells []string) {
	out := tabwriter.NewWriter(l.out, 0, 0, 1, ' ', 0)
	fmt.Fprintf(out, "|\t %s\t|\n|%s\n", strings.Join(some, "\t| "), strings.Repeat("\t---|", len(some)+1))
	for row, f := range which {
		fmt.Fprintf(out, "| %s\t| %s\t|\n", f.name, strings.Join(cells[row*len(some):(row+1)*len(some)], "\t| "))
	}
	out.Flush()
	for _, f := range which {
		for _, stage := range some {
			if why := f.impossible(stage); why != "" {
				fmt.Fprintf(l.out, "skipped: %s at %s: %s\n", f.name, stage, why)
			}
		}
	}
}

// each calls f for 0 to n-1, by so many workers, until the lab closes.
func (l *lab) each(n, workers int, f func(worker, i int)) {
	var all sync.WaitGroup
	next := make(chan int)
	for worker := range workers {
		all.Go(func() {
			for i := range next {
				f(worker, i)
			}
		})
	}
	for i := range n {
		if l.ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	all.Wait()
}

// cell tries one fault at one stage. What it returns is how the host ended, and
// whether that left something for the next start: "143 clean", "KILL swept".
func (l *lab) cell(n int, stage string, f fault) string {
	if f.impossible(stage) != "" {
		return "-"
	}
	var result string
	var err error
	for range 10 {
		if result, err = l.try(strconv.Itoa(n), stage, f); !errors.Is(err, errMissed) {
			break
		}
	}
	if err != nil {
		l.failed.add("%s at %s: %v\n  go run ./test/faults -stage '%s' -fault '%s'", f.name, stage, err, stage, f.name)
		return "FAILED"
	}
	return result
}

func (l *lab) try(name, stage string, f fault) (result string, err error) {
	t, err := l.newTrial(name, "")
	defer func() { err = errors.Join(err, t.close()) }()
	if err == nil && f.prepare != nil {
		err = f.prepare(t)
	}
	if err == nil {
		err = t.start(stage)
	}
	if err == nil {
		err = t.reach(stage, f.init)
	}
	if err == nil {
		err = f.inject(t)
	}
	if err != nil {
		return "", t.explain(err)
	}
	t.thaw()
	if stage == postStop && f.code != "KILL" {
		f.code = "" // the script may be through before it hears of a signal
	}
	if stage == "stopping" || stage == postStop {
		// What the life does here it may finish, and it gets 10 s for that.
		time.AfterFunc(200*time.Millisecond, func() { _ = t.proceed() })
	} else if !f.ends {
		err = t.proceed()
	}
	if err != nil {
		return "", err
	}
	result, err = t.aftermath(f, t.again)
	return result, t.explain(err)
}

// aftermath waits for the end of the host and looks at what is left of the trial,
// before and after the recovery.
func (t *trial) aftermath(f fault, recover func() error) (result string, err error) {
	if err := t.host.wait(t.ctx, endPatience); err != nil {
		return "", err
	}
	if f.lift != nil {
		if err := f.lift(t); err != nil {
			return "", err
		}
	}
	look := t.remains
	if f.leaves {
		look = t.left
	}
	before, err := look()
	if err != nil {
		return "", err
	}
	end, state := t.host.end(), "clean"
	if len(before) > 0 {
		state = "swept"
	}
	if f.code != "" && f.code != end {
		err = fmt.Errorf("the host ended with %s, not %s", end, f.code)
	}
	if !f.leaves && len(before) > 0 {
		err = errors.Join(err, fmt.Errorf("left behind: %s", strings.Join(before, ", ")))
	}
	if rerr := recover(); rerr != nil {
		err = errors.Join(err, rerr, fmt.Errorf("left before that: %s", strings.Join(before, ", ")))
	}
	after, aerr := t.remains()
	if len(after) > 0 {
		aerr = errors.Join(aerr, fmt.Errorf("left behind after the next start: %s", strings.Join(after, ", ")))
	}
	return end + " " + state, errors.Join(err, aerr)
}

// explain adds what the host has said to an error.
func (t *trial) explain(err error) error {
	if err == nil || errors.Is(err, errMissed) || t.host == nil {
		return err
	}
	return fmt.Errorf("%w\n  the host says: %s", err, t.host.complaint())
}

// failures collects what went wrong.
type failures struct {
	mu   sync.Mutex
	list []string
}

func (f *failures) add(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, fmt.Sprintf(format, args...))
}

func (f *failures) error() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.list) == 0 {
		return nil
	}
	return fmt.Errorf("%d failures:\n%s", len(f.list), strings.Join(f.list, "\n"))
}
