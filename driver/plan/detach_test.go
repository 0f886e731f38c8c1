package plan_test

import (
	"errors"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/plan"
)

// A detached container is there until it is cleaned, and its plan says so.
func TestDetached(t *testing.T) {
	d, ctx := plan.New(), t.Context()
	web := command("web", "nginx")
	web.Restart = &driver.RestartPolicy{Always: true, Delay: new(2 * time.Second)}
	web.HealthCheck = &driver.HealthCheck{HTTP: "http://127.0.0.1/healthz", OnFailure: "restart"}
	_, err := d.StartDetached(ctx, web, driver.Hooks{})
	must(t, err)
	if _, err := d.StartDetached(ctx, web, driver.Hooks{}); !errors.Is(err, driver.ErrExists) {
		t.Errorf("the id again: %v", err)
	}
	if status, err := d.Wait(ctx, "web"); err != nil || status.ExitCode != 0 {
		t.Errorf("wait: %+v, %v", status, err)
	}
	_, err = d.Restart(ctx, "web")
	must(t, err)
	must(t, d.Kill(ctx, web, 1)) // HUP
	_, err = d.Stop(ctx, web, driver.StopOptions{})
	must(t, err)
	must(t, d.Clean(ctx, "web"))
	must(t, d.Clean(ctx, "web")) // of nothing
	if _, err := d.Restart(ctx, "web"); !errors.Is(err, driver.ErrNotFound) {
		t.Errorf("restart of nothing: %v", err)
	}
	want := `+ start web (detached, image host, nginx; restart.always, restart.delay 2s, health_check.http http://127.0.0.1/healthz, health_check.on_failure restart)
~ restart web
~ kill web (HUP)
~ stop web
- clean web
plan: 1 to create, 3 to change, 1 to remove
`
	if got := text(t, d); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
