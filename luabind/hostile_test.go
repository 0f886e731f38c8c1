package luabind_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/luabind"
)

// hostileVariable makes the test binary run one row of hostileRows.
const hostileVariable = "EXECLUA_HOSTILE_ROW"

func TestMain(m *testing.M) {
	if name := os.Getenv(hostileVariable); name != "" {
		runHostile(name)
		return
	}
	goleak.VerifyTestMain(m)
}

const (
	hostileTime   = 2 * time.Second
	hostileMemory = 256 << 20
	exitSlow      = 3 // of the child
)

// Each hostile script ends as it must within 2 s and 256 MB, in a process of its
// own, where another script goes on meanwhile.
func TestHostileScripts(t *testing.T) {
	for _, row := range hostileRows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			out, state := row.run(t)
			for range 2 { // a busy machine may be slow for a moment, a script that runs away always
				if state.ExitCode() == exitSlow {
					out, state = row.run(t)
				}
			}
			if !state.Success() || !row.satisfied(out) {
				t.Errorf("%v, %q; want %q", state, out, row.want)
			}
			out, peak, _ := strings.Cut(out, peakIs)
			var memory int64
			if _, err := fmt.Sscan(peak, &memory); err != nil {
				t.Errorf("the child does not say what it took: %q, %v", peak, err)
			}
			t.Logf("%d MB, %s", memory>>10, strings.TrimSpace(out))
			if memory<<10 > hostileMemory && !raceDetector {
				t.Errorf("took %d MB", memory>>10)
			}
		})
	}
}

func (row hostileRow) run(t *testing.T) (out string, state *os.ProcessState) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), hostileVariable+"="+row.name)
	timer := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState
}

// satisfied: an error may have any code, and has to contain the text. On a slow
// machine the limit of time may come first.
func (row hostileRow) satisfied(got string) bool {
	text, isError := strings.CutPrefix(row.want, byError)
	if !isError {
		return strings.HasPrefix(got, row.want)
	}
	return !strings.HasPrefix(got, "exit") && (strings.Contains(got, text) || strings.HasPrefix(got, byLimit+"the script has run"))
}

// runHostile is the child: it prints how the script has ended.
func runHostile(name string) {
	var source string
	for _, row := range hostileRows {
		if row.name == name {
			source = row.source
		}
	}
	engine := fake.New(fake.Options{})
	vm, err := luabind.New(luabind.Options{
		Engines: map[string]luabind.Engine{"fake": func() (driver.Driver, error) { return engine, nil }},
		Engine:  "fake",
		Grace:   200 * time.Millisecond,
		Limits:  luabind.Limits{Time: 300 * time.Millisecond, Memory: 64 << 20, Containers: 4},
	})
	if errors.Is(err, luabind.ErrLimit) { // the set-up counts, too
		os.Exit(exitSlow)
	}
	must(err)
	stop, other := make(chan struct{}), make(chan error, 1)
	go func() { other <- goOn(stop) }()
	begin := time.Now()
	code, err := vm.RunString(context.Background(), "hostile.lua", `local task = require("execlua.task"); `+source)
	took := time.Since(begin)
	switch failed := (*luabind.Error)(nil); {
	case errors.As(err, &failed):
		fmt.Printf("%s:%.300s", failed.Code, failed.Message)
	case err != nil:
		fmt.Printf("no *luabind.Error: %v", err)
	default:
		fmt.Printf("exit %d", code)
	}
	fmt.Printf("\nafter %v\n", took)
	if took > hostileTime && !raceDetector {
		os.Exit(exitSlow)
	}
	fmt.Print(peakIs, peakMemory(), "\n")
	close(stop)
	must(<-other)
	must(vm.Close())
	left, err := engine.Find(context.Background(), driver.Filter{})
	must(err)
	if len(left) > 0 {
		must(fmt.Errorf("left behind: %v", left))
	}
}

// peakIs stands before the most memory that the child has had, in KiB.
const peakIs = "peak "

// peakMemory is VmHWM of proc_pid_status(5). Of what wait4(2) says of a child the
// memory of its parent at the fork is part.
func peakMemory() string {
	data, err := os.ReadFile("/proc/self/status")
	must(err)
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	size, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	return size
}

// goOn is the other script: it runs again and again until it is told to stop.
func goOn(stop <-chan struct{}) error {
	vm, err := luabind.New(luabind.Options{Limits: luabind.Limits{Memory: 64 << 20}})
	if err != nil {
		return err
	}
	defer vm.Close()
	for {
		if _, err := vm.RunString(context.Background(), "other.lua", `
			local t = {}
			for i = 1, 1000 do t[i] = "line " .. i end
			assert(#table.concat(t) > 0)
			require("execlua.task").sleep("1ms")`); err != nil {
			return fmt.Errorf("the other script: %w", err)
		}
		select {
		case <-stop:
			return nil
		default:
		}
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
