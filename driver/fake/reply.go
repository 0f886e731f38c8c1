package fake

import (
	"context"
	"io"
	"reflect"
	"slices"
	"time"

	"github.com/execlua/execlua/driver"
)

// Reply is what a process does in the place of a program: it prints, waits and
// ends. The zero value is success at once.
type Reply struct {
	ExitCode       int
	Stdout, Stderr string        // printed at the start
	Delay          time.Duration // from the start to the end; a signal ends it earlier
	Signal         int           // ends the process; those that end none by default are without effect, see signal(7)
	OOM            bool          // the kernel ends it for lack of memory
}

// Always is an answer for Driver.Reply that is the same each time.
func (r Reply) Always(context.Context, Call) (Reply, error) { return r, nil }

// rule is one call of Driver.Reply.
type rule struct {
	match  func(Call) bool
	answer func(ctx context.Context, c Call) (Reply, error)
}

// Reply replaces programs: a run, start, restart, exec or exec_start that match
// selects (nil: each) does what answer says, and not Options.Program. So does a
// health check, whose Verb is "health" and whose Process has what it runs, or in the
// place of a program the address that it looks at. Of several rules that match, the
// one given last counts. answer is asked before anything exists,
// on the goroutine of the call and with its context; its error is that of an
// engine that cannot start the process.
func (d *Driver) Reply(match func(Call) bool, answer func(ctx context.Context, c Call) (Reply, error)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rules = append(d.rules, rule{match, answer})
}

// Reset ends every container, and forgets the rules of Reply and the calls so
// far. A hook must not call it: it waits for the containers.
func (d *Driver) Reset() {
	d.mu.Lock()
	d.rules = nil
	var left []*container
	for _, b := range d.containers {
		left = append(left, b)
		if b.service != nil {
			b.service.leave()
			b.service.doom()
		}
	}
	d.mu.Unlock()
	for _, b := range left {
		b.process.kill()
	}
	for _, b := range left {
		d.await(b.settled)
		if b.service != nil {
			_, _ = b.service.wait(context.Background())
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = nil
}

// answer is the program for a call.
func (d *Driver) answer(ctx context.Context, c Call) (program, error) {
	program, err := d.ruled(ctx, c)
	if program == nil {
		program = d.program
	}
	return program, err
}

// ruled is the program that Reply has given for a call; nil without one.
func (d *Driver) ruled(ctx context.Context, c Call) (program, error) {
	d.mu.Lock()
	rules := d.rules
	if b := d.containers[idOf(c.Command)]; b != nil && c.Process != nil {
		c.Command = b.now() // an exec may name its container by the id alone
	}
	d.mu.Unlock()
	for _, r := range slices.Backward(rules) {
		if r.match == nil || r.match(c) {
			reply, err := r.answer(ctx, c)
			return func(ctx context.Context, p *Process) int { return d.play(ctx, p, reply) }, err
		}
	}
	return nil, nil
}

func (d *Driver) play(ctx context.Context, p *Process, r Reply) int {
	_, errOut := io.WriteString(p.Stdout, r.Stdout)
	_, errErr := io.WriteString(p.Stderr, r.Stderr)
	if errOut != nil || errErr != nil {
		return 1
	}
	if r.Delay > 0 && p.Sleep(r.Delay) != nil {
		return r.ExitCode // a signal was faster, and is what counts
	}
	switch {
	case r.OOM:
		d.runOutOfMemory(p)
		d.await(ctx.Done())
	case r.Signal != 0:
		if p.Kill(r.Signal) == nil && fatal(r.Signal) {
			d.await(ctx.Done())
		}
	}
	return r.ExitCode
}

// Like selects the calls for a Command, or for an exec's process in one, that has
// all that is set in pattern, whatever else it has. An argv is compared from its
// beginning; of other lists and maps each entry must be there.
func Like(pattern *driver.Command) func(Call) bool {
	want := pattern.Clone()
	argv := want.ProcessConfig.Argv()
	want.ProcessConfig.Entrypoint, want.ProcessConfig.Arguments = "", nil
	return func(c Call) bool {
		if c.Command == nil {
			return false
		}
		have := c.Command.Clone()
		if c.Process != nil {
			have.ProcessConfig = *c.Process.Clone()
		}
		full := have.ProcessConfig.Argv()
		return len(full) >= len(argv) && slices.Equal(full[:len(argv)], argv) &&
			like(reflect.ValueOf(*want), reflect.ValueOf(*have))
	}
}

func like(want, have reflect.Value) bool {
	if want.IsZero() {
		return true
	}
	switch want.Kind() {
	case reflect.Pointer:
		if want.Type().Elem().Kind() != reflect.Struct {
			return reflect.DeepEqual(want.Interface(), have.Interface())
		}
		return !have.IsNil() && like(want.Elem(), have.Elem())
	case reflect.Struct:
		for i := range want.NumField() {
			if !like(want.Field(i), have.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		for _, key := range want.MapKeys() {
			if value := have.MapIndex(key); !value.IsValid() || !value.Equal(want.MapIndex(key)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		for i := range want.Len() {
			if !has(have, want.Index(i)) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(want.Interface(), have.Interface())
}

// has tells whether a list has an entry like that.
func has(list, entry reflect.Value) bool {
	for i := range list.Len() {
		if like(entry, list.Index(i)) {
			return true
		}
	}
	return false
}
