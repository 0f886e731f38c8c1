//go:build linux && cgo

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
)

// keeping is an engine that keeps a container that has ended.
type keeping struct {
	*fake.Driver
	ended []driver.ContainerInfo
	done  []string // what was done to it
}

func (k *keeping) Find(ctx context.Context, f driver.Filter) ([]driver.ContainerInfo, error) {
	found, err := k.Driver.Find(ctx, f)
	return append(k.ended, found...), err
}

func (k *keeping) StartDetached(context.Context, *driver.Command, driver.Hooks) (driver.Process, error) {
	return nil, driver.ErrUnsupported
}

func (k *keeping) Restart(_ context.Context, id string) (driver.Process, error) {
	k.done = append(k.done, "start "+id)
	return nil, nil
}

func (k *keeping) Clean(_ context.Context, id string) error {
	k.done = append(k.done, "clean "+id)
	return nil
}

// station is an engine with containers, and commands on it.
type station struct {
	t      *testing.T
	engine *keeping
}

// newStation starts web, web-2 and cache; job has ended.
func newStation(t *testing.T) *station {
	t.Helper()
	now := time.Now()
	s := &station{t, &keeping{Driver: fake.New(fake.Options{}), ended: []driver.ContainerInfo{{
		ID: "job", State: driver.StateExited, Created: now.Add(-time.Hour), Detached: true, Health: driver.HealthUnhealthy,
		Started: now.Add(-time.Hour), Finished: now.Add(-5 * time.Minute), Status: &driver.ExitStatus{ExitCode: 3}, Command: &driver.Command{ID: "job", Rootfs: "/srv/job"},
	}}}}
	for _, id := range []string{"web", "web-2", "cache"} {
		c := &driver.Command{
			ID: id, Image: "host", Labels: map[string]string{"tier": id[:1], "app": "shop"},
			ProcessConfig: driver.ProcessConfig{Entrypoint: "sleep", Arguments: []string{"infinity"}},
		}
		if _, err := s.engine.Start(t.Context(), c, nil, driver.Hooks{}); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(s.engine.Reset)
	return s
}

// run is a command line and how it ended.
func (s *station) run(args ...string) (code int, stdout, stderr string) {
	s.t.Helper()
	var out, errs bytes.Buffer
	app := newApp(&settings{open: func() (driver.Driver, error) { return s.engine, nil }})
	app.Writer, app.ErrWriter = &out, &errs
	err := app.Run(arrange(app, append([]string{"execlua"}, args...)))
	code = (&reporter{out: &errs}).report(err)
	return code, out.String(), errs.String()
}

// A line is what somebody types; what follows are the exit code and the output.
func TestContainerCommands(t *testing.T) {
	for _, row := range []struct {
		line           string
		code           int
		stdout, stderr string
	}{
		{"ps -q", 0, "web\nweb-2\ncache\n", ""},
		{"ps -aq", 0, "job\nweb\nweb-2\ncache\n", ""},
		{"ps -qn1", 0, "cache\n", ""},
		{"ps -q --filter name=eb", 0, "web\nweb-2\n", ""},
		{"ps -q -f id=web- -f label=app=shop", 0, "web-2\n", ""},
		{"ps -q -f label=app -f label=tier=c", 0, "cache\n", ""},
		{"ps -q --filter status=exited", 0, "job\n", ""},
		{"ps -aq -f health=unhealthy -f health=healthy", 0, "job\n", ""},
		{"ps -f state=dead", 2, "", "execlua: ps: --filter \"state=dead\": created, running, paused or exited\ntry: execlua --help\n"},
		{"ps web", 2, "", "execlua: ps: takes no argument, got \"web\"\ntry: execlua --help\n"},
		{"ps -o yaml", 2, "", "execlua: ps: --output \"yaml\": table or json\ntry: execlua --help\n"},

		{"stop cache -t 5", 0, "cache\n", ""},
		{"stop c -t5 -s INT", 0, "cache\n", ""},
		{"stop web- cahce", 1, "web-2\n", "execlua: stop \"cahce\": no such container (did you mean \"cache\"?)\n"},
		{"stop we", 1, "", "execlua: stop \"we\": several containers begin so: web, web-2\n"},
		{"stop -i nobody", 0, "", ""},
		{"stop -a", 0, "web\nweb-2\ncache\n", ""},
		{"stop -a web", 2, "", "execlua: stop: --all stands for the containers\ntry: execlua --help\n"},
		{"stop", 2, "", "execlua: stop: no container\ntry: execlua --help\n"},
		{"kill -s 0 web", 2, "", "execlua: kill: signal = \"0\": no such signal; a name as TERM or SIGTERM, or a number from 1 to 64\ntry: execlua --help\n"},
		{"kill web -sWINCH", 0, "web\n", ""},
		{"kill -- -web", 1, "", "execlua: kill \"-web\": no such container (did you mean \"web\"?)\n"},
		{"pause --all", 0, "web\nweb-2\ncache\n", ""},
		{"unpause -a", 0, "", ""},
		{"update web -m 64m --cpus 0.5", 0, "web\n", ""},
		{"update web", 2, "", "execlua: update: no limit to change\ntry: execlua --help\n"},
		{"update --memory=1k web", 1, "", "execlua: update \"web\": resources.memory = 1024: at least 512 KiB, or -1 for no limit\n"},
		{"start -a", 0, "job\n", ""},
		{"wait --timeout 0.01 web", 1, "", "execlua: wait \"web\": wait timeout reached: it has not ended after 10ms\n"},

		{"rm job", 0, "job\n", ""},
		{"rm web", 1, "", "execlua: rm \"web\": busy: it is running\nhint: stop it, or rm --force\n"},
		{"rm -f web nobody", 0, "web\n", ""},
		{"rm nobody", 1, "", "execlua: rm \"nobody\": no such container\n"},

		{"exec web echo -n hello", 0, "-n hello\n", ""},
		{"exec web exit 7", 7, "", ""},
		{"exec -e A=x,y -eB=2 web printenv A", 0, "x,y\n", ""},
		{"exec --workdir /srv web pwd", 0, "/srv\n", ""},
		{"exec web nope", 127, "", "fake: nope: no such program here\n"},
		{"exec wbe true", 125, "", "execlua: exec \"wbe\": no such container (did you mean \"web\"?)\n"},
		{"exec web", 125, "", "execlua: exec: a container and a command expected\ntry: execlua --help\n"},
		{"exec --nope web true", 125, "", "execlua: flag provided but not defined: -nope\ntry: execlua --help\n"},
		{"attach --detach-keys ctrl-pq web", 125, "", "execlua: attach: --detach-keys \"ctrl-pq\": a letter, or ctrl- and one\ntry: execlua --help\n"},

		{"logs nobody", 1, "", "execlua: logs \"nobody\": no such container\n"},
		{"logs web --tail x", 2, "", "execlua: logs: --tail \"x\": a number of lines, or all\ntry: execlua --help\n"},
		{"events --since 1h", 2, "", "execlua: events: --since: events are not kept; only those from now on can be seen\ntry: execlua --help\n"},
		{"events -f event=born", 2, "", "execlua: events: --filter \"event=born\": one of " + strings.Join(eventKinds(), ", ") + "\ntry: execlua --help\n"},
		{"top web", 0, "USER  PID  PPID  STATE  ELAPSED  TIME  COMMAND\n", ""}, // nobody has the pids of this engine
	} {
		t.Run(row.line, func(t *testing.T) {
			code, stdout, stderr := newStation(t).run(strings.Fields(row.line)...)
			if code != row.code || stdout != row.stdout || stderr != row.stderr {
				t.Errorf("got %d\n%s%s\nwant %d\n%s%s", code, stdout, stderr, row.code, row.stdout, row.stderr)
			}
		})
	}
}

// What an engine is told, where the output does not show it.
func TestCommandsReachTheEngine(t *testing.T) {
	s := newStation(t)
	s.run("update", "web", "-m", "64m", "--pids-limit=-1", "-c", "512")
	s.run("kill", "-s", "USR1", "web")
	s.run("exec", "-u", "app:app", "--privileged", "web", "sh", "-c", "exit 0")
	s.run("start", "job")
	s.run("rm", "job")
	r := s.engine.Calls("update")[0].Resources
	if r.Memory != 64<<20 || r.Pids != -1 || r.CPUShares != 512 {
		t.Errorf("update: got %+v", r)
	}
	if sig := s.engine.Calls("kill")[0].Signal; sig != 10 {
		t.Errorf("kill: got %d", sig)
	}
	p := s.engine.Calls("exec_start")[0].Process
	if p.User != "app:app" || !p.Privileged || fmt.Sprint(p.Argv()) != "[sh -c exit 0]" {
		t.Errorf("exec: got %+v", p)
	}
	if got := fmt.Sprint(s.engine.done); got != "[start job clean job]" {
		t.Errorf("got %s", got)
	}
}

func TestContainersAsJSON(t *testing.T) {
	s := newStation(t)
	for _, line := range []string{"ps -a -o json", "inspect web job", "stats --no-stream -o json web"} {
		var rows []map[string]any
		code, out, errs := s.run(strings.Fields(line)...)
		if err := json.Unmarshal([]byte(out), &rows); err != nil || code != 0 || len(rows) == 0 || rows[0]["id"] == nil {
			t.Errorf("%s: got %d, %v\n%s%s", line, code, err, out, errs)
		}
	}
	if _, out, _ := s.run("ps", "--format=json", "-f", "name=nobody"); out != "[]\n" {
		t.Errorf("nobody: got %q", out)
	}
}

func TestPsTable(t *testing.T) {
	now := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	made := now.Add(-3 * time.Hour)
	info := func(id string, state driver.State, change func(*driver.ContainerInfo)) driver.ContainerInfo {
		i := driver.ContainerInfo{ID: id, State: state, Created: made, Started: now.Add(-5 * time.Minute), Command: &driver.Command{Image: "host", ProcessConfig: driver.ProcessConfig{Entrypoint: "sh", Arguments: []string{"-c", "printf '\x1b[2J'; sleep infinity forever"}}}}
		if change != nil {
			change(&i)
		}
		return i
	}
	var out strings.Builder
	err := psTable(&out, []driver.ContainerInfo{
		info("web", driver.StateRunning, func(i *driver.ContainerInfo) { i.Health = driver.HealthHealthy }),
		info("cache", driver.StatePaused, nil),
		info("new", driver.StateCreated, nil),
		info("job", driver.StateExited, func(i *driver.ContainerInfo) {
			i.Finished, i.Status = now.Add(-time.Minute), &driver.ExitStatus{ExitCode: 137}
		}),
		info("lost", driver.StateExited, func(i *driver.ContainerInfo) {
			i.Finished, i.Status = now.Add(-time.Minute), &driver.ExitStatus{ExitCode: -1, Unknown: true}
		}),
	}, now, false)
	const want = `CONTAINER ID  IMAGE  COMMAND                         CREATED      STATUS
web           host   sh -c printf '?[2J'; sleep in…  3 hours ago  Up 5 minutes (healthy)
cache         host   sh -c printf '?[2J'; sleep in…  3 hours ago  Up 5 minutes (Paused)
new           host   sh -c printf '?[2J'; sleep in…  3 hours ago  Created
job           host   sh -c printf '?[2J'; sleep in…  3 hours ago  Exited (137) About a minute ago
lost          host   sh -c printf '?[2J'; sleep in…  3 hours ago  Exited (unknown) About a minute ago
`
	if err != nil || out.String() != want {
		t.Errorf("%v, got\n%swant\n%s", err, &out, want)
	}
}
