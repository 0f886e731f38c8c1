// Package wire serves a driver.Driver over a unix stream socket, and is the client
// of it: a Driver with every small interface, hooks and pipes included.
package wire
