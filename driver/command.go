package driver

import "time"

// Command is a container to be: its file system, its place in the machine and
// the process it runs. The zero value of every field is the confined choice.
//
// To add a field: 1. add it here, tagged with its name for scripts and JSON;
// 2. map it in driver/spec, both ways, or refuse it in Validate with the reason;
// 3. say in driver/spec's golden test what it becomes. The reflection tests in
// driver/spec fail until that is done.
type Command struct {
	ID                 string            `json:"id"`                        // [A-Za-z0-9][A-Za-z0-9_.+-]*, 128 characters at most; also the name of its cgroup
	Image              string            `json:"image"`                     // "host" builds the root from this machine's own /usr; excludes rootfs
	Rootfs             string            `json:"rootfs"`                    // absolute path of the root directory, no symlink
	ReadonlyRootfs     bool              `json:"readonly_rootfs"`           // mount the root read-only
	InitPath           string            `json:"initpath"`                  // LXC only: refused
	WorkingDir         string            `json:"working_dir"`               // absolute, inside the container; "" is /
	Hostname           string            `json:"hostname"`                  // "" is HOSTNAME of the environment, else the id
	ConfigPath         string            `json:"config_path"`               // LXC only: refused
	Labels             map[string]string `json:"labels"`                    // free text for the owner; found again in the OCI annotations
	Network            *Network          `json:"network"`                   // nil: a private network namespace with loopback only
	Ipc                *Ipc              `json:"ipc"`                       // nil: private
	Pid                *Pid              `json:"pid"`                       // nil: private
	UTS                *UTS              `json:"uts"`                       // nil: private
	UserNamespace      *UserNamespace    `json:"user_namespace"`            // nil: users and groups are the machine's
	TimeNamespace      *TimeNamespace    `json:"time_namespace"`            // nil: the clocks are the machine's
	Resources          *Resources        `json:"resources"`                 // nil: no limits of its own
	Mounts             []Mount           `json:"mounts"`                    // directories and files of the host, and tmpfs
	AllowedDevices     []*Device         `json:"allowed_devices"`           // nil: null, zero, full, random, urandom, tty, ptmx and pts
	AutoCreatedDevices []*Device         `json:"autocreated_devices"`       // made in /dev besides the six that always exist
	CapAdd             []string          `json:"cap_add"`                   // besides the default 14; names as in capabilities(7), or "all"
	CapDrop            []string          `json:"cap_drop"`                  // of the default 14, or "all"
	GroupAdd           []string          `json:"group_add"`                 // supplementary groups, by name or number
	ContainerPid       int               `json:"container_pid"`             // LXC and Windows only: refused
	ProcessConfig      ProcessConfig     `json:"process_config"`            // the container's init process
	ProcessLabel       string            `json:"process_label"`             // SELinux label of the process
	MountLabel         string            `json:"mount_label"`               // SELinux label of the mounts
	LxcConfig          []string          `json:"lxc_config"`                // LXC only: refused
	AppArmorProfile    string            `json:"apparmor_profile"`          // name of a loaded profile; "" is none
	Seccomp            *Seccomp          `json:"seccomp"`                   // nil: the default filter for the native architecture
	Sysctls            map[string]string `json:"sysctls"`                   // of the container's own namespaces: net.*, kernel.shm*, fs.mqueue.*, …
	OomScoreAdj        *int              `json:"oom_score_adj"`             // -1000 to 1000, see proc_pid_oom_score_adj(5); nil: the engine's own
	CgroupParent       string            `json:"cgroup_parent"`             // parent of the container's cgroup: a path, under systemd a slice ("batch.slice"); "" is the engine's own
	FirstStart         bool              `json:"first_start"`               // Windows only: refused
	LayerPaths         []string          `json:"layer_paths"`               // Windows only: refused
	LayerFolder        string            `json:"layer_folder"`              // Windows only: refused
	StopSignal         string            `json:"stop_signal"`               // name or number; "" is TERM
	StopGrace          *time.Duration    `json:"stop_grace" unit:"seconds"` // from stop signal to SIGKILL; nil is 10 s
	Restart            *RestartPolicy    `json:"restart"`                   // of a detached container only; nil: never
	HealthCheck        *HealthCheck      `json:"health_check"`              // of a detached container only; nil: none
	LogFiles           *LogFiles         `json:"log_files"`                 // of a detached container only; nil: the sizes below
}

