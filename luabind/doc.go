// Package luabind is what execlua offers to scripts, and the door for Go
// programs that embed it:
//
//	vm, err := luabind.New(luabind.Options{
//		Engines: map[string]luabind.Engine{"native": open},
//	})
//	defer vm.Close()
//	code, err := vm.RunFile(ctx, "deploy.lua")
//
// The zero Options give the safest VM: no engine, no files, no environment. What
// a script can reach beyond that is listed by the embedder, here and in Publish.
// The package imports no engine.
//
// One VM runs one script at a time, and several one after the other, in the same
// globals, until os.exit, Interrupt, a panic or a limit ends it. RunFile, RunString and
// Call are driver.ErrBusy while another of them runs. The other methods may be called from any
// goroutine at any moment, but those that take the lock of the VM (Publish, PublishValue,
// Decode) not from a published function that holds it, which is one with an *lua.LState.
//
// The package changes nothing of the process: no signal handler, no exit, no
// stream that Options do not name.
//
// Values pass between Go and Lua as follows; what has no exact form is refused.
//
//	integers            numbers; back: whole, within the Go type and ±2^53
//	largest uint64      nil, no limit; back: "max"
//	floats              numbers; back: finite
//	string, []byte      strings
//	time.Duration       seconds; back also "1m30s", never negative
//	time.Time           seconds since 1970, nil if zero
//	nil                 nil; back only into pointers and any
//	structs             tables by json tag; back without unknown keys
//	slices, maps        tables
package luabind
