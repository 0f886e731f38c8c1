//go:build linux

package host

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// copy copies a file with its permission bits. A symlink stays one, as written:
// inside it leads to what the container has, or nowhere. Only the two names that
// systems point at /run and the like are followed.
func (e *etc) copy(name string) error {
	f, err := e.src.open(name)
	if err == nil && f.isLink() {
		if name != "etc/resolv.conf" && name != "etc/localtime" || belowUsr(f.target) {
			return e.link(name, f.target)
		}
		f, err = e.src.follow(name, "run", "usr", "mnt/wsl")
	}
	if absent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.close()
	if !f.isRegular() {
		return nil
	}
	data, err := f.read()
	if err != nil {
		return err
	}
	if name == "etc/passwd" || name == "etc/group" {
		data = hidePasswords(data)
	}
	return e.write(name, data, f.mode)
}

// hosts writes /etc/hostname, and /etc/hosts: the machine's with the container's
// own name at the end.
func (e *etc) hosts(hostname string) error {
	data, mode := []byte("127.0.0.1\tlocalhost\n::1\tlocalhost\n"), uint32(0o644)
	f, err := e.src.open("etc/hosts")
	if err == nil {
		defer f.close()
		if f.isRegular() {
			mode = f.mode
			data, err = f.read()
		}
	}
	if err != nil && !absent(err) {
		return err
	}
	if hostname != "" {
		data = append(bytes.TrimRight(data, "\n"), "\n127.0.1.1\t"+hostname+"\n"...)
		if err := e.write("etc/hostname", []byte(hostname+"\n"), 0o644); err != nil {
			return err
		}
	}
	return e.write("etc/hosts", data, mode)
}

func (e *etc) link(name, target string) error {
	path := filepath.Join(e.rootfs, name)
	if err := makeParents(path); err != nil {
		return err
	}
	return os.Symlink(target, path)
}

func (e *etc) write(name string, data []byte, mode uint32) error {
	path := filepath.Join(e.rootfs, name)
	if err := makeParents(path); err != nil {
		return err
	}
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	for len(data) > 0 {
		n, err := unix.Write(fd, data)
		if err != nil && err != unix.EINTR {
			return &fs.PathError{Op: "write", Path: path, Err: err}
		}
		data = data[max(n, 0):]
	}
	// open(2) subtracts the umask.
	if err := unix.Fchmod(fd, mode&0o777); err != nil {
		return &fs.PathError{Op: "fchmod", Path: path, Err: err}
	}
	return nil
}

// Read reads once, as io.Reader.
func (e entry) Read(p []byte) (int, error) {
	for {
		n, err := unix.Read(e.fd, p)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return 0, &fs.PathError{Op: "read", Path: e.path, Err: err}
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

// read returns what a regular file holds.
func (e entry) read() ([]byte, error) {
	data := make([]byte, e.size)
	n, err := io.ReadFull(e, data)
	if err == io.ErrUnexpectedEOF || err == io.EOF { // empty, or shrunk meanwhile
		err = nil
	}
	return data[:n], err
}

func belowUsr(target string) bool {
	if !path.IsAbs(target) {
		target = path.Join("/etc", target)
	}
	return strings.HasPrefix(path.Clean(target), "/usr/")
}

// hidePasswords puts an x for the password of each line of passwd(5) or group(5):
// systems without shadow files keep hashes there. Lines without a password field
// are left out.
func hidePasswords(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for line := range bytes.Lines(data) {
		if fields := bytes.SplitN(line, []byte(":"), 3); len(fields) == 3 {
			fields[1] = []byte("x")
			out = append(out, bytes.Join(fields, []byte(":"))...)
		}
	}
	return out
}
