package vm

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
)

var errClosedFile = errors.New("attempt to use a closed file")

// file is a file of the io library: one on disk, or a stream of the VM. Tasks
// may share it, and use it with the VM's lock released.
type file struct {
	mu       sync.Mutex
	disk     *os.File // nil for a stream
	in       *bufio.Reader
	waiting  *interruptible // under in, for a stream
	out      io.Writer
	closed   bool
	standard bool // a stream of the VM, which is not the script's to close
}

func newDiskFile(f *os.File) *file {
	return &file{disk: f, in: bufio.NewReader(f), out: f}
}

// write writes behind what was read, not behind what was read ahead.
func (f *file) write(text string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return errClosedFile
	}
	if f.out == nil {
		return os.ErrPermission
	}
	f.dropAhead()
	_, err := io.WriteString(f.out, text)
	return err
}

func (f *file) seek(offset int64, whence int) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.closed:
		return 0, errClosedFile
	case f.disk == nil:
		return 0, errors.New("not a file on disk")
	}
	f.dropAhead()
	return f.disk.Seek(offset, whence)
}

// dropAhead moves the position of the file back to where the script has read to.
// A pipe has no position, and keeps what is buffered.
func (f *file) dropAhead() {
	if f.disk == nil || f.in.Buffered() == 0 {
		return
	}
	if _, err := f.disk.Seek(-int64(f.in.Buffered()), io.SeekCurrent); err == nil {
		f.in.Reset(f.disk)
	}
}

func (f *file) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.closed:
		return errClosedFile
	case f.standard:
		return errors.New("a standard stream stays open")
	}
	f.closed = true
	return f.disk.Close()
}

func (f *file) isClosed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.closed
}

// read reads one item in a format of io.read: "l", "L", "n", "a", or a count of
// bytes. io.EOF means that there is none.
func (f *file) read(ctx context.Context, format string, count int) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return "", errClosedFile
	}
	if f.in == nil {
		return "", os.ErrPermission
	}
	if f.waiting != nil {
		f.waiting.ctx = ctx
	}
	switch format {
	case "a":
		text, err := io.ReadAll(io.LimitReader(f.in, maxText+1))
		if err == nil && len(text) > maxText {
			err = errors.New("the file is too long to read at once")
		}
		return string(text), err
	case "n":
		return f.readNumber()
	case "l", "L":
		line, err := f.in.ReadString('\n')
		if err == io.EOF && line != "" {
			err = nil
		}
		if format == "l" {
			line = strings.TrimSuffix(line, "\n")
		}
		return line, err
	}
	return f.readCount(count)
}

func (f *file) readCount(count int) (string, error) {
	if count == 0 { // asks whether there is more
		_, err := f.in.Peek(1)
		return "", err
	}
	var text bytes.Buffer
	n, err := io.CopyN(&text, f.in, int64(min(count, maxText)))
	if n > 0 && err == io.EOF {
		err = nil
	}
	return text.String(), err
}

// readNumber reads the longest run of characters that a number may have.
func (f *file) readNumber() (string, error) {
	const longest = 200
	var text strings.Builder
	for text.Len() < longest {
		c, err := f.in.ReadByte()
		if err != nil {
			if text.Len() == 0 {
				return "", err
			}
			break
		}
		if strings.IndexByte(" \t\r\n", c) >= 0 && text.Len() == 0 {
			continue
		}
		if strings.IndexByte("+-.0123456789abcdefABCDEFxXpP", c) < 0 {
			if err := f.in.UnreadByte(); err != nil {
				return "", err
			}
			break
		}
		text.WriteByte(c)
	}
	if _, ok := parseNumber(text.String()); !ok {
		return "", io.EOF
	}
	return text.String(), nil
}

func parseNumber(text string) (float64, bool) {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		var integer int64
		integer, err = strconv.ParseInt(text, 0, 64) // 0x10
		number = float64(integer)
	}
	return number, err == nil
}

// interruptible gives up a read of a stream when ctx ends. Nothing can stop the
// read itself: its goroutine stays, and what it gets is the next read's.
type interruptible struct {
	r       io.Reader
	ctx     context.Context
	pending chan chunk
	rest    []byte
}

type chunk struct {
	data []byte
	err  error
}

func (i *interruptible) Read(p []byte) (int, error) {
	if len(i.rest) == 0 {
		if i.pending == nil {
			i.pending = make(chan chunk, 1)
			go func(to chan<- chunk) {
				buffer := make([]byte, 4096)
				n, err := i.r.Read(buffer)
				to <- chunk{buffer[:n], err}
			}(i.pending)
		}
		select {
		case <-i.ctx.Done():
			return 0, i.ctx.Err()
		case got := <-i.pending:
			i.pending = nil
			if len(got.data) == 0 {
				return 0, got.err
			}
			i.rest = got.data
		}
	}
	n := copy(p, i.rest)
	i.rest = i.rest[n:]
	return n, nil
}
