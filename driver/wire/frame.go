//go:build unix

package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

const (
	headerSize = 16
	maxBody    = 16 << 20 // far more than a Command that execve(2) would take
	maxHello   = 4 << 10
	maxFiles   = 3
)

// kind tells what a message is.
type kind uint8

const (
	kindHello  kind = iota + 1 // both: the first message
	kindCall                   // client: a verb
	kindResult                 // server: what it answers
	kindCancel                 // client: the context of a call has ended
	kindEnded                  // server: the process or the sequence of a call has ended
	kindHook                   // server: call this hook
	kindUnhook                 // server: the context of a hook has ended
	kindAnswer                 // client: what a hook has returned
	kindItem                   // server: one element of a sequence
	kindMore                   // client: room for more elements
	kindBroken                 // client: a writer of the caller's has failed
	kindBeat                   // both: a sign of life
)

// header stands before every body: the length of the body (4 bytes, little
// endian), the kind (1), the number of descriptors (1), two zeros, and the number
// of the call or hook it is about (8).
type header struct {
	size  uint32
	kind  kind
	files uint8
	id    uint64
}

func (h header) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, h.size)
	b = append(b, byte(h.kind), h.files, 0, 0)
	return binary.LittleEndian.AppendUint64(b, h.id)
}

// parseHeader refuses what no peer of ours sends, before anything is allocated.
func parseHeader(b [headerSize]byte, most uint32) (header, error) {
	h := header{
		size:  binary.LittleEndian.Uint32(b[:]),
		kind:  kind(b[4]),
		files: b[5],
		id:    binary.LittleEndian.Uint64(b[8:]),
	}
	switch {
	case h.kind < kindHello || h.kind > kindBeat || b[6] != 0 || b[7] != 0:
		return h, fmt.Errorf("%w: it begins with %q", errProtocol, b)
	case h.size > most:
		return h, fmt.Errorf("%w: %d bytes, of at most %d", errProtocol, h.size, most)
	case h.files > maxFiles:
		return h, fmt.Errorf("%w: %d descriptors, of at most %d", errProtocol, h.files, maxFiles)
	}
	return h, nil
}

// errProtocol is something that no peer of ours sends.
var errProtocol = errors.New("no message of this protocol")

// frame is a message that has arrived.
type frame struct {
	header
	body  []byte
	files []*os.File // fewer than announced when this process has no descriptors left
}

func (f *frame) closeFiles() {
	for _, file := range f.files {
		_ = file.Close()
	}
}

// readFrame reads the next message. The error is io.EOF between two messages only.
func readFrame(conn *net.UnixConn, most uint32) (frame, error) {
	var f frame
	var first [headerSize]byte
	rights := make([]byte, syscall.CmsgSpace(4*maxFiles))
	// Descriptors come with the first byte that was sent along with them, and a read
	// never goes beyond them, see unix(7): the header has its own and nobody else's.
	n, oobn, _, _, err := conn.ReadMsgUnix(first[:], rights)
	if err == nil {
		f.files, err = receivedFiles(rights[:oobn])
	}
	if errors.Is(err, io.EOF) {
		return f, io.EOF
	}
	if err == nil {
		err = readRest(conn, first[n:])
	}
	if err == nil {
		f.header, err = parseHeader(first, most)
	}
	if err == nil && len(f.files) > int(f.header.files) {
		err = fmt.Errorf("%w: more descriptors than announced", errProtocol)
	}
	if err == nil {
		f.body = make([]byte, f.size)
		err = readRest(conn, f.body)
	}
	if err != nil {
		f.closeFiles()
		return frame{}, err
	}
	return f, nil
}

func readRest(conn *net.UnixConn, b []byte) error {
	_, err := io.ReadFull(conn, b)
	if errors.Is(err, io.EOF) && len(b) > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}

func receivedFiles(rights []byte) ([]*os.File, error) {
	messages, err := syscall.ParseSocketControlMessage(rights)
	if err != nil {
		return nil, err
	}
	var files []*os.File
	for _, m := range messages {
		fds, err := syscall.ParseUnixRights(&m)
		if err != nil {
			continue // not descriptors
		}
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), "received"))
		}
	}
	return files, nil
}

// writeFrame sends a message with descriptors, which stay the caller's.
func writeFrame(conn *net.UnixConn, h header, body []byte, files []*os.File) error {
	h.size, h.files = uint32(len(body)), uint8(len(files))
	message := append(h.append(make([]byte, 0, headerSize+len(body))), body...)
	n := 0
	err := withDescriptors(files, nil, func(fds []int) (err error) {
		var rights []byte
		if len(fds) > 0 {
			rights = syscall.UnixRights(fds...)
		}
		n, _, err = conn.WriteMsgUnix(message, rights, nil)
		return err
	})
	if err != nil || n == len(message) {
		return err
	}
	_, err = conn.Write(message[n:])
	return err
}

// withDescriptors calls f with the descriptors of files, which cannot be closed
// meanwhile. os.File.Fd would make them blocking ones.
func withDescriptors(files []*os.File, fds []int, f func(fds []int) error) error {
	if len(files) == 0 {
		return f(fds)
	}
	raw, err := files[0].SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	err = raw.Control(func(fd uintptr) {
		inner = withDescriptors(files[1:], append(fds, int(fd)), f)
	})
	return errors.Join(err, inner)
}
