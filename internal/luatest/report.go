package luatest

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/execlua/execlua/luabind"
)

// Reporter writes reports in one format.
type Reporter interface {
	File(*luabind.TestReport) error // is called once for each file
	End() error                     // comes last
}

// Formats lists what NewReporter knows.
func Formats() []string { return []string{"text", "tap", "junit"} }

// NewReporter makes the reporter of a format, one of Formats.
func NewReporter(format string, w io.Writer) (Reporter, error) {
	switch format {
	case "text":
		return &textReporter{w: w}, nil
	case "tap":
		return &tapReporter{w: w}, nil
	case "junit":
		return &junitReporter{w: w}, nil
	}
	return nil, fmt.Errorf("no format %q: one of %s", format, strings.Join(Formats(), ", "))
}

// entries of a file: its tests, and the file itself when something else failed.
func entries(r *luabind.TestReport) []luabind.TestResult {
	if r.Err == nil {
		return r.Tests
	}
	return append(slices.Clip(r.Tests), luabind.TestResult{Name: "outside of the tests", Err: r.Err, Output: r.Output})
}

// details of a failure: the traceback, the hint and what was printed.
func details(e luabind.TestResult) string {
	var parts []string
	var script *luabind.Error
	if errors.As(e.Err, &script) {
		parts = append(parts, script.Traceback)
		if script.Hint != "" {
			parts = append(parts, "hint: "+script.Hint)
		}
	}
	if e.Output != "" {
		parts = append(parts, "printed:\n"+indent("  ", e.Output))
	}
	var text strings.Builder
	for _, part := range parts {
		if part = strings.TrimRight(part, "\n"); part != "" {
			text.WriteString(part + "\n")
		}
	}
	return text.String()
}

// indent puts with in front of each line, and a newline at the end.
func indent(with, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(with + strings.TrimRight(line, "\n") + "\n")
	}
	return b.String()
}

func millis(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// textReporter is for people: a line for each file, and all about what failed.
type textReporter struct {
	w                     io.Writer
	files, passed, failed int
}

func (t *textReporter) File(r *luabind.TestReport) error {
	t.files++
	verdict := "ok  "
	if r.Failed() {
		verdict = "FAIL"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  %d tests, %v\n", verdict, r.File, len(r.Tests), millis(r.Duration))
	for _, e := range entries(r) {
		if e.Err == nil {
			t.passed++
			continue
		}
		t.failed++
		fmt.Fprintf(&b, "      FAIL  %s\n%s%s", oneLine(e.Name), indent("        ", e.Err.Error()), indent("        ", details(e)))
	}
	_, err := io.WriteString(t.w, b.String())
	return err
}

func (t *textReporter) End() error {
	_, err := fmt.Fprintf(t.w, "%d passed, %d failed, in %d files\n", t.passed, t.failed, t.files)
	return err
}

// tapReporter writes the Test Anything Protocol, version 14 (testanything.org).
type tapReporter struct {
	w     io.Writer
	n     int
	begun bool
}

func (t *tapReporter) File(r *luabind.TestReport) error {
	var b strings.Builder
	if !t.begun {
		t.begun = true
		b.WriteString("TAP version 14\n")
	}
	for _, e := range entries(r) {
		t.n++
		verdict := "ok"
		if e.Err != nil {
			verdict = "not ok"
		}
		fmt.Fprintf(&b, "%s %d - %s: %s\n", verdict, t.n, tapText(r.File), tapText(e.Name))
		if e.Err != nil {
			fmt.Fprintf(&b, "  ---\n  message: %s\n  details: %s\n  ...\n", yamlText(e.Err.Error()), yamlText(details(e)))
		}
	}
	_, err := io.WriteString(t.w, b.String())
	return err
}

func (t *tapReporter) End() error {
	_, err := fmt.Fprintf(t.w, "1..%d\n", t.n)
	return err
}

// tapText keeps a name on its line, and # from beginning a directive.
func tapText(name string) string {
	return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(oneLine(name))
}

// oneLine makes blanks of control characters.
func oneLine(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, name)
}

// yamlText is a string of YAML on one line: those of JSON are.
func yamlText(text string) string {
	quoted, _ := json.Marshal(text) // a string always can be
	return string(quoted)
}

// junitReporter writes the XML that CI servers read, as Ant's junit task began it.
type junitReporter struct {
	w                io.Writer
	suites           strings.Builder
	tests, failures  int
	durationOfSuites time.Duration
}

func (j *junitReporter) File(r *luabind.TestReport) error {
	failures := 0
	var cases strings.Builder
	list := entries(r)
	for _, e := range list {
		fmt.Fprintf(&cases, `    <testcase classname="%s" name="%s" time="%.3f"`, xmlText(r.File), xmlText(oneLine(e.Name)), e.Duration.Seconds())
		if e.Err == nil {
			cases.WriteString("/>\n")
			continue
		}
		failures++
		fmt.Fprintf(&cases, ">\n      <failure message=\"%s\">%s</failure>\n    </testcase>\n",
			strings.ReplaceAll(xmlText(e.Err.Error()), "\n", "&#10;"), xmlText(e.Err.Error()+"\n"+details(e)))
	}
	j.tests, j.failures, j.durationOfSuites = j.tests+len(list), j.failures+failures, j.durationOfSuites+r.Duration
	fmt.Fprintf(&j.suites, "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" time=\"%.3f\">\n%s  </testsuite>\n",
		xmlText(r.File), len(list), failures, r.Duration.Seconds(), &cases)
	return nil
}

// End writes it all: the sums stand in front.
func (j *junitReporter) End() error {
	_, err := fmt.Fprintf(j.w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"%d\" failures=\"%d\" time=\"%.3f\">\n%s</testsuites>\n",
		j.tests, j.failures, j.durationOfSuites.Seconds(), &j.suites)
	return err
}

// xmlText escapes, and drops what XML 1.0 has no place for, see its production Char.
func xmlText(text string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "?")))
}
