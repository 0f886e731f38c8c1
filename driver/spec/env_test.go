package spec

import (
	"slices"
	"strings"
	"testing"

	"github.com/execlua/execlua/driver"
)

func TestEnvironment(t *testing.T) {
	for _, row := range []struct {
		name  string
		lists [][]string
		want  []string
	}{
		{"nothing", nil, nil},
		{"the later value at the earlier place", [][]string{{"A=1", "B=1"}, {"C=2", "A=2"}}, []string{"A=2", "B=1", "C=2"}},
		{"within one list", [][]string{{"A=1", "A=2", "A=3"}}, []string{"A=3"}},
		{"empty values count", [][]string{{"A=1"}, {"A="}}, []string{"A="}},
		{"= in a value", [][]string{{"A=b=c"}}, []string{"A=b=c"}},
		{"case matters", [][]string{{"path=1", "PATH=2"}}, []string{"path=1", "PATH=2"}},
		{"no =, no key", [][]string{{"HOSTNAME", "=x", "", "A=1"}}, []string{"A=1"}},
	} {
		if got := environment(row.lists...); !slices.Equal(got, row.want) {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

func TestHostname(t *testing.T) {
	long := strings.Repeat("a", 100)
	for _, row := range []struct {
		name     string
		id       string
		hostname string
		env      []string
		hostUTS  bool
		want     string
	}{
		{"the id", "web-1", "", nil, false, "web-1"},
		{"the id as a DNS label", "job_1.2+x-", "", nil, false, "job-1-2-x"},
		{"a long id", long, "", nil, false, long[:63]},
		{"the cut leaves no dash at the end", long[:62] + "--b", "", nil, false, long[:62]},
		{"the environment", "web", "", []string{"A=1", "HOSTNAME=front.example"}, false, "front.example"},
		{"no = in the environment", "web", "", []string{"HOSTNAME"}, false, "web"},
		{"an empty one", "web", "", []string{"HOSTNAME="}, false, "web"},
		{"one that the kernel refuses", "web", "", []string{"HOSTNAME=" + long}, false, "web"},
		{"one that is no name", "web", "", []string{"HOSTNAME=a b"}, false, "web"},
		{"the Command's", "web", "db", []string{"HOSTNAME=front"}, false, "db"},
		{"the host's", "web", "", []string{"HOSTNAME=front"}, true, ""},
	} {
		c := &driver.Command{ID: row.id, Hostname: row.hostname, UTS: &driver.UTS{HostUTS: row.hostUTS}}
		if got := hostname(c, row.env); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}
