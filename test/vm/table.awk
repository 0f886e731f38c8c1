# Makes one table of the summaries of all suites: bin/vm/log.ENVIRONMENT.SUITE.summary.

/^(ok  |FAIL) / {
	split(FILENAME, part, ".")
	match($0, /[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/)
	cell[part[2], part[3] " " $2] = $1 == "FAIL" ? "FAIL " substr($0, RSTART) : substr($0, RSTART)
	if (!seen[part[3] " " $2]++) suites[++n] = part[3] " " $2
}

END {
	printf "\n%-52s %-36s %s\n", "suite", "root: v2, systemd", "rootless: v2, delegated"
	for (i = 1; i <= n; i++) {
		root = cell["root", suites[i]]
		user = cell["rootless", suites[i]]
		printf "%-52s %-36s %s\n", suites[i], root == "" ? "-" : root, user == "" ? "-" : user
	}
}
