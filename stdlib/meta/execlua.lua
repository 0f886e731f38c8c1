---@meta execlua
-- Generated from the declarations: do not edit, run `make gen`.

---@alias execlua.Duration number|string
---@alias execlua.Size integer|string
---@alias execlua.Hook fun(process_config: execlua.ProcessConfig, pid: integer, info: execlua.HookInfo|execlua.Result)

---Command is a container to be: its file system, its place in the machine and the process it runs. The zero value of every field is the confined choice.
---@class execlua.Command
---@field id? string [A-Za-z0-9][A-Za-z0-9_.+-]*, 128 characters at most; also the name of its cgroup
---@field image? string "host" builds the root from this machine's own /usr; excludes rootfs
---@field rootfs? string absolute path of the root directory, no symlink
---@field readonly_rootfs? boolean mount the root read-only
---@field initpath? string LXC only: refused
---@field working_dir? string absolute, inside the container; "" is /
---@field hostname? string "" is HOSTNAME of the environment, else the id
---@field config_path? string LXC only: refused
---@field labels? table<string, string> free text for the owner; found again in the OCI annotations
---@field network? execlua.Network|"host"|"none" nil: a private network namespace with loopback only
---@field ipc? execlua.Ipc|"host"|"private" nil: private
---@field pid? execlua.Pid|"host"|"private" nil: private
---@field uts? execlua.UTS|"host"|"private" nil: private
---@field user_namespace? execlua.UserNamespace nil: users and groups are the machine's
---@field time_namespace? execlua.TimeNamespace nil: the clocks are the machine's
---@field resources? execlua.Resources nil: no limits of its own
---@field mounts? execlua.Mount[] directories and files of the host, and tmpfs
---@field allowed_devices? execlua.Device[] nil: null, zero, full, random, urandom, tty, ptmx and pts
---@field autocreated_devices? execlua.Device[] made in /dev besides the six that always exist
---@field cap_add? string[] besides the default 14; names as in capabilities(7), or "all"
---@field cap_drop? string[] of the default 14, or "all"
---@field group_add? string[] supplementary groups, by name or number
---@field container_pid? integer LXC and Windows only: refused
---@field process_config? execlua.ProcessConfig the container's init process
---@field process_label? string SELinux label of the process
---@field mount_label? string SELinux label of the mounts
---@field lxc_config? string[] LXC only: refused
---@field apparmor_profile? string name of a loaded profile; "" is none
---@field seccomp? execlua.Seccomp nil: the default filter for the native architecture
---@field sysctls? table<string, string> of the container's own namespaces: net.*, kernel.shm*, fs.mqueue.*, …
---@field oom_score_adj? integer -1000 to 1000, see proc_pid_oom_score_adj(5); nil: the engine's own
---@field cgroup_parent? string parent of the container's cgroup: a path, under systemd a slice ("batch.slice"); "" is the engine's own
---@field first_start? boolean Windows only: refused
---@field layer_paths? string[] Windows only: refused
---@field layer_folder? string Windows only: refused
---@field stop_signal? string name or number; "" is TERM
---@field stop_grace? execlua.Duration from stop signal to SIGKILL; nil is 10 s
---@field restart? execlua.RestartPolicy|"always"|"no" of a detached container only; nil: never
---@field health_check? execlua.HealthCheck of a detached container only; nil: none
---@field log_files? execlua.LogFiles of a detached container only; nil: the sizes below
---@field arguments? string[] Is process_config.arguments.
---@field console_size? integer[] Is process_config.console_size.
---@field entrypoint? string Is process_config.entrypoint.
---@field env? table<string, string> Is process_config.env.
---@field no_new_privs? boolean Is process_config.no_new_privs.
---@field privileged? boolean Is process_config.privileged.
---@field process? execlua.ProcessConfig|string[] Is process_config.
---@field tty? boolean Is process_config.tty.
---@field user? string Is process_config.user.
---@field [integer] string|number The argv.
local Command = {}

---Derives a variant: records and maps are merged, lists and scalars replaced.
---
---Fails with invalid, not_found, unsupported.
---@param fields execlua.Command What is different.
---@return execlua.Command # A new record; the Command itself stays as it is.
function Command:with(fields) end

---Tells what would be started, as an OCI runtime specification. Nothing is created; an id that is left out is the script's name.
---
---Fails with invalid, not_found, unsupported.
---@param driver? execlua.Driver Whose specification; nil is execlua.driver().
---@return table # In the names of config.json.
function Command:spec(driver) end

---Network says whose network the container sees. At most one field may be set.
---@class execlua.Network
---@field mtu? integer refused until there is an interface to set it on
---@field container_id? string join that container's
---@field namespace_path? string join the namespace file at this path
---@field host_networking? boolean share the host's

---Ipc says whose IPC objects the container sees. At most one field may be set.
---@class execlua.Ipc
---@field container_id? string join that container's
---@field host_ipc? boolean share the host's

---Pid says whose processes the container sees.
---@class execlua.Pid
---@field host_pid? boolean share the host's; every process of the cgroup is killed when init ends

---UTS says whose hostname the container has.
---@class execlua.UTS
---@field host_uts? boolean share the host's

---UserNamespace maps the users and groups of a container to others of the machine, see user_namespaces(7). Root inside is then an ordinary user outside, who must be able to search the directories above the root and owns what the container is to write. The namespaces of network, IPC and processes are the container's own, since a joined one would belong to another user namespace.
---@class execlua.UserNamespace
---@field uid_mappings? execlua.IDMapping[] 0 must be among them
---@field gid_mappings? execlua.IDMapping[] 0 must be among them; nil: as uid_mappings

---IDMapping maps a range of ids.
---@class execlua.IDMapping
---@field container_id? integer the first id inside
---@field host_id? integer what it is on the machine
---@field size? integer how many follow one another, at least 1

---TimeNamespace moves two clocks of a container against the machine's, see time_namespaces(7). The wall clock is not among them.
---@class execlua.TimeNamespace
---@field monotonic? integer added to CLOCK_MONOTONIC; below 0 it goes back
---@field boottime? integer added to CLOCK_BOOTTIME, which /proc/uptime shows

