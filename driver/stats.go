package driver

import "time"

// ResourceStats is what a container uses, and may use, at one moment. A nil
// pointer means that this kernel does not tell; it is never a made-up zero.
type ResourceStats struct {
	Read          time.Time `json:"read"`                            // when it was read
	MemoryUsage   uint64    `json:"memory_usage" unit:"bytes"`       // now, file cache included
	MemoryMax     *uint64   `json:"memory_max_usage" unit:"bytes"`   // the highest so far
	MemoryLimit   int64     `json:"memory_limit" unit:"bytes"`       // the machine's memory when the container has no limit
	MemoryPercent float64   `json:"memory_percent"`                  // of memory_limit
	CPUUsage      uint64    `json:"cpu_usage" unit:"nanoseconds"`    // since the start, all processors together
	CPUUser       uint64    `json:"cpu_user" unit:"nanoseconds"`     // of it in programs
	CPUSystem     uint64    `json:"cpu_system" unit:"nanoseconds"`   // of it in the kernel
	CPUPercent    float64   `json:"cpu_percent"`                     // since the last reading, else since it was made; 100 is one processor
	SystemUsage   uint64    `json:"system_usage" unit:"nanoseconds"` // processor time of the whole machine since boot
	Pids          uint64    `json:"pids"`                            // processes and threads
	PidsLimit     *uint64   `json:"pids_limit"`                      // nil: unlimited
	IORead        *uint64   `json:"io_read" unit:"bytes"`            // from block devices, since the start
	IOWrite       *uint64   `json:"io_write" unit:"bytes"`           // to block devices, since the start
	OOMKills      *uint64   `json:"oom_kills"`                       // processes of this container that the kernel killed for lack of memory
}