// ProcessConfig is a process to run inside a container.
type ProcessConfig struct {
	Privileged  bool     `json:"privileged"`         // every capability, device and path; for exec: every capability
	User        string   `json:"user"`               // name|uid[:group|gid], looked up in the container; "" is root
	Tty         bool     `json:"tty"`                // give it a terminal
	Entrypoint  string   `json:"entrypoint"`         // the program; looked up in PATH inside
	Arguments   []string `json:"arguments"`          // what follows it
	Env         []string `json:"env" form:"environ"` // KEY=value; PATH has a default, HOME is the user's
	WorkingDir  string   `json:"working_dir"`        // for exec; "" is the container's
	CapAdd      []string `json:"cap_add"`            // on top of the container's
	CapDrop     []string `json:"cap_drop"`           // of the container's
	NoNewPrivs  *bool    `json:"no_new_privs"`       // nil: true, but for a privileged process
	Terminal    Terminal `json:"-"`                  // set by the engine
	Console     string   `json:"-"`                  // LXC only: refused
	ConsoleSize [2]int   `json:"console_size"`       // height, width of a new terminal; both or neither
}

// Network says whose network the container sees. At most one field may be set.
type Network struct {
	Mtu            int    `json:"mtu"`             // refused until there is an interface to set it on
	ContainerID    string `json:"container_id"`    // join that container's
	NamespacePath  string `json:"namespace_path"`  // join the namespace file at this path
	HostNetworking bool   `json:"host_networking"` // share the host's
}

// Ipc says whose IPC objects the container sees. At most one field may be set.
type Ipc struct {
	ContainerID string `json:"container_id"` // join that container's
	HostIpc     bool   `json:"host_ipc"`     // share the host's
}

// Pid says whose processes the container sees.
type Pid struct {
	HostPid bool `json:"host_pid"` // share the host's; every process of the cgroup is killed when init ends
}

// UTS says whose hostname the container has.
type UTS struct {
	HostUTS bool `json:"host_uts"` // share the host's
}

// UserNamespace maps the users and groups of a container to others of the
// machine, see user_namespaces(7). Root inside is then an ordinary user outside,
// who must be able to search the directories above the root and owns what the
// container is to write. The namespaces of network, IPC and processes are the
// container's own, since a joined one would belong to another user namespace.
type UserNamespace struct {
	UIDMappings []IDMapping `json:"uid_mappings"` // 0 must be among them
	GIDMappings []IDMapping `json:"gid_mappings"` // 0 must be among them; nil: as uid_mappings
}

// IDMapping maps a range of ids.
type IDMapping struct {
	ContainerID uint32 `json:"container_id"` // the first id inside
	HostID      uint32 `json:"host_id"`      // what it is on the machine
	Size        uint32 `json:"size"`         // how many follow one another, at least 1
}

// TimeNamespace moves two clocks of a container against the machine's, see
// time_namespaces(7). The wall clock is not among them.
type TimeNamespace struct {
	Monotonic int64 `json:"monotonic" unit:"seconds"` // added to CLOCK_MONOTONIC; below 0 it goes back
	Boottime  int64 `json:"boottime" unit:"seconds"`  // added to CLOCK_BOOTTIME, which /proc/uptime shows
}

// Mount is a directory or file of the host that the container sees, or a tmpfs.
type Mount struct {
	Type        string  `json:"type" words:"bind tmpfs"`                                          // "" or "bind", or "tmpfs"
	Source      string  `json:"source"`                                                           // absolute path on the host; must exist; none for a tmpfs
	Destination string  `json:"destination"`                                                      // absolute path in the container, not / and not below /proc
	Writable    bool    `json:"writable"`                                                         // false: read-only, everything mounted below it too
	Private     bool    `json:"private"`                                                          // propagation rprivate (the default)
	Slave       bool    `json:"slave"`                                                            // propagation rslave: later mounts of the host appear
	Propagation string  `json:"propagation" words:"private rprivate slave rslave shared rshared"` // private, slave or shared, each with or without r in front, see mount_namespaces(7)
	Exec        bool    `json:"exec"`                                                             // tmpfs only: programs on it may run
	Size        int64   `json:"size" unit:"bytes"`                                                // tmpfs only; 0: half of the machine's memory, within the container's limit
	Mode        *uint32 `json:"mode"`                                                             // tmpfs only: permission bits; nil is 1777
}

// Seccomp says which system calls are filtered. The zero value is the default
// filter. At most one of unconfined, file and default_action may be set.
type Seccomp struct {
	Unconfined    bool             `json:"unconfined"`                                       // no filter
	File          string           `json:"file"`                                             // a profile in docker's JSON format, read when the container starts
	Architectures []string         `json:"architectures"`                                    // besides the native one: "x86", "x32", "arm", …
	DefaultAction string           `json:"default_action" words:"allow errno kill log trap"` // of a filter given here: "allow", "errno", "kill", "log", "trap"
	Syscalls      []SeccompSyscall `json:"syscalls"`                                         // exceptions from the default action, or from the default filter
}

// SeccompSyscall says what happens to system calls, whatever their arguments.
type SeccompSyscall struct {
	Names  []string `json:"names"`                                    // names of system calls
	Action string   `json:"action" words:"allow errno kill log trap"` // as default_action
	Errno  *uint    `json:"errno"`                                    // for "errno"; nil is EPERM
}

