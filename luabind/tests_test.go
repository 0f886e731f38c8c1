package luabind_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/luabind"
)

// What has to fail in testdata/tests, and with which words, stands behind "--!";
// a | there is a new line of the message.
func TestRunTests(t *testing.T) {
	files, err := filepath.Glob("testdata/tests/*_test.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := map[int]string{}
			for i, line := range strings.Split(string(source), "\n") {
				if _, text, ok := strings.Cut(line, "--! "); ok {
					want[i+1] = strings.ReplaceAll(text, "|", "\n  ")
				}
			}
			report := luabind.RunTests(t.Context(), file, luabind.TestOptions{})
			if report.Err != nil || len(report.Tests) != strings.Count(string(source), "\nt.test(") {
				t.Errorf("%d tests, %v", len(report.Tests), report.Err)
			}
			for _, result := range report.Tests {
				checkFailure(t, result, want)
			}
			for line, text := range want {
				t.Errorf("line %d did not fail with: %s", line, text)
			}
		})
	}
}

// checkFailure takes a failure off those that are wanted.
func checkFailure(t *testing.T, result luabind.TestResult, want map[int]string) {
	t.Helper()
	if result.Err == nil {
		return
	}
	var failure *luabind.Error
	if !errors.As(result.Err, &failure) {
		t.Fatalf("%s: %T: %v", result.Name, result.Err, result.Err)
	}
	text, expected := want[failure.Line]
	if !expected || !strings.Contains(failure.Message, text) || failure.Traceback == "" {
		t.Errorf("%s: line %d: %s\nwant: %s", result.Name, failure.Line, failure.Message, text)
	}
	delete(want, failure.Line)
}

// testFile writes a file of tests beside which nothing is.
func testFile(t *testing.T, source string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "it_test.lua")
	if err := os.WriteFile(file, []byte(`local t = require("execlua.test")`+"\n"+source), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// summary is a report in short.
func summary(r *luabind.TestReport) string {
	text := ""
	for _, test := range r.Tests {
		verdict := "passed"
		if test.Err != nil {
			verdict = strings.ReplaceAll(test.Err.Error(), filepath.Dir(r.File)+"/", "")
		}
		text += fmt.Sprintf("%s: %s [%s]\n", test.Name, verdict, test.Output)
	}
	if r.Err != nil {
		text += "file: " + strings.ReplaceAll(r.Err.Error(), filepath.Dir(r.File)+"/", "") + "\n"
	}
	return text + "[" + r.Output + "]"
}

func TestRunTestsReports(t *testing.T) {
	for name, row := range map[string]struct{ source, want string }{
		"output": {
			`print("before") t.test("one", function() io.write("in one") end) print("between") t.test("two", function() print("two") end)`,
			"one: passed [in one]\ntwo: passed [two\n]\n[before\nbetween\n]",
		},
		"an error outside": {
			"t.test('one', function() end)\nerror('oops')",
			"one: passed []\nfile: it_test.lua:3: oops\n[]",
		},
		"exit code":         {"return 4", "file: it_test.lua:0: the file ended with exit code 4\n[]"},
		"exit inside":       {"t.test('one', function() pcall(os.exit, 0) end)\nprint('never')", "one: os.exit(0) ended the whole file []\n[]"},
		"selected":          {"t.test('other', function() error('no') end) t.test('one', function() end)", "one: passed []\n[]"},
		"syntax":            {"t.test('one'", "file: it_test.lua: syntax error near the end of the file\n[]"},
		"hook that fails":   {`t.test("one", function() execlua.driver():run({ image = "host", "true" }, nil, { pre_start = function() error("veto") end }) end)`, "one: it_test.lua:2: run \"it_test-*\": pre_start hook 1: it_test.lua:2: veto []\n[]"},
		"not the host's":    {`t.test("one", function() t.equal(execlua.driver("native"), execlua.driver("fake")) end)`, ""},
		"task nobody joins": {`t.test("one", function() require("execlua.task").spawn(function() error("lonely") end) end)`, "one: passed []\nfile: it_test.lua:2: lonely\n[]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := luabind.RunTests(t.Context(), testFile(t, row.source), luabind.TestOptions{
				Select: func(test string) bool { return test != "other" },
			})
			got := summary(report)
			if before, after, ok := strings.Cut(row.want, "*"); ok && strings.HasPrefix(got, before) && strings.HasSuffix(got, after) {
				return
			}
			if row.want != "" && got != row.want {
				t.Errorf("got\n%s\nwant\n%s", got, row.want)
			}
		})
	}
}

// The end of the context ends a file that waits, the script that it runs included.
func TestRunTestsEndWithTheContext(t *testing.T) {
	t.Parallel()
	file := testFile(t, `
		t.test("waits", function()
			t.script("wait.lua")
		end)
		print("never")`)
	script := `execlua.driver():run { image = "host", "sleep", "infinity" }`
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "wait.lua"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	late := errors.New("too late")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, late)
	defer cancel()
	report := luabind.RunTests(ctx, file, luabind.TestOptions{})
	if len(report.Tests) != 1 || !errors.Is(report.Tests[0].Err, late) || report.Err != nil || report.Output != "" {
		t.Errorf("got %s", summary(report))
	}
}

func TestRunTestsCoverage(t *testing.T) {
	t.Parallel()
	coverage := &luabind.Coverage{}
	luabind.RunTests(t.Context(), "testdata/tests/backup_test.lua", luabind.TestOptions{
		Coverage: coverage,
		Select:   func(name string) bool { return name == "it gives up" },
	})
	lines := coverage.Files()["testdata/tests/backup.lua"]
	for line, runs := range map[int]bool{5: true, 8: false, 9: false, 11: true, 12: true, 15: true} {
		if n, known := lines[line]; known && (n > 0) != runs {
			t.Errorf("line %d: %d", line, n)
		}
	}
	if len(lines) < 9 {
		t.Errorf("lines %v", lines)
	}
}
