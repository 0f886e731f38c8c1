package stdlib

import (
	"path/filepath"

	"github.com/execlua/execlua/luabind/bind"
)

// pathModule is execlua.path: names of files, of which none is looked at.
func pathModule(h Host) Module {
	pathParam := bind.Param{Name: "path"}
	return Module{Module: bind.Module{Name: "execlua.path", Doc: "Names of files. No function looks at a file.", Funcs: []bind.Func{
		{
			Name: "join", Doc: "Joins parts with / and cleans the result. Empty parts are left out.",
			Params: []bind.Param{{Name: "..."}},
			Fn:     func(parts ...string) string { return filepath.Join(parts...) },
		},
		{Name: "base", Doc: "Gives the last part.", Params: []bind.Param{pathParam}, Fn: filepath.Base},
		{Name: "dir", Doc: `Gives all but the last part; "." when there is none.`, Params: []bind.Param{pathParam}, Fn: filepath.Dir},
		{Name: "ext", Doc: `Gives the extension with its dot: ".gz" of "a.tar.gz", "" when there is none.`, Params: []bind.Param{pathParam}, Fn: filepath.Ext},
		{Name: "clean", Doc: `Gives the shortest path that says the same, by its text alone: "." and ".." are resolved, links are not.`, Params: []bind.Param{pathParam}, Fn: filepath.Clean},
		{Name: "is_abs", Doc: "Tells whether a path begins at the root.", Params: []bind.Param{pathParam}, Fn: filepath.IsAbs},
		{
			Name: "abs", Doc: "Gives a path that begins at the root.",
			Params: []bind.Param{pathParam, {Name: "base", Optional: true, Doc: "Where a relative path begins; nil is the working directory."}},
			Fn: func(path string, base *string) (string, error) {
				if filepath.IsAbs(path) {
					return filepath.Clean(path), nil
				}
				if base == nil {
					if h.Getwd == nil {
						return "", invalid("base", "this script has no working directory: say where the path begins")
					}
					dir, err := h.Getwd()
					if err != nil {
						return "", failed("path.abs", path, err)
					}
					base = &dir
				}
				return filepath.Join(*base, path), nil
			},
		},
		{
			Name: "rel", Doc: "Gives the way from base to path; raises invalid when only a look at the files could tell.",
			Params: []bind.Param{pathParam, {Name: "base"}},
			Fn: func(path, base string) (string, error) {
				way, err := filepath.Rel(base, path)
				if err != nil {
					return "", invalid("path", "there is no way from "+base+" to "+path+" that the names tell")
				}
				return way, nil
			},
		},
		{
			Name: "match", Doc: "Tells whether a path matches a pattern: * and ? stand for anything but /, [a-z] for one character.",
			Params: []bind.Param{{Name: "pattern"}, pathParam},
			Fn: func(pattern, path string) (bool, error) {
				ok, err := filepath.Match(pattern, path)
				if err != nil {
					return false, invalid("pattern", "an unfinished [ or \\")
				}
				return ok, nil
			},
		},
	}}}
}
