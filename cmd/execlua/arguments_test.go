//go:build linux && cgo

package main

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/execlua/execlua/internal/man"
)

func TestArrange(t *testing.T) {
	for line, want := range map[string]string{
		"stop web -t 5":                 "stop -t 5 -- web",
		"stop -t5 web":                  "stop -t=5 -- web",
		"ps -aq":                        "ps -a -q --",
		"--root /x stop web -t 5":       "--root /x stop -t 5 -- web",
		"--root=/x --debug ps -a":       "--root=/x --debug ps -a --",
		"exec -it web sh -c x":          "exec -i -t -- web sh -c x",
		"exec -itu app web -x":          "exec -i -t -u app -- web -x",
		"logs web --tail -1":            "logs --tail -1 -- web",
		"logs -nf web":                  "logs -n=f -- web",
		"rm -- -f":                      "rm -- -f",
		"ps -xa":                        "ps -xa --",
		"stop -time 5 web":              "stop -time 5 -- web",
		"stop web -t":                   "stop -t -- web",
		"script.lua stop web -t 5":      "script.lua stop web -t 5",
		"-e x stop.lua -t 5":            "-e x stop.lua -t 5",
		"-- stop web -t 5":              "-- stop web -t 5",
		"check x.lua -o json":           "check x.lua -o json",
		"completion bash":               "completion bash",
		"update -m -1 --cpus=2 web api": "update -m -1 --cpus=2 -- web api",
	} {
		app := newApp(&settings{})
		got := arrange(app, append([]string{"execlua"}, strings.Fields(line)...))
		if strings.Join(got[1:], " ") != want {
			t.Errorf("%s: got %q, want %q", line, got[1:], want)
		}
	}
}

func TestParseTime(t *testing.T) {
	now := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"":                     {},
		"10m":                  now.Add(-10 * time.Minute),
		"1767366245":           now,
		"2026-01-02T15:04:05Z": now,
		"2026-01-02T15:04:05":  now,
		"2026-01-02":           time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
	} {
		if got, err := parseTime(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"yesterday", "-5", "1e300", "NaN"} {
		if got, err := parseTime(text, now); err == nil {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestDetachKeys(t *testing.T) {
	for _, row := range []struct {
		keys, typed, want string
		left              bool
	}{
		{"ctrl-p,ctrl-q", "abc", "abc", false},
		{"ctrl-p,ctrl-q", "ab\x10\x11c", "ab", true},
		{"ctrl-p,ctrl-q", "a\x10b\x11", "a\x10b\x11", false},
		{"ctrl-p,ctrl-q", "a\x10\x10\x11", "a\x10", true},
		{"x", "abx", "ab", true},
		{"", "a\x10\x11", "a\x10\x11", false},
	} {
		keys, err := parseKeys(row.keys)
		if err != nil {
			t.Fatal(err)
		}
		left := false
		for _, from := range []io.Reader{strings.NewReader(row.typed), iotest.OneByteReader(strings.NewReader(row.typed))} {
			got, err := io.ReadAll(&keyReader{from: from, keys: keys, leave: func() { left = true }})
			if err != nil || string(got) != row.want || left != row.left {
				t.Errorf("%q of %s: got %q, left %v, %v", row.typed, row.keys, got, left, err)
			}
		}
	}
	if keys, err := parseKeys("ctrl-@,ctrl-a,ctrl-_,z"); err != nil || !bytes.Equal(keys, []byte{0, 1, 31, 'z'}) {
		t.Errorf("got %v, %v", keys, err)
	}
}

func TestReadProcess(t *testing.T) {
	row, err := readProcess(os.DirFS("/proc"), os.Getpid())
	if err != nil || row.Parent != os.Getppid() || row.UID != os.Getuid() || row.State == "" || row.Elapsed > time.Hour || !strings.HasPrefix(row.Command, os.Args[0]) {
		t.Errorf("got %+v, %v", row, err)
	}
	if got := clock(3723 * time.Second); got != "1:02:03" {
		t.Errorf("got %s", got)
	}
}

func TestComplete(t *testing.T) {
	for line, want := range map[string]string{
		"sto":                  "stop :files",
		"--eng":                "--engine",
		"--engine f":           "fake",
		"--engine = f":         "fake", // as bash has it
		"--engine=f":           "--engine=fake",
		"script.lua --x":       ":files",
		"completion z":         "zsh",
		"ps --no":              "--no-trunc",
		"ps -o ":               "table json",
		"check -o j":           "json",
		"events -f event=exec": "event=exec event=exec_exited",
		"stop ":                "web web-2 cache",
		"stop web ":            "web-2 cache",
		"stop -t ":             ":files",
		"start ":               "job",
		"rm we":                "web web-2",
		"exec -it ca":          "cache",
		"exec web ":            ":files",
		"kill -s U":            "USR1 USR2",
		"wait j":               "job",
		"unpause ":             "",
	} {
		_, out, errs := newStation(t).run(append([]string{"__complete"}, strings.Split(line, " ")...)...)
		var words []string
		for l := range strings.Lines(out) {
			word, _, _ := strings.Cut(strings.TrimSuffix(l, "\n"), "\t")
			words = append(words, word)
		}
		if got := strings.Join(words, " "); got != want || errs != "" {
			t.Errorf("%q: got %q, want %q %s", line, got, want, errs)
		}
	}
}

func TestManPages(t *testing.T) {
	app := newApp(&settings{})
	app.Setup()
	pages := manPages(app)
	for _, name := range []string{"execlua", "execlua-ps", "execlua-exec", "execlua-check", "execlua-gc"} {
		found := false
		for _, p := range pages {
			found = found || p.Name == name && p.Summary != "" && len(p.Synopsis) > 0
		}
		if !found {
			t.Errorf("there is no page %s", name)
		}
	}
	if slices.ContainsFunc(pages[0].Groups[1].Entries, func(e man.Entry) bool { return strings.HasPrefix(e.Term, "__") }) {
		t.Error("hidden commands have entries")
	}
}
