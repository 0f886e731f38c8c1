package drivertest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every row of the contract names tests that there are.
func TestContract(t *testing.T) {
	cases := map[string]bool{}
	for _, s := range subjects() {
		for _, c := range s.cases {
			cases[s.name+"/"+c.name] = true
		}
	}
	tests := testsOf(t, "..")
	rows := map[string]bool{}
	for _, r := range contract() {
		if rows[r.row] {
			t.Errorf("%q is there twice", r.row)
		}
		rows[r.row] = true
		for _, name := range r.testNames() {
			if !cases[name] && !tests[name] {
				t.Errorf("%s, %q: there is no test %q", r.section, r.row, name)
			}
		}
	}
}

// A row is covered when all its cases have passed, and it has one.
func TestCovered(t *testing.T) {
	passed := map[string]bool{}
	if rows, shared := covered(passed); rows != 0 || shared < 50 {
		t.Errorf("got %d of %d rows before any case", rows, shared)
	}
	passed["state/the engine has a name"] = true
	passed["hooks/order"] = true // one of two
	if rows, _ := covered(passed); rows != 1 {
		t.Errorf("got %d rows, want 1", rows)
	}
}

// testsOf lists the tests of the packages below a directory as "package.TestX".
func testsOf(t *testing.T, root string) map[string]bool {
	t.Helper()
	tests := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, pattern := range []string{"*_test.go", "*/*_test.go"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir, err := filepath.Abs(filepath.Dir(file))
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
				tests[strings.Join([]string{filepath.Base(dir), m[1]}, ".")] = true
			}
		}
	}
	return tests
}
