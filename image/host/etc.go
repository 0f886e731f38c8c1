//go:build linux

package host

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// The two lists below are all that a container sees of the machine's /etc. To be
// on one, a file must be of use to common programs, and be public: everybody may
// read it, and it holds no password, key, token or history. That is why
// environment, profile.d, ssl/private, pki/tls/private and the management
// directory of Java are missing. A * stands for any text within the name below
// etc. Making a file costs more than all the rest, so each has to earn its place.

// copied lists files that become the container's own.
func copied() []string {
	return []string{
		"etc/passwd", "etc/group", "etc/shells",
		"etc/resolv.conf", "etc/nsswitch.conf", "etc/host.conf", "etc/gai.conf", "etc/protocols", "etc/services",
		"etc/localtime", "etc/timezone", "etc/locale.alias", "etc/locale.conf",
		"etc/ld.so.cache", "etc/ld.so.conf",
		"etc/os-release", "etc/debian_version", "etc/redhat-release", "etc/alpine-release", "etc/lsb-release",
		"etc/profile", "etc/bash.bashrc", "etc/bashrc", "etc/inputrc", "etc/mime.types",
		"etc/ssl/openssl.cnf", "etc/ssl/cert.pem", "etc/pki/tls/openssl.cnf", "etc/pki/tls/cert.pem",
		"etc/java-*-openjdk/jvm-amd64.cfg", "etc/java-*-openjdk/jvm-arm64.cfg",
		"etc/java-*-openjdk/net.properties", "etc/java-*-openjdk/logging.properties",
	}
}

// bound lists directories that are mounted read-only.
func bound() []string {
	return []string{
		"etc/alternatives", "etc/terminfo", "etc/fonts", "etc/ld.so.conf.d",
		"etc/ssl/certs", "etc/pki/tls/certs", "etc/pki/ca-trust", "etc/crypto-policies", "etc/ca-certificates/extracted",
		"etc/java-*-openjdk/security",
		"var/lib/ca-certificates", // where ssl/certs leads to on openSUSE
	}
}

// etc puts the container's /etc together.
type etc struct {
	rootfs string
	src    *tree
}

// makeEtc fills /etc and returns the mounts that it needs. The source's etc may
// be missing, as any part of it.
func makeEtc(rootfs string, src *tree, hostname string) ([]specs.Mount, error) {
	e := etc{rootfs: rootfs, src: src}
	names, err := src.list("etc", -1)
	if err != nil {
		return nil, err
	}
	for _, name := range expand(copied(), names) {
		if err := e.copy(name); err != nil {
			return nil, err
		}
	}
	if err := e.hosts(hostname); err != nil {
		return nil, err
	}
	return e.bind(expand(bound(), names))
}

// expand replaces each pattern by what it stands for, given the names in etc.
func expand(patterns, names []string) []string {
	var out []string
	for _, pattern := range patterns {
		if !strings.Contains(pattern, "*") {
			out = append(out, pattern)
			continue
		}
		dir, file := path.Split(strings.TrimPrefix(pattern, "etc/"))
		for _, name := range names {
			if ok, _ := path.Match(path.Clean(dir), name); ok {
				out = append(out, path.Join("etc", name, file))
			}
		}
	}
	return out
}

// bind returns a mount for each of the directories that exists. A symlink to one
// stays a symlink.
func (e *etc) bind(dirs []string) ([]specs.Mount, error) {
	var mounts []specs.Mount
	for _, name := range dirs {
		dir, err := e.src.open(name)
		if absent(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		dir.close()
		switch {
		case dir.isLink():
			err = e.link(name, dir.target)
		case dir.isDir():
			err = e.mountPoint(name)
			mounts = append(mounts, specs.Mount{
				Destination: "/" + name, Type: "bind", Source: filepath.Join(e.src.path, name),
				Options: []string{"bind", "ro", "nosuid", "nodev", "noexec"},
			})
		}
		if err != nil {
			return nil, err
		}
	}
	return mounts, nil
}

func (e *etc) mountPoint(name string) error {
	path := filepath.Join(e.rootfs, name)
	if err := makeParents(path); err != nil {
		return err
	}
	return makeDir(path, 0o755)
}
