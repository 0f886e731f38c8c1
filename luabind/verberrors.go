package luabind

import "github.com/execlua/execlua/luabind/bind"

// verbErrors are the classes of failure of a verb, on a driver and on a handle,
// beyond those that every call has.
func verbErrors(verb string) []string {
	switch verb {
	case "run":
		return []string{"invalid", "exists", "not_found", "busy", "unsupported", "denied", "hook_failed", "exit_status"}
	case "start":
		return []string{"invalid", "exists", "not_found", "busy", "unsupported", "denied", "hook_failed"}
	case "exec":
		return []string{"invalid", "not_found", "not_running", "busy", "unsupported", "denied", "hook_failed", "exit_status"}
	case "exec_start":
		return []string{"invalid", "not_found", "not_running", "busy", "unsupported", "denied", "hook_failed"}
	case "wait":
		return []string{"not_found", "busy", "unsupported", "wait_timeout", "hook_failed", "exit_status"}
	case "stop":
		return []string{"invalid", "not_found", "not_running", "busy", "unsupported", "hook_failed", "exit_status"}
	case "kill":
		return []string{"invalid", "not_found", "not_running"}
	case "signal_all":
		return []string{"invalid", "not_found", "not_running", "unsupported"}
	case "pause", "unpause":
		return []string{"not_found", "not_running", "busy"}
	case "terminate":
		return []string{"not_found", "not_running", "busy"}
	case "clean":
		return []string{"not_found", "busy"}
	case "stats_stream":
		return []string{"invalid", "not_found", "not_running"}
	case "stats", "pids", "get_pids_for_container":
		return []string{"not_found", "not_running"}
	case "update":
		return []string{"invalid", "not_found", "not_running", "unsupported"}
	case "find", "hook":
		return []string{"invalid", "unsupported"}
	case "events":
		return []string{"unsupported"}
	case "logs":
		return []string{"not_found", "unsupported"}
	case "attach":
		return []string{"invalid", "not_found", "not_running", "busy", "unsupported"}
	case "on":
		return []string{"invalid", "not_found", "unsupported"}
	case "info":
		return []string{"invalid"}
	case "state", "created", "pid", "status", "started", "finished", "restarts", "health":
		return []string{"unsupported"}
	}
	return nil
}

// withErrors fills in what verbErrors says.
func withErrors(funcs []bind.Func) []bind.Func {
	for i := range funcs {
		if funcs[i].Errors == nil {
			funcs[i].Errors = verbErrors(funcs[i].Name)
		}
	}
	return funcs
}