// Device is a device node, or a rule about nodes when it has no Path.
type Device struct {
	Path        string  `json:"path"`               // node to create, below /dev; unused in allowed_devices; with a user namespace the host's own node of that path and number
	Type        string  `json:"type" words:"c b a"` // "c", "b", or "a" for all (rules only)
	Major       int64   `json:"major"`              // -1: any (rules only)
	Minor       int64   `json:"minor"`              // -1: any (rules only)
	Permissions string  `json:"permissions"`        // of r, w and m; "" is rwm
	FileMode    *uint32 `json:"file_mode"`          // permission bits; nil is 0666
	UID         uint32  `json:"uid"`                // owner of the node
	GID         uint32  `json:"gid"`                // group of the node
}

// Resources limit what a container may use. Zero means: no limit of its own. A
// limit that a machine cannot keep is refused before anything exists; of a hint
// that it does not keep there is a warning event, and the container runs.
type Resources struct {
	Memory            int64             `json:"memory" unit:"bytes"`             // at least 512 KiB, rounded down to pages; -1: unlimited
	MemoryReservation int64             `json:"memory_reservation" unit:"bytes"` // a hint: what to leave it when memory is short; on v2 memory.low, which holds as far as the cgroups above have it, too
	MemorySwap        int64             `json:"memory_swap" unit:"bytes"`        // memory and swap together; 0: follows memory; -1: unlimited
	KernelMemory      int64             `json:"kernel_memory" unit:"bytes"`      // a hint that no kernel keeps any more
	CPUShares         int64             `json:"cpu_shares"`                      // a hint: 2 to 262144, relative to others; on v2 cpu.weight, 1 to 10000 in the same order
	CPUs              float64           `json:"cpus"`                            // 0.5: half a processor; excludes cpu_quota
	CPUPeriod         int64             `json:"cpu_period" unit:"microseconds"`  // 1000 to 1000000
	CPUQuota          int64             `json:"cpu_quota" unit:"microseconds"`   // per period, at least 1000; -1: unlimited
	CPUBurst          int64             `json:"cpu_burst" unit:"microseconds"`   // a hint: what an idle period leaves for the next, at most the quota
	CPUIdle           bool              `json:"cpu_idle"`                        // a hint: SCHED_IDLE for all of it; overrules cpu_shares
	CpusetCpus        string            `json:"cpuset_cpus"`                     // "0-3,7"
	CpusetMems        string            `json:"cpuset_mems"`                     // "0"
	BlkioWeight       int64             `json:"blkio_weight"`                    // a hint: 10 to 1000, relative to others
	IO                []*IOLimit        `json:"io"`                              // limits of single block devices
	Hugetlb           []*HugetlbLimit   `json:"hugetlb"`                         // limits of huge pages, by size
	Unified           map[string]string `json:"unified"`                         // cgroup v2 files by name, written last; v1 refuses them
	Pids              int64             `json:"pids"`                            // processes and threads; -1: unlimited
	Rlimits           []*Rlimit         `json:"rlimits"`                         // limits of each process, see setrlimit(2); those that are not named are inherited
	OomKillDisable    bool              `json:"oom_kill_disable"`                // a hint: cgroup v1 only, and only with a memory limit
	MemorySwappiness  *int64            `json:"memory_swappiness"`               // a hint: 0 to 100, cgroup v1 only; nil: the parent's
}

// IOLimit limits what goes to and from one block device. Zero is no limit.
type IOLimit struct {
	Major     int64  `json:"major"`                  // the device's number, see lsblk(8)
	Minor     int64  `json:"minor"`                  // the second half of it
	Weight    int64  `json:"weight"`                 // a hint: 10 to 1000, for the BFQ scheduler
	ReadBps   uint64 `json:"read_bps" unit:"bytes"`  // a second
	WriteBps  uint64 `json:"write_bps" unit:"bytes"` // a second
	ReadIops  uint64 `json:"read_iops"`              // operations a second
	WriteIops uint64 `json:"write_iops"`             // operations a second
}

// HugetlbLimit limits huge pages of one size.
type HugetlbLimit struct {
	PageSize string `json:"page_size"`          // "2MB", "1GB", as in /sys/fs/cgroup
	Limit    uint64 `json:"limit" unit:"bytes"` // of all pages of the size together
}

// Rlimit is one setrlimit(2) value.
type Rlimit struct {
	Type string `json:"type"` // "nofile", or RLIMIT_NOFILE
	Soft uint64 `json:"soft"` // the largest number: no limit
	Hard uint64 `json:"hard"` // what the soft limit can be raised to
}

// RlimitInfinity is RLIM_INFINITY of setrlimit(2).
const RlimitInfinity = ^uint64(0)

// Argv is the whole argument vector.
func (p *ProcessConfig) Argv() []string {
	if p.Entrypoint == "" {
		return p.Arguments
	}
	return append([]string{p.Entrypoint}, p.Arguments...)
}
