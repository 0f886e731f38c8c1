package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/stdlib"
)

const testModuleDoc = "Tests of scripts, for `execlua test`: only there it can be required. Each file of tests has a VM of its own, and " +
	"an engine in memory that serves every `execlua.driver(…)`, whatever its name, of the file and of the scripts that it runs. " +
	"Each test begins with an engine that has no containers, replies and calls, and its containers are gone when it has ended."

// testModule is execlua.test.
func (v *VM) testModule() stdlib.Module {
	message := bind.Param{Name: "message", Type: "any", Optional: true, Doc: "What is wrong then, for the report; what is no text is ignored, as of ok(text:find(word))."}
	value := func(name, doc string) bind.Param {
		return bind.Param{Name: name, Type: "any", Doc: doc, Optional: true}
	}
	return stdlib.Module{
		Module: bind.Module{Name: "execlua.test", Doc: testModuleDoc, Funcs: []bind.Func{
			{
				Name: "test", Doc: "Runs a test, at once. It fails when fn raises, and the file goes on.",
				Params: []bind.Param{{Name: "name"}, {Name: "fn", Type: "fun()"}},
				Fn:     v.test,
			},
			{
				Name: "equal", Doc: "Raises unless got == want. Tables and objects are equal to themselves alone: see same.",
				Params: []bind.Param{value("got", ""), value("want", ""), message},
				Fn:     v.testEqual,
			},
			{
				Name: "same", Doc: "Raises unless both hold the same, at any depth, and tells each difference. A Command or a part of one counts as the table of its fields.",
				Params: []bind.Param{value("got", ""), value("want", ""), message},
				Fn:     v.testSame,
			},
			{
				Name: "ok", Doc: "Raises if the value is false or nil.",
				Params: []bind.Param{value("value", ""), message},
				Fn:     v.testOK,
			},
			{
				Name: "error", Doc: "Raises unless fn raises what is wanted.",
				Params: []bind.Param{
					{Name: "fn", Type: "fun()"},
					{Name: "want", Type: "string|table<string, any>", Optional: true, Doc: "A pattern for the error's text, or fields that the error value has: { code = \"busy\" }."},
				},
				Returns: []bind.Return{{Type: "any", Doc: "What fn raised."}},
				Fn:      v.testError,
			},
			{
				Name: "fake", Doc: fakeDoc,
				Returns: []bind.Return{{Type: "execlua.Fake"}},
				Fn:      v.testFake,
			},
			{
				Name: "serve", Doc: "Answers HTTP requests on this machine until the end of the test, as execlua.http.serve does.",
				Params:  []bind.Param{{Name: "fn", Type: "fun(request: execlua.Request): execlua.Answer|string|nil"}},
				Returns: []bind.Return{{Type: "{url: string, requests: execlua.Request[]}", Doc: "Where it answers, and the requests so far, in their order."}},
				Fn:      v.testServe,
			},
			{
				Name: "script", Doc: "Runs a script to its end, in a VM of its own with the engine of the test.",
				Params: []bind.Param{
					{Name: "path", Doc: "Relative to the directory of the test file."},
					{Name: "args", Type: "string[]", Optional: true, Doc: "The script's arguments."},
				},
				Returns: []bind.Return{{Type: "execlua.ScriptResult"}},
				Fn:      v.testScript,
			},
		}},
		Classes: []bind.Class{v.fakeClass()},
	}
}

// openTests makes execlua.test known, in a file of tests.
func (v *VM) openTests(L *lua.LState) error {
	if v.opts.tests == nil {
		return nil
	}
	module := v.testModule()
	for _, class := range module.Classes {
		mt, err := v.binder.Class(L, class)
		if err != nil {
			return err
		}
		v.classes[class.Name] = mt
	}
	v.vm.Preload(module.Name, stdlib.Module{Module: module.Module}.Loader(v.binder))
	return nil
}

const fakeDoc = "Gives the engine of the test, to tell it what programs do and to ask what was called. From then on to the end of the test " +
	"fs, io, os, http, net and sh record what would change the world, and do not do it, in the test and in the scripts that it runs: see changes. " +
	"Requests to the servers of serve are sent. " +
	"So long the time is virtual, too: when all that is left to do is to wait for a moment, that moment has come."

const fakeReplyDoc = "Says what processes do in the place of programs: those of each run, start, exec and exec_start that match selects, of each start of a detached container again, and of its health checks, whose argv is the address of one by tcp or http. " +
	"Of several replies that match, the one given last counts. Without one a few programs are known (true, false, echo, cat, sleep, printenv, pwd, exit, sh -c), and others end with 127."

func (v *VM) fakeClass() bind.Class {
	return bind.Class{Name: "fake", Doc: "The engine of a test, in memory.", Methods: []bind.Func{
		{
			Name: "reply", Doc: fakeReplyDoc, Method: true,
			Params: []bind.Param{
				{Name: "match", Type: "execlua.Command|nil", Optional: true, Doc: "What the Command has, as execlua.command takes it: unset fields may be anything, an argv is compared from its beginning, and of other lists and maps each entry must be there. For an exec the argv is that of its process. nil selects all."},
				{Name: "reply", Type: "execlua.Reply|fun(call: execlua.Call): execlua.Reply?", Optional: true, Doc: "What to do, or a function that is asked each time, before anything exists; nil is success at once. What the function raises, the call raises."},
			},
			Fn: v.fakeReply,
		},
		{
			Name: "calls", Doc: "Lists what the engine was asked for, in its order, refused calls included.", Method: true,
			Params:  []bind.Param{{Name: "verb", Optional: true, Doc: "\"run\", \"start\", \"restart\", \"exec\" (exec_start is one, too), \"stop\", …; nil is all of them."}},
			Returns: []bind.Return{{Type: "execlua.Call[]"}},
			Fn:      v.fakeCalls,
		},
		{
			Name: "changes", Doc: "Lists what was recorded since the test began, in its order.", Method: true,
			Params:  []bind.Param{{Name: "module", Optional: true, Doc: "\"fs\" (io and os are told as fs), \"http\", \"net\" or \"sh\"; nil is all of them."}},
			Returns: []bind.Return{{Type: "execlua.Change[]"}},
			Fn:      v.fakeChanges,
		},
		{
			Name: "oom", Doc: "Does to a running container what the kernel does when its memory is used up.", Method: true,
			Params: []bind.Param{{Name: "id"}},
			Fn:     func(r *testRun, id string) error { return r.engine.OOM(id) },
		},
		{
			Name: "state", Doc: "Tells where in its life a container is: \"pre_start\", \"running\", \"paused\", \"stopping\", \"exited\", or \"gone\" when there is none.", Method: true,
			Params: []bind.Param{{Name: "id"}},
			Fn:     func(r *testRun, id string) string { return string(r.engine.State(id)) },
		},
	}}
}
