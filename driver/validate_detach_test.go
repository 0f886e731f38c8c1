package driver

import (
	"context"
	"testing"
	"time"
)

// invalidDetached is what is said about a container that nobody waits for.
func invalidDetached() []mistake {
	return []mistake{
		{func(c *Command) { c.Restart = &RestartPolicy{} }, "restart", "always or on_failure", ErrInvalid},
		{func(c *Command) { c.Restart = &RestartPolicy{OnFailure: -1} }, "restart.on_failure", "from 0 on", ErrInvalid},
		{func(c *Command) { c.Restart = &RestartPolicy{Always: true, OnFailure: 1} }, "restart.on_failure", "always is set", ErrInvalid},
		{func(c *Command) { c.Restart = &RestartPolicy{Always: true, Delay: new(-time.Second)} }, "restart.delay", "0s to 24 hours", ErrInvalid},
		{func(c *Command) { c.HealthCheck = &HealthCheck{} }, "health_check", "one of exec, tcp and http", ErrInvalid},
		{func(c *Command) { c.HealthCheck = &HealthCheck{TCP: "a:1", HTTP: "http://a"} }, "health_check", "one of", ErrInvalid},
		{func(c *Command) { c.HealthCheck = &HealthCheck{TCP: "8080"} }, "health_check.tcp", "host:port", ErrInvalid},
		{func(c *Command) { c.HealthCheck = &HealthCheck{HTTP: "file:///etc/passwd"} }, "health_check.http", "a URL", ErrInvalid},
		{func(c *Command) { c.HealthCheck = &HealthCheck{Exec: []string{"a\x00"}} }, "health_check.exec.entrypoint", "NUL", ErrInvalid},
		{func(c *Command) { c.HealthCheck = &HealthCheck{TCP: "a:1", Every: new(time.Duration(0))} }, "health_check.every", "1ms to 24 hours", ErrInvalid},
		{func(c *Command) { c.HealthCheck = &HealthCheck{TCP: "a:1", Retries: -1} }, "health_check.retries", "1 to 1000", ErrInvalid},
		{func(c *Command) { c.HealthCheck = &HealthCheck{TCP: "a:1", OnFailure: "reboot"} }, "health_check.on_failure", `"restart" or "stop"`, ErrInvalid},
		{func(c *Command) { c.LogFiles = &LogFiles{MaxSize: 1} }, "log_files.max_size", "4096 bytes", ErrInvalid},
		{func(c *Command) { c.LogFiles = &LogFiles{Files: 101} }, "log_files.files", "1 to 100", ErrInvalid},
	}
}

// What only one of the two kinds of containers can have.
func TestValidateAttachedAndDetached(t *testing.T) {
	hook := func(context.Context, *ProcessConfig, int, *HookInfo) error { return nil }
	terminal := plain()
	terminal.ProcessConfig.Tty = true
	for _, row := range []struct {
		err  error
		path string
	}{
		{ValidateAttached(nil), ""},
		{ValidateDetached(nil, Hooks{}), ""},
		{ValidateAttached(plain()), ""},
		{ValidateAttached(maximal()), "restart"},
		{ValidateDetached(maximal(), Hooks{PreStart: []DriverCallback{hook}, Start: hook}), ""},
		{ValidateDetached(plain(), Hooks{PostStop: []DriverCallback{hook}}), "hooks.post_stop"},
		{ValidateDetached(terminal, Hooks{}), "process_config.tty"},
	} {
		field, _ := row.err.(*FieldError)
		if row.path == "" && row.err != nil || row.path != "" && (field == nil || field.Path != row.path) {
			t.Errorf("got %v, want an error of %q", row.err, row.path)
		}
	}
}
