package spec

import (
	"reflect"
	"strings"
	"testing"

	"github.com/execlua/execlua/driver"
)

// Whoever adds a limit says which file it becomes.
func TestEveryLimitHasItsFile(t *testing.T) {
	listed := map[string]bool{}
	for _, f := range LimitFiles() {
		if listed[f.Field] {
			t.Errorf("%s is listed twice", f.Field)
		}
		listed[f.Field] = true
		head, _, _ := strings.Cut(f.Field, "[]")
		listed[head] = true
		if f.V1 == "" && f.V2 == "" && f.Note == "" {
			t.Errorf("%s has no file, and no note that says why", f.Field)
		}
	}
	for name := range jsonNames(reflect.TypeFor[driver.Resources]()) {
		if !listed[name] {
			t.Errorf("LimitFiles does not say which kernel file %s becomes", name)
		}
		delete(listed, name)
	}
	for name := range listed {
		if !strings.Contains(name, "[]") {
			t.Errorf("LimitFiles lists %s, which is no field of Resources", name)
		}
	}
}

func TestStatFilesAreFields(t *testing.T) {
	fields := jsonNames(reflect.TypeFor[driver.ResourceStats]())
	for _, f := range StatFiles() {
		if !fields[f.Field] {
			t.Errorf("StatFiles lists %s, which is no field of ResourceStats", f.Field)
		}
	}
}

func jsonNames(t reflect.Type) map[string]bool {
	names := map[string]bool{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names[name] = true
	}
	return names
}
