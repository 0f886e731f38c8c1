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
// globals, until os.exit, Interrupt, a panic or a limit ends it. Interrupt, Kill and Close may be called from
// any goroutine at any moment; the other methods from one goroutine.
package luabind
