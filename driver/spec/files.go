package spec

// KernelFile says which file in a container's cgroup stands behind a limit or a
// statistic, on each version of cgroups. See Documentation/admin-guide/cgroup-v1
// and cgroup-v2.rst of the kernel.
type KernelFile struct {
	Field  string // of driver.Resources or driver.ResourceStats, by its JSON tag
	V1, V2 string // "" where that version has none; <size> stands for a page size
	Note   string // what else there is to know
}

// LimitFiles lists every field of driver.Resources, a field of a list as "io[].weight".
func LimitFiles() []KernelFile {
	return []KernelFile{
		{"memory", "memory.limit_in_bytes", "memory.max", ""},
		{"memory_reservation", "memory.soft_limit_in_bytes", "memory.low", "v1: what the container shrinks to when memory is short. v2: what is not taken from it as long as others have some"},
		{"memory_swap", "memory.memsw.limit_in_bytes", "memory.swap.max", "v1 counts memory and swap together, v2 swap alone: it holds memory_swap less memory"},
		{"kernel_memory", "", "", "no kernel has it any more: memory counts it too"},
		{"cpu_shares", "cpu.shares", "cpu.weight", "v2 has a scale from 1 to 10000, on which 1024 shares are 100"},
		{"cpus", "cpu.cfs_quota_us", "cpu.max", "a quota for a period of 100 ms"},
		{"cpu_period", "cpu.cfs_period_us", "cpu.max", "v2: the second number"},
		{"cpu_quota", "cpu.cfs_quota_us", "cpu.max", "v2: the first number"},
		{"cpu_burst", "cpu.cfs_burst_us", "cpu.max.burst", "since Linux 5.14"},
		{"cpu_idle", "cpu.idle", "cpu.idle", "since Linux 5.15"},
		{"cpuset_cpus", "cpuset.cpus", "cpuset.cpus", ""},
		{"cpuset_mems", "cpuset.mems", "cpuset.mems", ""},
		{"blkio_weight", "blkio.weight", "io.bfq.weight", "where the kernel has it; else v1: blkio.bfq.weight, v2: io.weight, with a scale from 1 to 10000"},
		{"io[].weight", "blkio.weight_device", "io.bfq.weight", "v1 without it: blkio.bfq.weight_device"},
		{"io[].read_bps", "blkio.throttle.read_bps_device", "io.max", "v2: rbps"},
		{"io[].write_bps", "blkio.throttle.write_bps_device", "io.max", "v2: wbps; v1 sees only what is not cached"},
		{"io[].read_iops", "blkio.throttle.read_iops_device", "io.max", "v2: riops"},
		{"io[].write_iops", "blkio.throttle.write_iops_device", "io.max", "v2: wiops; v1 sees only what is not cached"},
		{"hugetlb[].limit", "hugetlb.<size>.limit_in_bytes", "hugetlb.<size>.max", "and the limit of reservations beside it, where the kernel has one"},
		{"unified", "", "*", "the file that the key names; written last"},
		{"pids", "pids.max", "pids.max", ""},
		{"rlimits", "", "", "not of the cgroup: setrlimit(2) of the process"},
		{"oom_kill_disable", "memory.oom_control", "", ""},
		{"memory_swappiness", "memory.swappiness", "", ""},
	}
}

// StatFiles lists the fields of driver.ResourceStats that the kernel tells.
func StatFiles() []KernelFile {
	return []KernelFile{
		{"memory_usage", "memory.usage_in_bytes", "memory.current", ""},
		{"memory_max_usage", "memory.max_usage_in_bytes", "memory.peak", "v2: since Linux 5.19"},
		{"cpu_usage", "cpuacct.usage", "cpu.stat", "v2: usage_usec"},
		{"cpu_user", "cpuacct.stat", "cpu.stat", "v2: user_usec"},
		{"cpu_system", "cpuacct.stat", "cpu.stat", "v2: system_usec"},
		{"pids", "pids.current", "pids.current", ""},
		{"pids_limit", "pids.max", "pids.max", ""},
		{"io_read", "blkio.throttle.io_service_bytes", "io.stat", "v2: rbytes; v1: the recursive files of BFQ or CFQ where the kernel has them"},
		{"io_write", "blkio.throttle.io_service_bytes", "io.stat", "v2: wbytes; v1: likewise"},
		{"oom_kills", "memory.oom_control", "memory.events", "oom_kill; v1: since Linux 4.13"},
	}
}
