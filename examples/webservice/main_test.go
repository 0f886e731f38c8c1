//go:build linux && cgo

package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
)

func TestService(t *testing.T) {
	engine := fake.New(fake.Options{})
	s := &service{
		open:     func(string) (driver.Driver, func(), error) { return engine, func() {}, nil },
		deadline: 200 * time.Millisecond,
		slots:    make(chan struct{}, 2),
	}
	server := httptest.NewServer(s.handler())
	defer server.Close()

	const small = `local small = { memory = "32m", pids = 8 } `
	for _, row := range []struct {
		name, script string
		status       int
		code, answer string
	}{
		{"prints", `print("hello", 1 + 1)`, 200, "0", "hello\t2\n"},
		{"runs a container", small + `return execlua.driver():run({ image = "host", "echo", "inside", resources = small }).exit_code`, 200, "0", "inside\n"},
		{"exits", `os.exit(3)`, 200, "3", ""},
		{"fails", `error("no")`, 422, "1", ":1: no"},
		{"has no files", `io.open("/etc/passwd")`, 422, "1", "attempt to index a non-table object(nil)"},
		{"has no other engine", `execlua.driver("fake")`, 422, "1", `no engine "fake"`},
		{"is greedy", `execlua.driver():run { image = "host", "true", resources = { memory = "1g", pids = 8 } }`, 422, "1", "resources needs memory"},
		{"has no limits", `execlua.driver():run { image = "host", "true" }`, 422, "1", "resources needs memory"},
		{"wants the host", small + `execlua.driver():run { image = "host", "true", network = "host", resources = small }`, 422, "1", "only argv"},
		{"takes an id", small + `execlua.driver():run { id = "theirs", image = "host", "true", resources = small }`, 422, "1", "and no id"},
		{"hangs", small + `execlua.driver():run { image = "host", "sleep", "infinity", resources = small }`, 504, "1", "context deadline exceeded"},
		{"loops", `while true do end`, 504, "1", ""},
		{"loops in pcall", `while true do pcall(function() while true do end end) end`, 504, "1", ""},
		{"floods", `for _ = 1, 1e5 do print(("x"):rep(100)) end`, 422, "1", "bytes of output"},
	} {
		t.Run(row.name, func(t *testing.T) {
			answer, err := http.Post(server.URL+"/run", "text/plain", strings.NewReader(row.script))
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			if code := answer.Header.Get("X-Exit-Code"); answer.StatusCode != row.status || code != row.code || !strings.Contains(string(body), row.answer) {
				t.Errorf("status %d, code %s, %.200q; want %d, %s, %q", answer.StatusCode, code, body, row.status, row.code, row.answer)
			}
		})
	}
	if answer, err := http.Post(server.URL+"/run", "text/plain", strings.NewReader(strings.Repeat("-", maxSource+1))); err != nil || answer.StatusCode != 413 {
		t.Errorf("a script that is too long: %v, %v", answer, err)
	}
	if found, err := engine.Find(t.Context(), driver.Filter{}); err != nil || len(found) > 0 {
		t.Errorf("left behind: %v, %v", found, err)
	}
}
