#!/bin/sh
# Fails when `make gen` changes a file, and names it. The tree is compared with
# itself and not with a commit, so uncommitted work does not stand in the way.
set -eu
before=$(mktemp)
after=$(mktemp)
trap 'rm -f "$before" "$after"' EXIT

sums() {
	find . \( -path ./.git -o -path ./bin \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
}

sums >"$before"
make -s gen
sums >"$after"
if ! diff "$before" "$after"; then
	echo "generated files are out of date: run make gen and keep the result" >&2
	exit 1
fi
