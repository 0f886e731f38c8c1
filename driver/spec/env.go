package spec

import (
	"slices"
	"strings"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/profile"
)

// processEnv is the environment of a process: defaults, the image's, the
// container's, then the exec's own.
func processEnv(c *driver.Command, pc *driver.ProcessConfig, image []string) []string {
	defaults := profile.Env()
	if name := Hostname(c, image); name != "" {
		defaults = append(defaults, "HOSTNAME="+name)
	}
	if pc.Tty {
		defaults = append(defaults, "TERM=xterm")
	}
	return environment(defaults, image, c.ProcessConfig.Env, pc.Env)
}

// environment merges lists of KEY=value. A later entry of the same key takes the
// place of an earlier one, so the order does not depend on who overrides what.
// Entries without a key or "=" are left out; Validate refuses them in a Command,
// and one in an image would make libcontainer refuse the whole start.
func environment(lists ...[]string) []string {
	var out []string
	at := map[string]int{}
	for _, entry := range slices.Concat(lists...) {
		key, _, ok := strings.Cut(entry, "=")
		if !ok || key == "" {
			continue
		}
		if i, seen := at[key]; seen {
			out[i] = entry
			continue
		}
		at[key] = len(out)
		out = append(out, entry)
	}
	return out
}

// Hostname is the name a Command's container will have; "" with the host's UTS
// namespace. image is the environment of its image.
func Hostname(c *driver.Command, image []string) string {
	return hostname(c, environment(image, c.ProcessConfig.Env))
}

// maxHostname is HOST_NAME_MAX of gethostname(2).
const maxHostname = 64

// hostname is the Command's, else HOSTNAME of the environment, else a name made
// of the id; "" with the host's UTS namespace. A HOSTNAME that cannot be a
// hostname is passed by: an image may hold any, and sethostname(2) would fail
// when the container is half made.
func hostname(c *driver.Command, env []string) string {
	if hostUTS(c) {
		return ""
	}
	if c.Hostname != "" {
		return c.Hostname
	}
	for _, entry := range env {
		if name, ok := strings.CutPrefix(entry, "HOSTNAME="); ok && validHostname(name) {
			return name
		}
	}
	return label(c.ID)
}

func validHostname(s string) bool {
	bad := func(r rune) bool { return !alnum(r) && !strings.ContainsRune("-._", r) }
	return s != "" && len(s) <= maxHostname && !strings.ContainsFunc(s, bad)
}

// label makes a DNS label (RFC 1123) of an id.
func label(id string) string {
	const maxLabel = 63
	name := strings.Map(func(r rune) rune {
		if alnum(r) {
			return r
		}
		return '-'
	}, id)
	return strings.Trim(name[:min(len(name), maxLabel)], "-")
}

func alnum(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}
