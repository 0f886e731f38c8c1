//go:build linux && cgo

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/execlua/execlua/driver"
)

// filters are the values of --filter by name.
type filters map[string][]string

// parseFilters reads NAME=VALUE. Its errors say which.
func parseFilters(given []string) (filters, error) {
	f := filters{}
	for _, text := range given {
		name, value, ok := strings.Cut(text, "=")
		if name == "status" {
			name = "state"
		}
		switch {
		case !ok:
			return nil, fmt.Errorf("%q: NAME=VALUE expected", text)
		case !slices.Contains(filterNames(), name):
			return nil, fmt.Errorf("%q: the name is one of %s", text, strings.Join(filterNames(), ", "))
		case name == "state" && (value == "" || (driver.Filter{State: driver.State(value)}).Check() != nil):
			return nil, fmt.Errorf("%q: created, running, paused or exited", text)
		case name == "health" && !slices.Contains([]string{"none", "starting", "healthy", "unhealthy"}, value):
			return nil, fmt.Errorf("%q: none, starting, healthy or unhealthy", text)
		}
		f[name] = append(f[name], value)
	}
	return f, nil
}

func filterNames() []string { return []string{"id", "name", "label", "state", "health"} }

// match wants one value of each name, and all labels.
func (f filters) match(i *driver.ContainerInfo) bool {
	for _, label := range f["label"] {
		key, want, compare := strings.Cut(label, "=")
		if have, ok := i.Labels[key]; !ok || compare && have != want {
			return false
		}
	}
	health := string(i.Health)
	if i.Health == driver.HealthNone {
		health = "none"
	}
	return f.any("id", func(v string) bool { return strings.HasPrefix(i.ID, v) }) &&
		f.any("name", func(v string) bool { return strings.Contains(i.ID, v) }) &&
		f.any("state", func(v string) bool { return v == string(i.State) }) &&
		f.any("health", func(v string) bool { return v == health })
}

func (f filters) any(name string, is func(value string) bool) bool {
	return len(f[name]) == 0 || slices.ContainsFunc(f[name], is)
}
