package luabind

// otherWords maps what other tools call a thing to our name for it.
func otherWords(word string) string {
	switch word {
	case "name", "container_name":
		return "id"
	case "command", "cmd", "argv":
		return "process"
	case "args":
		return "arguments"
	case "environment", "envs":
		return "env"
	case "cwd", "workdir", "dir":
		return "working_dir"
	case "mem_limit", "memory", "mem":
		return "resources.memory"
	case "memswap_limit":
		return "resources.memory_swap"
	case "cpus", "cpu_shares", "cpuset_cpus", "cpu_quota", "cpu_period":
		return "resources." + word
	case "pids_limit":
		return "resources.pids"
	case "ulimits":
		return "resources.rlimits"
	case "network_mode", "net":
		return "network"
	case "ipc_mode":
		return "ipc"
	case "pid_mode":
		return "pid"
	case "detached", "daemon", "background":
		return "detach"
	case "healthcheck":
		return "health_check"
	case "restart_policy":
		return "restart"
	case "logging", "log_opts":
		return "log_files"
	case "volumes", "binds", "bind":
		return "mounts"
	case "devices":
		return "autocreated_devices"
	case "read_only":
		return "readonly_rootfs"
	case "group_adds", "groups":
		return "group_add"
	case "stop_timeout":
		return "stop_grace"
	case "target", "destination", "dst":
		return "destination"
	case "src":
		return "source"
	}
	return ""
}
