package plan_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/plan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func command(id string, argv ...string) *driver.Command {
	return &driver.Command{ID: id, Image: "host", ProcessConfig: driver.ProcessConfig{Entrypoint: argv[0], Arguments: argv[1:]}}
}

func text(t *testing.T, d *plan.Driver) string {
	t.Helper()
	var b strings.Builder
	if err := d.Write(&b, "text"); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestPlan(t *testing.T) {
	d, ctx := plan.New(), t.Context()
	hook := func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error {
		t.Error("a hook was called")
		return nil
	}
	status, err := d.Run(ctx, command("once", "/bin/echo", "hi there"), nil, driver.Hooks{Start: hook, PreStart: []driver.DriverCallback{hook}})
	if err != nil || status.ExitCode != 0 {
		t.Fatalf("run: %+v, %v", status, err)
	}
	web := command("web", "nginx")
	web.Resources = &driver.Resources{Memory: 64 << 20}
	process, err := d.Start(ctx, web, nil, driver.Hooks{})
	must(t, err)
	must(t, d.Update(ctx, web, &driver.Resources{Memory: 128 << 20, Pids: 10}))
	code, err := d.Exec(ctx, web, &driver.ProcessConfig{Entrypoint: "nginx", Arguments: []string{"-t"}, User: "www"}, nil, driver.Hooks{})
	if err != nil || code != 0 {
		t.Fatalf("exec: %d, %v", code, err)
	}
	must(t, d.Pause(ctx, web))
	must(t, d.Unpause(ctx, web))
	must(t, d.Kill(ctx, web, 0))
	must(t, d.Kill(ctx, web, 1+9)) // USR1
	must(t, d.SignalAll(ctx, web, 28))
	if _, err := d.Run(ctx, web, nil, driver.Hooks{}); !errors.Is(err, driver.ErrExists) {
		t.Errorf("the id again: %v", err)
	}
	_, err = d.Stop(ctx, web, driver.StopOptions{})
	must(t, err)
	status, err = process.Wait(ctx)
	if err != nil || status.ExitCode != 0 || !status.Stopped {
		t.Errorf("wait: %+v, %v", status, err)
	}
	want := `+ run once (image host, /bin/echo "hi there"; hooks pre_start start)
+ start web (image host, nginx; memory 64m)
~ update web memory 64m -> 128m, pids unset -> 10
~ exec web (nginx -t; user www)
~ pause web
~ unpause web
~ kill web (USR1)
~ signal_all web (WINCH)
- stop web
plan: 2 to create, 6 to change, 1 to remove
`
	if got := text(t, d); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What is started ends when somebody waits for it, in each of the ways there are.
func TestWhoWaitsIsAnswered(t *testing.T) {
	for name, wait := range map[string]func(context.Context, *plan.Driver, driver.Process) error{
		"handle": func(ctx context.Context, _ *plan.Driver, p driver.Process) error {
			p.(driver.Planned).Finish()
			return nil
		},
		"engine": func(ctx context.Context, d *plan.Driver, _ driver.Process) error {
			_, err := d.Wait(ctx, "b")
			return err
		},
		"logs": func(ctx context.Context, d *plan.Driver, _ driver.Process) error {
			for _, err := range d.Logs(ctx, "b", driver.LogOptions{Follow: true}) {
				return err
			}
			return nil
		},
		"attach": func(ctx context.Context, d *plan.Driver, _ driver.Process) error {
			return d.Attach(ctx, command("b", "sh"), &driver.Pipes{Stdout: io.Discard})
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			d := plan.New()
			p, err := d.Start(ctx, command("b", "sh"), &driver.Pipes{Stdout: io.Discard}, driver.Hooks{})
			must(t, err)
			if !d.Info("b").IsRunning() {
				t.Error("it does not run")
			}
			_ = wait(ctx, d, p) // what ends while it is asked for may be gone
			status, err := p.Wait(ctx)
			if err != nil || status.ExitCode != 0 || len(d.Steps()) != 1 {
				t.Errorf("%+v, %v, %v", status, err, d.Steps())
			}
		})
	}
}

// Everything that is set in a Command is told, but for the values of its environment.
func TestDescription(t *testing.T) {
	second, yes, score := time.Second, true, 0
	c := &driver.Command{
		ID: "full", Rootfs: "/srv/root", ReadonlyRootfs: true, Hostname: "a b",
		Labels:  map[string]string{"b": "2", "a": "1"},
		Network: &driver.Network{HostNetworking: true},
		Mounts:  []driver.Mount{{Source: "/a", Destination: "/b"}, {Type: "tmpfs", Destination: "/t", Size: 3 << 10}},
		CapAdd:  []string{"NET_ADMIN", "SYS_TIME"}, StopGrace: &second, OomScoreAdj: &score,
		Resources: &driver.Resources{Memory: -1, CPUs: 0.5, Rlimits: []*driver.Rlimit{{Type: "nofile", Soft: 10, Hard: 20}}},
		ProcessConfig: driver.ProcessConfig{
			Entrypoint: "sh", Arguments: []string{"-c", "echo $A; true", ""}, Env: []string{"TOKEN=secret", "B="}, Tty: true, NoNewPrivs: &yes,
		},
	}
	want := `+ start full (rootfs /srv/root, sh -c "echo $A; true" ""; readonly_rootfs, hostname "a b", labels a=1 b=2, network.host_networking, ` +
		`memory max, cpus 0.5, rlimits[1].type nofile, rlimits[1].soft 10, rlimits[1].hard 20, ` +
		`mounts[1].source /a, mounts[1].destination /b, mounts[2].type tmpfs, mounts[2].destination /t, mounts[2].size 3k, ` +
		`cap_add NET_ADMIN SYS_TIME, tty, env TOKEN B, no_new_privs, oom_score_adj 0, stop_grace 1s)`
	if got := (plan.Step{Action: plan.Create, Verb: "start", ID: "full", Command: c}).String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestJSON(t *testing.T) {
	d := plan.New()
	_, err := d.Run(t.Context(), command("a", "x<y"), nil, driver.Hooks{})
	must(t, err)
	var b strings.Builder
	must(t, d.Write(&b, "json"))
	var got struct {
		Steps []struct {
			Action, Verb, ID string
			Command          struct{ Image string }
		}
		Summary map[string]int
	}
	must(t, json.Unmarshal([]byte(b.String()), &got))
	if len(got.Steps) != 1 || got.Steps[0].Command.Image != "host" || got.Steps[0].Action != "create" || got.Summary["create"] != 1 || len(got.Summary) != 4 {
		t.Errorf("got %+v", got)
	}
	b.Reset()
	must(t, plan.New().Write(&b, "json"))
	if !strings.Contains(b.String(), `"steps": []`) {
		t.Errorf("an empty plan: %s", &b)
	}
	if err := d.Write(&b, "yaml"); err == nil {
		t.Error("yaml is a format")
	}
}

// A call that an engine would refuse is refused, and is no step.
func TestWhatFailsIsNoStep(t *testing.T) {
	d, ctx := plan.New(), t.Context()
	gone := command("gone", "x")
	_, runErr := d.Run(ctx, &driver.Command{ID: "empty"}, nil, driver.Hooks{})
	_, startErr := d.Start(ctx, &driver.Command{ID: "empty"}, nil, driver.Hooks{})
	_, stopErr := d.Stop(ctx, gone, driver.StopOptions{})
	for i, err := range []error{
		runErr, startErr, stopErr, d.Update(ctx, gone, &driver.Resources{Pids: 1}), d.Update(ctx, nil, nil),
		d.Pause(ctx, gone), d.Kill(ctx, gone, 15), d.Terminate(ctx, gone),
	} {
		if err == nil {
			t.Errorf("call %d succeeded", i)
		}
	}
	if steps := d.Steps(); len(steps) != 0 {
		t.Errorf("steps %v", steps)
	}
}

// A signal that ends the process is what removes the container.
func TestSignalsThatEnd(t *testing.T) {
	d, ctx := plan.New(), t.Context()
	for _, row := range []struct{ id, stop string }{{"killed", ""}, {"asked", "INT"}} {
		c := command(row.id, "server")
		c.StopSignal = row.stop
		p, err := d.Start(ctx, c, nil, driver.Hooks{})
		must(t, err)
		sig := 9
		if row.stop != "" {
			must(t, p.Signal(ctx, 15)) // not its stop signal
			sig = 2
		}
		must(t, p.Signal(ctx, sig))
		_, err = p.Wait(ctx)
		must(t, err)
	}
	want := `+ start killed (image host, server)
- kill killed (KILL)
+ start asked (image host, server; stop_signal INT)
~ kill asked (TERM)
- kill asked (INT)
plan: 2 to create, 1 to change, 2 to remove
`
	if got := text(t, d); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
