#!/bin/sh
# Installs what a target needs beyond Go, git and make, and nothing that is there already.
# usage: setup.sh GROUP...    groups: build, test, bench
#
# It looks for commands and files, not for packages: where nothing is missing it
# costs a few stats, and a distribution other than Debian is welcome to provide them.
set -eu

missing=""
need() { missing="$missing $1"; }
has() { command -v "$1" >/dev/null 2>&1; }

# A library the linker can find is printed as a path, one it cannot as the bare name.
has_archive() { [ -e "$(gcc -print-file-name="$1" 2>/dev/null)" ]; }

build() {
	has gcc || need gcc
	has_archive libc.a || need libc6-dev
	has pkg-config || need pkg-config
	has_archive libseccomp.a && [ -e /usr/include/seccomp.h ] || need libseccomp-dev
	# The module proxy is https.
	[ -n "$(ls -A /etc/ssl/certs 2>/dev/null)" ] || need ca-certificates
}

# A root file system of one file needs a busybox that loads no libraries: ldd refuses those.
has_static_busybox() { has busybox && ! ldd "$(command -v busybox)" >/dev/null 2>&1; }

for group in "$@"; do
	case $group in
	build) build ;;
	test)
		has_static_busybox || need busybox-static
		# A test of containers without root skips without them.
		has newuidmap || ! has apt-get || need uidmap
		# Its test skips without it, as all with real containers do for other users.
		[ "$(id -u)" != 0 ] || has runc || ! has apt-get || need runc
		;;
	bench)
		has_static_busybox || need busybox-static
		has runc || need runc
		has crun || need crun
		has lua5.4 || need lua5.4
		;;
	*)
		echo "setup.sh: unknown group: $group" >&2
		exit 2
		;;
	esac
done

[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! has apt-get; then
	echo "missing:$missing (names of Debian packages). Install them, or run make as root on Debian." >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
echo "installing:$missing"
apt-get -q update
# shellcheck disable=SC2086 # a list of package names, split on purpose
apt-get -q install -y --no-install-recommends $missing
