package profile

import (
	"fmt"
)

// Kernel is the version of a Linux kernel. The zero value is older than all.
type Kernel struct{ Major, Minor int }

// ParseKernel reads the release of uname(2), "6.1.0-18-amd64" or "4.18", down to
// the second number.
func ParseKernel(release string) (Kernel, error) {
	var k Kernel
	if _, err := fmt.Sscanf(release, "%d.%d", &k.Major, &k.Minor); err != nil || k.Major < 0 || k.Minor < 0 {
		return Kernel{}, fmt.Errorf("kernel release %q: no version", release)
	}
	return k, nil
}

// AtLeast tells whether k is the version major.minor or a later one.
func (k Kernel) AtLeast(major, minor int) bool {
	return k.Major > major || k.Major == major && k.Minor >= minor
}
