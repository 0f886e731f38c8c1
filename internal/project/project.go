// Package project writes what a directory of scripts has besides them: a first
// script with its test, and what editors want to know.
package project

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/execlua/execlua/stdlib"
)

//go:embed template
var template embed.FS

// luarc are the settings of the Lua language server for a project
// (https://luals.github.io/wiki/configuration/#luarcjson-file).
const luarc = ".luarc.json"

// typesDir is the directory of the annotations; luarc.json names it, too.
const typesDir = "types"

// Types writes the annotations below dir/types, and dir/.luarc.json unless there
// is one. It returns the paths of what it has written. Annotations of another
// release are replaced; a file in their place that is none is an error.
func Types(dir string) ([]string, error) {
	files, err := annotations()
	if err != nil {
		return nil, err
	}
	for name := range files {
		if err := replaceable(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	settings, err := template.ReadFile("template/luarc.json")
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(filepath.Join(dir, luarc)); errors.Is(err, fs.ErrNotExist) {
		files[luarc] = settings
	}
	return write(dir, files)
}

// Init makes a project in dir: main.lua, its test, .gitignore, and what Types
// writes. When one of the files exists, nothing is written.
func Init(dir string) ([]string, error) {
	files, err := annotations()
	if err != nil {
		return nil, err
	}
	for name, from := range map[string]string{
		"main.lua": "main.lua", "main_test.lua": "main_test.lua", ".gitignore": "gitignore", luarc: "luarc.json",
	} {
		if files[name], err = template.ReadFile("template/" + from); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		switch _, err := os.Lstat(filepath.Join(dir, name)); {
		case err == nil:
			return nil, fmt.Errorf("%s exists already: nothing was written", filepath.Join(dir, name))
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return write(dir, files)
}

// Linked tells whether the editor's settings in dir name the annotations.
func Linked(dir string) bool {
	data, err := os.ReadFile(filepath.Join(dir, luarc))
	return err == nil && bytes.Contains(data, []byte(`"`+typesDir+`"`))
}

// annotations are the files of stdlib, as they stand in a project.
func annotations() (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(stdlib.Annotations, "meta", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name := filepath.Join(typesDir, filepath.FromSlash(strings.TrimPrefix(path, "meta/")))
		files[name], err = stdlib.Annotations.ReadFile(path)
		return err
	})
	return files, err
}

// replaceable refuses to overwrite what is no file of annotations.
func replaceable(path string) error {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !bytes.HasPrefix(data, []byte("---@meta ")):
		return fmt.Errorf("%s exists and is no file of annotations: nothing was written", path)
	}
	return nil
}

// write makes the files and their directories. A script can be executed.
func write(dir string, files map[string][]byte) ([]string, error) {
	var written []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return written, err
		}
		mode := os.FileMode(0o666)
		if bytes.HasPrefix(files[name], []byte("#!")) {
			mode = 0o777
		}
		if err := os.WriteFile(path, files[name], mode); err != nil {
			return written, err
		}
		written = append(written, path)
	}
	return written, nil
}
