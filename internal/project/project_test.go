package project

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/parse"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/internal/api"
	"github.com/execlua/execlua/internal/lint"
	"github.com/execlua/execlua/luabind"
)

func tree(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(dir, path)
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A new project has no mistakes, and its script runs.
func TestInit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "project")
	written, err := Init(dir)
	if err != nil {
		t.Fatal(err)
	}
	have := tree(t, dir)
	for _, name := range []string{".gitignore", ".luarc.json", "main.lua", "main_test.lua", "types/execlua.lua", "types/execlua/task.lua"} {
		if !slices.Contains(have, name) || !slices.Contains(written, filepath.Join(dir, name)) {
			t.Errorf("no %s in %q, said to be written: %q", name, have, written)
		}
	}
	checker, err := lint.New()
	if err != nil {
		t.Fatal(err)
	}
	modules := api.Load()
	for _, name := range []string{"main.lua", "main_test.lua"} {
		for _, x := range checker.Check(name, read(t, filepath.Join(dir, name))) {
			if x.Code != lint.Undefined || modules.Owner("execlua.test") != nil {
				t.Error(x)
			}
		}
	}
	var out bytes.Buffer
	vm, err := luabind.New(luabind.Options{
		Engine:  "fake",
		Engines: map[string]luabind.Engine{"fake": func() (driver.Driver, error) { return fake.New(fake.Options{}), nil }},
		Stdout:  &out, Host: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	if code, err := vm.RunFile(t.Context(), filepath.Join(dir, "main.lua")); code != 0 || err != nil {
		t.Errorf("main.lua: %d, %v", code, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "main.lua")); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("main.lua cannot be executed: %v, %v", info.Mode(), err)
	}
}

func TestInitOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "main_test.lua")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Init(dir); err == nil || !strings.Contains(err.Error(), mine+" exists") {
		t.Errorf("error %v", err)
	}
	if have := tree(t, dir); len(have) != 1 || read(t, mine) != "mine" {
		t.Errorf("the directory has %q", have)
	}
}

// The annotations are Lua, the settings are JSON, and writing them again is no error.
func TestTypes(t *testing.T) {
	dir := t.TempDir()
	if _, err := Types(dir); err != nil {
		t.Fatal(err)
	}
	var settings struct {
		Library []string `json:"workspace.library"`
	}
	if err := json.Unmarshal([]byte(read(t, filepath.Join(dir, luarc))), &settings); err != nil || !slices.Equal(settings.Library, []string{typesDir}) {
		t.Errorf("%s: %v, %v", luarc, settings, err)
	}
	if !Linked(dir) {
		t.Error("the settings do not name the annotations")
	}
	for _, name := range tree(t, filepath.Join(dir, typesDir)) {
		text := read(t, filepath.Join(dir, typesDir, name))
		if _, err := parse.Parse(strings.NewReader(text), name); err != nil || !strings.HasPrefix(text, "---@meta ") {
			t.Errorf("%s: %v", name, err)
		}
	}

	if err := os.WriteFile(filepath.Join(dir, luarc), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(dir, typesDir, "execlua.lua")
	if err := os.WriteFile(old, []byte("---@meta execlua\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	written, err := Types(dir)
	if err != nil || slices.Contains(written, filepath.Join(dir, luarc)) || read(t, filepath.Join(dir, luarc)) != "{}" {
		t.Errorf("settings that are there are replaced: %q, %v", written, err)
	}
	if Linked(dir) {
		t.Error("{} names the annotations")
	}
	if len(read(t, old)) < 1000 {
		t.Error("old annotations are not replaced")
	}

	if err := os.WriteFile(old, []byte("return {}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Types(dir); err == nil || read(t, old) != "return {}" {
		t.Errorf("somebody's own types/execlua.lua: %v", err)
	}
}
