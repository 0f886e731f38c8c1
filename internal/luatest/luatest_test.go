package luatest

import (
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/luabind"
)

// reports are of three files: one passes, one fails, one does not even begin.
func reports() []*luabind.TestReport {
	return []*luabind.TestReport{
		{File: "a_test.lua", Duration: 12 * time.Millisecond, Tests: []luabind.TestResult{{Name: "adds", Duration: time.Millisecond, Output: "quiet\n"}}},
		{File: "b_test.lua", Duration: 30 * time.Millisecond, Tests: []luabind.TestResult{
			{Name: "ticket\n#7", Duration: 2 * time.Millisecond},
			{
				Name: `says "no" & <never>`, Duration: 20 * time.Millisecond, Output: "one\ntwo\x1b\n",
				Err: &luabind.Error{
					File: "b_test.lua", Line: 7, Message: "not the same:\n  [1]: got 1, want 2", Hint: "look closer",
					Traceback: "stack traceback:\n\tb_test.lua:7: in main chunk",
				},
			},
		}},
		{File: "c_test.lua", Err: errors.New("cannot open c_test.lua"), Output: "printed\n"},
	}
}

func write(t *testing.T, format string) string {
	t.Helper()
	var b strings.Builder
	r, err := NewReporter(format, &b)
	if err != nil {
		t.Fatal(err)
	}
	for _, report := range reports() {
		if err := r.File(report); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReports(t *testing.T) {
	for _, format := range Formats() {
		golden := filepath.Join("testdata", "report."+format)
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got := write(t, format); got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", golden, got, want)
		}
	}
	if _, err := NewReporter("html", nil); err == nil {
		t.Error("html is a format")
	}
}

func TestJUnitIsXML(t *testing.T) {
	var suites struct {
		Tests int `xml:"tests,attr"`
		Suite []struct {
			Case []struct {
				Name    string  `xml:"name,attr"`
				Failure *string `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(write(t, "junit")), &suites); err != nil {
		t.Fatal(err)
	}
	failed := suites.Suite[1].Case[1]
	if suites.Tests != 4 || failed.Name != `says "no" & <never>` || failed.Failure == nil || !strings.Contains(*failed.Failure, "two\n") {
		t.Errorf("got %+v", suites)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b_test.lua", "a/x_test.lua", "a/x.lua", ".git/y_test.lua", "check.lua"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, row := range []struct{ paths, want []string }{
		{[]string{"."}, []string{"a/x_test.lua", "b_test.lua"}},
		{[]string{"a", "check.lua", "a/x_test.lua"}, []string{"a/x_test.lua", "check.lua"}},
		{[]string{".git"}, []string{".git/y_test.lua"}},
		{[]string{".", "nowhere"}, nil},
		{[]string{"empty_test.d"}, nil},
	} {
		got, err := Find(row.paths)
		if !slices.Equal(got, row.want) || (err == nil) != (row.want != nil) {
			t.Errorf("%q: got %q, %v", row.paths, got, err)
		}
	}
}

func TestRunKeepsOrder(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for _, file := range []struct{ name, source string }{
		{"slow_test.lua", `require("execlua.task").sleep(0.05)`},
		{"endless_test.lua", `require("execlua.task").sleep("1h")`},
		{"quick_test.lua", `local t = require("execlua.test") t.test("one", function() end)`},
	} {
		path := filepath.Join(dir, file.name)
		if err := os.WriteFile(path, []byte(file.source), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	for _, jobs := range []int{0, 8} {
		var got []string
		Run(t.Context(), files, Options{Jobs: jobs, Timeout: 200 * time.Millisecond}, func(r *luabind.TestReport) {
			got = append(got, r.File)
			if wants := r.File == files[1]; r.Failed() != wants || wants && !strings.Contains(r.Err.Error(), "took longer than 200ms") {
				t.Errorf("%s: %v", r.File, r.Err)
			}
		})
		if !slices.Equal(got, files) {
			t.Errorf("%d jobs: got %q", jobs, got)
		}
	}
}

func TestCoverageFormats(t *testing.T) {
	files := map[string]map[int]int{
		"lib/b.lua": {1: 1, 2: 0, 4: 0, 5: 3, 9: 0},
		"a.lua":     {1: 2},
		"empty.lua": {},
	}
	wantText := `100.0%  a.lua
     -  empty.lua
 40.0%  lib/b.lua: not 2-4, 9
 50.0%  of all lines
`
	if got := coverageText(files); got != wantText {
		t.Errorf("got\n%s", got)
	}
	wantLcov := `TN:
SF:a.lua
DA:1,2
LF:1
LH:1
end_of_record
TN:
SF:empty.lua
LF:0
LH:0
end_of_record
TN:
SF:lib/b.lua
DA:1,1
DA:2,0
DA:4,0
DA:5,3
DA:9,0
LF:5
LH:2
end_of_record
`
	if got := lcov(files); got != wantLcov {
		t.Errorf("got\n%s", got)
	}
}
