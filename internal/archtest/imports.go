package archtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	runc       = "github.com/opencontainers/runc"
	lua        = "github.com/yuin/gopher-lua"
	luar       = "layeh.com/gopher-luar"
	cli        = "github.com/urfave/cli"
	hclog      = "github.com/hashicorp/go-hclog"
	gocap      = "github.com/syndtr/gocapability"
	ownDriver  = module + "/driver"
	ownNative  = module + "/driver/native"
	ownLuabind = module + "/luabind"
)

// importLaw forbids imports. A path stands for itself and for everything below it.
type importLaw struct {
	law    string
	in     []string // directories it binds; empty: all
	except []string // directories it does not bind
	deny   []string // import paths
}

var importLaws = []importLaw{
	{
		law:  "only driver/native imports runc",
		deny: []string{runc}, except: []string{"driver/native"},
	},
	{
		law: "driver imports no Lua, flags or bindings",
		in:  []string{"driver"}, deny: []string{lua, luar, cli, ownLuabind},
	},
	{
		law: "driver does not log",
		in:  []string{"driver"}, except: []string{"driver/native"}, deny: []string{hclog},
	},
	{
		law: "luabind never imports an engine's package driver/native: they meet in cmd",
		in:  []string{"luabind", "stdlib"}, deny: []string{ownNative},
	},
	{
		law: "driver/wire serves any engine and imports none",
		in:  []string{"driver/wire"}, deny: []string{ownNative},
	},
	{
		law: "luabind/vm and luabind/bind know nothing of containers",
		in:  []string{"luabind/vm", "luabind/bind"}, deny: []string{ownDriver},
	},
	{
		law:  "only cmd imports urfave/cli",
		deny: []string{cli}, except: []string{"cmd"},
	},
	{
		law:  "only luabind/bind imports gopher-luar",
		deny: []string{luar}, except: []string{"luabind/bind"},
	},
}

// imports applies importLaws to one file, and forbids blank imports of our own
// packages: a list of engines or modules is a literal that can be read.
func imports(s *source) []Violation {
	var found []Violation
	for _, spec := range s.file.Imports {
		imported := importPath(spec.Path.Value)
		for _, l := range importLaws {
			bound := len(l.in) == 0 || anyBelow(s.dir, l.in)
			if bound && !anyBelow(s.dir, l.except) && anyBelow(imported, l.deny) {
				found = append(found, s.violates(spec.Pos(), "imports %s: %s", imported, l.law))
			}
		}
		if spec.Name != nil && spec.Name.Name == "_" && below(imported, module) {
			found = append(found, s.violates(spec.Pos(), "blank import of %s: no registries, lists are literals", imported))
		}
	}
	return found
}

// confined keeps an abandoned library in one file, from where it can be replaced.
// Its type is in the signature of the seed, so it cannot go altogether.
func confined(sources []*source) []Violation {
	var users []Violation
	for _, s := range sources {
		for _, spec := range s.file.Imports {
			if below(importPath(spec.Path.Value), gocap) {
				users = append(users, s.violates(spec.Pos(), "imports %s: one file does already", gocap))
			}
		}
	}
	if len(users) < 2 {
		return nil
	}
	slices.SortFunc(users, func(a, b Violation) int { return strings.Compare(a.File, b.File) })
	users[0].Law = fmt.Sprintf("imports %s: and %d other files do", gocap, len(users)-1)
	return users
}

func importPath(literal string) string {
	// The parser has accepted the literal, so it unquotes.
	p, _ := strconv.Unquote(literal)
	return p
}

func anyBelow(p string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return below(p, root) })
}

// below: a/b and a are below a, ab is not.
func below(p, root string) bool { return p == root || strings.HasPrefix(p, root+"/") }
