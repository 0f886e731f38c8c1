//go:build linux && cgo

package native

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/keeper"
	"github.com/execlua/execlua/driver/wire"
)

// The keeper is killed again and again, while it looks after one container that
// runs, one that always has to be started again, and one that somebody starts and
// removes all the time. None is lost, none runs twice, and nothing stays behind.
func TestKeeperKilledAtRandomMoments(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	k, root := newKept(t)

	steady := shell(t, `n=0; while :; do n=$((n+1)); echo $n; sleep 0.01; done`)
	p := detach(t, k, steady)
	restless := shell(t, "sleep 0.03; exit 1")
	restless.Restart = &driver.RestartPolicy{Always: true, Delay: new(time.Millisecond)}
	detach(t, k, restless)

	ctx, cancel := context.WithCancel(t.Context())
	short := command(t, "sleep", "1000")
	churned := make(chan error, 1)
	go func() { churned <- churn(ctx, openKept(t, root), short) }()

	for range often(15) {
		time.Sleep(time.Duration(random.Int64N(int64(150 * time.Millisecond))))
		if pid := keeperPid(root); pid != 0 {
			_ = unix.Kill(pid, unix.SIGKILL) // or it has just gone
		}
		if info := infoOf(t, k, steady.ID); info.State != driver.StateRunning || info.Pid != p.Pid() || info.Restarts != 0 {
			t.Fatalf("found %+v", info)
		}
		pids, err := k.GetPidsForContainer(t.Context(), restless.ID)
		if errors.Is(err, driver.ErrNotRunning) || errors.Is(err, driver.ErrBusy) || errors.Is(err, wire.ErrGone) {
			continue // between two runs
		}
		if err != nil || len(pids) > 2 {
			t.Errorf("the one that is restarted has the processes %v, %v", pids, err)
		}
	}
	cancel()
	if err := <-churned; err != nil {
		t.Error(err)
	}
	wantCounting(t, k, steady.ID)
	for _, c := range []*driver.Command{steady, restless} {
		if err := k.Terminate(t.Context(), c); err != nil {
			t.Error(err)
		}
	}
	if err := k.Terminate(t.Context(), short); err != nil && driver.Code(err) != "not_found" {
		t.Error(err)
	}
}

// churn starts and removes a container until ctx ends. A keeper that is killed
// meanwhile is no failure.
func churn(ctx context.Context, k *keeper.Client, c *driver.Command) error {
	for ctx.Err() == nil {
		_, err := k.StartDetached(context.WithoutCancel(ctx), c, driver.Hooks{})
		if err != nil && !errors.Is(err, wire.ErrGone) && !errors.Is(err, driver.ErrExists) {
			return fmt.Errorf("start: %w", err)
		}
		err = k.Terminate(context.WithoutCancel(ctx), c)
		if err != nil && !errors.Is(err, wire.ErrGone) && !errors.Is(err, driver.ErrNotFound) {
			return fmt.Errorf("terminate: %w", err)
		}
	}
	return nil
}

// wantCounting fails unless the log has numbers in their order, each once.
func wantCounting(t *testing.T, k *keeper.Client, id string) {
	t.Helper()
	last, n := 0, 0
	for line := range strings.Lines(logOf(t, k, id)) {
		if _, err := fmt.Sscanf(line, "stdout %d\n", &n); err != nil || n <= last {
			t.Errorf("%q after %d", line, last)
		}
		last = n
	}
	if last < 10 {
		t.Errorf("it has counted to %d", last)
	}
}

// Many who want the keeper at the same moment get one.
func TestOneKeeper(t *testing.T) {
	k, root := newKept(t)
	const all = 8
	errs := make(chan error, all)
	for range all {
		c, other := command(t, "sleep", "1000"), openKept(t, root)
		t.Cleanup(func() { _ = k.Terminate(context.Background(), c) })
		go func() {
			_, err := other.StartDetached(context.Background(), c, driver.Hooks{})
			errs <- err
		}()
	}
	for range all {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if found, err := k.Find(t.Context(), driver.Filter{}); err != nil || len(found) != all {
		t.Errorf("found %d containers, %v", len(found), err)
	}
}
