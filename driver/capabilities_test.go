package driver

import (
	"errors"
	"slices"
	"testing"
)

// The rows are the truth table of the seed, seen by running it, with the CAP_
// prefix accepted besides.
func TestTweakCapabilities(t *testing.T) {
	basics := []string{"CHOWN", "MKNOD", "KILL"}
	all := GetAllCapabilities()
	without := func(name string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == name })
	}
	for _, row := range []struct {
		name        string
		adds, drops []string
		want        []string
	}{
		{"drop one, lower case", nil, []string{"mknod"}, []string{"CHOWN", "KILL"}},
		{"drop ALL", nil, []string{"ALL"}, nil},
		{"drop All, add one", []string{"SETGID"}, []string{"All"}, []string{"SETGID"}},
		{"add one", []string{"setgid"}, nil, []string{"CHOWN", "MKNOD", "KILL", "SETGID"}},
		{"duplicates", []string{"CHOWN", "chown", "SYS_TIME", "sys_time"}, nil, []string{"CHOWN", "MKNOD", "KILL", "SYS_TIME"}},
		{"add wins over drop and moves to the end", []string{"MKNOD"}, []string{"MKNOD"}, []string{"CHOWN", "KILL", "MKNOD"}},
		{"add ALL", []string{"ALL"}, nil, all},
		{"add ALL, drop one", []string{"ALL"}, []string{"NET_ADMIN"}, without("NET_ADMIN")},
		{"add and drop ALL", []string{"ALL"}, []string{"ALL"}, nil},
		{"add and drop ALL, add one", []string{"ALL", "SYS_TIME"}, []string{"ALL"}, []string{"SYS_TIME"}},
		{"prefix", []string{"CAP_SYS_TIME"}, []string{"cap_kill"}, []string{"CHOWN", "MKNOD", "SYS_TIME"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := TweakCapabilities(basics, row.adds, row.drops)
			if err != nil || !slices.Equal(got, row.want) {
				t.Errorf("got %v, %v; want %v", got, err, row.want)
			}
			if row.want == nil && got != nil {
				t.Errorf("got an empty slice, want nil")
			}
		})
	}
}

func TestTweakCapabilitiesErrors(t *testing.T) {
	for _, row := range []struct {
		name        string
		adds, drops []string
		want        string
	}{
		{"drop unknown", nil, []string{"CHPASS"}, `unknown capability to drop: "CHPASS": invalid`},
		{"drop unknown beside ALL", nil, []string{"ALL", "CHPASS"}, `unknown capability to drop: "CHPASS": invalid`},
		{"drop empty", nil, []string{""}, `unknown capability to drop: "": invalid`},
		{"add unknown", []string{"CHPASS"}, nil, `unknown capability to add: "CHPASS": invalid`},
		{"both: the drop is told", []string{"A"}, []string{"D"}, `unknown capability to drop: "D": invalid`},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := TweakCapabilities([]string{"CHOWN"}, row.adds, row.drops)
			if got != nil || err == nil || err.Error() != row.want || !errors.Is(err, ErrInvalid) {
				t.Errorf("got %v, %v; want %s", got, err, row.want)
			}
		})
	}
}

func TestGetCapability(t *testing.T) {
	if c := GetCapability("CHOWN"); c == nil || c.Value != 0 || c.String() != "CHOWN" {
		t.Errorf("CHOWN: %v", c)
	}
	for _, name := range []string{"chown", "CAP_CHOWN", "", "NOPE"} {
		if c := GetCapability(name); c != nil {
			t.Errorf("%q: got %v, want nil", name, c)
		}
	}
	GetCapability("CHOWN").Key = "changed"
	if GetCapability("CHOWN") == nil {
		t.Error("GetCapability hands out its own table")
	}
	all := GetAllCapabilities()
	if len(all) < 38 || all[0] != "CHOWN" || all[37] != "AUDIT_READ" {
		t.Errorf("GetAllCapabilities: %v", all)
	}
}
