package stdlib

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	units "github.com/docker/go-units"
	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// progressModule is execlua.progress.
func progressModule(h Host) Module {
	s := &screen{out: h.Stderr, width: h.Width}
	return Module{
		Module: bind.Module{
			Name: "execlua.progress", Doc: "How far something is, on stderr: a bar on a terminal, a line now and then elsewhere.",
			Funcs: []bind.Func{{
				Name: "bar", Doc: "Shows a bar until it is done.",
				Params:  []bind.Param{{Name: "opts", Type: "execlua.BarOptions"}},
				Returns: []bind.Return{{Type: "execlua.Bar"}},
				Fn: func(L *lua.LState, o *BarOptions) (lua.LValue, error) {
					b, err := s.newBar(L, o)
					return object(L, b, "bar"), err
				},
			}},
		},
		Classes: []bind.Class{{Name: "bar", Doc: "One bar. A task that is cancelled can still move it.", Methods: []bind.Func{
			{
				Name: "add", Doc: "Moves it on.", Method: true,
				Params: []bind.Param{{Name: "n", Optional: true, Doc: "By how much; nil is 1."}},
				Fn: func(L *lua.LState, b *bar, n *float64) {
					step := 1.0
					if n != nil {
						step = *n
					}
					vm.Unlocked(L, func() { b.move(func(now float64) float64 { return now + step }) })
				},
			},
			{
				Name: "set", Doc: "Moves it to a place.", Method: true,
				Params: []bind.Param{{Name: "n"}},
				Fn: func(L *lua.LState, b *bar, n float64) {
					vm.Unlocked(L, func() { b.move(func(float64) float64 { return n }) })
				},
			},
			{
				Name: "done", Doc: "Shows it for the last time. One that reaches its total is done, and so are all when the script ends.", Method: true,
				Fn: func(L *lua.LState, b *bar) { vm.Unlocked(L, b.done) },
			},
		}}},
	}
}

// BarOptions are those of progress.bar.
type BarOptions struct {
	Total *float64 `json:"total"` // what is 100 %; nil: nobody knows
	Label string   `json:"label"` // what it is about
	Unit  string   `json:"unit"`  // "bytes" shows sizes; any other word stands behind the numbers
}

// How often something is shown.
const (
	redrawEvery = 100 * time.Millisecond
	lineEvery   = 5 * time.Second
)

// screen is where the bars of a script are: its last lines, as many as there are
// bars that are not done.
type screen struct {
	out   io.Writer
	width func() int // 0: no terminal

	mu    sync.Mutex
	bars  []*bar
	drawn int // lines that the next drawing goes over
	last  time.Time
}

// bar is guarded by its screen's mutex.
type bar struct {
	on     *screen
	opts   BarOptions
	now    float64
	start  time.Time
	told   time.Time // when there was the last plain line
	over   bool
	disown func() bool
}

func (s *screen) newBar(L *lua.LState, o *BarOptions) (*bar, error) {
	if o.Total != nil && *o.Total < 0 {
		return nil, invalid("opts.total", "a number from 0 on expected")
	}
	b := &bar{on: s, opts: *o, start: time.Now(), told: time.Now()}
	b.opts.Label = printable(o.Label)
	b.opts.Unit = printable(o.Unit)
	b.disown = func() bool { return false } // while there is nothing to disown
	b.disown = vm.Of(L).Own(func(context.Context) error { b.done(); return nil })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bars = append(s.bars, b)
	return b, nil
}

// printable drops what would move the cursor.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

func (b *bar) move(to func(now float64) float64) {
	s := b.on
	s.mu.Lock()
	if b.over {
		s.mu.Unlock()
		return
	}
	b.now = max(0, to(b.now))
	if b.opts.Total != nil && b.now >= *b.opts.Total {
		s.mu.Unlock()
		b.done()
		return
	}
	defer s.mu.Unlock()
	switch {
	case s.terminal() && time.Since(s.last) >= redrawEvery:
		s.draw(nil)
	case !s.terminal() && time.Since(b.told) >= lineEvery:
		b.told = time.Now()
		s.print(b.line(0) + "\n")
	}
}

// done shows the end. Its line goes above those of the bars that go on.
func (b *bar) done() {
	b.disown()
	s := b.on
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.over {
		return
	}
	b.over = true
	s.bars = slices.DeleteFunc(s.bars, func(other *bar) bool { return other == b })
	if s.terminal() {
		s.draw(b)
	} else {
		s.print(b.line(0) + "\n")
	}
}

func (s *screen) terminal() bool { return s.width != nil && s.width() > 0 }

// draw goes over the lines of the last drawing, see ECMA-48: cursor up, erase to
// the end of the screen.
func (s *screen) draw(finished *bar) {
	var b strings.Builder
	if s.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", s.drawn)
	}
	b.WriteString("\r\x1b[J")
	width := s.width()
	if finished != nil {
		b.WriteString(finished.line(width) + "\n")
	}
	for _, bar := range s.bars {
		b.WriteString(bar.line(width) + "\n")
	}
	s.drawn, s.last = len(s.bars), time.Now()
	s.print(b.String())
}

// print: nobody is told when stderr is gone.
func (s *screen) print(text string) {
	if s.out != nil {
		_, _ = io.WriteString(s.out, text)
	}
}

// line is the bar in one line: label, bar where there is room, numbers, time.
func (b *bar) line(width int) string {
	numbers := b.amount(b.now)
	if b.opts.Total != nil {
		percent := 100.0
		if *b.opts.Total > 0 {
			percent = min(100, 100*b.now / *b.opts.Total)
		}
		numbers = fmt.Sprintf("%3.0f%% %s/%s", percent, numbers, b.amount(*b.opts.Total))
	}
	if b.opts.Unit != "" && b.opts.Unit != "bytes" {
		numbers += " " + b.opts.Unit
	}
	numbers += " " + time.Since(b.start).Round(time.Second).String()
	text := strings.TrimSpace(b.opts.Label + " " + numbers)
	room := width - utf8.RuneCountInString(text) - len("[] ") - 1
	switch {
	case width == 0:
		return text
	case room < 4 || b.opts.Total == nil:
		runes := []rune(text)
		return string(runes[:min(len(runes), max(width-1, 0))])
	}
	room = min(room, 40)
	full := room
	if *b.opts.Total > 0 {
		full = int(float64(room) * min(1, b.now / *b.opts.Total))
	}
	drawing := "[" + strings.Repeat("=", full) + strings.Repeat(" ", room-full) + "] "
	return strings.TrimSpace(b.opts.Label + " " + drawing + numbers)
}

func (b *bar) amount(n float64) string {
	if b.opts.Unit == "bytes" {
		return units.BytesSize(n)
	}
	return fmt.Sprintf("%.10g", n)
}
