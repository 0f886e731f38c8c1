package stdlib

import (
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"github.com/execlua/execlua/luabind/bind"
)

// fsModule is execlua.fs. Reading and writing are for regular files: others may
// keep a call waiting for ever, and io.open has them.
func fsModule(h Host) Module {
	s := fileSystem{h.Access}
	return Module{Outside: true, Module: bind.Module{
		Name: "execlua.fs", Doc: "Files and directories. A path that is relative begins at the working directory.",
		Funcs: append(s.fileFuncs(), s.treeFuncs()...),
	}}
}

// fileSystem is the files of one script. Whether it is recorded may change between
// two calls.
type fileSystem struct{ access *Access }

func (s fileSystem) files() files { return s.access.files() }

var (
	pathParam = bind.Param{Name: "path"}
	fileMode  = bind.Param{Name: "opts", Optional: true, Type: "execlua.FileOptions"}
)

func (s fileSystem) fileFuncs() []bind.Func {
	return []bind.Func{
		{
			Name: "read", Doc: "Reads a file, up to 256 MiB; raises limit beyond.",
			Params: []bind.Param{pathParam}, Fn: s.read,
		},
		{
			Name: "write", Doc: "Writes a file atomically: whoever reads it sees the old text or the new one, whatever happens. A link stays, the file that it names is replaced.",
			Params: []bind.Param{pathParam, {Name: "text"}, fileMode}, Fn: s.write,
		},
		{
			Name: "append", Doc: "Adds to the end of a file, and makes it when there is none.",
			Params: []bind.Param{pathParam, {Name: "text"}, fileMode}, Fn: s.append,
		},
		{
			Name: "exists", Doc: "Tells whether there is something of that name. What may not be looked at raises denied.",
			Params: []bind.Param{pathParam}, Fn: s.exists,
		},
		{
			Name: "stat", Doc: "Tells what a file is; raises not_found.",
			Params: []bind.Param{pathParam, {Name: "opts", Optional: true, Type: "execlua.StatOptions"}}, Fn: s.stat,
		},
		{
			Name: "copy", Doc: "Copies a file with its mode, atomically as write does; with recursive a directory, too.",
			Params: []bind.Param{{Name: "from"}, {Name: "to"}, {Name: "opts", Optional: true, Type: "execlua.CopyOptions"}}, Fn: s.copy,
		},
		{
			Name: "move", Doc: "Renames a file or directory; a file of the new name is replaced. Between file systems it is copied and removed.",
			Params: []bind.Param{{Name: "from"}, {Name: "to"}}, Fn: s.move,
		},
	}
}

func (s fileSystem) treeFuncs() []bind.Func {
	return []bind.Func{
		{
			Name: "list", Doc: "Lists the names in a directory, sorted.",
			Params: []bind.Param{pathParam}, Fn: s.list,
		},
		{
			Name: "glob", Doc: "Lists the paths that match a pattern, sorted; see execlua.path.match.",
			Params: []bind.Param{{Name: "pattern"}}, Fn: s.glob,
		},
		{
			Name: "walk", Doc: "Goes through a tree: for path, info in fs.walk(dir) do … end. A directory comes before what is in it, names are sorted, links are not followed.",
			Params:  []bind.Param{pathParam, {Name: "opts", Optional: true, Type: "execlua.WalkOptions"}},
			Returns: []bind.Return{{Type: "fun(): string?, execlua.FileInfo?"}},
			Fn:      s.walk,
		},
		{
			Name: "mkdir", Doc: "Makes a directory.",
			Params: []bind.Param{pathParam, {Name: "opts", Optional: true, Type: "execlua.MkdirOptions"}}, Fn: s.mkdir,
		},
		{
			Name: "remove", Doc: "Removes a file, a link or an empty directory; with recursive a whole tree.",
			Params: []bind.Param{pathParam, {Name: "opts", Optional: true, Type: "execlua.RemoveOptions"}}, Fn: s.remove,
		},
		{
			Name: "temp_dir", Doc: "Makes a directory of the script's own, which goes with the script, whatever is in it. A program that is killed leaves it.",
			Params:  []bind.Param{{Name: "prefix", Optional: true, Doc: `How its name begins; nil is "execlua-".`}},
			Returns: []bind.Return{{Doc: "Its path."}},
			Fn:      s.tempDir,
		},
	}
}

// FileOptions are those of fs.write and fs.append.
type FileOptions struct {
	Mode *string `json:"mode"` // in octal: "0600"; nil is "0644", or that of the file there is. The umask is taken off
}

// StatOptions are those of fs.stat.
type StatOptions struct {
	Link bool `json:"link"` // tell of a link itself, not of what it names
}

// CopyOptions are those of fs.copy.
type CopyOptions struct {
	Recursive bool `json:"recursive"` // copy directories with what is in them; links are copied as links
}

// WalkOptions are those of fs.walk.
type WalkOptions struct {
	Depth *int `json:"depth"` // how deep to go: 1 is the directory's own entries; nil is all
}

// MkdirOptions are those of fs.mkdir.
type MkdirOptions struct {
	Parents bool    `json:"parents"` // make what is missing above it, and be content when it exists
	Mode    *string `json:"mode"`    // in octal; nil is "0755". The umask is taken off
}

// RemoveOptions are those of fs.remove.
type RemoveOptions struct {
	Recursive bool `json:"recursive"`  // a directory with all that is in it
	MissingOK bool `json:"missing_ok"` // be content when there is none
}

// FileInfo tells what a file is.
type FileInfo struct {
	Name     string    `json:"name"`     // the last part of its path
	Type     string    `json:"type"`     // "file", "directory", "link", "fifo", "socket" or "device"
	Size     int64     `json:"size"`     // in bytes
	Mode     string    `json:"mode"`     // in octal: "0644"
	Modified time.Time `json:"modified"` // seconds since 1970
}

func newFileInfo(info fs.FileInfo) *FileInfo {
	return &FileInfo{
		Name: info.Name(), Type: typeName(info.Mode()), Size: info.Size(),
		Mode: fmt.Sprintf("%04o", modeBits(info.Mode())), Modified: info.ModTime(),
	}
}

func typeName(mode fs.FileMode) string {
	switch mode.Type() {
	case 0:
		return "file"
	case fs.ModeDir:
		return "directory"
	case fs.ModeSymlink:
		return "link"
	case fs.ModeNamedPipe:
		return "fifo"
	case fs.ModeSocket:
		return "socket"
	}
	return "device"
}

// modeBits are those of chmod(2), where Go has places of its own for three of them.
func modeBits(mode fs.FileMode) uint32 {
	bits := uint32(mode.Perm())
	for flag, bit := range map[fs.FileMode]uint32{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if mode&flag != 0 {
			bits |= bit
		}
	}
	return bits
}

// parseMode reads permissions in octal. A number would be decimal in Lua: 644 is
// not what it looks like, so text is asked for.
func parseMode(text *string, def fs.FileMode) (fs.FileMode, error) {
	if text == nil {
		return def, nil
	}
	bits, err := strconv.ParseUint(*text, 8, 32)
	if err != nil || bits > 0o777 {
		return 0, invalid("mode", fmt.Sprintf(`%q is no mode: write it in octal, from "0000" to "0777"`, *text))
	}
	return fs.FileMode(bits), nil
}
