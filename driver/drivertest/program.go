package drivertest

import "fmt"

// Program is what a process of a case does. An engine that runs real programs
// runs its Shell; one that does not has the types to switch on.
type Program interface {
	// Shell is an argument vector that does it with a POSIX /bin/sh, and the
	// programs sleep (with fractions), cat, head and tr.
	Shell() []string
}

// Exit ends at once.
type Exit struct{ Code int }

// Echo prints to stdout and stderr, adding nothing, and exits 0.
type Echo struct{ Stdout, Stderr string }

// Cat copies stdin to stdout until it ends, and exits 0.
type Cat struct{}

// Flood prints Bytes times "o" to stdout, then as many "e" to stderr, and exits 0.
type Flood struct{ Bytes int }

// Alternate prints the lines "o1" to stdout, "e1" to stderr, "o2", … up to Lines,
// and exits 0.
type Alternate struct{ Lines int }

// PrintEnv prints the value of an environment variable and a newline, the newline
// alone when it is not set, and exits 0.
type PrintEnv struct{ Name string }

// PrintDir prints the working directory and a newline, and exits 0.
type PrintDir struct{}

// PrintUsers prints a line "inside outside size" for each range of users of its
// user namespace, as /proc/self/uid_map has them, and exits 0.
type PrintUsers struct{}

// KillSelf sends a signal to itself. It is for exec: the init of a pid namespace
// is immune to its own signals.
type KillSelf struct{ Signal int }

// Sleep prints "ready\n" and runs until SIGTERM, at which it exits 7.
type Sleep struct{}

// IgnoreTERM prints "ready\n" and runs until SIGKILL.
type IgnoreTERM struct{}

// Tick prints "ready\n", then "tick\n" about every 50 ms, until SIGKILL.
type Tick struct{}

func sh(script string, args ...string) []string {
	return append([]string{"/bin/sh", "-c", script, "sh"}, args...)
}

func (p Exit) Shell() []string { return sh(fmt.Sprintf("exit %d", p.Code)) }

func (p Echo) Shell() []string {
	return sh(`printf %s "$1"; printf %s "$2" >&2`, p.Stdout, p.Stderr)
}

func (p Cat) Shell() []string { return sh("exec cat") }

func (p Flood) Shell() []string {
	return sh(`head -c "$1" /dev/zero | tr '\0' o; head -c "$1" /dev/zero | tr '\0' e >&2`, fmt.Sprint(p.Bytes))
}

func (p Alternate) Shell() []string {
	return sh(`i=1; while [ $i -le "$1" ]; do echo "o$i"; echo "e$i" >&2; i=$((i+1)); done`, fmt.Sprint(p.Lines))
}

func (p PrintEnv) Shell() []string { return sh(fmt.Sprintf(`printf '%%s\n' "${%s-}"`, p.Name)) }

func (p PrintDir) Shell() []string { return sh("pwd") }

func (p PrintUsers) Shell() []string {
	return sh(`while read -r inside outside size; do echo "$inside $outside $size"; done < /proc/self/uid_map`)
}

func (p KillSelf) Shell() []string { return sh(`kill -"$1" $$; `+forever, fmt.Sprint(p.Signal)) }

// A shell runs its traps between two commands, so the pauses are short.
const forever = "while :; do sleep 0.05; done"

func (p Sleep) Shell() []string { return sh("trap 'exit 7' TERM; echo ready; " + forever) }

func (p IgnoreTERM) Shell() []string { return sh("trap '' TERM; echo ready; " + forever) }

func (p Tick) Shell() []string { return sh("echo ready; while :; do echo tick; sleep 0.05; done") }
