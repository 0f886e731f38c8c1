package apidoc

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/execlua/execlua/driver/drivertest"
	"github.com/execlua/execlua/luabind/bind"
)

// verbs are the methods of a class by their names.
func (m *model) verbs(class string) map[string]bind.Func {
	verbs := map[string]bind.Func{}
	for _, module := range m.Modules {
		for _, c := range module.Classes {
			if c.Name != class {
				continue
			}
			for _, f := range c.Methods {
				verbs[f.Name] = f
			}
		}
	}
	return verbs
}

// Every verb says what it can fail with, in codes that there are.
func TestVerbsDeclareTheirErrors(t *testing.T) {
	m := theModel(t)
	var codes []string
	for _, c := range m.allCodes() {
		codes = append(codes, c.Name)
	}
	for _, class := range []string{"driver", "container"} {
		for name, f := range m.verbs(class) {
			if f.Fails() && len(f.Errors) == 0 {
				t.Errorf("%s:%s declares no errors: name its codes in verbErrors of luabind", class, name)
			}
		}
	}
	for _, f := range m.functions() {
		for _, code := range f.Errors {
			if !slices.Contains(codes, code) {
				t.Errorf("%s declares the code %q, which there is not", f.Name, code)
			}
		}
	}
}

// What the engines are tested to answer is among what the verbs declare.
func TestAnswersAreDeclared(t *testing.T) {
	verbs := theModel(t).verbs("container")
	for _, v := range drivertest.VerbsInStates() {
		f, ok := verbs[v.Verb]
		if !ok {
			t.Errorf("a container has no verb %s", v.Verb)
		}
		for _, code := range []string{v.Created, v.Running, v.Paused, v.Exited, v.Gone} {
			if code != "" && code != drivertest.Waits && !slices.Contains(f.Errors, code) {
				t.Errorf("%s answers %q, which it does not declare", v.Verb, code)
			}
		}
	}
}

// Every link between the pages leads somewhere.
func TestLinks(t *testing.T) {
	files, err := Files(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`\]\(([a-z]+\.md|README\.md)?(#[a-z0-9-]+)?\)`)
	for name, content := range files {
		if !strings.HasPrefix(name, reference) {
			continue
		}
		for _, l := range link.FindAllStringSubmatch(string(content), -1) {
			target, ok := files[reference+l[1]]
			if l[1] == "" {
				target, ok = content, true
			}
			heading := regexp.MustCompile(`(?mi)^#+ ` + regexp.QuoteMeta(strings.TrimPrefix(l[2], "#")) + `$`)
			if !ok || l[2] != "" && !heading.Match(target) {
				t.Errorf("%s: %s leads nowhere", name, l[0])
			}
		}
	}
}

// Every event and state has its line.
func TestConstantsAreExplained(t *testing.T) {
	m := theModel(t)
	events := m.comments.consts["driver.EventKind"]
	if len(events) < 13 {
		t.Errorf("%d events were found", len(events))
	}
	for _, c := range events {
		if c.doc == "" {
			t.Errorf("the event %s has no comment", c.value)
		}
	}
}