---Resources limit what a container may use. Zero means: no limit of its own. A limit that a machine cannot keep is refused before anything exists; of a hint that it does not keep there is a warning event, and the container runs.
---@class execlua.Resources
---@field memory? execlua.Size at least 512 KiB, rounded down to pages; -1: unlimited
---@field memory_reservation? execlua.Size a hint: what to leave it when memory is short; on v2 memory.low, which holds as far as the cgroups above have it, too
---@field memory_swap? execlua.Size memory and swap together; 0: follows memory; -1: unlimited
---@field kernel_memory? execlua.Size a hint that no kernel keeps any more
---@field cpu_shares? integer a hint: 2 to 262144, relative to others; on v2 cpu.weight, 1 to 10000 in the same order
---@field cpus? number 0.5: half a processor; excludes cpu_quota
---@field cpu_period? integer 1000 to 1000000
---@field cpu_quota? integer per period, at least 1000; -1: unlimited
---@field cpu_burst? integer a hint: what an idle period leaves for the next, at most the quota
---@field cpu_idle? boolean a hint: SCHED_IDLE for all of it; overrules cpu_shares
---@field cpuset_cpus? string "0-3,7"
---@field cpuset_mems? string "0"
---@field blkio_weight? integer a hint: 10 to 1000, relative to others
---@field io? execlua.IOLimit[] limits of single block devices
---@field hugetlb? execlua.HugetlbLimit[] limits of huge pages, by size
---@field unified? table<string, string> cgroup v2 files by name, written last; v1 refuses them
---@field pids? integer processes and threads; -1: unlimited
---@field rlimits? execlua.Rlimit[] limits of each process, see setrlimit(2); those that are not named are inherited
---@field oom_kill_disable? boolean a hint: cgroup v1 only, and only with a memory limit
---@field memory_swappiness? integer a hint: 0 to 100, cgroup v1 only; nil: the parent's

---IOLimit limits what goes to and from one block device. Zero is no limit.
---@class execlua.IOLimit
---@field major? integer the device's number, see lsblk(8)
---@field minor? integer the second half of it
---@field weight? integer a hint: 10 to 1000, for the BFQ scheduler
---@field read_bps? execlua.Size a second
---@field write_bps? execlua.Size a second
---@field read_iops? integer operations a second
---@field write_iops? integer operations a second

---HugetlbLimit limits huge pages of one size.
---@class execlua.HugetlbLimit
---@field page_size? string "2MB", "1GB", as in /sys/fs/cgroup
---@field limit? execlua.Size of all pages of the size together

---Rlimit is one setrlimit(2) value.
---@class execlua.Rlimit
---@field type? string "nofile", or RLIMIT_NOFILE
---@field soft? integer the largest number: no limit
---@field hard? integer what the soft limit can be raised to

---Mount is a directory or file of the host that the container sees, or a tmpfs.
---@class execlua.Mount
---@field type? "bind"|"tmpfs" "" or "bind", or "tmpfs"
---@field source? string absolute path on the host; must exist; none for a tmpfs
---@field destination? string absolute path in the container, not / and not below /proc
---@field writable? boolean false: read-only, everything mounted below it too
---@field private? boolean propagation rprivate (the default)
---@field slave? boolean propagation rslave: later mounts of the host appear
---@field propagation? "private"|"rprivate"|"slave"|"rslave"|"shared"|"rshared" private, slave or shared, each with or without r in front, see mount_namespaces(7)
---@field exec? boolean tmpfs only: programs on it may run
---@field size? execlua.Size tmpfs only; 0: half of the machine's memory, within the container's limit
---@field mode? integer tmpfs only: permission bits; nil is 1777

---Device is a device node, or a rule about nodes when it has no Path.
---@class execlua.Device
---@field path? string node to create, below /dev; unused in allowed_devices; with a user namespace the host's own node of that path and number
---@field type? "c"|"b"|"a" "c", "b", or "a" for all (rules only)
---@field major? integer -1: any (rules only)
---@field minor? integer -1: any (rules only)
---@field permissions? string of r, w and m; "" is rwm
---@field file_mode? integer permission bits; nil is 0666
---@field uid? integer owner of the node
---@field gid? integer group of the node

---ProcessConfig is a process to run inside a container.
---@class execlua.ProcessConfig
---@field privileged? boolean every capability, device and path; for exec: every capability
---@field user? string name|uid[:group|gid], looked up in the container; "" is root
---@field tty? boolean give it a terminal
---@field entrypoint? string the program; looked up in PATH inside
---@field arguments? string[] what follows it
---@field env? table<string, string> KEY=value; PATH has a default, HOME is the user's
---@field working_dir? string for exec; "" is the container's
---@field cap_add? string[] on top of the container's
---@field cap_drop? string[] of the container's
---@field no_new_privs? boolean nil: true, but for a privileged process
---@field console_size? integer[] height, width of a new terminal; both or neither

---Seccomp says which system calls are filtered. The zero value is the default filter. At most one of unconfined, file and default_action may be set.
---@class execlua.Seccomp
---@field unconfined? boolean no filter
---@field file? string a profile in docker's JSON format, read when the container starts
---@field architectures? string[] besides the native one: "x86", "x32", "arm", …
---@field default_action? "allow"|"errno"|"kill"|"log"|"trap" of a filter given here: "allow", "errno", "kill", "log", "trap"
---@field syscalls? execlua.SeccompSyscall[] exceptions from the default action, or from the default filter

---SeccompSyscall says what happens to system calls, whatever their arguments.
---@class execlua.SeccompSyscall
---@field names? string[] names of system calls
---@field action? "allow"|"errno"|"kill"|"log"|"trap" as default_action
---@field errno? integer for "errno"; nil is EPERM

