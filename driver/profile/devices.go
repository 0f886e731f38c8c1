package profile

import "github.com/opencontainers/runtime-spec/specs-go"

// AllDevices is the Access of a rule about every use of a device: read, write, mknod.
const AllDevices = "rwm"

// DeviceRules says which devices a confined container may use: none but the
// harmless ones that programs count on. Making any node is allowed, since the
// node opens nothing that a rule does not.
//
// The numbers are those of Linux's Documentation/admin-guide/devices.txt.
func DeviceRules() []specs.LinuxDeviceCgroup {
	return []specs.LinuxDeviceCgroup{
		{Allow: false, Access: AllDevices},
		{Allow: true, Type: "c", Access: "m"},
		{Allow: true, Type: "b", Access: "m"},
		char(1, 3), // null
		char(1, 5), // zero
		char(1, 7), // full
		char(1, 8), // random
		char(1, 9), // urandom
		char(5, 0), // tty
		char(5, 1), // console
		char(5, 2), // ptmx
		{Allow: true, Type: "c", Major: new(int64(136)), Access: AllDevices}, // pts/*
	}
}

func char(major, minor int64) specs.LinuxDeviceCgroup {
	return specs.LinuxDeviceCgroup{Allow: true, Type: "c", Major: &major, Minor: &minor, Access: AllDevices}
}
