#!/bin/sh
# Runs every fuzz target of the module for a while, one after another.
# usage: fuzz.sh TIME TAGS    TIME as go test -fuzztime takes it: 30s, 10m, 1000x
set -eu
time=$1
tags=$2

# grep finds nothing and says so with status 1 while there are no targets.
files=$(grep -rlE --include='*_test.go' '^func Fuzz[A-Z_]' . || true)
[ -n "$files" ] || echo "no fuzz targets"
for file in $files; do
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
		echo "== $target ($(dirname "$file"))"
		go test -tags "$tags" -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$(dirname "$file")"
	done
done
