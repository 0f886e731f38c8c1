package drivertest

import (
	"os"
	"strings"
	"testing"
)

// docs/hooks.md shows the table that the cases hold engines to.
func TestHookVerbsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/hooks.md")
	if err != nil {
		t.Fatal(err)
	}
	table := "| verb | pre_start | start | post_stop |\n|---|---|---|---|\n"
	for _, v := range HookVerbs {
		table += "| " + v.Verb
		for _, code := range v.Code {
			if code == "" {
				code = "yes"
			}
			table += " | " + code
		}
		table += " |\n"
	}
	if !strings.Contains(string(text), table) {
		t.Errorf("docs/hooks.md does not contain\n%s", table)
	}
}
