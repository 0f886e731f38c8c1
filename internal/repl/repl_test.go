package repl

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/internal/lint"
	"github.com/execlua/execlua/luabind"
)

func TestIncomplete(t *testing.T) {
	for chunk, want := range map[string]bool{
		"":                       false,
		"x = 1":                  false,
		"x":                      false,
		"= x":                    false,
		"x = = 1":                false,
		"if x then":              true,
		"if x then print(1)":     true,
		"if x then print(1) end": false,
		"x = {":                  true,
		"{ 1,":                   true,
		"{ 1, 2 }":               false,
		"f(":                     true,
		"1 +":                    true,
		"= 1 +":                  true,
		"x = [[":                 true,
		"x = [[\n]]":             false,
		"--[[":                   true,
		"-- comment":             false,
		`x = "`:                  false, // a string ends on its line
		"end":                    false,
		"local function f(a":     true,
	} {
		if got := incomplete(chunk); got != want {
			t.Errorf("%q: %v", chunk, got)
		}
	}
}

// talk gives lines to a session and returns what it shows and reports.
func talk(t *testing.T, lines string) (shown string, reported []string, code int) {
	t.Helper()
	var out bytes.Buffer
	vm, err := luabind.New(luabind.Options{
		Engine:  "fake",
		Engines: map[string]luabind.Engine{"fake": func() (driver.Driver, error) { return fake.New(fake.Options{}), nil }},
		Stdout:  &out,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	checker, err := lint.New()
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{VM: vm, Out: &out, Lint: checker.Session(), Report: func(err error) { reported = append(reported, err.Error()) }})
	code, err = s.Run(NewPlain(strings.NewReader(lines), io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), reported, code
}

func TestConversation(t *testing.T) {
	for lines, want := range map[string]string{
		"1 + 1":                               "2\n",
		"= 'a', nil, {}":                      "a\tnil\t{}\n",
		"x = 5\n\n  \nx":                      "5\n",
		"nil":                                 "nil\n",
		"print(1)":                            "1\n",
		"(function() end)()":                  "",
		"local y = 1\ny":                      "nil\n", // a local is the chunk's
		"function f()\nreturn 7\nend\nf()":    "7\n",
		"os.exit(0)\n1":                       "",
		"help(string.rep)":                    "string.rep is one of Lua's own: https://www.lua.org/manual/5.1/manual.html#pdf-string.rep\n",
		"help(nothing)":                       "nothing is declared of nothing\n",
		`help("task.mpa")`:                    "nothing is called \"task.mpa\" (did you mean \"task.map\"?)\n",
		"d = execlua.driver()\nhelp(d.name)":  "driver:name()\n  The engine's name.\n\n  returns  string\n",
		"help = print\nhelp(1)":               "nothing is declared of 1\n",
		"execlua.driver():info('x')\n'alive'": "{ running = false }\nalive\n",
	} {
		if shown, _, _ := talk(t, lines); shown != want {
			t.Errorf("%q:\n%s\nwant:\n%s", lines, shown, want)
		}
	}
	if _, reported, code := talk(t, "error('one')\nx = = 2\nexeclua.drivr()\nos.exit(9)"); code != 9 || len(reported) != 3 {
		t.Errorf("code %d, errors %q", code, reported)
	}
	if shown, _, _ := talk(t, "help()"); !strings.Contains(shown, "Modules\n") || !strings.Contains(shown, "help(x)") {
		t.Errorf("help(): %s", shown)
	}
}

// End ends a session that waits for a line.
func TestEnd(t *testing.T) {
	in, keys := io.Pipe()
	defer keys.Close()
	s := New(Options{})
	s.End()
	s.End()
	if _, err := s.Run(NewPlain(in, io.Discard)); !errors.Is(err, luabind.ErrInterrupted) {
		t.Errorf("error %v", err)
	}
}
