package repl

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/peterh/liner"

	"github.com/execlua/execlua/internal/lint"
)

// Plain reads lines as they are, from what is no terminal.
type Plain struct {
	in  *bufio.Reader
	out io.Writer
}

// NewPlain makes a Plain that writes its prompts to out.
func NewPlain(in io.Reader, out io.Writer) *Plain { return &Plain{bufio.NewReader(in), out} }

// Line is that of Lines.
func (p *Plain) Line(prompt, _ string) (string, error) {
	if _, err := io.WriteString(p.out, prompt); err != nil {
		return "", err
	}
	line, err := p.in.ReadString('\n')
	if err != nil && line != "" {
		err = nil // the last one has no newline
	}
	return strings.TrimSuffix(line, "\n"), err
}

// Running and Keep are those of Lines; there is nothing to do.
func (*Plain) Running(bool) {}
func (*Plain) Keep(string)  {}

// Close has nothing to put back.
func (*Plain) Close() error { return nil }

// Terminal edits lines on the terminal that the standard input and output are.
type Terminal struct {
	state   *liner.State
	history string // its file; "": it is not kept

	// The terminal while a chunk runs and while a line is edited; nil when it is gone.
	cooked, edited liner.ModeApplier
	before         string // lines of the chunk so far
}

// Open takes the terminal until Close. history is a file, which need not exist.
func Open(session *lint.Session, history string) *Terminal {
	t := &Terminal{history: history}
	t.cooked, _ = liner.TerminalMode()
	t.state = liner.NewLiner()
	t.edited, _ = liner.TerminalMode()
	t.state.SetCtrlCAborts(true)
	t.state.SetTabCompletionStyle(liner.TabPrints)
	t.state.SetWordCompleter(func(line string, pos int) (head string, completions []string, tail string) {
		cursor := len(string([]rune(line)[:pos]))
		text := t.before + line[:cursor]
		start, names := session.Complete(text)
		return line[:max(0, start-len(t.before))], names, line[cursor:]
	})
	if file, err := os.Open(history); err == nil { // the first time there is none
		_, _ = t.state.ReadHistory(file) // what cannot be read is forgotten
		file.Close()
	}
	return t
}

// Line is that of Lines.
func (t *Terminal) Line(prompt, before string) (string, error) {
	t.before = before
	line, err := t.state.Prompt(prompt)
	if errors.Is(err, liner.ErrPromptAborted) {
		err = ErrAborted
	}
	return line, err
}

// Running puts the terminal back while a chunk runs: its containers may want it,
// and Ctrl-C is a signal again.
func (t *Terminal) Running(runs bool) {
	mode := t.edited
	if runs {
		mode = t.cooked
	}
	if mode != nil {
		_ = mode.ApplyMode() // a terminal that is gone needs no mode
	}
}

// Keep puts a chunk into the history, on one line: the file has one for each. A
// comment would take the rest of the line with it, so such a chunk is not kept.
func (t *Terminal) Keep(chunk string) {
	if strings.Contains(chunk, "\n") && (strings.Contains(chunk, "--") || strings.Contains(chunk, "[[") || strings.Contains(chunk, "[=")) {
		return
	}
	t.state.AppendHistory(strings.ReplaceAll(chunk, "\n", " "))
}

// Close writes the history and puts the terminal back. The history is for its
// owner's eyes: what is typed may hold secrets.
func (t *Terminal) Close() error {
	return errors.Join(t.save(), t.state.Close())
}

func (t *Terminal) save() error {
	if t.history == "" {
		return nil
	}
	dir := filepath.Dir(t.history)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, "history-*") // 0600
	if err != nil {
		return err
	}
	_, err = t.state.WriteHistory(file)
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), t.history)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // the error is told already
	}
	return err
}
