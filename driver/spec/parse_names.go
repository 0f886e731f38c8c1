package spec

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// names refuses names that the specification does not have: a setting with a
// mistake in its name would be ignored. encoding/json also takes a name in
// another case; this does not.
func (p *parser) names(at string, tree any) { p.namesOf(at, tree, reflect.TypeFor[specs.Spec]()) }

func (p *parser) namesOf(at string, v any, t reflect.Type) {
	switch v := v.(type) {
	case []any:
		for i, element := range v {
			if t.Kind() == reflect.Slice {
				p.namesOf(fmt.Sprintf("%s[%d]", at, i), element, t.Elem())
			}
		}
	case map[string]any:
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			below := at + "." + name
			switch t.Kind() {
			case reflect.Map:
				p.namesOf(below, v[name], t.Elem())
			case reflect.Struct:
				if field, ok := fieldNamed(t, name); ok {
					p.namesOf(below, v[name], field.Type)
				} else {
					p.cannot(below, nil, "no name of the specification "+specs.Version)
				}
			}
		}
	}
}

func fieldNamed(t reflect.Type, name string) (reflect.StructField, bool) {
	for _, field := range reflect.VisibleFields(t) { // those of embedded structs too
		tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if tag == name && tag != "" {
			return field, true
		}
	}
	return reflect.StructField{}, false
}
