package driver

import "time"

// ResourceStats is what a container uses, and may use, at one moment. A nil
// pointer means that this kernel does not tell, or has no controller that counts
// it; it is never a made-up zero. The counters are those of cgroup v1 and v2, see
// Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst of the kernel; they count
// from the start of the container.
type ResourceStats struct {
	Read        time.Time `json:"read"`                            // when it was read
	SystemUsage uint64    `json:"system_usage" unit:"nanoseconds"` // processor time of the whole machine since boot

	MemoryUsage      *uint64  `json:"memory_usage" unit:"bytes"`       // now, file cache included
	MemoryMax        *uint64  `json:"memory_max_usage" unit:"bytes"`   // the highest so far
	MemoryLimit      int64    `json:"memory_limit" unit:"bytes"`       // the machine's memory when the container has no limit
	MemoryPercent    *float64 `json:"memory_percent"`                  // of memory_limit
	MemoryWorkingSet *uint64  `json:"memory_working_set" unit:"bytes"` // usage without the file cache that the kernel would drop first, inactive_file
	MemoryAnon       *uint64  `json:"memory_anon" unit:"bytes"`        // of the programs: heap, stack
	MemoryFile       *uint64  `json:"memory_file" unit:"bytes"`        // file cache; tmpfs and shared memory are part of it
	MemoryKernel     *uint64  `json:"memory_kernel" unit:"bytes"`      // of the kernel on their behalf; on v2 since 5.18
	MemoryLimitHits  *uint64  `json:"memory_limit_hits"`               // how often the container's own limit was in the way and memory had to be freed; nil on v1 kernels that miscount it
	SwapUsage        *uint64  `json:"swap_usage" unit:"bytes"`         // now
	OOMKills         *uint64  `json:"oom_kills"`                       // processes of this container that the kernel killed for lack of memory

	CPUUsage            *uint64  `json:"cpu_usage" unit:"nanoseconds"`          // all processors together
	CPUUser             *uint64  `json:"cpu_user" unit:"nanoseconds"`           // of it in programs
	CPUSystem           *uint64  `json:"cpu_system" unit:"nanoseconds"`         // of it in the kernel
	CPUPercent          *float64 `json:"cpu_percent"`                           // 100 is one processor; on average since the container was made, in a stream since the sample before
	CPUPeriods          *uint64  `json:"cpu_periods"`                           // of the quota that have passed
	CPUThrottledPeriods *uint64  `json:"cpu_throttled_periods"`                 // of them in which the quota was used up
	CPUThrottledTime    *uint64  `json:"cpu_throttled_time" unit:"nanoseconds"` // that processors were kept from the container

	Pids      *uint64 `json:"pids"`       // processes and threads
	PidsLimit *uint64 `json:"pids_limit"` // nil: unlimited

	IORead     *uint64 `json:"io_read" unit:"bytes"`  // from block devices; on v1 nil until a device has counted something
	IOWrite    *uint64 `json:"io_write" unit:"bytes"` // to block devices, as io_read
	IOReadOps  *uint64 `json:"io_read_ops"`           // operations, as io_read
	IOWriteOps *uint64 `json:"io_write_ops"`          // operations, as io_read

	CPUPressure    *Pressure `json:"cpu_pressure"`    // time lost waiting for a processor; v2, and hybrid machines
	MemoryPressure *Pressure `json:"memory_pressure"` // waiting for memory; as cpu_pressure
	IOPressure     *Pressure `json:"io_pressure"`     // waiting for devices; as cpu_pressure

	Interfaces []InterfaceStats `json:"interfaces,omitempty"` // of the network namespace that was made for the container; nil when it shares one, or has ended
}

// Pressure is the share of time in which work stood still for want of a
// resource, see Documentation/accounting/psi.rst of the kernel.
type Pressure struct {
	Some PressureTimes  `json:"some"` // at least one process waited
	Full *PressureTimes `json:"full"` // all that had work to do waited; nil on kernels that do not tell it of processors
}

// PressureTimes is one line of a pressure file.
type PressureTimes struct {
	Avg10  float64 `json:"avg10"`                     // percent of the last 10 s
	Avg60  float64 `json:"avg60"`                     // percent of the last 60 s
	Avg300 float64 `json:"avg300"`                    // percent of the last 300 s
	Total  uint64  `json:"total" unit:"microseconds"` // since the start
}

// InterfaceStats counts what went through one network interface, as the
// container sees it: rx is what it has received. See proc_pid_net(5), dev.
type InterfaceStats struct {
	Name      string `json:"name"` // "lo", "eth0"
	RxBytes   uint64 `json:"rx_bytes" unit:"bytes"`
	RxPackets uint64 `json:"rx_packets"`
	RxErrors  uint64 `json:"rx_errors"`
	RxDropped uint64 `json:"rx_dropped"`
	TxBytes   uint64 `json:"tx_bytes" unit:"bytes"`
	TxPackets uint64 `json:"tx_packets"`
	TxErrors  uint64 `json:"tx_errors"`
	TxDropped uint64 `json:"tx_dropped"`
}
