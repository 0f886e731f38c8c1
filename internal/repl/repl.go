// Package repl is the prompt: it reads chunks of Lua, runs them in one VM and
// shows what they give. A mistake costs a message; what runs keeps running.
package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/yuin/gopher-lua/parse"

	"github.com/execlua/execlua/internal/lint"
	"github.com/execlua/execlua/luabind"
	"github.com/execlua/execlua/luabind/vm"
)

// Prompts, as those of lua(1).
const (
	prompt       = "> "
	continuation = ">> "
)

// chunkName stands for the file in messages.
const chunkName = "stdin"

// ErrAborted is what a Lines returns when the line is to be forgotten.
var ErrAborted = errors.New("aborted")

// Lines is where chunks come from.
type Lines interface {
	// Line reads one, without its newline. It returns io.EOF at the end and ErrAborted
	// after Ctrl-C. before holds the lines of the chunk so far.
	Line(prompt, before string) (string, error)
	// Running is called around a chunk that runs.
	Running(runs bool)
	// Keep puts a chunk into the history.
	Keep(chunk string)
}

// Options of a Session. All but Report are needed.
type Options struct {
	VM     *luabind.VM
	Out    io.Writer
	Lint   *lint.Session
	Report func(err error) // tells of an error, and goes on
}

// Session is one conversation.
type Session struct {
	Options
	ended chan struct{}
	end   sync.Once

	mu     sync.Mutex
	cancel context.CancelCauseFunc // of the chunk that runs, or nil
}

// New makes a Session.
func New(o Options) *Session { return &Session{Options: o, ended: make(chan struct{})} }

// Interrupt ends the chunk that runs, if one does. It may be called at any time.
func (s *Session) Interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		s.cancel(luabind.ErrInterrupted)
	}
}

// End ends the conversation, also while it waits for a line.
func (s *Session) End() {
	s.Interrupt()
	s.end.Do(func() { close(s.ended) })
}

// Run reads and runs chunks until the input ends or a chunk calls os.exit, whose
// code it returns. After End the error is luabind.ErrInterrupted.
func (s *Session) Run(lines Lines) (code int, err error) {
	for {
		chunk, err := s.read(lines)
		switch {
		case errors.Is(err, ErrAborted):
			continue
		case errors.Is(err, io.EOF):
			return 0, nil
		case err != nil:
			return 1, err
		case strings.TrimSpace(chunk) == "":
			continue
		}
		lines.Keep(chunk)
		if s.help(chunk) {
			continue
		}
		lines.Running(true)
		code, done := s.chunk(chunkName, asExpression(chunk), true)
		lines.Running(false)
		if done {
			return code, nil
		}
	}
}

// Script runs what comes before the first prompt. done tells that it called os.exit.
func (s *Session) Script(name, source string) (code int, done bool) {
	return s.chunk(name, source, false)
}

func (s *Session) chunk(name, source string, show bool) (code int, done bool) {
	ctx, cancel := context.WithCancelCause(context.Background())
	s.mu.Lock()
	s.cancel = cancel
	s.mu.Unlock()
	values, err := s.VM.Eval(ctx, name, source)
	s.mu.Lock()
	s.cancel = nil // ctx lives on with the tasks that the chunk has spawned
	s.mu.Unlock()
	s.Lint.Learn(source)

	var exit *vm.ExitError
	switch {
	case errors.As(err, &exit):
		return exit.Code, true
	case err != nil:
		s.Report(err)
	case show && len(values) > 0:
		fmt.Fprintln(s.Out, strings.Join(values, "\t"))
	}
	return 0, false
}

// read reads lines until they are a chunk.
func (s *Session) read(lines Lines) (string, error) {
	chunk := ""
	for p := prompt; ; p = continuation {
		line, err := s.line(lines, p, chunk)
		if err != nil {
			return "", err
		}
		chunk += line
		if !incomplete(chunk) {
			return chunk, nil
		}
		chunk += "\n"
	}
}

// line waits for one line, or for End.
func (s *Session) line(lines Lines, prompt, before string) (string, error) {
	type answer struct {
		line string
		err  error
	}
	select {
	case <-s.ended:
		return "", luabind.ErrInterrupted
	default: // a prompt would change the terminal once more
	}
	answers := make(chan answer, 1)
	go func() {
		line, err := lines.Line(prompt, before)
		answers <- answer{line, err}
	}()
	select {
	case a := <-answers:
		return a.line, a.err
	case <-s.ended:
		return "", luabind.ErrInterrupted
	}
}

// incomplete tells a chunk to which more lines must be added: the parser meets
// its end, and neither as statements nor as an expression is it right.
func incomplete(chunk string) bool {
	wanting := false
	for _, source := range []string{asExpression(chunk), expression(chunk), chunk} {
		_, err := parse.Parse(strings.NewReader(source), chunkName)
		var syntax *parse.Error
		switch {
		case err == nil:
			return false
		case errors.As(err, &syntax) && syntax.Message == "unterminated string": // it ends on its line
		case errors.As(err, &syntax) && (syntax.Pos.Line == parse.EOF || strings.HasPrefix(syntax.Message, "unterminated multiline")):
			wanting = true
		}
	}
	return wanting
}

// expression makes a chunk return its value; "= x" is the way of older Luas to say so.
func expression(chunk string) string {
	return "return " + strings.TrimPrefix(strings.TrimSpace(chunk), "=")
}

// asExpression makes a chunk return its value if it is an expression.
func asExpression(chunk string) string {
	source := expression(chunk)
	if strings.HasPrefix(strings.TrimSpace(chunk), "=") {
		return source
	}
	if _, err := parse.Parse(strings.NewReader(source), chunkName); err == nil {
		return source
	}
	return chunk
}

// help answers help(x), which is no function: it reads the declarations of what
// stands in the parentheses.
func (s *Session) help(chunk string) bool {
	chunk = strings.TrimSuffix(strings.TrimSpace(chunk), ";")
	if chunk == "help" || chunk == "help()" {
		s.say(s.Lint.API().Index(s.Out))
		fmt.Fprintln(s.Out, "At this prompt: help(x) of an expression, or of a name in quotes.")
		return true
	}
	inside, ok := strings.CutPrefix(chunk, "help(")
	inside, closed := strings.CutSuffix(inside, ")")
	if !ok || !closed {
		return false
	}
	inside = strings.TrimSpace(inside)
	found := s.Lint.Explain(inside)
	switch name := strings.Trim(inside, `"'`); {
	case len(found) > 0:
		s.say(s.Lint.API().Print(s.Out, found))
	case s.Lint.IsLua(name):
		fmt.Fprintf(s.Out, "%s is one of Lua's own: https://www.lua.org/manual/5.1/manual.html#pdf-%s\n", name, name)
	case name != inside:
		_, err := s.Lint.API().Find(name)
		s.say(err)
	default:
		fmt.Fprintf(s.Out, "nothing is declared of %s\n", inside)
	}
	return true
}

func (s *Session) say(err error) {
	if err != nil {
		fmt.Fprintln(s.Out, err)
	}
}

// Banner greets.
func Banner(w io.Writer, version string) {
	fmt.Fprintf(w, "execlua %s, Lua 5.1; help() tells what there is, Ctrl-D ends\n", version)
}
