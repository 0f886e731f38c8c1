//go:build linux && cgo

package native

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// sweepOnce runs Sweep for one thing that was left.
func sweepOnce(t *testing.T, root string, dryRun bool) Left {
	t.Helper()
	found, err := Sweep(Options{Root: root, CgroupDriver: os.Getenv(cgroupDriver)}, dryRun)
	if err != nil || len(found) != 1 {
		t.Fatalf("got %+v, %v", found, err)
	}
	return found[0]
}

func TestSweep(t *testing.T) {
	for _, stage := range []string{"pre_start", "running", "image", "paused", "no death signal"} {
		t.Run(stage, func(t *testing.T) {
			d := newEngine(t)
			pid := killedHost(t, d.root, stage, 0)
			if stage != "no death signal" && stage != "paused" {
				eventually(t, "the container dies with its host", func() bool { return dead(pid) })
			}
			told := sweepOnce(t, d.root, true)
			if told.ID != victim || told.Owner == 0 || len(told.Cgroups) == 0 && !d.systemd {
				t.Errorf("got %+v", told)
			}
			if d.systemd { // which removes a scope with its last process, whoever looks
				told.Cgroups = nil
			}
			if stage == "no death signal" && !slices.Contains(told.Pids, pid) {
				t.Errorf("pid %d is not among %v", pid, told.Pids)
			}
			if stage == "image" && told.Scratch == "" {
				t.Error("no scratch")
			}
			for _, path := range append(told.Cgroups, told.Scratch, told.State) {
				if path != "" && !onDisk(path) {
					t.Errorf("%s is gone after a dry run", path)
				}
			}
			swept := sweepOnce(t, d.root, false)
			if swept.Owner != told.Owner {
				t.Errorf("told %+v, swept %+v", told, swept)
			}
			for _, path := range append(swept.Cgroups, swept.Scratch, swept.State) {
				if path != "" && onDisk(path) {
					t.Errorf("left: %s", path)
				}
			}
			wantEmpty(t, d.root)
			eventually(t, "the container is dead", func() bool { return dead(pid) })
		})
	}
}

// What has no claim, and cannot be anybody's.
func TestSweepWithoutClaim(t *testing.T) {
	d := newEngine(t)
	live := sleeper(t, d, command(t, "true"))
	hosted := command(t, "true")
	hosted.Rootfs, hosted.Image = "", "host"
	sleeper(t, d, hosted)

	wedged, stray := filepath.Join(d.root, "wedged"), filepath.Join(d.root, ".scratch", scratchName("web.v2", 4242, 7))
	for _, dir := range []string{wedged, filepath.Join(stray, "upper")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mkfifo(filepath.Join(wedged, "exec.fifo"), 0o622); err != nil {
		t.Fatal(err)
	}
	// Those of others: a container of runc's, files that nobody here makes.
	others := []string{filepath.Join(d.root, "runc", "state.json"), filepath.Join(d.root, "notes", "mine.txt"), filepath.Join(d.root, ".scratch", "mine", "x")}
	for _, path := range others {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, dryRun := range []bool{true, false} {
		found, err := Sweep(Options{Root: d.root}, dryRun)
		if err != nil || len(found) != 2 || found[0].ID != "wedged" || found[0].State != wedged || found[1].ID != "web.v2" || found[1].Owner != 4242 || found[1].Scratch != stray {
			t.Fatalf("dry run %v: got %+v, %v", dryRun, found, err)
		}
	}
	if onDisk(wedged) || onDisk(stray) {
		t.Error("something stayed")
	}
	for _, path := range others {
		if !onDisk(path) {
			t.Errorf("%s is gone", path)
		}
		if err := os.RemoveAll(filepath.Dir(path)); err != nil {
			t.Fatal(err)
		}
	}
	if dead(live.Pid()) || !d.Info(hosted.ID).IsRunning() {
		t.Error("a living container was ended")
	}
	if found, err := Sweep(Options{Root: d.root}, false); err != nil || len(found) != 0 {
		t.Errorf("again: got %+v, %v", found, err)
	}
	if found, err := Sweep(Options{Root: filepath.Join(d.root, "nowhere")}, false); err != nil || found != nil {
		t.Errorf("no state directory: got %+v, %v", found, err)
	}
}
