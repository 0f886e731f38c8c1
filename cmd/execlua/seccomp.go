//go:build linux && cgo && seccomp

package main

// withSeccomp tells whether this build can filter system calls (the tag seccomp).
const withSeccomp = true
