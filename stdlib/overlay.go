package stdlib

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// overlay is the file system as it would be: what a script writes is kept in memory
// over the files that there are, which are never changed. It knows no owners and no
// limits of a file system, and does not foresee what these would refuse. Nobody but
// the script's own modules sees it.
type overlay struct {
	below files
	tell  func(Change)

	mu   sync.Mutex
	tops []*node
	kept int64 // bytes in memory
}

// node is a file, directory or link of the overlay. One that has not been changed
// lives for one call.
type node struct {
	parent  *node
	name    string // a top has its whole path
	real    string // where it is in the files below; "" is nowhere
	mode    fs.FileMode
	entries map[string]*node // of a directory: what differs from real. nil is removed
	link    string           // of a link that was made
	file    *os.File         // of a file that was written: in memory
}

// slot is where a path leads.
type slot struct {
	dir  *node // nil at a top
	name string
	node *node // nil: there is nothing of that name
}

// maxLinks is that of Linux; see path_resolution(7).
const maxLinks = 40

func newOverlay(below files, tell func(Change)) *overlay {
	o := &overlay{below: below, tell: tell}
	roots, limited := below.(rooted)
	if !limited {
		roots = rooted{{Root: Root{Path: "/", Writable: true}}}
	}
	for _, r := range roots {
		o.tops = append(o.tops, &node{name: r.Path, real: r.Path, mode: fs.ModeDir})
	}
	return o
}

// mayWrite is asked about each path of a change, as the files below would be.
func (o *overlay) mayWrite(path string) error {
	if roots, limited := o.below.(rooted); limited {
		_, _, err := roots.locate(path, true)
		return err
	}
	return nil
}

// top is where a path begins.
func (o *overlay) top(path string) (*node, string, error) {
	if path == "" {
		return nil, "", unix.ENOENT
	}
	if roots, limited := o.below.(rooted); limited {
		if _, _, err := roots.locate(path, false); err != nil {
			return nil, "", err
		}
	} else if !filepath.IsAbs(path) {
		dir, err := os.Getwd()
		if err != nil {
			return nil, "", err
		}
		path = dir + "/" + path
	}
	for _, top := range o.tops {
		if rest, ok := below(top.name, path); ok {
			return top, rest, nil
		}
	}
	return nil, "", unix.ENOENT
}

// find follows a path, and the link at its end if it is told to.
func (o *overlay) find(path string, follow bool) (slot, error) {
	dir, rest, err := o.top(path)
	if err != nil {
		return slot{}, err
	}
	at := slot{node: dir}
	for links := 0; rest != ""; {
		var name string
		name, rest, _ = strings.Cut(rest, "/")
		rest = strings.TrimLeft(rest, "/")
		switch {
		case at.node == nil:
			return slot{}, unix.ENOENT
		case !at.node.mode.IsDir():
			return slot{}, unix.ENOTDIR
		case name == "" || name == ".":
			continue
		case name == "..":
			at, err = o.above(at.node)
		default:
			at, err = o.entry(at.node, name)
		}
		if err != nil {
			return slot{}, err
		}
		if at.node == nil || at.node.mode.Type() != fs.ModeSymlink || rest == "" && (!follow || at.node.magic()) {
			continue
		}
		if links++; links > maxLinks {
			return slot{}, unix.ELOOP
		}
		if at, rest, err = o.linked(at, rest); err != nil {
			return slot{}, err
		}
	}
	return at, nil
}

// above is "..", which no root is left by.
func (o *overlay) above(n *node) (slot, error) {
	if n.parent != nil {
		return slot{n.parent.parent, n.parent.name, n.parent}, nil
	}
	if n.name != "/" {
		return slot{}, denied("it leads out of %s (Options.FS)", n.name)
	}
	return slot{node: n}, nil
}

// linked goes on where a link leads.
func (o *overlay) linked(at slot, rest string) (slot, string, error) {
	target, err := o.target(at.node)
	if err != nil {
		return slot{}, "", err
	}
	next := slot{at.dir.parent, at.dir.name, at.dir}
	if filepath.IsAbs(target) {
		top := at.dir
		for top.parent != nil {
			top = top.parent
		}
		if top.name != "/" {
			return slot{}, "", denied("it leads out of %s (Options.FS)", top.name)
		}
		next, target = slot{node: top}, strings.TrimLeft(target, "/")
	}
	return next, strings.TrimRight(target+"/"+rest, "/"), nil
}

// magic tells a link such as /proc/self/fd/0, whose text is no path: the kernel follows it.
func (n *node) magic() bool { return strings.HasPrefix(n.real, "/proc/") }

func (o *overlay) target(n *node) (string, error) {
	if n.real == "" {
		return n.link, nil
	}
	return o.below.Readlink(n.real)
}

// entry looks a name up in a directory.
func (o *overlay) entry(dir *node, name string) (slot, error) {
	if n, changed := dir.entries[name]; changed || dir.real == "" {
		return slot{dir, name, n}, nil
	}
	n := &node{parent: dir, name: name, real: filepath.Join(dir.real, name)}
	info, err := o.below.Lstat(n.real)
	if errors.Is(err, fs.ErrNotExist) {
		return slot{dir, name, nil}, nil
	}
	if err != nil {
		return slot{}, err
	}
	n.mode = info.Mode()
	return slot{dir, name, n}, nil
}

// put gives a slot another node; nil removes what is there.
func (at slot) put(n *node) {
	if p := at.dir; p.parent != nil && p.parent.entries[p.name] != p {
		slot{p.parent, p.name, p}.put(p) // a change below it makes it worth keeping
	}
	if at.dir.entries == nil {
		at.dir.entries = map[string]*node{}
	}
	at.dir.entries[at.name] = n
	if n != nil {
		n.parent, n.name = at.dir, at.name
	}
}

func (n *node) path() string {
	if n.parent == nil {
		return n.name
	}
	return filepath.Join(n.parent.path(), n.name)
}
