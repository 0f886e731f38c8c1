package drivertest

import "strings"

// requirement is one row of the contract of execdriver: what its API promised, or
// did, and what an engine owes here. docs/decisions/0001-execdriver.md has the
// departures. The tests are cases of this suite, "subject/case", and tests of other
// packages, "native.TestX".
type requirement struct {
	section, row string
	tests        string // separated by "; "
}

func (r requirement) testNames() []string { return strings.Split(r.tests, "; ") }

// contract lists every row.
func contract() []requirement {
	var all []requirement
	for _, part := range []struct {
		section string
		rows    [][2]string
	}{
		{"vocabulary", vocabularyRows()},
		{"template", templateRows()},
		{"resources", resourceRows()},
		{"run", runRows()},
		{"verbs", verbRows()},
		{"fields", fieldRows()},
		{"streams", streamRows()},
		{"beyond", beyondRows()},
	} {
		for _, r := range part.rows {
			all = append(all, requirement{part.section, r[0], r[1]})
		}
	}
	return all
}

// covered counts the rows that engines share, which name a case of this suite, and
// those of them whose cases have all passed. Other rows are kept by tests of other
// packages alone.
func covered(passed map[string]bool) (rows, shared int) {
	for _, r := range contract() {
		own, failed := 0, false
		for _, name := range r.testNames() {
			if !strings.Contains(name, "/") {
				continue
			}
			own++
			failed = failed || !passed[name]
		}
		if own > 0 {
			shared++
		}
		if own > 0 && !failed {
			rows++
		}
	}
	return rows, shared
}

func vocabularyRows() [][2]string {
	return [][2]string{
		{"ErrNotRunning is the answer of stats about an id that does not run", "stats/after the end; verbs by state/gone"},
		{"ErrWaitTimeoutReached ends a wait, not the container", "start/a wait that ends early; wait/a wait by id that ends early"},
		{"the errors have classes that programs can ask for", "driver.TestCode; driver.TestErrorsUnwrap"},
		{"Info is never nil; it runs from the existence of the process to its exit", "state/info before, during and after; state/paused is running"},
		{"Terminal.Resize takes height, then width", "native.TestResize"},
		{"NewPipes keeps stdin only when it is used", "driver.TestNewPipes"},
		{"a callback gets the process, its pid on the host, and the circumstances", "hooks/arguments; hooks/they get copies"},
		{"Hooks are a list, one and a list; each may be missing", "hooks/order; run/exit code 0"},
		{"the list of capabilities is the kernel's, in numeric order, without CAP_", "driver.TestGetCapability"},
		{"GetCapability matches exactly and gives a copy", "driver.TestGetCapability"},
		{"TweakCapabilities: adds win over drops, all in any case, unknown names are errors", "driver.TestTweakCapabilities; driver.TestTweakCapabilitiesErrors"},
	}
}

func templateRows() [][2]string {
	return [][2]string{
		{"InitContainer and SetupCgroups make libcontainer's configuration of a Command", "native.TestSeedFunctions"},
		{"14 capabilities", "profile.TestCapabilities; native.TestConfinedByDefault"},
		{"namespaces are private unless the Command says otherwise", "native.TestNamespaces; native.TestConfinedByDefault"},
		{"the default mounts, parents first", "profile.TestMountsParentsFirst; spec.TestGolden"},
		{"masked and read-only paths", "native.TestMaskedPaths"},
		{"seccomp and no_new_privs by default", "native.TestConfinedByDefault; profile.TestSeccompAgreesWithMoby"},
		{"the hostname is the Command's, else HOSTNAME, else the id", "spec.TestHostname"},
		{"an entry of the environment without = is refused, and no panic", "driver.TestInvalidCommands; native.TestHostileCommands"},
		{"an id that is no name for a directory is refused", "driver.TestValidID; errors/a refused Command"},
		{"a root that is missing, relative, a symlink or the machine's is refused", "native.TestHostileCommands; native.TestHostileRoot"},
		{"a cgroup parent is a path below the root of the hierarchy", "native.TestCgroupInUse; native.TestHostileCommands"},
	}
}

func resourceRows() [][2]string {
	return [][2]string{
		{"no Resources, no limits", "spec.TestNoResourcesNoLimits"},
		{"memory is the limit alone, no reservation", "native.TestLimitFiles; stats/the limits of the Command; spec.TestGolden"},
		{"memory_swap counts both; less than memory, or without it, is refused", "spec.TestMemorySwap; driver.TestInvalidCommands; update/a wrong limit changes nothing"},
		{"kernel_memory is said to be gone", "spec.TestEveryFieldIsHonoured"},
		{"cpu shares, period, quota, and cpus as a quota", "native.TestLimitsAreWritten; native.TestCPUs; native.TestLimitFiles"},
		{"cpusets, of processors that there are", "native.TestLimitsAreWritten; native.TestHostileCommands"},
		{"weights and rates of block devices", "spec.TestGolden"},
		{"oom_kill_disable and memory_swappiness, unset by default", "native.TestLimitFiles; spec.TestRefused"},
		{"a number of processes", "native.TestPidsLimitHolds"},
		{"values out of range name the field and the range", "driver.TestInvalidCommands; native.TestHostileCommands"},
		{"each limit is in its kernel file, on v1 and v2", "native.TestLimitFiles; spec.TestEveryLimitHasItsFile"},
		{"update changes what is set, all or nothing", "update/new limits; update/nothing; update/no limits any more; native.TestUpdateAllOrNothing"},
	}
}

func runRows() [][2]string {
	return [][2]string{
		{"one call is one life; the code is the program's", "run/exit code 0; run/exit code 1; run/exit code 255"},
		{"128+n when signal n ended it, -1 when nothing ran", "signals/KILL; errors/a refused Command"},
		{"pre_start hooks: in order, before the program, whatever the network", "hooks/order; hooks/the program runs after pre_start"},
		{"an error of pre_start vetoes: later ones are skipped, nothing is left", "hook failures/pre_start vetoes; hook failures/pre_start vetoes a Start"},
		{"start runs once the program does", "hooks/of a started container; hooks/post_stop waits for start"},
		{"an error of start kills the container and is reported", "hook failures/an error of start kills"},
		{"post_stop hooks: all, exactly once, with the status", "hooks/status in post_stop; hook failures/post_stop: all run and their errors are joined"},
		{"a hook has a deadline", "hooks/the context has the deadline"},
		{"a program that is missing or not executable is an error", "native.TestProgramsThatCannotRun"},
		{"a working directory that is missing is an error", "native.TestHostileCommands; run/working directory"},
		{"the end comes after all output", "run/1 MiB of output arrives whole; start/waiting ends with the container"},
		{"with the host's pids the rest of the cgroup is killed", "native.TestHostPidEndsDaemons"},
		{"afterwards nothing is left, and the id is free", "run/an id is free after its container; native.TestSoakStartStop"},
		{"a failed start leaves nothing", "native.TestFailedStartsLeakNothing; native.TestHostileCommands"},
		{"an id is taken while its container lives", "run/an id is taken while its container runs; concurrency/20 racers for one id"},
		{"oom_killed is any process of the container", "native.TestOOMKilled; native.TestOOMEventAtTheEnd"},
		{"users by name or number, from the container's own files", "native.TestUsers; native.TestFifos"},
		{"HOME is the user's when the environment has none", "native.TestConfinedByDefault"},
		{"the death of the host ends its containers", "native.TestHostKilled; native.TestHostKilledAtRandomMoments"},
		{"the end of the context is a stop", "cancel/cancelling a run stops it; cancel/a deadline stops a run"},
	}
}
