package drivertest

func verbRows() [][2]string {
	return [][2]string{
		{"Name", "state/the engine has a name"},
		{"a new engine has a private directory", "native.TestStateDirectoryIsPrivate"},
		{"Exec: blocks, the code as of run", "exec/exit code; exec/death by a signal"},
		{"Exec: its own environment, directory and user over the container's", "exec/environment over the container's; exec/working directory; native.TestUsers"},
		{"Exec: confined as the container, every capability when privileged", "native.TestConfinedByDefault; spec.TestExec"},
		{"Exec: only the start hook, with the exec's process", "exec/only the Start hook applies; exec/an error of Start kills the process only"},
		{"Exec: into a paused container is refused", "exec/into a paused container; verbs by state/paused"},
		{"Exec: ends with the container", "exec/it ends with its container"},
		{"Exec: a handle that can be signalled and waited for", "exec/a handle; exec/cancelling ends the process only"},
		{"Kill: any signal to the init, 0 asks", "signals/0 asks whether it lives; signals/TERM, trapped; signals/no such signal"},
		{"Kill: KILL ends a paused container, others wait for it", "signals/KILL ends a paused container; signals/a signal to a paused container arrives when it goes on"},
		{"Pause and Unpause: twice is no error, and a paused program stands still", "state/pause and unpause twice; state/a paused program makes no progress"},
		{"Terminate: kills, waits and removes; leftovers of a dead host too", "stop/terminate; stop/terminate a paused container; native.TestLeftoversByID"},
		{"Clean: no error where there is nothing, busy while it runs", "stop/clean while it runs, and afterwards; verbs by state/gone"},
		{"GetPidsForContainer: as the host numbers them, exec'd ones too", "state/pids"},
		{"GetPidsForContainer: those of nested cgroups too", "native.TestPidsOfNestedCgroups"},
		{"Stats: the time of the reading, the machine's memory without a limit", "stats/of a running container; update/no limits any more"},
		{"Stats: the machine's processor time, and percent of it", "native.TestStatsStreamPercent"},
		{"the function Stats reads a state file", "native.TestSeedFunctions"},
		{"SupportsHooks", "hooks/supported"},
		{"a verb on an id that nobody has", "errors/an id never seen; errors/an id that has been; verbs by state/gone"},
		{"a verb in each state of a container", "verbs by state/created; verbs by state/running; verbs by state/paused; verbs by state/exited"},
		{"what a hook may call on its own container", "hook verbs/pre_start on its own container; hook verbs/start on its own container; hook verbs/post_stop on its own container"},
	}
}

func fieldRows() [][2]string {
	return [][2]string{
		{"every field becomes part of the spec, or is refused with the reason", "spec.TestEveryFieldIsHonoured; spec.TestRefused"},
		{"those of LXC and Windows are refused", "driver.TestInvalidCommands"},
		{"readonly_rootfs", "native.TestReadonlyRootfs"},
		{"working_dir", "run/working directory; exec/working directory"},
		{"network: none, host, another container's, a namespace file", "native.TestNamespaces; native.TestJoinAnotherContainer; native.TestNetworkNamespacePath"},
		{"ipc, pid, uts: private, or the host's", "native.TestNamespaces"},
		{"whom to join must run", "native.TestHostileCommands"},
		{"rlimits, inherited where unset", "native.TestRlimits"},
		{"mounts: in place of a default one, read-only all the way down unless writable", "native.TestMounts; spec.TestGolden"},
		{"mounts: no source, no destination, out of the root, twice", "driver.TestInvalidCommands; native.TestHostileCommands"},
		{"propagation that works", "native.TestMountPropagation"},
		{"allowed and created devices", "native.TestDevices; native.TestForbidden; profile.TestDeviceRulesDenyFirst"},
		{"cap_add and cap_drop, over the 14", "spec.TestCapabilitiesTheMachineHas; driver.TestTweakCapabilities; native.TestForbidden"},
		{"privileged", "native.TestForbidden; spec.TestGolden"},
		{"group_add by name or number", "native.TestUsers; native.TestHostileCommands"},
		{"AppArmor and SELinux, refused where the machine has none", "spec.TestGolden; spec.TestRefused"},
		{"cgroup_parent", "native.TestCgroupInUse"},
		{"the engine keeps a copy, and changes nothing of the caller's", "run/the Command is not changed; spec.TestBuildSharesNothingWithTheCommand"},
		{"all mistakes are told at once, before anything exists", "driver.TestAllMistakesAtOnce; native.TestHostileCommands"},
	}
}

func streamRows() [][2]string {
	return [][2]string{
		{"a terminal: all output goes to stdout", "native.TestShellOnATerminal; native.TestExecOnATerminal"},
		{"a terminal: the size, and its changes", "native.TestResize"},
		{"a terminal: the end of input, the end of output", "native.TestEndOfInput; native.TestOutputOfATerminalIsDrained"},
		{"a terminal leaves no descriptor", "native.TestTerminalsLeakNothing"},
		{"stdout and stderr are apart; one writer keeps the order", "run/stdout and stderr are apart; run/one writer for both keeps the order"},
		{"nil is /dev/null", "run/no pipes are /dev/null; run/nil ends of pipes are /dev/null"},
		{"stdin to its end, and the program sees the end", "run/stdin to its end; run/1 MiB of stdin"},
		{"a program that ends before its input", "run/stdin is closed when the process ends first"},
		{"pipes leave no descriptor", "native.TestSoakStartStop; native.TestFailedExecsLeakNothing"},
		{"StdConsole is a Terminal for pipes", "driver.TestStdConsole"},
	}
}

func beyondRows() [][2]string {
	return [][2]string{
		{"errors name the verb, the container and the stage", "errors/an id never seen; driver.TestErrorTexts"},
		{"the status tells code, signal, stopped and duration", "run/duration; stop/a stop signal that is heeded"},
		{"start gives a handle", "start/a handle tells id and pid; start/many wait and get the same"},
		{"stop: signal, grace, KILL", "stop/the Command's stop signal; stop/KILL after the Command's grace period; stop/of a paused container"},
		{"signal_all reaches every process", "signals/all: TERM, trapped by each; native.TestSignalAllReachesEveryFork"},
		{"find by id, labels and state", "find/by id, labels and state; find/what it tells; find/the states of a life"},
		{"events in order, each once", "events/a life; events/the same for all, in order, each once; events/from now on"},
		{"logs", "logs/lines of both streams; logs/followed to the end"},
		{"attach", "attach/output from now on, to the end; attach/stdin"},
		{"detached: outlives its start, stays after its end", "detach/it outlives the context of its start; detach/it stays after its end; detach/verbs after its end"},
		{"detached: restart policy, and what was asked to end", "restart/on_failure counts, and waits twice as long each time; restart/always; restart/what was asked to end stays so"},
		{"detached: health checks", "health/healthy; health/unhealthy: restart; health/unhealthy: stop"},
		{"the OCI spec of a Command", "native.TestSpecWithoutEngine; native.TestSpecIsWhatStarts"},
		{"many at once", "concurrency/8 containers at once; concurrency/verbs from many goroutines; native.TestSoakManyAlive"},
		{"sysctls, oom_score_adj, seccomp by table or file, tmpfs", "spec.TestGolden; spec.TestSeccomp; native.TestMounts"},
	}
}
