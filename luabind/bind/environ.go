package bind

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// environ decodes an environment: a table of pairs, which is merged into what is
// there, new names in alphabetical order; or a list of KEY=value, which replaces it.
func (d *decoder) environ(table *lua.LTable, dst reflect.Value) *FieldError {
	if table.Len() > 0 {
		return d.environList(table, dst)
	}
	var pairs map[string]string
	if err := d.dict(table, reflect.ValueOf(&pairs).Elem()); err != nil {
		return err
	}
	for key := range pairs {
		if err := checkEnvironKey(key); err != nil {
			return err.under(keyStep(key))
		}
	}
	dst.Set(reflect.ValueOf(mergeEnviron(dst.Interface().([]string), pairs)))
	return nil
}

func (d *decoder) environList(table *lua.LTable, dst reflect.Value) *FieldError {
	var env []string
	if err := d.list(table, reflect.ValueOf(&env).Elem()); err != nil {
		return err
	}
	for i, pair := range env {
		if strings.Index(pair, "=") < 1 {
			return invalidf("KEY=value expected, got %q", pair).under(entryStep(i))
		}
	}
	dst.Set(reflect.ValueOf(env))
	return nil
}

func checkEnvironKey(key string) *FieldError {
	if key == "" || strings.Contains(key, "=") {
		return invalidf("a name of the environment is not empty and has no =")
	}
	return nil
}

// lookupEnviron finds the value of a name. The last one counts, as in os/exec.
func lookupEnviron(env []string, key string) (string, bool) {
	for _, pair := range slices.Backward(env) {
		if k, v, ok := strings.Cut(pair, "="); ok && k == key {
			return v, true
		}
	}
	return "", false
}

// mergeEnviron returns a copy of env with the pairs in it: each in the place
// where its name stands, else at the end in alphabetical order.
func mergeEnviron(env []string, pairs map[string]string) []string {
	merged := make([]string, 0, len(env)+len(pairs))
	placed := make(map[string]bool, len(pairs))
	for _, pair := range env {
		key, _, _ := strings.Cut(pair, "=")
		value, ok := pairs[key]
		if !ok {
			merged = append(merged, pair)
		} else if !placed[key] {
			merged = append(merged, key+"="+value)
			placed[key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		if !placed[key] {
			merged = append(merged, key+"="+pairs[key])
		}
	}
	return merged
}

// unsetEnviron returns a copy of env without a name.
func unsetEnviron(env []string, key string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(pair string) bool { return strings.HasPrefix(pair, key+"=") })
}

// environPairs is the environment as a map.
func environPairs(env []string) map[string]string {
	pairs := make(map[string]string, len(env))
	for _, pair := range env {
		key, value, _ := strings.Cut(pair, "=")
		pairs[key] = value
	}
	return pairs
}
