package driver

import (
	"net"
	"net/url"
	"time"
)

const (
	minLogSize  = 4 << 10
	maxLogFiles = 100
	maxRetries  = 1000
)

// ValidateAttached refuses what a container that belongs to its caller cannot
// have. Engines call it in Run and Start, after Validate.
func ValidateAttached(c *Command) error {
	switch reason := "for detached containers only"; {
	case c == nil: // Validate's to tell
		return nil
	case c.Restart != nil:
		return &FieldError{Path: "restart", Reason: reason}
	case c.HealthCheck != nil:
		return &FieldError{Path: "health_check", Reason: reason}
	case c.LogFiles != nil:
		return &FieldError{Path: "log_files", Reason: reason}
	}
	return nil
}

// ValidateDetached refuses what a container without an owner cannot have.
// Engines call it in StartDetached, after Validate.
func ValidateDetached(c *Command, hooks Hooks) error {
	switch {
	case len(hooks.PostStop) > 0:
		return &FieldError{Path: "hooks.post_stop", Reason: "a detached container may end when nobody is there to run it", Class: ErrUnsupported}
	case c.ProcessConfig.Tty:
		return &FieldError{Path: "process_config.tty", Value: true, Reason: "a detached container has no terminal; exec can have one", Class: ErrUnsupported}
	}
	return nil
}

func (p *problems) checkDetached(c *Command) {
	if r := c.Restart; r != nil {
		switch {
		case r.OnFailure < 0:
			p.invalid("restart.on_failure", r.OnFailure, "from 0 on")
		case r.Always && r.OnFailure > 0:
			p.invalid("restart.on_failure", r.OnFailure, "always is set, too")
		case !r.Always && r.OnFailure == 0:
			p.invalid("restart", nil, "always or on_failure expected")
		}
		p.checkTime("restart.delay", r.Delay, 0)
	}
	if h := c.HealthCheck; h != nil {
		p.checkHealth(h)
	}
	if l := c.LogFiles; l != nil {
		if l.MaxSize != 0 && l.MaxSize < minLogSize {
			p.invalid("log_files.max_size", l.MaxSize, "4096 bytes or more")
		}
		if l.Files < 0 || l.Files > maxLogFiles {
			p.invalid("log_files.files", l.Files, "1 to 100; 0 is 3")
		}
	}
}

func (p *problems) checkHealth(h *HealthCheck) {
	ways := 0
	for _, given := range []bool{len(h.Exec) > 0, h.TCP != "", h.HTTP != ""} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		p.invalid("health_check", nil, "one of exec, tcp and http expected")
	}
	if h.TCP != "" {
		if host, port, err := net.SplitHostPort(h.TCP); err != nil || host == "" || port == "" {
			p.invalid("health_check.tcp", h.TCP, `"host:port" expected`)
		}
	}
	if h.HTTP != "" {
		if u, err := url.Parse(h.HTTP); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			p.invalid("health_check.http", h.HTTP, "a URL that begins with http:// or https:// expected")
		}
	}
	if len(h.Exec) > 0 {
		p.checkArgv("health_check.exec.", &ProcessConfig{Entrypoint: h.Exec[0], Arguments: h.Exec[1:]})
	}
	p.checkTime("health_check.every", h.Every, time.Millisecond)
	p.checkTime("health_check.timeout", h.Timeout, time.Millisecond)
	p.checkTime("health_check.start_period", h.StartPeriod, 0)
	if h.Retries < 0 || h.Retries > maxRetries {
		p.invalid("health_check.retries", h.Retries, "1 to 1000; 0 is 3")
	}
	switch h.OnFailure {
	case "", "none", "restart", "stop":
	default:
		p.invalid("health_check.on_failure", h.OnFailure, `"none", "restart" or "stop"`)
	}
}

// checkTime checks an optional duration.
func (p *problems) checkTime(path string, d *time.Duration, least time.Duration) {
	if d != nil && (*d < least || *d > maxHookDeadline) {
		p.invalid(path, *d, "%v to 24 hours", least)
	}
}
