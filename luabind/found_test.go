package luabind_test

import (
	"context"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
)

// A container that the script has only found goes on without it, and holds up
// neither its end nor whoever listens to it.
func TestFoundContainersAreOthers(t *testing.T) {
	h := newHost(t, nil)
	c := &driver.Command{ID: "box", Image: "host", ProcessConfig: driver.ProcessConfig{Entrypoint: "sleep", Arguments: []string{"60"}}}
	if _, err := h.engine.Start(context.Background(), c, nil, driver.Hooks{}); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err := h.run(`
		local box = execlua.driver():find { id = "box" }[1]
		for _, event in ipairs { "stats", "oom", "exit", "log" } do box:on(event, function(e) print(event, e.id) end) end
		require("execlua.task").spawn(function() pcall(box.wait, box) end):cancel()
		print(box.state)`)
	if err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 5*time.Second { // the grace period is 10 s
		t.Errorf("the script took %v to end", took)
	}
	if s := h.engine.State("box"); s != fake.Running {
		t.Errorf("the container is %s", s)
	}
	if err := h.engine.Terminate(context.Background(), c); err != nil {
		t.Error(err)
	}
}
