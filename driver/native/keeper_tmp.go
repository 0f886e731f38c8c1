//go:build linux && cgo

package native

const keeperName = "execlua-keeper"
