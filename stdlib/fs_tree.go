package stdlib

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

func (s fileSystem) list(_ context.Context, path string) ([]string, error) {
	names, err := s.files().ReadDir(path)
	return names, failed("fs.list", path, err)
}

func (s fileSystem) glob(_ context.Context, pattern string) ([]string, error) {
	paths, err := s.files().Glob(pattern)
	if errors.Is(err, filepath.ErrBadPattern) {
		return nil, invalid("pattern", "an unfinished [ or \\")
	}
	return paths, failed("fs.glob", pattern, err)
}

// walked is a file that a walk has found.
type walked struct {
	path  string
	depth int
	info  fs.FileInfo
}

// walk is lazy: a directory is read when its turn has come, so a script that
// stops early has read no more than it saw.
func (s fileSystem) walk(L *lua.LState, root string, o *WalkOptions) (lua.LValue, error) {
	depth := -1
	if o != nil && o.Depth != nil {
		if depth = *o.Depth; depth < 1 {
			return nil, invalid("depth", "1 or more expected")
		}
	}
	next := walked{path: root} // whose entries are to come, if it is a directory
	descend := true
	var rest []walked // the next one last
	return L.NewFunction(func(L *lua.LState) int {
		if descend && next.depth != depth {
			err := vm.Block(L, func(context.Context) error {
				entries, err := s.entries(next)
				rest = append(rest, entries...)
				return err
			})
			if err != nil {
				vm.Raise(L, failed("fs.walk", next.path, err))
			}
		}
		if descend = false; len(rest) == 0 {
			return 0
		}
		next, rest = rest[len(rest)-1], rest[:len(rest)-1]
		descend = next.info.IsDir()
		L.Push(lua.LString(next.path))
		L.Push(bind.Encode(L, newFileInfo(next.info)))
		return 2
	}), nil
}

// entries lists what is in a directory, the first last. What has gone meanwhile
// is left out.
func (s fileSystem) entries(dir walked) ([]walked, error) {
	names, err := s.files().ReadDir(dir.path)
	if err != nil {
		if dir.depth > 0 && errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return nil, err
	}
	var all []walked
	for _, name := range slices.Backward(names) {
		path := filepath.Join(dir.path, name)
		info, err := s.files().Lstat(path)
		switch {
		case err == nil:
			all = append(all, walked{path, dir.depth + 1, info})
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return all, nil
}

func (s fileSystem) mkdir(_ context.Context, path string, o *MkdirOptions) error {
	if o == nil {
		o = &MkdirOptions{}
	}
	mode, err := parseMode(o.Mode, 0o755)
	if err != nil {
		return err
	}
	if o.Parents {
		return failed("fs.mkdir", path, s.files().MkdirAll(path, mode))
	}
	return failed("fs.mkdir", path, s.files().Mkdir(path, mode))
}

func (s fileSystem) remove(_ context.Context, path string, o *RemoveOptions) error {
	if o == nil {
		o = &RemoveOptions{}
	}
	info, err := s.files().Lstat(path)
	switch {
	case o.MissingOK && errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
	case !o.Recursive:
		err = s.files().Remove(path)
	case isRoot(info):
		err = fmt.Errorf("%w: that is the root", fs.ErrInvalid)
	default:
		err = s.files().RemoveAll(path)
	}
	return failed("fs.remove", path, err)
}

// isRoot tells the root by whatever name.
func isRoot(info fs.FileInfo) bool {
	root, err := os.Lstat("/")
	return err == nil && os.SameFile(info, root)
}

func (s fileSystem) tempDir(ctx context.Context, prefix *string) (string, error) {
	pattern := "execlua-"
	if prefix != nil {
		pattern = *prefix
	}
	if strings.Contains(pattern, "/") {
		return "", invalid("prefix", "a name without / expected")
	}
	dir := filepath.Join(os.TempDir(), fmt.Sprint(pattern, rand.Uint64()))
	files := s.files() // what has made it removes it, too
	if err := files.Mkdir(dir, 0o700); err != nil {
		return "", failed("fs.temp_dir", dir, err)
	}
	vm.VMOf(ctx).Own(func(context.Context) error { return failed("fs.temp_dir", dir, files.RemoveAll(dir)) })
	return dir, nil
}
