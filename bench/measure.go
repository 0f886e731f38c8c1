package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"time"
)

// benchCase is one question, put to several contenders. The first is execlua.
type benchCase struct {
	name       string
	about      string
	metrics    []string // what a sample holds, with its unit
	contenders []*contender
}

type contender struct {
	name    string
	sample  func(ctx context.Context) ([]float64, error) // one number for each metric of the case
	samples [][]float64
}

// warmups fill the page cache and are thrown away.
const warmups = 2

// interleave measures every contender once in each round, in a new random order:
// what the machine does meanwhile, or slowly becomes, meets all of them alike.
func interleave(ctx context.Context, cases []*benchCase, rounds int, order *rand.Rand) error {
	type entry struct {
		c *benchCase
		*contender
	}
	var entries []entry
	for _, c := range cases {
		for _, who := range c.contenders {
			entries = append(entries, entry{c, who})
		}
	}
	for round := range warmups + rounds {
		order.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		for _, e := range entries {
			values, err := e.sample(ctx)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", e.c.name, e.name, err)
			}
			if round >= warmups {
				e.samples = append(e.samples, values)
			}
		}
		fmt.Fprintf(os.Stderr, "\rround %d of %d", round+1, warmups+rounds)
	}
	fmt.Fprintln(os.Stderr)
	return nil
}

// wall runs a program to its end, with no input and no output, and returns the
// milliseconds from fork to reaped.
func wall(ctx context.Context, argv ...string) (float64, error) {
	cmd, stderr, err := command(ctx, argv)
	if err != nil {
		return 0, err
	}
	defer stderr.Close()
	begin := time.Now()
	err = cmd.Run()
	elapsed := time.Since(begin)
	if err != nil {
		return 0, failure(argv, err, stderr)
	}
	return float64(elapsed.Microseconds()) / 1000, nil
}

// command has its stderr in a file: a pipe would cost a goroutine's switches,
// and a detached container would hold it open.
func command(ctx context.Context, argv []string) (*exec.Cmd, *os.File, error) {
	stderr, err := os.CreateTemp("", "execlua-bench-stderr-")
	if err != nil {
		return nil, nil, err
	}
	if err := os.Remove(stderr.Name()); err != nil {
		return nil, nil, err
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stderr = stderr
	// Each of the programs takes its containers along when it is asked to end, not when it is killed.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 15 * time.Second
	return cmd, stderr, nil
}

func failure(argv []string, err error, stderr *os.File) error {
	said := make([]byte, 2000)
	n, _ := stderr.ReadAt(said, 0)
	return fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, bytes.TrimSpace(said[:n]))
}
