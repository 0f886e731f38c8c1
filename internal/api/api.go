// Package api is what scripts can call, hold and write, as data: for the tools
// that explain and check it. api.json is generated from the declarations, for the
// comments that say what a field means are in the Go source only.
package api

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
)

// API is everything that is declared.
type API struct {
	Owners  []*Owner          `json:"owners"`
	Aliases map[string]string `json:"aliases"` // types that are another's other name
	Codes   []Member          `json:"codes"`   // of error values, without a type
}

// Kinds of owners.
const (
	Module = "module" // a table of functions, from require
	Class  = "class"  // an object with methods, which nobody can add to
	Record = "record" // a table that scripts write, or a live record; strict
	Given  = "given"  // a table that scripts get
)

// Owner is a thing whose members have names.
type Owner struct {
	Name    string   `json:"name"` // of the type or the module: "execlua.Driver", "execlua.task"
	Kind    string   `json:"kind"`
	Doc     string   `json:"doc,omitempty"`
	Members []Member `json:"members"`
}

// Member is a function, a method, or a field.
type Member struct {
	Name    string  `json:"name"`
	Doc     string  `json:"doc,omitempty"`
	Type    string  `json:"type,omitempty"`    // of a field
	Unit    string  `json:"unit,omitempty"`    // of a field
	Default string  `json:"default,omitempty"` // what a field of a record reads as while it is not set
	Alias   string  `json:"alias,omitempty"`   // the path of the field that it stands for
	Call    *Params `json:"call,omitempty"`    // of a function
}

// Params are how a function is called.
type Params struct {
	Method  bool    `json:"method,omitempty"` // with a colon
	Params  []Param `json:"params,omitempty"` // the last may be "..."
	Returns []Param `json:"returns,omitempty"`
}

// Param is a parameter, or a result.
type Param struct {
	Name     string `json:"name,omitempty"`
	Type     string `json:"type"`
	Doc      string `json:"doc,omitempty"`
	Optional bool   `json:"optional,omitempty"`
}

//go:embed api.json
var generated []byte

// Load reads the generated data.
func Load() *API {
	a := &API{}
	if err := json.Unmarshal(generated, a); err != nil {
		panic(err) // the file is part of the program
	}
	return a
}

// Prefix begins the names of modules and types.
const Prefix = "execlua."

// Owner finds a type or module by its full name, or returns nil.
func (a *API) Owner(name string) *Owner {
	for _, o := range a.Owners {
		if o.Name == name {
			return o
		}
	}
	return nil
}

// Member finds a member by its name, or returns nil.
func (o *Owner) Member(name string) *Member {
	i := slices.IndexFunc(o.Members, func(m Member) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return &o.Members[i]
}

// Names are those of the members.
func (o *Owner) Names() []string {
	names := make([]string, len(o.Members))
	for i, m := range o.Members {
		names[i] = m.Name
	}
	return names
}

// Short is the name without "execlua.".
func (o *Owner) Short() string { return strings.TrimPrefix(o.Name, Prefix) }

// Types takes a union apart, aliases replaced and nil left out: "execlua.Hook[]|function?".
func (a *API) Types(typ string) []string {
	var types []string
	for _, t := range split(typ, '|') {
		t = strings.TrimSuffix(t, "?")
		if alias := a.Aliases[t]; alias != "" {
			types = append(types, a.Types(alias)...)
		} else if t != "nil" && t != "" {
			types = append(types, t)
		}
	}
	return types
}

// One finds the owner that values of a type are, if they are one at all.
func (a *API) One(typ string) *Owner {
	types := a.Types(typ)
	if len(types) != 1 {
		return nil
	}
	return a.Owner(types[0])
}

// Function takes "fun(a: T, b: U): V" apart. The types are "" where they are not given.
func Function(typ string) (params []Param, returns string, ok bool) {
	rest, ok := strings.CutPrefix(typ, "fun(")
	end := closing(rest)
	if !ok || end < 0 {
		return nil, "", false
	}
	for _, p := range split(rest[:end], ',') {
		name, t, _ := strings.Cut(strings.TrimSpace(p), ":")
		params = append(params, Param{Name: strings.TrimSuffix(name, "?"), Type: strings.TrimSpace(t)})
	}
	returns, _ = strings.CutPrefix(rest[end+1:], ":")
	return params, strings.TrimSpace(returns), true
}

// closing is where the parenthesis closes that is open at the start of s, or -1.
func closing(s string) int {
	depth := 1
	for i, c := range s {
		depth += nesting(c)
		if depth == 0 {
			return i
		}
	}
	return -1
}

// split cuts at separators outside brackets.
func split(s string, separator rune) []string {
	var parts []string
	depth, start := 0, 0
	for i, c := range s {
		depth += nesting(c)
		if c == separator && depth == 0 {
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

func nesting(c rune) int {
	switch c {
	case '(', '{', '<':
		return 1
	case ')', '}', '>':
		return -1
	}
	return 0
}
