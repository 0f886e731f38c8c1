package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// settle is how long a host process gets to finish what a start leaves to do.
const settle = 500 * time.Millisecond

// memoryOfScript is what one execlua grows by with each container beyond the
// first ones. Those make the heap as large as Go lets it be before it collects
// anything, some megabytes, and what garbage is in it is nobody's memory.
func (b *bench) memoryOfScript(ctx context.Context) (each []float64, err error) {
	argv := b.luaCommand("waiting.lua", waiting, 3*waiting)
	cmd, stderr, err := command(ctx, argv)
	if err != nil {
		return nil, err
	}
	defer stderr.Close()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	defer stdin.Close()
	steps, err := start(cmd)
	if err != nil {
		return nil, failure(argv, err, stderr)
	}
	few, err := usageWhenReady(cmd, steps)
	if err == nil {
		_, err = io.WriteString(stdin, "go on\n")
	}
	var many usage
	if err == nil {
		many, err = usageWhenReady(cmd, steps)
	}
	// The script ends its containers when its input does.
	if err := errors.Join(err, stdin.Close(), cmd.Wait()); err != nil {
		return nil, failure(argv, err, stderr)
	}
	return many.minus(few).each(2 * waiting), nil
}

func usageWhenReady(cmd *exec.Cmd, steps *bufio.Reader) (usage, error) {
	if err := waitReady(steps); err != nil {
		return usage{}, err
	}
	time.Sleep(settle)
	return usageOf(cmd.Process.Pid)
}

// memoryOfRuntimes is the mean over as many foreground processes of a runtime,
// each of which waits for one container.
func (b *bench) memoryOfRuntimes(runtime string) sampler {
	return func(ctx context.Context) ([]float64, error) {
		var sum usage
		var hosts []*host
		var err error
		for range waiting {
			var h *host
			if h, err = b.startHost(ctx, runtime); err != nil {
				break
			}
			hosts = append(hosts, h)
		}
		time.Sleep(settle)
		for _, h := range hosts {
			used, measured := usageOf(h.cmd.Process.Pid)
			sum = sum.plus(used)
			err = errors.Join(err, measured)
		}
		for _, h := range hosts {
			err = errors.Join(err, h.end(context.WithoutCancel(ctx)))
		}
		return sum.each(waiting), err
	}
}

// host is a runtime in the foreground with its container.
type host struct {
	cmd         *exec.Cmd
	runtime, id string
}

func (b *bench) startHost(ctx context.Context, runtime string) (*host, error) {
	id := b.id()
	argv := []string{runtime, "run", "--bundle", b.bundle("waiting"), id}
	cmd, stderr, err := command(ctx, argv)
	if err != nil {
		return nil, err
	}
	defer stderr.Close()
	if err := startAndWaitReady(cmd); err != nil {
		return nil, failure(argv, err, stderr)
	}
	return &host{cmd, runtime, id}, nil
}

func (h *host) end(ctx context.Context) error {
	if _, err := wall(ctx, h.runtime, "kill", h.id, "KILL"); err != nil {
		return err
	}
	// It passes on how its container ended: killed, as just asked for.
	var exit *exec.ExitError
	if err := h.cmd.Wait(); !errors.As(err, &exit) {
		return err
	}
	return nil
}

func startAndWaitReady(cmd *exec.Cmd) error {
	steps, err := start(cmd)
	if err != nil {
		return err
	}
	if err := waitReady(steps); err != nil {
		return errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	return nil
}

func start(cmd *exec.Cmd) (stdout *bufio.Reader, err error) {
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return bufio.NewReader(pipe), cmd.Start()
}

func waitReady(steps *bufio.Reader) error {
	line, err := steps.ReadString('\n')
	if err == nil && line == "ready\n" {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return fmt.Errorf("said %q instead of ready", line)
	}
	return err
}

// usage is what the kernel knows about one process, see proc_pid_smaps(5).
type usage struct{ pss, rss, threads float64 } // kB, kB, number

func (u usage) plus(v usage) usage { return usage{u.pss + v.pss, u.rss + v.rss, u.threads + v.threads} }

func (u usage) minus(v usage) usage {
	return usage{u.pss - v.pss, u.rss - v.rss, u.threads - v.threads}
}
func (u usage) each(n float64) []float64 { return []float64{u.pss / n, u.rss / n, u.threads / n} }

func usageOf(pid int) (usage, error) {
	var u usage
	for file, fields := range map[string]map[string]*float64{
		"smaps_rollup": {"Pss:": &u.pss, "Rss:": &u.rss},
		"status":       {"Threads:": &u.threads},
	} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
		if err != nil {
			return usage{}, err
		}
		for line := range strings.Lines(string(text)) {
			words := strings.Fields(line)
			if len(words) < 2 || fields[words[0]] == nil {
				continue
			}
			if _, err := fmt.Sscan(words[1], fields[words[0]]); err != nil {
				return usage{}, fmt.Errorf("/proc/%d/%s: %q: %w", pid, file, line, err)
			}
		}
	}
	return u, nil
}
