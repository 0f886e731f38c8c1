//go:build linux

package keeper

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/execlua/execlua/driver"
)

// logFiles are the log of a container: log.1, log.2, … in its directory, of which
// the last is written and the oldest are removed. They are only ever appended to,
// made and removed, so that there is no moment at which the death of the writer
// leaves anything to mend.
//
// A file has a line for each piece of output in the format of the Kubernetes
// runtimes (CRI):
//
//	2026-01-31T12:00:00.123456789Z stdout F text
//
// with the time in UTC, the stream, F for what ended a line and P for what did not:
// the text that follows P goes on in the next piece of that stream. What was
// written is in the file at once; a keeper that is killed holds nothing back.
type logFiles struct {
	dir   string
	size  int64
	files int

	mu     sync.Mutex
	file   *os.File // nil until there is output
	number int      // of the file
	length int64
	failed bool // the last write did; told once
	warn   func(error)
	grown  chan struct{} // closed at the next piece; nil while nobody waits
}

// maxLine is where a line that goes on is cut.
const maxLine = 16 << 10

func newLogFiles(dir string, o *driver.LogFiles, warn func(error)) *logFiles {
	l := &logFiles{dir: dir, size: driver.DefaultLogSize, files: driver.DefaultLogFiles, warn: warn}
	if o != nil {
		l.size = cmp.Or(o.MaxSize, l.size)
		l.files = cmp.Or(o.Files, l.files)
	}
	return l
}

// numbers are those of the files there are, oldest first.
func (l *logFiles) numbers() []int {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return nil
	}
	var out []int
	for _, e := range entries {
		if text, ok := strings.CutPrefix(e.Name(), "log."); ok {
			if n, err := strconv.Atoi(text); err == nil && n > 0 {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return out
}

func (l *logFiles) path(number int) string {
	return filepath.Join(l.dir, "log."+strconv.Itoa(number))
}

// stream is the way of one stream into the log. A container does not see that the
// log cannot be written: it would stop for it.
func (l *logFiles) stream(name string) io.Writer { return &logStream{log: l, name: name} }

type logStream struct {
	log    *logFiles
	name   string
	length int // of the line that has no end yet
}

func (s *logStream) Write(p []byte) (int, error) {
	n := len(p)
	for now := time.Now(); len(p) > 0; {
		text, rest, ends := bytes.Cut(p, []byte{'\n'})
		if room := maxLine - s.length; len(text) > room {
			text, rest, ends = p[:room], p[room:], true
		}
		p = rest
		s.length += len(text)
		if ends {
			s.length = 0
		}
		s.log.append(now, s.name, text, ends)
	}
	return n, nil
}

// end ends the lines that have none, once nobody writes any more.
func (l *logFiles) end() error {
	for stream, open := range l.unfinished() {
		if open {
			l.append(time.Now(), stream, nil, true)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.close()
}

// append writes one piece.
func (l *logFiles) append(now time.Time, stream string, text []byte, ends bool) {
	tag := " P "
	if ends {
		tag = " F "
	}
	piece := now.UTC().AppendFormat(make([]byte, 0, len(text)+64), timeFormat)
	piece = append(piece, ' ')
	piece = append(piece, stream...)
	piece = append(piece, tag...)
	piece = append(piece, text...)
	piece = append(piece, '\n')

	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.write(piece)
	if err != nil && !l.failed {
		l.warn(fmt.Errorf("output is lost: %w", err))
	}
	l.failed = err != nil
	if l.grown != nil {
		close(l.grown)
		l.grown = nil
	}
}

// timeFormat is RFC3339Nano with all the zeros.
const timeFormat = "2006-01-02T15:04:05.000000000Z07:00"

// write appends to the last file, and begins the next when it is full. It needs the lock.
func (l *logFiles) write(piece []byte) error {
	if l.file == nil {
		if err := l.open(); err != nil {
			return err
		}
	}
	if l.length > 0 && l.length+int64(len(piece)) > l.size {
		if err := l.rotate(); err != nil {
			return err
		}
	}
	n, err := l.file.Write(piece)
	l.length += int64(n)
	if err != nil && n > 0 {
		// Half a piece would be read as a part of the next.
		l.length -= int64(n)
		err = errors.Join(err, l.file.Truncate(l.length))
	}
	return err
}

// open goes on with the last file there is. A keeper killed while it wrote, or a
// machine that stopped, can have left half a piece at its end, which is ended.
func (l *logFiles) open() error {
	l.number = 1
	if numbers := l.numbers(); len(numbers) > 0 {
		l.number = numbers[len(numbers)-1]
	}
	if err := l.openNumber(); err != nil {
		return err
	}
	var last [1]byte
	if l.length > 0 {
		if _, err := l.file.ReadAt(last[:], l.length-1); err == nil && last[0] != '\n' {
			n, err := l.file.Write([]byte{'\n'})
			l.length += int64(n)
			return err
		}
	}
	return nil
}

func (l *logFiles) openNumber() error {
	file, err := os.OpenFile(l.path(l.number), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	stat, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	l.file, l.length = file, stat.Size()
	return nil
}

func (l *logFiles) rotate() error {
	if err := l.close(); err != nil {
		return err
	}
	l.number++
	if err := l.openNumber(); err != nil {
		return err
	}
	for _, n := range l.numbers() {
		if n <= l.number-l.files {
			if err := os.Remove(l.path(n)); err != nil {
				return err
			}
		}
	}
	return nil
}

// close gives the file back until there is more output. It needs the lock.
func (l *logFiles) close() error {
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}

// growth is a channel that is closed at the next piece.
func (l *logFiles) growth() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.grown == nil {
		l.grown = make(chan struct{})
	}
	return l.grown
}
