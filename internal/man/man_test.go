package man

import (
	"os/exec"
	"strings"
	"testing"
)

var page = Page{
	Name: "execlua-ps", Summary: `list\print`, Synopsis: []string{"execlua ps [--all] [CONTAINER…]"},
	Description: "Lists containers.\n\n  state=STATE  running\n\n.not a request, and 'neither\n'nor this",
	Groups:      []Group{{"options", []Entry{{"-a, --all", "", "all"}, {"-n, --last", "N", "the last"}}}, {"none", nil}},
	SeeAlso:     []string{"execlua"},
}

func TestWrite(t *testing.T) {
	var b strings.Builder
	if err := page.Write(&b, "v1-2"); err != nil {
		t.Fatal(err)
	}
	const want = `.TH EXECLUA\-PS 1 "" "execlua v1\-2"
.nh
.ad l
.SH NAME
execlua\-ps \- list\eprint
.SH SYNOPSIS
.nf
execlua ps [\-\-all] [CONTAINER\[u2026]]
.fi
.SH DESCRIPTION
Lists containers.
.PP
.nf
  state=STATE  running
.PP
.fi
\&.not a request, and 'neither
\&'nor this
.SH OPTIONS
.TP
\fB\-a, \-\-all\fR
all
.TP
\fB\-n, \-\-last\fR \fIN\fR
the last
.SH SEE ALSO
\fBexeclua\fR(1)
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
}

func TestGroffReadsIt(t *testing.T) {
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("there is no groff here")
	}
	var b, warnings strings.Builder
	if err := page.Write(&b, "v1"); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(groff, "-ww", "-man", "-Tutf8")
	cmd.Stdin, cmd.Stderr = strings.NewReader(b.String()), &warnings
	out, err := cmd.Output()
	if err != nil || warnings.Len() > 0 {
		t.Errorf("%v: %s", err, &warnings)
	}
	for _, text := range []string{"CONTAINER…", `list\print`, ".not a request", "'nor this"} {
		if !strings.Contains(string(out), text) {
			t.Errorf("%q is not in\n%s", text, out)
		}
	}
}
