//go:build linux && cgo

package native

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
)

// relay takes what an engine's process writes to stderr, and logs it here: the lines
// of its logger as they were, and what else there is, such as the trace of a
// panic, as errors. os/exec writes to it from one goroutine.
type relay struct {
	log  hclog.Logger
	rest []byte // of a line whose end is to come
}

// maxLine is where a line that does not end is cut.
const maxLine = 64 << 10

func (r *relay) Write(b []byte) (int, error) {
	r.rest = append(r.rest, b...)
	for {
		line, rest, whole := bytes.Cut(r.rest, []byte("\n"))
		if !whole && len(line) < maxLine {
			return len(b), nil
		}
		r.line(line)
		r.rest = rest
	}
}

func (r *relay) line(line []byte) {
	var fields map[string]any
	if json.Unmarshal(line, &fields) != nil || fields["@message"] == nil {
		if len(line) > 0 {
			r.log.Error(string(line), "from", "the engine's process")
		}
		return
	}
	message, _ := fields["@message"].(string)
	name, _ := fields["@level"].(string)
	level := hclog.LevelFromString(name)
	if level == hclog.NoLevel { // no logger of ours has written it
		level = hclog.Info
	}
	var args []any
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if !strings.HasPrefix(key, "@") {
			args = append(args, key, fields[key])
		}
	}
	r.log.Log(level, message, args...)
}
