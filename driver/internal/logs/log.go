// Package logs keeps the end of a container's output as lines and lets others
// listen, so that all engines keep the contracts of driver.Logger and Attacher.
package logs

import (
	"context"
	"encoding/binary"
	"iter"
	"sync"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/clock"
)

const (
	keep    = 64 << 10 // bytes of lines that are kept
	maxLine = 16 << 10 // a line that goes on is cut here
)

// Log is the output of one container. The zero value is ready, and small: memory
// is taken when there is output.
type Log struct {
	Clock   *clock.Clock // set before use; nil is the machine's
	Passing bool         // keep no lines: somebody else does

	mu     sync.Mutex
	lines  []byte        // records, see append
	front  int           // of the oldest record that counts, in lines
	cut    int64         // bytes of records that stood before lines
	grown  chan struct{} // closed at the next change; nil while nobody waits
	closed bool

	writers  []*writer
	attached map[*attachment]struct{}
}

// A record is a line as it is kept: its time in nanoseconds since the epoch (8
// bytes), its length (4), its stream (1), and its text.
const header = 8 + 4 + 1

// append keeps one line. It needs the lock.
func (l *Log) append(stream int, text []byte) {
	l.lines = binary.LittleEndian.AppendUint64(l.lines, uint64(l.Clock.Now().UnixNano()))
	l.lines = binary.LittleEndian.AppendUint32(l.lines, uint32(len(text)))
	l.lines = append(l.lines, byte(stream))
	l.lines = append(l.lines, text...)
	for len(l.lines)-l.front > keep {
		_, size := l.record(l.front)
		l.front += size
	}
	// Moving what is left when it is the smaller half copies each byte once.
	if l.front > keep {
		l.cut += int64(l.front)
		l.lines = append(l.lines[:0], l.lines[l.front:]...)
		l.front = 0
	}
	l.changed()
}

// record reads the record at an index of lines, and its size. It needs the lock.
func (l *Log) record(at int) (driver.LogLine, int) {
	r := l.lines[at:]
	size := header + int(binary.LittleEndian.Uint32(r[8:]))
	return driver.LogLine{
		Time:   time.Unix(0, int64(binary.LittleEndian.Uint64(r))),
		Stream: streams[r[12]],
		Line:   string(r[header:size]),
	}, size
}

// changed wakes those who wait. It needs the lock.
func (l *Log) changed() {
	if l.grown != nil {
		close(l.grown)
		l.grown = nil
	}
}

// Lines is driver.Logger's, for a container that there is. The lines begin where
// they do at the call.
func (l *Log) Lines(ctx context.Context, o driver.LogOptions) iter.Seq2[driver.LogLine, error] {
	first := l.tail(o.Tail)
	return func(yield func(driver.LogLine, error) bool) {
		for place := first; ; {
			line, ok := l.next(ctx, &place, o.Follow)
			if !ok {
				return
			}
			if !line.Time.Before(o.Since) && !yield(line, nil) {
				return
			}
		}
	}
}

// tail is the place of the n-th line from the end, of the oldest when n is nil.
// Places count bytes since the first line.
func (l *Log) tail(n *int) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	var records []int
	for at := l.front; at < len(l.lines); {
		records = append(records, at)
		_, size := l.record(at)
		at += size
	}
	switch {
	case n == nil || *n >= len(records):
		return l.cut + int64(l.front)
	case *n <= 0:
		return l.cut + int64(len(l.lines))
	}
	return l.cut + int64(records[len(records)-*n])
}

// next reads the line at a place and moves the place behind it. With follow it
// waits for one that is not there yet.
func (l *Log) next(ctx context.Context, place *int64, follow bool) (driver.LogLine, bool) {
	for {
		l.mu.Lock()
		*place = max(*place, l.cut+int64(l.front))
		at := int(*place - l.cut)
		if at < len(l.lines) && ctx.Err() == nil {
			line, size := l.record(at)
			*place += int64(size)
			l.mu.Unlock()
			return line, true
		}
		if l.closed || !follow {
			l.mu.Unlock()
			return driver.LogLine{}, false
		}
		if l.grown == nil {
			l.grown = make(chan struct{})
		}
		grown := l.grown
		l.mu.Unlock()
		busy := l.Clock.Idle(clock.Closed(grown, ctx.Done()))
		select {
		case <-grown:
		case <-ctx.Done():
		}
		busy()
		if ctx.Err() != nil {
			return driver.LogLine{}, false
		}
	}
}
