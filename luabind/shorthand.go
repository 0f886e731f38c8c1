package luabind

import (
	"fmt"
	"strings"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
)

// shorthands are words that stand for a whole record.
var shorthands = []struct {
	field, word string
	set         func(*driver.Command)
}{
	{"network", "host", func(c *driver.Command) { c.Network = &driver.Network{HostNetworking: true} }},
	{"network", "none", func(c *driver.Command) { c.Network = nil }},
	{"ipc", "host", func(c *driver.Command) { c.Ipc = &driver.Ipc{HostIpc: true} }},
	{"ipc", "private", func(c *driver.Command) { c.Ipc = nil }},
	{"pid", "host", func(c *driver.Command) { c.Pid = &driver.Pid{HostPid: true} }},
	{"pid", "private", func(c *driver.Command) { c.Pid = nil }},
	{"uts", "host", func(c *driver.Command) { c.UTS = &driver.UTS{HostUTS: true} }},
	{"uts", "private", func(c *driver.Command) { c.UTS = nil }},
	{"restart", "always", func(c *driver.Command) { c.Restart = &driver.RestartPolicy{Always: true} }},
	{"restart", "no", func(c *driver.Command) { c.Restart = nil }},
}

// setWord sets a field of a Command to what a word stands for. It tells whether
// the field has such words at all.
func setWord(c *driver.Command, field, word string) (bool, error) {
	var words []string
	for _, s := range shorthands {
		if s.field != field {
			continue
		}
		if s.word == word {
			s.set(c)
			return true, nil
		}
		words = append(words, s.word)
	}
	if words == nil {
		return false, nil
	}
	return true, &bind.FieldError{Path: field, Message: fmt.Sprintf(`"%s" or a table expected, got %q%s`, strings.Join(words, `", "`), word, meant(field, word, words))}
}

// meant is what a word was probably meant for: a slip of the keys, or another
// tool's word for it.
func meant(field, word string, words []string) string {
	const did = " (did you mean %s?)"
	kind, name, _ := strings.Cut(word, ":")
	switch {
	case kind == "container" && (field == "network" || field == "ipc"):
		return fmt.Sprintf(did, fmt.Sprintf("{ container_id = %q }", name))
	case kind == "ns" && field == "network":
		return fmt.Sprintf(did, fmt.Sprintf("{ namespace_path = %q }", name))
	case kind == "on-failure" && field == "restart":
		if name == "" {
			name = "3"
		}
		return fmt.Sprintf(did, "{ on_failure = "+name+" }")
	case word == "unless-stopped" && field == "restart":
		return fmt.Sprintf(did, `"always": what was stopped stays so`)
	case (kind == "bridge" || kind == "default") && field == "network":
		return ": there are no networks with addresses yet"
	}
	if near := bind.Suggest(word, words, nil); near != "" {
		return fmt.Sprintf(did, fmt.Sprintf("%q", near))
	}
	return ""
}
