package plan

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/execlua/execlua/driver"
)

// attribute is a field that is set, by its name in scripts.
type attribute struct{ name, value string }

// String is the name alone for what is merely on.
func (a attribute) String() string {
	if a.value == "true" {
		return a.name
	}
	return a.name + " " + a.value
}

// attributes lists what is set in a Command or a part of one, in the order of its
// fields, without what a description begins with.
func attributes(part any) []attribute {
	var list []attribute
	collect(&list, "", "", reflect.ValueOf(part))
	return list
}

// collect adds what is below a value. Resources and the process need no prefix:
// their fields have names of their own.
func collect(list *[]attribute, path, unit string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			collect(list, path, unit, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" || v.Field(i).IsZero() || path == "" && slices.Contains([]string{"id", "image", "rootfs", "entrypoint", "arguments"}, name) {
				continue
			}
			below := name
			if path != "" {
				below = path + "." + name
			}
			if f.Type == reflect.TypeFor[driver.ProcessConfig]() || f.Type == reflect.TypeFor[*driver.Resources]() {
				below = ""
			}
			if name == "env" {
				*list = append(*list, attribute{below, names(v.Field(i).Interface().([]string))})
				continue
			}
			collect(list, below, f.Tag.Get("unit"), v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		collectList(list, path, v)
	case reflect.Map:
		var pairs []string
		for _, key := range slices.Sorted(maps.Keys(v.Interface().(map[string]string))) {
			pairs = append(pairs, quote(key+"="+v.MapIndex(reflect.ValueOf(key)).String()))
		}
		*list = append(*list, attribute{path, strings.Join(pairs, " ")})
	default:
		*list = append(*list, attribute{path, scalar(v, unit)})
	}
}

// collectList counts from 1, as scripts do. Plain values stand in a row.
func collectList(list *[]attribute, path string, v reflect.Value) {
	var row []string
	for i := range v.Len() {
		item := v.Index(i)
		if k := item.Kind(); k == reflect.Struct || k == reflect.Pointer {
			collect(list, fmt.Sprintf("%s[%d]", path, i+1), "", item)
			continue
		}
		row = append(row, scalar(item, ""))
	}
	if len(row) > 0 {
		*list = append(*list, attribute{path, strings.Join(row, " ")})
	}
}

func scalar(v reflect.Value, unit string) string {
	switch value := v.Interface().(type) {
	case time.Duration:
		return value.String()
	case string:
		return quote(value)
	case int64:
		if unit == "bytes" {
			return size(value)
		}
	}
	return fmt.Sprint(v.Interface())
}

// size writes bytes as scripts do: "64m".
func size(bytes int64) string {
	if bytes < 0 {
		return "max"
	}
	for _, u := range []struct {
		shift int
		name  string
	}{{30, "g"}, {20, "m"}, {10, "k"}} {
		if bytes >= 1<<u.shift && bytes%(1<<u.shift) == 0 {
			return strconv.FormatInt(bytes>>u.shift, 10) + u.name
		}
	}
	return strconv.FormatInt(bytes, 10)
}

// names are those of an environment's variables.
func names(env []string) string {
	var list []string
	for _, entry := range env {
		name, _, _ := strings.Cut(entry, "=")
		list = append(list, quote(name))
	}
	return strings.Join(list, " ")
}

// differences compares limits.
func differences(before, after *driver.Resources) []Difference {
	var list []Difference
	old := map[string]string{}
	for _, a := range attributes(before) {
		old[a.name] = a.value
	}
	for _, a := range attributes(after) {
		if from := old[a.name]; from != a.value {
			list = append(list, Difference{a.name, from, a.value})
		}
		delete(old, a.name)
	}
	for _, name := range slices.Sorted(maps.Keys(old)) {
		list = append(list, Difference{name, old[name], ""})
	}
	return list
}
