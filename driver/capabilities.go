package driver

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	supported "github.com/moby/sys/capability"
	"github.com/syndtr/gocapability/capability"
)

// CapabilityMapping maps the name of a Linux capability to its number. See capabilities(7).
type CapabilityMapping struct {
	Key   string         `json:"key,omitempty"` // upper case, without CAP_
	Value capability.Cap `json:"value,omitempty"`
}

// String returns the key.
func (c *CapabilityMapping) String() string { return c.Key }

// Capabilities is a list of mappings.
type Capabilities []*CapabilityMapping

// capabilities lists what this kernel knows, in the order of the numbers.
var capabilities = sync.OnceValue(func() Capabilities {
	last, err := supported.LastCap()
	if err != nil { // no /proc: offer what the library knows
		last = supported.Cap(capability.CAP_LAST_CAP)
	}
	var known Capabilities
	for _, c := range capability.List() {
		if int(c) <= int(last) {
			known = append(known, &CapabilityMapping{Key: strings.ToUpper(c.String()), Value: c})
		}
	}
	slices.SortFunc(known, func(a, b *CapabilityMapping) int { return int(a.Value) - int(b.Value) })
	return known
})

// GetAllCapabilities returns the names of all capabilities of this kernel, in
// the order of their numbers, upper case, without CAP_.
func GetAllCapabilities() []string {
	var names []string
	for _, c := range capabilities() {
		names = append(names, c.Key)
	}
	return names
}

// GetCapability returns a copy of the mapping whose key is exactly key, or nil.
func GetCapability(key string) *CapabilityMapping {
	for _, c := range capabilities() {
		if c.Key == key {
			found := *c
			return &found
		}
	}
	return nil
}

// TweakCapabilities adds to and drops from a basic set. Names may be in any
// case, with or without CAP_; "all" stands for every capability. What is both
// added and dropped is there. The basics are not checked.
func TweakCapabilities(basics, adds, drops []string) ([]string, error) {
	basics, adds, drops = capNames(basics), capNames(adds), capNames(drops)
	for _, name := range drops {
		if name != "ALL" && GetCapability(name) == nil {
			return nil, fmt.Errorf("unknown capability to drop: %q: %w", name, ErrInvalid)
		}
	}
	if slices.Contains(adds, "ALL") {
		basics = GetAllCapabilities()
	}
	var result []string
	if !slices.Contains(drops, "ALL") {
		for _, name := range basics {
			if name != "ALL" && !slices.Contains(drops, name) {
				result = append(result, name)
			}
		}
	}
	for _, name := range adds {
		if name == "ALL" || slices.Contains(result, name) {
			continue
		}
		if GetCapability(name) == nil {
			return nil, fmt.Errorf("unknown capability to add: %q: %w", name, ErrInvalid)
		}
		result = append(result, name)
	}
	return result, nil
}

func capNames(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = strings.TrimPrefix(strings.ToUpper(name), "CAP_")
	}
	return out
}
