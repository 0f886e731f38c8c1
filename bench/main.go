// Command bench compares execlua with runc, crun, lua and gopher-lua on this
// machine and prints ratios. See docs/performance.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == plainLua {
		if err := runPlainLua(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	rounds := flag.Int("n", 15, "how often each contender is measured")
	only := flag.String("case", "", "measure these cases only: one, script, parallel, exec, lua, memory, fib, strings, sort, call-lua, call-go, field-read, field-write, task-switch; with commas between")
	seed := flag.Uint64("seed", rand.Uint64(), "of the order of the measurements")
	binary := flag.String("execlua", "bin/execlua", "the binary under test")
	scripts := flag.String("scripts", "bench", "the directory of the Lua scripts")
	flag.Parse()
	if os.Geteuid() != 0 {
		return fmt.Errorf("containers need root")
	}
	if err := leaveHybrid(); err != nil {
		return fmt.Errorf("hybrid cgroups: %w", err)
	}
	b, err := newBench(*binary, *scripts)
	if err != nil {
		return err
	}
	defer b.close()
	cases, err := pick(b.cases(), *only)
	if err != nil {
		return err
	}
	printMachine(ctx, b, *rounds, *seed)
	if err := interleave(ctx, cases, *rounds, rand.New(rand.NewPCG(*seed, 0))); err != nil {
		return err
	}
	for _, c := range cases {
		if err := c.print(os.Stdout); err != nil {
			return err
		}
	}
	return nil
}

func pick(all []*benchCase, list string) ([]*benchCase, error) {
	if list == "" {
		return all, nil
	}
	var picked []*benchCase
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(all, func(c *benchCase) bool { return c.name == name })
		if i < 0 {
			var names []string
			for _, c := range all {
				names = append(names, c.name)
			}
			return nil, fmt.Errorf("no case %q; there are %s", name, strings.Join(names, ", "))
		}
		picked = append(picked, all[i])
	}
	return picked, nil
}

// bench is what the cases share.
type bench struct {
	execlua string // absolute path of the binary
	scripts string
	work    string // scratch directory, removed at the end
	rootfs  string
	ids     int
}

func newBench(binary, scripts string) (*bench, error) {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(binary); err != nil {
		return nil, fmt.Errorf("the binary under test: %w", err)
	}
	work, err := os.MkdirTemp("", "execlua-bench-")
	if err != nil {
		return nil, err
	}
	b := &bench{execlua: binary, scripts: scripts, work: work, rootfs: filepath.Join(work, "rootfs")}
	if err := b.prepare(); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *bench) prepare() error {
	if err := makeRootfs(b.rootfs); err != nil {
		return fmt.Errorf("rootfs: %w", err)
	}
	for name, argv := range map[string][]string{
		"true":    {"/bin/true"},
		"sleep":   {"/bin/sleep", "infinity"},
		"waiting": {"/bin/sh", "-c", "echo ready; exec sleep infinity"},
	} {
		if err := makeBundle(b.bundle(name), b.rootfs, argv); err != nil {
			return fmt.Errorf("bundle %s: %w", name, err)
		}
	}
	return nil
}

func (b *bench) bundle(name string) string { return filepath.Join(b.work, name) }
func (b *bench) script(name string) string { return filepath.Join(b.scripts, name) }
func (b *bench) close()                    { _ = os.RemoveAll(b.work) }

// id is unique: a bench that died may have left containers behind.
func (b *bench) id() string {
	b.ids++
	return fmt.Sprintf("bench-%d-%d", os.Getpid(), b.ids)
}
