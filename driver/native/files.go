//go:build linux && cgo

package native

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
)

// files reads what a cgroup counts. What is not there, because the kernel or the
// controller is missing, reads as nil; any other failure is kept.
type files struct {
	paths map[string]string // those of a cgroup
	err   error             // the first
}

// unified tells whether the cgroup is on v2 alone. A hybrid machine has that
// hierarchy too, beside the v1 ones that count.
func (g cgroup) unified() bool {
	_, ok := g.paths[""]
	return ok && len(g.paths) == 1
}

// read is nil for a file that is not there. On v1 the controller is the part of
// its name before the first dot.
func (f *files) read(name string) []byte {
	controller, _, _ := strings.Cut(name, ".")
	dir, ok := f.paths[controller]
	if !ok {
		dir, ok = f.paths[""]
	}
	if !ok {
		return nil
	}
	return f.readIn(dir, name)
}

func (f *files) readIn(dir, name string) []byte {
	data, err := os.ReadFile(filepath.Join(dir, name))
	switch {
	case err == nil:
		return data
	// ENODEV: the cgroup went meanwhile. EOPNOTSUPP: pressure is off, see psi=0 in kernel-parameters.txt.
	case !errors.Is(err, os.ErrNotExist) && !errors.Is(err, unix.ENODEV) && !errors.Is(err, unix.EOPNOTSUPP) && f.err == nil:
		f.err = err
	}
	return nil
}

// number reads a file that holds one; "max" is nil.
func (f *files) number(name string) *uint64 {
	return parseNumber(string(bytes.TrimSpace(f.read(name))))
}

func parseNumber(text string) *uint64 {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

// table reads lines of a word and a number.
func (f *files) table(name string) map[string]*uint64 {
	data := f.read(name)
	if data == nil {
		return nil
	}
	out := map[string]*uint64{}
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			out[key] = parseNumber(value)
		}
	}
	return out
}

// ioStat sums v2's io.stat over the devices: "8:0 rbytes=1 wbytes=2 rios=3 …". A
// device that has done nothing has no line, or one with its number alone.
func (f *files) ioStat(name string) (sums map[string]uint64, ok bool) {
	data := f.read(name)
	if data == nil {
		return nil, false
	}
	sums = map[string]uint64{}
	for word := range strings.FieldsSeq(string(data)) {
		key, value, _ := strings.Cut(word, "=")
		if n := parseNumber(value); n != nil {
			sums[key] += *n
		}
	}
	return sums, true
}

// blkio sums one of v1's counters over the devices: "8:0 Read 1". Which file
// counts depends on kernel and scheduler; in one that does not, no device has a line.
func (f *files) blkio(what string) (read, write *uint64) {
	for _, name := range []string{"blkio.throttle.io_" + what + "_recursive", "blkio.bfq.io_" + what + "_recursive", "blkio.io_" + what + "_recursive", "blkio.throttle.io_" + what} {
		var sums [2]uint64
		counted := false
		for line := range strings.Lines(string(f.read(name))) {
			words := strings.Fields(line)
			if len(words) != 3 {
				continue
			}
			n := parseNumber(words[2])
			switch {
			case n == nil:
			case words[1] == "Read":
				sums[0] += *n
				counted = true
			case words[1] == "Write":
				sums[1] += *n
				counted = true
			}
		}
		if counted {
			return &sums[0], &sums[1]
		}
	}
	return nil, nil
}

// pressure reads "some avg10=0.00 avg60=0.00 avg300=0.00 total=0" and the same
// for full, which cgroups have for processors since 5.13. It belongs to the v2
// hierarchy and to no controller, so a hybrid machine has it, too.
func (f *files) pressure(name string) *driver.Pressure {
	dir, ok := f.paths[""]
	if !ok {
		return nil
	}
	var out *driver.Pressure
	for line := range strings.Lines(string(f.readIn(dir, name))) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if out == nil {
			out = &driver.Pressure{}
		}
		switch words[0] {
		case "some":
			out.Some = pressureTimes(words[1:])
		case "full":
			out.Full = new(pressureTimes(words[1:]))
		}
	}
	return out
}

func pressureTimes(words []string) driver.PressureTimes {
	var t driver.PressureTimes
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		average, _ := strconv.ParseFloat(value, 64) // the kernel writes nothing else
		switch key {
		case "avg10":
			t.Avg10 = average
		case "avg60":
			t.Avg60 = average
		case "avg300":
			t.Avg300 = average
		case "total":
			if n := parseNumber(value); n != nil {
				t.Total = *n
			}
		}
	}
	return t
}
