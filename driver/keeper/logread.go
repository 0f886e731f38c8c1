//go:build linux

package keeper

import (
	"bytes"
	"context"
	"io"
	"iter"
	"os"
	"strings"
	"time"

	"github.com/execlua/execlua/driver"
)

// lines is driver.Logger's. over is closed when there will be no more output. The
// lines begin where they do at the call.
func (l *logFiles) lines(ctx context.Context, o driver.LogOptions, over <-chan struct{}) iter.Seq2[driver.LogLine, error] {
	number, skip := l.tail(o.Tail)
	return func(yield func(driver.LogLine, error) bool) {
		r := &logReader{log: l, number: number}
		defer r.close()
		skip := skip
		for ctx.Err() == nil {
			grown := l.growth()
			ended := isClosed(over)
			line, ok := r.next()
			switch {
			case ok && skip > 0 && r.number == number:
				skip--
			case ok:
				if !line.Time.Before(o.Since) && !yield(line, nil) {
					return
				}
			case ended || !o.Follow:
				return
			default:
				select {
				case <-grown:
				case <-over:
				case <-ctx.Done():
				}
			}
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// tail finds the n-th line from the end: the file that it ends in, and how many end
// there before it. All there are for nil.
func (l *logFiles) tail(n *int) (number, skip int) {
	if n == nil {
		return 0, 0
	}
	r := &logReader{log: l}
	defer r.close()
	type count struct{ number, lines int }
	var counts []count
	for {
		_, ok := r.next()
		if len(counts) == 0 || counts[len(counts)-1].number != r.number {
			counts = append(counts, count{number: r.number})
		}
		last := &counts[len(counts)-1]
		if !ok {
			break
		}
		last.lines++
	}
	left := max(*n, 0)
	for i := len(counts) - 1; i >= 0; i-- {
		if c := counts[i]; c.lines >= left {
			return c.number, c.lines - left
		}
		left -= counts[i].lines
	}
	return 0, 0
}

// logReader reads the lines of a log, of the oldest file from number on and those
// that follow it.
type logReader struct {
	log    *logFiles
	number int // of the file that the last line was in
	file   *os.File
	buf    []byte // read, and not used yet
	ready  []driver.LogLine
	open   map[string]*driver.LogLine // lines that have no end yet, by stream
}

func (r *logReader) close() {
	if r.file != nil {
		r.file.Close()
		r.file = nil
	}
}

// next is the next whole line; false when there is none yet.
func (r *logReader) next() (driver.LogLine, bool) {
	for len(r.ready) == 0 {
		text, ok := r.piece()
		if !ok {
			return driver.LogLine{}, false
		}
		r.join(text)
	}
	line := r.ready[0]
	r.ready = r.ready[1:]
	return line, true
}

// join puts a piece to what its line has already. What is none, since a machine
// stopped in the middle of it, is left out.
func (r *logReader) join(piece string) {
	words := strings.SplitN(piece, " ", 4)
	if len(words) != 4 {
		return
	}
	at, err := time.Parse(timeFormat, words[0])
	if err != nil {
		return
	}
	stream, ends, text := words[1], words[2] == "F", words[3]
	line := r.open[stream]
	if line == nil {
		line = &driver.LogLine{Time: at, Stream: stream}
	}
	line.Time = at // as a line is of when it ended
	line.Line += text
	for len(line.Line) > maxLine { // the keeper changed in the middle of it
		r.ready = append(r.ready, driver.LogLine{Time: line.Time, Stream: stream, Line: line.Line[:maxLine]})
		line.Line = line.Line[maxLine:]
	}
	if ends {
		r.ready = append(r.ready, *line)
		delete(r.open, stream)
		return
	}
	if r.open == nil {
		r.open = map[string]*driver.LogLine{}
	}
	r.open[stream] = line
}

// piece is the text of the next piece.
func (r *logReader) piece() (string, bool) {
	for {
		if end := bytes.IndexByte(r.buf, '\n'); end >= 0 {
			text := string(r.buf[:end])
			r.buf = r.buf[end+1:]
			return text, true
		}
		// Asked before reading: what is read after it is all there will be of this file.
		following := r.following()
		if r.file != nil && r.fill() {
			continue
		}
		if following == 0 {
			return "", false
		}
		r.close()
		file, err := os.Open(r.log.path(following))
		r.number, r.buf = following, nil
		if err == nil { // else it was removed meanwhile
			r.file = file
		}
	}
}

// following is the number of the file after this one; 0 when there is none.
func (r *logReader) following() int {
	for _, n := range r.log.numbers() {
		if n > r.number || r.file == nil && n == r.number {
			return n
		}
	}
	return 0
}

// fill reads more; false at the end of the file.
func (r *logReader) fill() bool {
	chunk := make([]byte, 32<<10)
	n, err := r.file.Read(chunk)
	r.buf = append(r.buf, chunk[:n]...)
	return n > 0 && (err == nil || err == io.EOF)
}

// unfinished tells which streams the log ends in the middle of a line of. The end
// of the last file tells: a piece is not longer than a line.
func (l *logFiles) unfinished() map[string]bool {
	numbers := l.numbers()
	if len(numbers) == 0 {
		return nil
	}
	file, err := os.Open(l.path(numbers[len(numbers)-1]))
	if err != nil {
		return nil
	}
	defer file.Close()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil
	}
	end := make([]byte, min(size, 4*maxLine))
	if _, err := file.ReadAt(end, size-int64(len(end))); err != nil {
		return nil
	}
	open := map[string]bool{}
	for piece := range strings.Lines(string(end)) {
		if words := strings.SplitN(piece, " ", 4); len(words) == 4 {
			open[words[1]] = words[2] == "P"
		}
	}
	return open
}
