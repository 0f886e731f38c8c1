// Package driver is the vocabulary of execlua: what a container is (Command and
// its parts), what can be done with one (Driver), what is told about it
// (ExitStatus, ResourceStats) and who may step in on the way (Hooks).
//
// It holds data and interfaces only. It imports no engine, no Lua and no logger,
// so every engine, tool and binding can point at it. The names are those of
// Docker's execdriver package of 2015; what differs is recorded in
// docs/decisions/0001-execdriver.md.
package driver
