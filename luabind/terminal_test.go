package luabind_test

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/testenv"
	"github.com/execlua/execlua/luabind"
)

// seat is a VM whose stdin is a terminal of 30 lines and 90 columns.
type seat struct {
	*host
	t      *testing.T
	stdin  *os.File
	before unix.Termios
}

func newSeat(t *testing.T) *seat {
	t.Helper()
	_, stdin := testenv.Pty(t)
	s := &seat{t: t, stdin: stdin}
	s.setSize(30, 90)
	s.before = s.termios()
	s.host = newHost(t, func(o *luabind.Options) { o.Stdin = stdin })
	return s
}

func (s *seat) termios() unix.Termios {
	s.t.Helper()
	termios, err := unix.IoctlGetTermios(int(s.stdin.Fd()), unix.TCGETS)
	if err != nil {
		s.t.Fatal(err)
	}
	return *termios
}

func (s *seat) setSize(height, width uint16) {
	s.t.Helper()
	if err := unix.IoctlSetWinsize(int(s.stdin.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: height, Col: width}); err != nil {
		s.t.Fatal(err)
	}
}

// becomesRaw waits until keys are neither echoed nor turned into signals.
func (s *seat) becomesRaw() {
	s.t.Helper()
	const cooked = unix.ECHO | unix.ICANON | unix.ISIG
	for deadline := time.Now().Add(10 * time.Second); s.termios().Lflag&cooked != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatal("the terminal never becomes raw")
		}
	}
}

func (s *seat) isBack() {
	s.t.Helper()
	if now := s.termios(); now != s.before {
		s.t.Errorf("the terminal is %+v, was %+v", now, s.before)
	}
}

// wantSizes are those that processes got, in their order.
func (s *seat) wantSizes(want ...[2]int) {
	s.t.Helper()
	var got [][2]int
	for _, call := range s.engine.Calls("resize") {
		got = append(got, call.Size)
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("resized to %v, want %v", got, want)
	}
}

// onTerminal is a process that ends when it gets SIGTERM.
const onTerminal = `
	local driver, inherit = execlua.driver(), { stdin = "inherit" }
	local cmd = execlua.command { id = "box", image = "host", tty = true, "on-term", 5 }
`

// However a process gets the terminal: it is raw until the process has ended, and
// its size is the process's.
func TestTerminal(t *testing.T) {
	const other = `driver:start(cmd) test.meet("box") `
	for _, row := range []struct {
		verb, script string
		code         int
	}{
		{"run", `local r = driver:run(cmd, inherit)`, 5},
		{"start", `local r = driver:start(cmd, inherit):wait()`, 5},
		{"exec", other + `local r = driver:exec("box", { tty = true, "on-term", 5 }, inherit)`, 137},
		{"exec_start", other + `local r = driver:exec_start("box", { tty = true, "on-term", 5 }, inherit):wait()`, 137},
	} {
		t.Run(row.verb, func(t *testing.T) {
			s := newSeat(t)
			wait := s.start(onTerminal + row.script + ` test.meet("after") return r.exit_code`)
			s.becomesRaw()
			s.ready(t, "box")
			s.setSize(31, 91)
			s.Resized()
			s.wantSizes([2]int{30, 90}, [2]int{31, 91})
			if err := s.engine.Kill(context.Background(), &driver.Command{ID: "box"}, int(unix.SIGTERM)); err != nil {
				t.Fatal(err)
			}
			s.ready(t, "after")
			s.isBack()
			s.Resized()
			s.wantSizes([2]int{30, 90}, [2]int{31, 91})
			if code, err := wait(); code != row.code || err != nil {
				t.Errorf("code %d, %v", code, err)
			}
		})
	}
}

// However a script ends, the terminal is back.
func TestTerminalIsPutBack(t *testing.T) {
	const run = onTerminal + `driver:run(cmd, inherit)`
	for name, row := range map[string]struct {
		script string
		end    func(*seat)
	}{
		"interrupted":      {run, func(s *seat) { s.Interrupt(nil) }},
		"closed":           {run, func(s *seat) { s.Close() }},
		"killed":           {onTerminal + `driver:run(cmd:with { process = { "ignore-term" }, stop_grace = "1h" }, inherit)`, func(s *seat) { s.Interrupt(nil); s.Kill() }},
		"exits":            {onTerminal + `driver:start(cmd, inherit) test.meet("end") os.exit(0)`, func(s *seat) { s.ready(s.t, "end") }},
		"fails":            {onTerminal + `driver:start(cmd, inherit) test.meet("end") error("no")`, func(s *seat) { s.ready(s.t, "end") }},
		"a callback fails": {onTerminal + `driver:run(cmd:with { process = { "murmur" } }, { stdin = "inherit", stdout = function() test.meet("end") error("no") end })`, func(s *seat) { s.ready(s.t, "end") }},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSeat(t)
			wait := s.start(row.script)
			s.becomesRaw()
			row.end(s)
			_, _ = wait() // how it ends is another test's
			s.isBack()
		})
	}
}

// The terminal stays as it is for a process that does not have both ends, and while
// a start is under way: Ctrl-C is the script's then.
func TestTerminalIsLeftAlone(t *testing.T) {
	s := newSeat(t)
	if err := s.Publish("seat", luabind.Func{Name: "is_back", Fn: s.isBack}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.run(onTerminal + `
		local function is_back() seat.is_back() end
		local function check(fields, opts)
			local box = driver:start(cmd:with(fields), opts, { start = is_back })
			test.meet("box")
			seat.is_back()
			box:kill("TERM")
			box:wait()
		end
		check({ tty = false }, inherit)
		check({}, { stdin = "discard" })
		check({}, { input = "text" })
		local ok, err = pcall(driver.run, driver, cmd, inherit, { pre_start = is_back, start = function() seat.is_back() error("no") end })
		assert(err.code == "hook_failed" and err.op == "run" and err.result.signal == "KILL", err)`); err != nil {
		t.Fatal(err)
	}
	s.wantSizes()
}

// A size that the script has chosen stays.
func TestTerminalOfAChosenSize(t *testing.T) {
	s := newSeat(t)
	wait := s.start(onTerminal + `driver:run(cmd:with { console_size = { 24, 80 } }, inherit)`)
	s.becomesRaw()
	s.Resized()
	s.wantSizes()
	if got := s.engine.Calls("start")[0].Command.ProcessConfig.ConsoleSize; got != [2]int{24, 80} {
		t.Errorf("started with the size %v", got)
	}
	s.Interrupt(nil)
	_, _ = wait()
}

// The last of several puts the terminal back.
func TestTerminalIsShared(t *testing.T) {
	s := newSeat(t)
	wait := s.start(onTerminal + `
		local one, two = driver:start(cmd, inherit), driver:start(cmd:with { id = "other" }, inherit)
		test.meet("both run")
		one:stop()
		test.meet("one runs")
		test.meet("none shall")
		two:stop()
		test.meet("none runs")`)
	s.ready(t, "box", "other", "both run", "one runs")
	s.becomesRaw()
	s.ready(t, "none shall", "none runs")
	s.isBack()
	if _, err := wait(); err != nil {
		t.Error(err)
	}
}
