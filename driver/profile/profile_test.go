package profile

import (
	"path"
	"slices"
	"strings"
	"testing"
)

func TestCapabilities(t *testing.T) {
	caps := Capabilities()
	if len(caps) != 14 {
		t.Errorf("%d capabilities, want 14", len(caps))
	}
	for _, name := range []string{"CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_NET_ADMIN", "CAP_SYS_MODULE", "CAP_DAC_READ_SEARCH"} {
		if slices.Contains(caps, name) {
			t.Errorf("%s is there", name)
		}
	}
}

func TestMaskedPathsCountsProcessors(t *testing.T) {
	none, two := MaskedPaths(0), MaskedPaths(2)
	extra := two[len(none):]
	want := []string{
		"/sys/devices/system/cpu/cpu0/thermal_throttle",
		"/sys/devices/system/cpu/cpu1/thermal_throttle",
	}
	if !slices.Equal(extra, want) {
		t.Errorf("got %q, want %q", extra, want)
	}
}

// A mount that comes before its parent would be hidden by it.
func TestMountsParentsFirst(t *testing.T) {
	mounts := Mounts()
	for i, m := range mounts {
		for _, later := range mounts[i+1:] {
			if strings.HasPrefix(m.Destination, later.Destination+"/") {
				t.Errorf("%s is mounted before %s", m.Destination, later.Destination)
			}
		}
		if path.Clean(m.Destination) != m.Destination {
			t.Errorf("%s is not clean", m.Destination)
		}
	}
}

func TestDeviceRulesDenyFirst(t *testing.T) {
	rules := DeviceRules()
	if first := rules[0]; first.Allow || first.Type != "" || first.Access != AllDevices {
		t.Errorf("the first rule is %+v, want deny all", first)
	}
	for _, r := range rules[1:] {
		if wildcard := r.Major == nil; wildcard && r.Access != "m" {
			t.Errorf("%+v opens every device", r)
		}
	}
}

func TestFreshValues(t *testing.T) {
	Capabilities()[0] = "changed"
	MaskedPaths(0)[0] = "changed"
	ReadonlyPaths()[0] = "changed"
	Env()[0] = "changed"
	Mounts()[0].Options[0] = "changed"
	*DeviceRules()[3].Major = 99
	got := []string{Capabilities()[0], MaskedPaths(0)[0], ReadonlyPaths()[0], Env()[0], Mounts()[0].Options[0]}
	if slices.Contains(got, "changed") || *DeviceRules()[3].Major == 99 {
		t.Errorf("a caller changed the profile: %q", got)
	}
}

func TestParseKernel(t *testing.T) {
	for _, row := range []struct {
		release string
		want    Kernel
		ok      bool
	}{
		{"6.1.0-18-amd64", Kernel{6, 1}, true},
		{"4.18.0-553.el8_10.x86_64", Kernel{4, 18}, true},
		{"5.10", Kernel{5, 10}, true},
		{"6.12-rc3", Kernel{6, 12}, true},
		{"6", Kernel{}, false},
		{"", Kernel{}, false},
		{"linux", Kernel{}, false},
		{"-6.1", Kernel{}, false},
	} {
		got, err := ParseKernel(row.release)
		if got != row.want || (err == nil) != row.ok {
			t.Errorf("%q: got %v, %v; want %v", row.release, got, err, row.want)
		}
	}
}

func TestKernelAtLeast(t *testing.T) {
	k := Kernel{5, 12}
	for _, row := range []struct {
		major, minor int
		want         bool
	}{{5, 12, true}, {5, 11, true}, {4, 20, true}, {5, 13, false}, {6, 0, false}} {
		if got := k.AtLeast(row.major, row.minor); got != row.want {
			t.Errorf("%v.AtLeast(%d, %d) = %v", k, row.major, row.minor, got)
		}
	}
}
