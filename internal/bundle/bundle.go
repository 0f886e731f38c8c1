// Package bundle puts a script and its modules into a copy of the program that
// runs them.
//
// A bundle is an executable file with a zip archive behind it, and 24 bytes
// behind that: the size of the archive (8 bytes, little-endian) and a magic
// text. The archive holds the modules where require looks for them (a.b is
// a/b.lua or a/b/init.lua) and the script beside them; its comment is the name of
// the script. Names are sorted and nothing has a date, so that the same input
// makes the same bytes. A program that shortens executables, as strip(1) does,
// takes the archive off.
package bundle

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
)

const (
	magic       = "execlua-bundle-1"
	trailerSize = 8 + len(magic)
)

// Bundle is what a file has behind the program.
type Bundle struct {
	Script string // the name of the script in Files
	Files  fs.FS
}

// Open finds the bundle in a file, and keeps the file open for it. It is nil
// when there is none, which costs reading a few bytes.
func Open(path string) (*Bundle, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	start, size, err := locate(file)
	if err != nil || size == 0 {
		return nil, errors.Join(err, file.Close())
	}
	archive, err := zip.NewReader(io.NewSectionReader(file, start, size), size)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("bundle in %s: %w", path, err), file.Close())
	}
	return &Bundle{Script: archive.Comment, Files: archive}, nil
}

// locate finds the archive. The size is 0 when there is none.
func locate(file *os.File) (start, size int64, err error) {
	info, err := file.Stat()
	if err != nil || info.Size() < int64(trailerSize) {
		return 0, 0, err
	}
	var trailer [trailerSize]byte
	end := info.Size() - int64(trailerSize)
	if _, err := file.ReadAt(trailer[:], end); err != nil {
		return 0, 0, err
	}
	if string(trailer[8:]) != magic {
		return 0, 0, nil
	}
	length := binary.LittleEndian.Uint64(trailer[:8])
	if length == 0 || length > uint64(end) {
		return 0, 0, fmt.Errorf("bundle in %s: damaged", file.Name())
	}
	return end - int64(length), int64(length), nil
}

// Write writes a bundle: the program, which must be none itself, and files by
// their names in the archive, script among them.
func Write(w io.Writer, program *os.File, script string, files map[string][]byte) error {
	switch _, size, err := locate(program); {
	case err != nil:
		return err
	case size > 0:
		return fmt.Errorf("%s is a bundle already", program.Name())
	}
	info, err := program.Stat()
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, io.NewSectionReader(program, 0, info.Size())); err != nil {
		return err
	}
	counted := &counter{w: w}
	if err := writeArchive(counted, script, files); err != nil {
		return err
	}
	trailer := binary.LittleEndian.AppendUint64(nil, counted.n)
	_, err = w.Write(append(trailer, magic...))
	return err
}

func writeArchive(w io.Writer, script string, files map[string][]byte) error {
	archive := zip.NewWriter(w)
	if err := archive.SetComment(script); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := file.Write(files[name]); err != nil {
			return err
		}
	}
	return archive.Close()
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n uint64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += uint64(n)
	return n, err
}
