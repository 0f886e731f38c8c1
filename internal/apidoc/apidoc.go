// Package apidoc writes the reference for scripts and the annotations for their
// editors. Names, types and units come from the declarations of luabind and the
// tags of the Go types; what a field means is the comment at its declaration.
//
// The output is plain text for a person to read in a diff: a change of the API
// is seen in it.
package apidoc

import (
	"io/fs"

	"github.com/execlua/execlua/luabind"
)

//go:generate go run ../gen ../..

// reference is the directory of the pages, meta that of the annotations.
const (
	reference = "docs/reference/"
	meta      = "stdlib/meta/"
)

// dataFile is what the program itself knows of the API.
const dataFile = "internal/api/api.json"

// Files makes all generated files, by their path in the module. root is the
// module's directory, from which the comments are read.
func Files(root fs.FS) (map[string][]byte, error) {
	m, err := newModel(root, luabind.Declare())
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	pages := m.pages()
	for _, p := range pages {
		files[reference+p.file] = m.markdown(p)
	}
	files[reference+"lifecycle.md"] = m.lifecycle()
	files[reference+"cgroups.md"] = cgroupFiles()
	files[reference+"README.md"] = m.index(pages)
	for _, module := range m.Modules {
		files[meta+metaPath(module.Name)] = m.annotations(module)
	}
	files[dataFile], err = m.data()
	return files, err
}
