package api

import (
	"slices"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	a := Load()
	for name, want := range map[string]string{
		"execlua":                  "execlua",
		"task":                     "execlua.task Task",
		"execlua.task":             "execlua.task Task",
		"task.map":                 "execlua.task.map",
		"execlua.task.map":         "execlua.task.map",
		"task:cancel":              "task:cancel",
		"driver":                   "execlua.driver Driver",
		"driver:run":               "driver:run",
		"Driver.run":               "driver:run",
		"execlua.Driver:run":       "driver:run",
		"command":                  "execlua.command Command",
		"command.with":             "command:with",
		"resources":                "execlua.resources Resources",
		"resources.memory":         "resources.memory",
		"command.resources.memory": "resources.memory",
		"process_config.env":       "process_config.env",
		"mounts.source":            "mount.source",
		"RunOptions":               "RunOptions",
		"run_options.timeout":      "run_options.timeout",
		"error.code":               "error.code",
		"not_found":                "code.not_found",
		"unpause":                  "driver:unpause container:unpause",
	} {
		found, err := a.Find(name)
		var titles []string
		for _, e := range found {
			titles = append(titles, e.Title())
		}
		if got := strings.Join(titles, " "); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	for name, want := range map[string]string{
		"driver:rnu": `nothing is called "driver:rnu" (did you mean "driver:run"?)`,
		"memroy":     `nothing is called "memroy" (did you mean "memory"?)`,
		"task.spwan": `nothing is called "task.spwan" (did you mean "task.spawn"?)`,
		"":           `nothing is called ""`,
		"..":         `nothing is called ".."`,
		"a.b.c":      `nothing is called "a.b.c"`,
	} {
		if found, err := a.Find(name); err == nil || err.Error() != want {
			t.Errorf("%s: %v, %v; want %s", name, found, err, want)
		}
	}
}

// Every name that the list shows can be asked for, and so can every member.
func TestEverythingIsFound(t *testing.T) {
	a := Load()
	for _, o := range a.Owners {
		entries := []Entry{{Owner: o}}
		for i := range o.Members {
			entries = append(entries, Entry{o, &o.Members[i]})
		}
		for _, e := range entries {
			found, err := a.Find(e.Title())
			if err != nil || !slices.ContainsFunc(found, func(f Entry) bool { return f.Title() == e.Title() }) {
				t.Errorf("%s: %v, %v", e.Title(), found, err)
			}
			var text strings.Builder
			if err := a.Doc(&text, e.Title()); err != nil || !strings.Contains(text.String(), e.Title()) {
				t.Errorf("%s: %q, %v", e.Title(), text.String(), err)
			}
		}
	}
}

// No line is wider than a terminal, except one that has a single long word.
func TestWidth(t *testing.T) {
	a := Load()
	var text strings.Builder
	if err := a.Index(&text); err != nil {
		t.Fatal(err)
	}
	for _, o := range a.Owners {
		if err := a.Doc(&text, o.Name); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(text.String()) {
		if len([]rune(strings.TrimSuffix(line, "\n"))) > width && len(strings.Fields(line)) > 1 && !strings.HasSuffix(line, ")\n") {
			t.Errorf("too wide: %s", line)
		}
	}
}

func TestTypes(t *testing.T) {
	a := &API{Aliases: map[string]string{"execlua.Hook": "fun(a: execlua.X|string, b?: integer): any", "execlua.Size": "integer|string"}}
	for typ, want := range map[string]string{
		"string":                       "string",
		"string?":                      "string",
		"execlua.Size|nil":             "integer string",
		"execlua.Hook":                 "fun(a: execlua.X|string, b?: integer): any",
		"{limit: a|b}|fun(x: c|d)|e[]": "{limit: a|b} fun(x: c|d) e[]",
		"table<string, a|b>":           "table<string, a|b>",
		"":                             "",
	} {
		if got := strings.Join(a.Types(typ), " "); got != want {
			t.Errorf("%s: %q, want %q", typ, got, want)
		}
	}
	params, returns, ok := Function(a.Aliases["execlua.Hook"])
	if !ok || returns != "any" || !slices.Equal(params, []Param{{Name: "a", Type: "execlua.X|string"}, {Name: "b", Type: "integer"}}) {
		t.Errorf("%v, %q, %v", params, returns, ok)
	}
	for _, typ := range []string{"function", "fun", "fun(a", "{fun(a)}"} {
		if _, _, ok := Function(typ); ok {
			t.Errorf("%s is a function", typ)
		}
	}
}