---RestartPolicy says when a detached container is started again after its program has ended. Nothing is started again that Stop, Terminate or Kill with a signal that ended it has asked to end.
---@class execlua.RestartPolicy
---@field always? boolean however it ended; excludes on_failure
---@field on_failure? integer so many times in a row when the exit code is not 0; a run of 10 s or more ends the row
---@field delay? execlua.Duration before the first restart of a row, doubled for each that follows up to a minute; nil is 100 ms

---HealthCheck looks at a detached container now and then. Exactly one of exec, tcp and http is set. Addresses are those of the container's own network.
---@class execlua.HealthCheck
---@field exec? string[] a program to run inside: healthy when it exits 0
---@field tcp? string "host:port" that accepts a connection
---@field http? string a URL that answers with a status from 200 to 399
---@field every? execlua.Duration from the end of one check to the next; nil is 30 s
---@field timeout? execlua.Duration for one check; nil is 5 s
---@field start_period? execlua.Duration after the start, in which failures do not count; nil is 0
---@field retries? integer failures in a row that make it unhealthy; 0 is 3
---@field on_failure? "none"|"restart"|"stop" when it becomes unhealthy: "none" ("" too), "restart" or "stop"

---LogFiles are where the output of a detached container is kept.
---@class execlua.LogFiles
---@field max_size? execlua.Size of one file, from 4 KiB on; the next one is begun when it is reached; 0 is 10 MiB
---@field files? integer how many are kept, the present one included; 0 is 3

---RunOptions are the second argument of run, start and exec.
---@class execlua.RunOptions
---@field stdin? file*|function|"discard"|"inherit" "discard" (nil too), "inherit", an open file, or a function that returns the next piece, nil at the end
---@field stdout? file*|function|execlua.Sink|"inherit"|"discard"|"capture" "inherit" (nil too): the script's own; "discard"; "capture": the last MiB into the result; an open file; function(chunk); execlua.lines(fn); execlua.buffer{max}
---@field stderr? file*|function|execlua.Sink|"inherit"|"discard"|"capture" as stdout
---@field input? string what the program reads from its stdin; excludes stdin
---@field timeout? execlua.Duration from then on the process is stopped, and its result says timed_out; nil: none
---@field grace? execlua.Duration from stop signal to SIGKILL; nil: the Command's stop_grace
---@field check? boolean raise exit_status when the result is not ok
---@field hook_timeout? execlua.Duration for each hook; nil is 30 s
---@field detach? boolean of start: the container goes on without the script, and stays after its end; excludes stdin, stdout, stderr, input, timeout and post_stop hooks

---Hooks are the third argument of run and start, and of exec, where there is start only. A hook is function(process_config, pid, info) and gets copies; the pid is the host's number. One that raises ends the container: the call raises hook_failed.
---@class execlua.Hooks
---@field pre_start? execlua.Hook|execlua.Hook[] namespaces and cgroup exist, the program does not run yet
---@field start? execlua.Hook the program runs
---@field post_stop? execlua.Hook|execlua.Hook[] the process has ended; all of them, exactly once

---StopOptions are those of stop.
---@class execlua.StopOptions
---@field signal? string|integer a name or number; nil: the Command's stop_signal
---@field grace? execlua.Duration from then to SIGKILL; nil: the Command's stop_grace

---WaitOptions are those of wait.
---@class execlua.WaitOptions
---@field timeout? execlua.Duration then wait_timeout is raised, and the process runs on; nil: none

---BufferOptions are those of execlua.buffer.
---@class execlua.BufferOptions
---@field max? execlua.Size how much is kept, the last bytes; 0 is 1 MiB

---AttachOptions are those of attach.
---@class execlua.AttachOptions
---@field stdin? file|function|"discard"|"inherit" "discard", "inherit", a file or a function
---@field stdout? file|function|execlua.Sink|"inherit"|"discard"|"capture" as of run
---@field stderr? file|function|execlua.Sink|"inherit"|"discard"|"capture" as of run
---@field input? string text for stdin

---ShellOptions are the second argument of sh.run, sh.output and sh.start.
---@class execlua.ShellOptions
---@field env? table<string, string> besides the script's environment, see execlua.env
---@field cwd? string where it starts; nil is the script's working directory
---@field stdin? file*|function|"discard"|"inherit" as for driver:run. With "inherit" the program stays in the script's process group, so that it may read the terminal, and is stopped alone
---@field stdout? file*|function|execlua.Sink|"inherit"|"discard"|"capture" as for driver:run: "inherit" (nil too), "discard", "capture", an open file, a function, execlua.lines, execlua.buffer
---@field stderr? file*|function|execlua.Sink|"inherit"|"discard"|"capture" as stdout
---@field input? string what the program reads from its stdin; excludes stdin
---@field timeout? execlua.Duration from then on it is stopped, and its result says timed_out; nil: none
---@field grace? execlua.Duration from SIGTERM to SIGKILL; nil is 10 s
---@field check? boolean raise exit_status when the result is not ok

---Filter selects containers. Zero fields match all.
---@class execlua.Filter
---@field id? string
---@field labels? table<string, string> all of them, with these values
---@field state? "created"|"running"|"paused"|"exited"

---EventFilter is what events takes.
---@class execlua.EventFilter
---@field id? string nil: of every container

---LogOptions select lines.
---@class execlua.LogOptions
---@field tail? integer nil: all that is kept
---@field since? number
---@field follow? boolean

---StatsOptions are those of stats_stream.
---@class execlua.StatsOptions
---@field every? execlua.Duration at least 1 ms; nil: 1 s

---OnOptions are those of on.
---@class execlua.OnOptions
---@field every? execlua.Duration of stats; nil: 1 s
---@field tail? integer of log: lines from before; nil: none

---Reply is what a process does in the place of a program.
---@class execlua.Reply
---@field exit_code? integer from 0 to 255
---@field stdout? string printed at the start
---@field stderr? string as stdout
---@field delay? execlua.Duration from the start to the end; a signal ends it earlier
---@field signal? string|integer the name or number of the one that ends the process; nil: none
---@field oom? boolean the kernel ends it for lack of memory
---@field error? string the process cannot be started: what the call raises
---@field code? string of error, as "busy"; "" is "error"

