package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

const (
	containers = 20 // of a script
	atOnce     = 4
	execs      = 50
	waiting    = 50 // containers that do nothing, for the memory they cost
)

// The loops are what somebody would write who has no execlua.
const (
	runLoop  = `i=0; while [ $i -lt "$4" ]; do "$1" run --bundle "$2" "$3-$i" || exit 1; i=$((i+1)); done`
	runMany  = `seq "$4" | xargs -P "$5" -I N "$1" run --bundle "$2" "$3-N"`
	execLoop = `i=0; while [ $i -lt "$3" ]; do "$1" exec "$2" /bin/true || exit 1; i=$((i+1)); done`
)

func (b *bench) cases() []*benchCase {
	return slices.Concat(b.containers(), b.programs(), b.border())
}

func (b *bench) containers() []*benchCase {
	ms := []string{"ms"}
	return []*benchCase{
		{
			name: "one", about: "one container that runs /bin/true, whole process", metrics: ms,
			contenders: b.beside("run", b.lua("one.lua"), b.runOne),
		},
		{
			name: "script", about: fmt.Sprintf("a script of %d such containers, beside a loop in sh", containers), metrics: ms,
			contenders: b.beside("run", b.lua("many.lua", containers, 1), b.runLoop),
		},
		{
			name: "parallel", about: fmt.Sprintf("the same, %d at a time, beside xargs -P", atOnce), metrics: ms,
			contenders: b.beside("run", b.lua("many.lua", containers, atOnce), b.runMany),
		},
		{
			name: "exec", about: "one exec of /bin/true in a running container", metrics: ms,
			contenders: b.beside("exec", b.execEach, b.execLoop),
		},
		{
			name: "lua", about: "print(1), no container, whole process", metrics: ms,
			contenders: []*contender{
				{name: "execlua -e", sample: timed(b.execlua, "-e", "print(1)")},
				{name: "lua5.4 -e", sample: timed("lua5.4", "-e", "print(1)")},
			},
		},
		{
			name: "memory", about: fmt.Sprintf("what the host pays for each of %d waiting containers", waiting),
			metrics:    []string{"kB PSS", "kB RSS", "threads"},
			contenders: b.beside("run", b.memoryOfScript, b.memoryOfRuntimes),
		},
	}
}

type sampler func(ctx context.Context) ([]float64, error)

// beside puts execlua beside both OCI runtimes.
func (b *bench) beside(verb string, ours sampler, theirs func(runtime string) sampler) []*contender {
	return []*contender{
		{name: "execlua", sample: ours},
		{name: "runc " + verb, sample: theirs("runc")},
		{name: "crun " + verb, sample: theirs("crun")},
	}
}

func timed(argv ...string) sampler {
	return func(ctx context.Context) ([]float64, error) {
		ms, err := wall(ctx, argv...)
		return []float64{ms}, err
	}
}

// lua times a script of ours, which gets the rootfs and the numbers as arguments.
func (b *bench) lua(script string, numbers ...int) sampler {
	return timed(b.luaCommand(script, numbers...)...)
}

func (b *bench) luaCommand(script string, numbers ...int) []string {
	argv := []string{b.execlua, b.script(script), b.rootfs}
	for _, n := range numbers {
		argv = append(argv, strconv.Itoa(n))
	}
	return argv
}

func (b *bench) runOne(runtime string) sampler {
	return func(ctx context.Context) ([]float64, error) {
		return timed(runtime, "run", "--bundle", b.bundle("true"), b.id())(ctx)
	}
}

func (b *bench) runLoop(runtime string) sampler {
	return func(ctx context.Context) ([]float64, error) {
		return timed("sh", "-c", runLoop, "sh", runtime, b.bundle("true"), b.id(), strconv.Itoa(containers))(ctx)
	}
}

func (b *bench) runMany(runtime string) sampler {
	return func(ctx context.Context) ([]float64, error) {
		return timed("sh", "-c", runMany, "sh", runtime, b.bundle("true"), b.id(), strconv.Itoa(containers), strconv.Itoa(atOnce))(ctx)
	}
}

// execEach takes the script's own start and its container out: two runs, with
// and without execs, one after the other.
func (b *bench) execEach(ctx context.Context) ([]float64, error) {
	without, err := wall(ctx, b.luaCommand("exec.lua", 0)...)
	if err != nil {
		return nil, err
	}
	with, err := wall(ctx, b.luaCommand("exec.lua", execs)...)
	return []float64{(with - without) / execs}, err
}

// execLoop has its container already: only the shell is counted in, once for all execs.
func (b *bench) execLoop(runtime string) sampler {
	return func(ctx context.Context) ([]float64, error) {
		id := b.id()
		if _, err := wall(ctx, runtime, "run", "--detach", "--bundle", b.bundle("sleep"), id); err != nil {
			return nil, err
		}
		ms, err := wall(ctx, "sh", "-c", execLoop, "sh", runtime, id, strconv.Itoa(execs))
		if _, removed := wall(context.WithoutCancel(ctx), runtime, "delete", "--force", id); err == nil {
			err = removed
		}
		return []float64{ms / execs}, err
	}
}
