package lint

import (
	"slices"
	"strings"
	"testing"
)

func session(t *testing.T) *Session {
	t.Helper()
	s := checker(t).Session()
	for _, line := range []string{
		`d = execlua.driver()`,
		`task = require("execlua.task")`,
		`cmd = execlua.command { image = "host", "true" }; box = d:start(cmd)`,
		`r = box:wait()`,
		`local hidden = 1`,
		`function mine() end text = "x"`,
		`broken = = 1`,
	} {
		s.Learn(line)
	}
	return s
}

func TestComplete(t *testing.T) {
	s := session(t)
	for line, want := range map[string]string{
		"execlua.com":                    "command",
		"x = d:ru":                       "run",
		"d.ru":                           "",
		"d:kil":                          "kill",
		"box:exec":                       "exec exec_start",
		"print(box.i":                    "id",
		"execlua.driver():unp":           "unpause",
		"r.exit":                         "exit_code",
		"cmd.resources.memory_sw":        "memory_swap memory_swappiness",
		"cmd:wi":                         "with",
		"task.sp":                        "spawn",
		"require(\"execlua.task\").sl":   "sleep",
		"local t = require(\"execlua.ta": "execlua.table execlua.task",
		"string.form":                    "format",
		"text:upp":                       "upper",
		"tostr":                          "tostring",
		"min":                            "mine",
		"hid":                            "",
		"brok":                           "",
		"execlua.command { im":           "image",
		"execlua.command { image = \"a { b\", res":                "resources restart",
		"d:run({ image = \"host\", resources = { memory_swa":      "memory_swap memory_swappiness",
		"d:run(cmd, { time":                                       "timeout",
		"d:run(f(1, 2), {}, { pre_":                               "pre_start",
		"execlua.command {\n  mounts = {\n    { source = 1, dest": "destination",
		"execlua.command { process = { \"a\", us":                 "user",
		"execlua.command { image = exec":                          "execlua",
		"-- { (\nd:sig":                                           "signal_all",
		"a .. d:na":                                               "name",
		")":                                                       "",
		"x.y.z.":                                                  "",
	} {
		start, names := s.Complete(line)
		if got := strings.Join(names, " "); line != ")" && got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
		if start < 0 || start > len(line) {
			t.Errorf("%s: begins at %d", line, start)
		}
	}
	if _, all := s.Complete(""); !slices.Contains(all, "execlua") || !slices.Contains(all, "d") || !slices.Contains(all, "print") {
		t.Errorf("globals: %q", all)
	}
}

func TestExplain(t *testing.T) {
	s := session(t)
	for expression, want := range map[string]string{
		"execlua":              "execlua",
		"execlua.driver":       "execlua.driver",
		"d":                    "Driver",
		"d.run":                "driver:run",
		"box":                  "Container",
		"task.map":             "execlua.task.map",
		"cmd.resources":        "command.resources",
		"cmd.resources.memory": "resources.memory",
		`"task.map"`:           "execlua.task.map",
		`"resources.memory"`:   "resources.memory",
		"r":                    "Result",
		"print":                "",
		"nothing.at.all":       "",
		"1 +":                  "",
		"1, 2":                 "",
	} {
		got := ""
		for _, e := range s.Explain(expression) {
			got += e.Title()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", expression, got, want)
		}
	}
	if !s.IsLua("print") || !s.IsLua("string.format") || s.IsLua("execlua") || s.IsLua("string.fromat") {
		t.Error("what is Lua's own")
	}
}

func FuzzComplete(f *testing.F) {
	for _, line := range []string{"execlua.command { im", "d:run({ a = { b", "x[\"y\"].z:", "-- {", `require("`, "\xff{("} {
		f.Add(line)
	}
	c := checker(f)
	f.Fuzz(func(t *testing.T, line string) {
		if len(line) > 1<<10 {
			t.Skip()
		}
		s := c.Session()
		s.Learn(line)
		s.Explain(line)
		if start, _ := s.Complete(line); start < 0 || start > len(line) {
			t.Error(start)
		}
	})
}