---Call is one call of the engine.
---@class execlua.Call
---@field verb string "run", "start", "restart" (a handle's start), "exec" (of exec_start, too), "kill", "stop", …
---@field id string of the container
---@field argv string[] of run, start and exec
---@field command? execlua.Command the container; nil where the verb takes only an id
---@field process? execlua.ProcessConfig of exec
---@field resources? execlua.Resources of update
---@field signal? string of kill, signal_all and stop, when one was given
---@field detached boolean of start
---@field opts? execlua.CallOptions of run, start and exec: the options that the script gave; those it did not give are nil

---CallOptions are the options of a call, see execlua.RunOptions. A stream is told by its name, or as "file", "function" or "sink".
---@class execlua.CallOptions
---@field stdin? string
---@field stdout? string
---@field stderr? string
---@field input? string
---@field timeout? number
---@field grace? number
---@field check boolean
---@field hook_timeout? number
---@field detach boolean

---Change is a call that would have changed the world, and was written down instead.
---@class execlua.Change
---@field op string "fs.write", "fs.append", "fs.mkdir", "fs.remove", "fs.move", "fs.symlink", "http.get", "http.post", …, "http.serve", "net.dial", "net.listen" or "sh.run". io and os are told as fs
---@field target string the path, URL or address, or the program
---@field to? string of fs.move the new path, of fs.symlink what the link names
---@field size? integer in bytes, of fs.write and of the body of a request, where it is known
---@field argv string[] of sh.run

---ScriptResult is what execlua.test.script gives.
---@class execlua.ScriptResult
---@field exit_code integer as the command line would have it: 1 after an error
---@field stdout string what the script, and containers that inherit from it, have printed
---@field stderr string as stdout; the message of an error is not in it
---@field error? any the error value that ended it, or nil

---Result is how a run, an exec or a wait ended, as scripts see it.
---@class execlua.Result
---@field id string of the container
---@field ok boolean exit 0, and not timed out
---@field exit_code integer 128+n when signal n ended it
---@field signal? string "SEGV"; nil when the program exited by itself
---@field timed_out boolean it ran out of its timeout
---@field stopped boolean we asked for the end
---@field unknown boolean nobody has seen how a detached container ended; exit_code is -1
---@field core_dumped boolean the kernel wrote a core dump, or handed it to a program
---@field oom_killed boolean the kernel killed a process of it for lack of memory
---@field oom_kills integer how many it killed
---@field oom_scope? string whose limit they ran into: "own", or "ancestor", a cgroup above or the machine; nil when none was killed
---@field duration number from the start of the program to its end
---@field stdout? string the end of it, where it was captured
---@field stdout_truncated boolean there was more before it
---@field stderr? string as stdout
---@field stderr_truncated boolean as stdout_truncated

---HookInfo is the circumstances of a hook's call. In post_stop the fields of a result stand beside these.
---@class execlua.HookInfo
---@field id string of the container
---@field stage "pre_start"|"start"|"post_stop" "pre_start", "start" or "post_stop"
---@field command? execlua.Command a copy

---Info is what info answers.
---@class execlua.Info
---@field running boolean from the moment the process exists until it has exited

---Event is an event as scripts see it.
---@class execlua.Event
---@field seq integer rises by one for each event of the engine
---@field time number seconds since the epoch
---@field id string the container
---@field event string "created", "started", "exited", …
---@field pid? integer
---@field stage? string of a hook that failed
---@field message? string of a warning or a failure
---@field health? string of health: "healthy" or "unhealthy"
---@field result? execlua.Result of exited and exec_exited

---Flag is a flag or an argument of a script. Its names stand in front as a list.
---@class execlua.Flag
---@field help? string
---@field type? string "string", "integer", "number", "boolean", "duration" (gives seconds) or "size" (gives bytes); "" is that of the default
---@field required? boolean the command line is wrong without it
---@field default? any what is given when it is missing
---@field choices? string[] nothing else is accepted
---@field list? boolean may be repeated, and gives a list; the last argument takes all that are left

---Request is what a handler gets.
---@class execlua.Request
---@field method string
---@field path string
---@field query table<string, string> the first value of each name
---@field headers table<string, string> by their names in lower case
---@field body string
---@field remote string the client's address

---Answer is what a handler returns, if not text (status 200) or nothing (204).
---@class execlua.Answer
---@field status? integer nil is 200
---@field headers? table<string, string>
---@field body? string
---@field json? any a body made of a value, with its content type

---LogLine is one line of output, without its newline.
---@class execlua.LogLine
---@field time number
---@field stream string "stdout" or "stderr"; a terminal has stdout only
---@field line string

---ArgsOptions are the second argument of args.parse.
---@class execlua.ArgsOptions
---@field description? string what the script does, for --help
---@field argv? string[] what to read; nil is the script's own arguments

---ResourceStats is what a container uses, and may use, at one moment. A nil pointer means that this kernel does not tell, or has no controller that counts it; it is never a made-up zero. The counters are those of cgroup v1 and v2, see Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst of the kernel; they count from the start of the container.
---@class execlua.ResourceStats
---@field read number when it was read
---@field system_usage integer processor time of the whole machine since boot
---@field memory_usage? integer now, file cache included
---@field memory_max_usage? integer the highest so far
---@field memory_limit integer the machine's memory when the container has no limit
---@field memory_percent? number of memory_limit
---@field memory_working_set? integer usage without the file cache that the kernel would drop first, inactive_file
---@field memory_anon? integer of the programs: heap, stack
---@field memory_file? integer file cache; tmpfs and shared memory are part of it
---@field memory_kernel? integer of the kernel on their behalf; on v2 since 5.18
---@field memory_limit_hits? integer how often the container's own limit was in the way and memory had to be freed; nil on v1 kernels that miscount it
---@field swap_usage? integer now
---@field oom_kills? integer processes of this container that the kernel killed for lack of memory
---@field cpu_usage? integer all processors together
---@field cpu_user? integer of it in programs
---@field cpu_system? integer of it in the kernel
---@field cpu_percent? number 100 is one processor; on average since the container was made, in a stream since the sample before
---@field cpu_periods? integer of the quota that have passed
---@field cpu_throttled_periods? integer of them in which the quota was used up
---@field cpu_throttled_time? integer that processors were kept from the container
---@field pids? integer processes and threads
---@field pids_limit? integer nil: unlimited
---@field io_read? integer from block devices; on v1 nil until a device has counted something
---@field io_write? integer to block devices, as io_read
---@field io_read_ops? integer operations, as io_read
---@field io_write_ops? integer operations, as io_read
---@field cpu_pressure? execlua.Pressure time lost waiting for a processor; v2, and hybrid machines
---@field memory_pressure? execlua.Pressure waiting for memory; as cpu_pressure
---@field io_pressure? execlua.Pressure waiting for devices; as cpu_pressure
---@field interfaces? execlua.InterfaceStats[] of the network namespace that was made for the container; nil when it shares one, or has ended

---Pressure is the share of time in which work stood still for want of a resource, see Documentation/accounting/psi.rst of the kernel.
---@class execlua.Pressure
---@field some execlua.PressureTimes at least one process waited
---@field full? execlua.PressureTimes all that had work to do waited; nil on kernels that do not tell it of processors

---PressureTimes is one line of a pressure file.
---@class execlua.PressureTimes
---@field avg10 number percent of the last 10 s
---@field avg60 number percent of the last 60 s
---@field avg300 number percent of the last 300 s
---@field total integer since the start

---InterfaceStats counts what went through one network interface, as the container sees it: rx is what it has received. See proc_pid_net(5), dev.
---@class execlua.InterfaceStats
---@field name string "lo", "eth0"
---@field rx_bytes integer
---@field rx_packets integer
---@field rx_errors integer
---@field rx_dropped integer
---@field tx_bytes integer
---@field tx_packets integer
---@field tx_errors integer
---@field tx_dropped integer

---FileOptions are those of fs.write and fs.append.
---@class execlua.FileOptions
---@field mode? string in octal: "0600"; nil is "0644", or that of the file there is. The umask is taken off

---StatOptions are those of fs.stat.
---@class execlua.StatOptions
---@field link? boolean tell of a link itself, not of what it names

---FileInfo tells what a file is.
---@class execlua.FileInfo
---@field name string the last part of its path
---@field type string "file", "directory", "link", "fifo", "socket" or "device"
---@field size integer in bytes
---@field mode string in octal: "0644"
---@field modified number seconds since 1970

---CopyOptions are those of fs.copy.
---@class execlua.CopyOptions
---@field recursive? boolean copy directories with what is in them; links are copied as links

---WalkOptions are those of fs.walk.
---@class execlua.WalkOptions
---@field depth? integer how deep to go: 1 is the directory's own entries; nil is all

---MkdirOptions are those of fs.mkdir.
---@class execlua.MkdirOptions
---@field parents? boolean make what is missing above it, and be content when it exists
---@field mode? string in octal; nil is "0755". The umask is taken off

---RemoveOptions are those of fs.remove.
---@class execlua.RemoveOptions
---@field recursive? boolean a directory with all that is in it
---@field missing_ok? boolean be content when there is none

---RequestOptions are the last argument of http.get and its like.
---@class execlua.RequestOptions
---@field headers? table<string, string>
---@field query? table<string, string> is added to that of the URL
---@field body? string|file*|function text, an open file, or a function that returns the next piece, nil at the end
---@field json? any a body made of a value, with its content type
---@field sink? file*|function|execlua.Sink where the body of the response goes as it comes: an open file, function(chunk), execlua.lines(fn). The response has none then
---@field timeout? execlua.Duration for all of it; nil is 30 s, 0 is none
---@field max_size? execlua.Size of a body that is kept; nil is 64 MiB. More raises limit
---@field redirects? integer how many to follow; nil is 10, 0 gives the redirect itself
---@field proxy? string its URL; "" is none, nil what HTTP_PROXY and its like say in the script's environment
---@field socket? string a unix socket to connect to, whatever the host in the URL
---@field tls? execlua.TLSOptions

---TLSOptions are those of a client or a server. Files are in PEM.
---@class execlua.TLSOptions
---@field ca_file? string whom to trust; nil is whom the machine trusts. A server with it asks clients for certificates of these
---@field cert_file? string the own certificate; a server needs one
---@field key_file? string its key; nil: in the same file
---@field server_name? string what the server's certificate must be for; nil is the host that is called
---@field insecure? boolean trust any server: whoever is in between can read and change all

---ServeOptions are the last argument of http.serve.
---@class execlua.ServeOptions
---@field max_body? execlua.Size of a request; nil is 10 MiB. More answers 413
---@field max_concurrent? integer handlers at once; nil is 64. More wait
---@field tls? execlua.TLSOptions nil: plain HTTP

---DecodeOptions are those of decode.
---@class execlua.DecodeOptions
---@field nulls? boolean null is the value null in maps, too
---@field big_integers? "text" "text": integers beyond 2^53 are given as text

---JSONOptions are those of json.encode.
---@class execlua.JSONOptions
---@field indent? integer columns for each level, up to 8; 0 is one line for all

---DialOptions are those of net.dial.
---@class execlua.DialOptions
---@field timeout? execlua.Duration for connecting; nil is 30 s
---@field tls? execlua.TLSOptions nil: no encryption; {} checks the server's certificate as a browser does

---PortOptions are those of net.wait_for_port.
---@class execlua.PortOptions
---@field timeout? execlua.Duration nil is 30 s
---@field every? execlua.Duration how often to try; nil is 100 ms

---ConnTimeout are the options of reading and writing.
---@class execlua.ConnTimeout
---@field timeout? execlua.Duration then wait_timeout is raised; nil: none

---BarOptions are those of progress.bar.
---@class execlua.BarOptions
---@field total? number what is 100 %; nil: nobody knows
---@field label? string what it is about
---@field unit? string "bytes" shows sizes; any other word stands behind the numbers

---ShellResult is how a program of the host has ended.
---@class execlua.ShellResult
---@field ok boolean exit 0, and not timed out
---@field exit_code integer 128+n when signal n ended it
---@field signal? string "SEGV"; nil when the program exited by itself
---@field timed_out boolean it ran out of its timeout
---@field duration number
---@field stdout? string the end of it, where it was captured
---@field stdout_truncated boolean there was more before it
---@field stderr? string as stdout
---@field stderr_truncated boolean as stdout_truncated

---ProcessWaitOptions are those of process:wait.
---@class execlua.ProcessWaitOptions
---@field timeout? execlua.Duration then wait_timeout is raised, and the program runs on; nil: none

---RetryOptions are those of time.retry.
---@class execlua.RetryOptions
---@field attempts? integer how often fn is called at most; 0 is no limit
---@field every? execlua.Duration the wait between two calls; 0 is 1s
---@field factor? number what each wait is multiplied by for the next one, from 1 on; 0 is 1
---@field max_every? execlua.Duration the longest wait; 0 is no limit
---@field timeout? execlua.Duration when to give up; a call that runs is not ended; 0 is never

---An engine that runs containers.
---@class execlua.Driver
local Driver = {}

---Runs a container to its end and removes it.
---
---Fails with invalid, exists, not_found, busy, unsupported, denied, hook_failed, exit_status.
---@param command execlua.Command A Command, or a table that stands for one.
---@param opts? execlua.RunOptions stdin, stdout, stderr, input, timeout, grace, check, hook_timeout.
---@param hooks? execlua.Hooks pre_start, start, post_stop.
---@return execlua.Result
function Driver:run(command, opts, hooks) end

---Starts a container and returns its handle. With detach the container is not the script's: it goes on, and stays after its end until clean or terminate.
---
---Fails with invalid, exists, not_found, busy, unsupported, denied, hook_failed.
---@param command execlua.Command A Command, or a table that stands for one.
---@param opts? execlua.RunOptions detach, stdin, stdout, stderr, input, timeout, grace, check, hook_timeout.
---@param hooks? execlua.Hooks pre_start, start, post_stop.
---@return execlua.Container
function Driver:start(command, opts, hooks) end

---Runs one more process in a running container.
---
---Fails with invalid, not_found, not_running, busy, unsupported, denied, hook_failed, exit_status.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
---@param process execlua.ProcessConfig|string[] A list of words, with the process's fields beside them.
---@param opts? execlua.RunOptions stdin, stdout, stderr, input, timeout, grace, check, hook_timeout.
---@param hooks? execlua.Hooks pre_start, start, post_stop.
---@return execlua.Result
function Driver:exec(target, process, opts, hooks) end

---Starts one more process and returns its handle.
---
---Fails with invalid, not_found, not_running, busy, unsupported, denied, hook_failed.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
---@param process execlua.ProcessConfig|string[] A list of words, with the process's fields beside them.
---@param opts? execlua.RunOptions stdin, stdout, stderr, input, timeout, grace, check, hook_timeout.
---@param hooks? execlua.Hooks pre_start, start, post_stop.
---@return execlua.Container
function Driver:exec_start(target, process, opts, hooks) end

---Waits for the end of a process that was started.
---
---Fails with not_found, busy, unsupported, wait_timeout, hook_failed, exit_status.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
---@param opts? execlua.WaitOptions timeout: raises wait_timeout, the process runs on.
---@return execlua.Result
function Driver:wait(target, opts) end

---Sends the stop signal, then SIGKILL after the grace period.
---
---Fails with invalid, not_found, not_running, busy, unsupported, hook_failed, exit_status.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
---@param opts? execlua.StopOptions signal, grace.
---@return execlua.Result
function Driver:stop(target, opts) end

---Sends a signal to the container's init.
---
---Fails with invalid, not_found, not_running.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
---@param signal? string|integer A name or number; "KILL" when nil.
function Driver:kill(target, signal) end

---Freezes the container.
---
---Fails with not_found, not_running, busy.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
function Driver:pause(target) end

---Thaws the container.
---
---Fails with not_found, not_running, busy.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
function Driver:unpause(target) end

---Kills the container and removes it.
---
---Fails with not_found, not_running, busy.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
function Driver:terminate(target) end

---Removes what a stopped container left.
---
---Fails with not_found, busy.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
function Driver:clean(target) end

---Tells what the container uses.
---
---Fails with not_found, not_running.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
---@return execlua.ResourceStats
function Driver:stats(target) end

---Lists the processes, as the host numbers them.
---
---Fails with not_found, not_running.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
---@return integer[]
function Driver:get_pids_for_container(target) end

---Tells whether the container runs: {running}.
---
---Fails with invalid.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
---@return execlua.Info
function Driver:info(target) end

---The engine's name.
---@return string
function Driver:name() end

---Tells whether hooks are honoured.
---@return boolean
function Driver:supports_hooks() end

---Registers a hook for every container that this driver starts from now on.
---
---Fails with invalid, unsupported.
---@param stage "pre_start"|"start"|"post_stop"
---@param fn execlua.Hook What to call.
---@return execlua.Registration
function Driver:hook(stage, fn) end

---Changes limits of a running container, all or none.
---
---Fails with invalid, not_found, not_running, unsupported.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
---@param resources execlua.Resources What is to change. What is not set stays, "max" removes a limit, and swap follows memory.
function Driver:update(target, resources) end

---Lists the engine's containers, the oldest first, as handles.
---
---Fails with invalid, unsupported.
---@param filter? execlua.Filter id, labels, state; nil is all.
---@return execlua.Container[]
function Driver:find(filter) end

---Sends a signal to every process of the container.
---
---Fails with invalid, not_found, not_running, unsupported.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
---@param signal? string|integer A name or number; "KILL" when nil.
function Driver:signal_all(target, signal) end

---Iterates over what happens from now on: for e in driver:events() do … end.
---
---Fails with unsupported.
---@param filter? execlua.EventFilter id: of one container only.
---@return fun(): execlua.Event?
function Driver:events(filter) end

---Iterates over the lines of the container's output: for l in driver:logs(id) do … end.
---
---Fails with not_found, unsupported.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
---@param opts? execlua.LogOptions tail, since, follow.
---@return fun(): execlua.LogLine?
function Driver:logs(target, opts) end

---Iterates over what the container uses, now and then once each period, until it ends.
---
---Fails with invalid, not_found, not_running.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
---@param opts? execlua.StatsOptions every.
---@return fun(): execlua.ResourceStats?
function Driver:stats_stream(target, opts) end

---Joins the container's streams until it ends, or ctrl-p ctrl-q is typed on a terminal.
---
---Fails with invalid, not_found, not_running, busy, unsupported.
---@param target execlua.Container|execlua.Command|string A handle, a Command with an id, or an id.
---@param opts? execlua.AttachOptions stdin, stdout, stderr, input.
function Driver:attach(target, opts) end

---A process that was started, or a container that was found. pairs visits its fields.
---@class execlua.Container
---@field id string The container's id.
---@field pid integer? The process's number on the host; nil of a container that had exited when it was found, and of a detached one that does not run.
---@field state string What the container does now: "created", "running", "paused", "exited" while its post_stop hooks run or, of a detached one, after its end, or "gone".
---@field labels table<string, string> The Command's labels, a copy.
---@field created number? When it was made, in seconds since the epoch; nil once it is gone, unless it was found.
---@field command execlua.Command What was started, or, of a container that was found, what it had become by then; read-only.
---@field detached boolean Whether the container goes on without the script.
---@field started number? When its program was last started, in seconds since the epoch; nil unless it is detached.
---@field finished number? When a detached container ended; nil while it runs.
---@field status execlua.Result? How a detached container ended; nil while it runs.
---@field restarts integer? How often a detached container was started again by its policy or its health check; nil once it is gone.
---@field health string? What its health check has found: "starting", "healthy" or "unhealthy"; nil without one.
local Container = {}

---Waits for its end and returns the result.
---
---Fails with not_found, busy, unsupported, wait_timeout, hook_failed, exit_status.
---@param opts? execlua.WaitOptions timeout: raises wait_timeout, the process runs on.
---@return execlua.Result
function Container:wait(opts) end

---Sends it a signal.
---
---Fails with invalid, not_found, not_running.
---@param signal? string|integer A name or number; "KILL" when nil.
function Container:kill(signal) end

---Sends the stop signal, then SIGKILL after the grace period.
---
---Fails with invalid, not_found, not_running, busy, unsupported, hook_failed, exit_status.
---@param opts? execlua.StopOptions signal, grace.
---@return execlua.Result
function Container:stop(opts) end

---Runs one more process in the container.
---
---Fails with invalid, not_found, not_running, busy, unsupported, denied, hook_failed, exit_status.
---@param process execlua.ProcessConfig|string[] A list of words, with the process's fields beside them.
---@param opts? execlua.RunOptions stdin, stdout, stderr, input, timeout, grace, check, hook_timeout.
---@param hooks? execlua.Hooks pre_start, start, post_stop.
---@return execlua.Result
function Container:exec(process, opts, hooks) end

---Starts one more process in the container.
---
---Fails with invalid, not_found, not_running, busy, unsupported, denied, hook_failed.
---@param process execlua.ProcessConfig|string[] A list of words, with the process's fields beside them.
---@param opts? execlua.RunOptions stdin, stdout, stderr, input, timeout, grace, check, hook_timeout.
---@param hooks? execlua.Hooks pre_start, start, post_stop.
---@return execlua.Container
function Container:exec_start(process, opts, hooks) end

---Starts a detached container that has ended once more, with the Command that it had, and without hooks.
---
---Fails with invalid, exists, not_found, busy, unsupported, denied, hook_failed.
function Container:start() end

---Freezes the container.
---
---Fails with not_found, not_running, busy.
function Container:pause() end

---Thaws the container.
---
---Fails with not_found, not_running, busy.
function Container:unpause() end

---Kills the container and removes it.
---
---Fails with not_found, not_running, busy.
function Container:terminate() end

---Removes what a stopped container left.
---
---Fails with not_found, busy.
function Container:clean() end

---Tells what the container uses.
---
---Fails with not_found, not_running.
---@return execlua.ResourceStats
function Container:stats() end

---Lists the container's processes, as the host numbers them.
---
---Fails with not_found, not_running.
---@return integer[]
function Container:pids() end

---Tells whether the container runs: {running}.
---
---Fails with invalid.
---@return execlua.Info
function Container:info() end

---Changes limits of the running container, all or none.
---
---Fails with invalid, not_found, not_running, unsupported.
---@param resources execlua.Resources What is to change. What is not set stays, "max" removes a limit, and swap follows memory.
function Container:update(resources) end

---Sends a signal to every process of the container.
---
---Fails with invalid, not_found, not_running, unsupported.
---@param signal? string|integer A name or number; "KILL" when nil.
function Container:signal_all(signal) end

---Iterates over what happens to the container from now on, until it is gone.
---
---Fails with unsupported.
---@return fun(): execlua.Event?
function Container:events() end

---Iterates over the lines of the container's output.
---
---Fails with not_found, unsupported.
---@param opts? execlua.LogOptions tail, since, follow.
---@return fun(): execlua.LogLine?
function Container:logs(opts) end

---Iterates over what it uses, now and then once each period, until it ends: for s in box:stats_stream { every = "5s" } do … end.
---
---Fails with invalid, not_found, not_running.
---@param opts? execlua.StatsOptions every.
---@return fun(): execlua.ResourceStats?
function Container:stats_stream(opts) end

---Joins the container's streams until it ends, or ctrl-p ctrl-q is typed on a terminal.
---
---Fails with invalid, not_found, not_running, busy, unsupported.
---@param opts? execlua.AttachOptions stdin, stdout, stderr, input.
function Container:attach(opts) end

---Calls fn at each event of a kind, never twice at once. What it raises is raised by wait, or fails the script in the end.
---
---Fails with invalid, not_found, unsupported.
---@param event "stats"|"oom"|"log"|"exit"|"health"
---@param opts? execlua.OnOptions every (of stats), tail (of log); may be left out.
---@param fn? fun(it: execlua.ResourceStats|execlua.Event|execlua.LogLine|execlua.Result) Gets the stats, the event, the line, or the result.
---@return execlua.Subscription
function Container:on(event, opts, fn) end

---A hook that driver:hook has registered.
---@class execlua.Registration
local Registration = {}

---Takes the hook back; containers that have started keep it.
function Registration:remove() end

---A function that listens to a container.
---@class execlua.Subscription
local Subscription = {}

---Stops the calls; one that is under way goes on.
function Subscription:cancel() end

---A destination for stdout or stderr.
---@class execlua.Sink

---What every failing call raises.
---@class execlua.Error
---@field code string? The class of the failure.
---@field op string? The verb that failed.
---@field stage string? The stage of the hook that failed.
---@field id string? The container.
---@field message string? What happened, without the position.
---@field hint string? What to do about it.
---@field hook {stage: string, index: integer}? The hook that failed: {stage, index}.
---@field cause any The value that a hook, a callback or a call of task.map raised.
---@field result execlua.Result|execlua.ShellResult|nil The result record, when a process existed.
---@field index integer? Of task.map: the place of the item whose call has failed.
---@field results any[]? Of task.map: the results of the calls that had ended without an error, each at the place of its item.

---Containers for scripts.
---@class execlua
execlua = {}

---Describes a container. Wrong names and values raise here.
---
---Fails with invalid, not_found, unsupported.
---@param fields execlua.Command The fields of a Command; entries without a key are the argv.
---@return execlua.Command # A live record; start copies it.
function execlua.command(fields) end

---Reads an OCI runtime specification, as "execlua spec" and "runc spec" write them, into a Command. The file counts as OCI defines it: without linux.seccomp there is no filter, without noNewPrivileges it is off. Where a Command cannot say less, the profile's word stands: its mounts, masked and read-only paths, flags such as nosuid, private cgroup namespace, and the devices that every OCI runtime supplies are there also when the file leaves them out; PATH, HOSTNAME, HOME and TERM get their defaults, and ambient capabilities that are not inheritable have no effect. Annotations become labels. What a Command cannot express (hooks, filters by argument, other mount types and options, …) raises, with the place in the file as jq writes it: .mounts[3].options. Relative paths in the file begin at its directory.
---@param path string A config.json, relative to the working directory of the program.
---@return execlua.Command # Without an id unless the file has a cgroupsPath.
function execlua.load_spec(path) end

---Gives an engine.
---
---Fails with driver_not_found, unsupported, denied.
---@param name? string The engine; nil is the host's default.
---@return execlua.Driver
function execlua.driver(name) end

---Calls fn when the current task ends in any way, the last registered first.
---@param fn function
function execlua.defer(fn) end

---Tells whether a descriptor is a terminal; false in an embedded VM without one.
---
---Fails with invalid.
---@param fd integer 0, 1 or 2.
---@return boolean
function execlua.isatty(fd) end

---As stdout or stderr: calls fn for each line, without its newline.
---@param fn function
---@return execlua.Sink
function execlua.lines(fn) end

---As stdout or stderr: captures up to max bytes, the last ones.
---@param opts? execlua.BufferOptions
---@return execlua.Sink
function execlua.buffer(opts) end

---Reads the script's command line into a table by the names of the flags, with _ for -. --help prints the usage and ends the script; a wrong command line ends it with code 2.
---@param flags execlua.Flag[] Each is { "--name", "-n", … }; a name without dashes is an argument by its place.
---@param opts? execlua.ArgsOptions
---@return table<string, any>
function execlua.args(flags, opts) end

---Makes a part of a Command as a strict record, to be shared by several.
---
---Fails with invalid.
---@param fields execlua.ProcessConfig
---@return execlua.ProcessConfig
function execlua.process_config(fields) end

---Makes a part of a Command as a strict record, to be shared by several.
---
---Fails with invalid.
---@param fields execlua.Resources
---@return execlua.Resources
function execlua.resources(fields) end

---Makes a part of a Command as a strict record, to be shared by several.
---
---Fails with invalid.
---@param fields execlua.Network
---@return execlua.Network
function execlua.network(fields) end

---Makes a part of a Command as a strict record, to be shared by several.
---
---Fails with invalid.
---@param fields execlua.Ipc
---@return execlua.Ipc
function execlua.ipc(fields) end

---Makes a part of a Command as a strict record, to be shared by several.
---
---Fails with invalid.
---@param fields execlua.Pid
---@return execlua.Pid
function execlua.pid(fields) end

---Makes a part of a Command as a strict record, to be shared by several.
---
---Fails with invalid.
---@param fields execlua.UTS
---@return execlua.UTS
function execlua.uts(fields) end

---Makes a part of a Command as a strict record, to be shared by several.
---
---Fails with invalid.
---@param fields execlua.Mount
---@return execlua.Mount
function execlua.mount(fields) end

---Makes a part of a Command as a strict record, to be shared by several.
---
---Fails with invalid.
---@param fields execlua.Device
---@return execlua.Device
function execlua.device(fields) end

---Makes a part of a Command as a strict record, to be shared by several.
---
---Fails with invalid.
---@param fields execlua.Rlimit
---@return execlua.Rlimit
function execlua.rlimit(fields) end

---Makes a part of a Command as a strict record, to be shared by several.
---
---Fails with invalid.
---@param fields execlua.RestartPolicy
---@return execlua.RestartPolicy
function execlua.restart_policy(fields) end

---Makes a part of a Command as a strict record, to be shared by several.
---
---Fails with invalid.
---@param fields execlua.HealthCheck
---@return execlua.HealthCheck
function execlua.health_check(fields) end

return execlua
