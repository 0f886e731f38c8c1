package drivertest

import (
	"errors"
	"fmt"

	"github.com/execlua/execlua/driver"
)

func userCases() []testCase {
	return []testCase{
		{"a user namespace maps users", mappedUsers},
		{"users that are not mapped", unmappedUsers},
	}
}

func (t *env) mapping() *driver.UserNamespace {
	if t.Users != nil {
		return t.Users
	}
	return &driver.UserNamespace{UIDMappings: []driver.IDMapping{
		{ContainerID: 0, HostID: 100000, Size: 1000},
		{ContainerID: 65534, HostID: 200000, Size: 1},
	}}
}

// needsUsers skips where the engine cannot make a user namespace.
func (t *env) needsUsers() {
	t.Helper()
	c := t.command(Exit{})
	c.UserNamespace = t.mapping()
	if r := t.run(t.Context(), c, "", driver.Hooks{}); errors.Is(r.err, driver.ErrUnsupported) {
		t.Skip(r.err)
	}
}

func mappedUsers(t *env) {
	t.needsUsers()
	want := ""
	for _, m := range t.mapping().UIDMappings {
		want += fmt.Sprintf("%d %d %d\n", m.ContainerID, m.HostID, m.Size)
	}
	c := t.command(PrintUsers{})
	c.UserNamespace = t.mapping()
	if r := t.run(t.Context(), c, "", driver.Hooks{}); r.err != nil || r.stdout != want {
		t.Errorf("the container: got %+v, want %q", r, want)
	}
	c = t.command(Sleep{})
	c.UserNamespace = t.mapping()
	b := t.start(t.Context(), c, driver.Hooks{})
	process := t.Process(PrintUsers{})
	process.User = "999:999"
	if r := t.exec(b.command, process, ""); r.err != nil || r.stdout != want {
		t.Errorf("an exec: got %+v, want %q", r, want)
	}
}

func unmappedUsers(t *env) {
	t.needsUsers()
	c := t.command(Exit{})
	c.UserNamespace, c.ProcessConfig.User = t.mapping(), "1000"
	t.wantField("the container", t.run(t.Context(), c, "", driver.Hooks{}).err, "process_config.user")

	c = t.command(Sleep{})
	c.UserNamespace = t.mapping()
	b := t.start(t.Context(), c, driver.Hooks{})
	process := t.Process(Exit{})
	process.User = "0:1000"
	t.wantField("an exec", t.exec(b.command, process, "").err, "process.user")
}

// wantField compares the path of the field that an error is about.
func (t *env) wantField(what string, err error, path string) {
	t.Helper()
	var field *driver.FieldError
	if !errors.As(err, &field) || field.Path != path {
		t.Errorf("%s: got %v, want an error about %s", what, err, path)
	}
}
