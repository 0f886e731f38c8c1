//go:build linux && cgo

package main

import (
	"io"
	"strings"
	"testing"
)

func TestLogger(t *testing.T) {
	for _, row := range []struct {
		flags []string
		want  string // in the output; empty: there is none
	}{
		{nil, "[INFO]  execlua: started: id=web\n"},
		{[]string{"--log-level", "warn"}, ""},
		{[]string{"--log-level", "debug", "--log-format", "json"}, `"@message":"started"`},
		{[]string{"--log-level", "off"}, ""},
	} {
		t.Run(strings.Join(row.flags, " "), func(t *testing.T) {
			var s settings
			args := append([]string{"execlua"}, row.flags...)
			app := newApp(&s)
			app.Writer = io.Discard
			if err := app.Run(append(args, "-v")); err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			s.logger(&out).Info("started", "id", "web")
			if got := out.String(); !strings.Contains(got, row.want) || (row.want == "") != (got == "") {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
