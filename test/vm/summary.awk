# Reads what go test -v prints. Tells how each package went, why tests were
# skipped, and what those that failed had said. A test with subtests counts as well.
# A test that runs its binary once more shows lines of that one, further to the right.

/^ *=== (RUN|CONT|NAME)/ { test = $3; next }
/^ *===/ { next }

/^ *--- PASS:/ { passed++; next }
/^ *--- SKIP:/ { skipped[++skips] = $3; next }
/^ *--- FAIL:/ { failed[++failures] = $3; next }

# "ok  \tPACKAGE\t1.234s", "FAIL\tPACKAGE\t1.234s", "FAIL\tPACKAGE [build failed]"
/^(ok  |FAIL)\t/ {
	split($0, column, "\t")
	printf "%-4s %s %s: %d passed, %d failed, %d skipped\n", $1, column[2], column[3], passed, failures, skips
	for (i = 1; i <= skips; i++) print "    skip " skipped[i] ": " reason[skipped[i]]
	for (i = 1; i <= failures; i++) printf "    FAIL %s\n%s", failed[i], said[failed[i]]
	# A panic, a timeout, a machine that did not start, a package that does not build.
	if ($1 == "FAIL" && failures == 0) printf "%s", said[test]
	fflush()
	test = ""
	passed = skips = failures = 0
	split("", said)
	split("", reason)
	next
}

{ said[test] = said[test] "        " $0 "\n" }
/^ +[^ ]+\.go:[0-9]+: / {
	sub(/^ +[^ ]+: /, "")
	reason[test] = $0
}
