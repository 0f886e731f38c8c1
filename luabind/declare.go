package luabind

import (
	"reflect"
	"slices"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/stdlib"
)

// Declarations are all that a script can call, hold, write and catch. The
// reference and the annotations for editors are generated from them.
type Declarations struct {
	Modules []stdlib.Module // with their classes: of a class "driver" the type is execlua.Driver
	Command []bind.Func     // the methods of a Command
	Records []Record
	Codes   []Code
}

// Record is a table of named fields: those of a Go struct, by their json tags.
// The records below its fields are named after their Go types.
type Record struct {
	Name  string // "execlua.Command"
	Go    reflect.Type
	Given bool // scripts get it, and never write it
	// Aliases are further names for fields below it: "user" is "process_config.user".
	Aliases map[string]string
	// Words are the texts that a field can be: "network" can be "host" in the place of
	// a record, and "stdout" no other text than these.
	Words map[string][]string
}

// Code is a class of failure, the code of an error value.
type Code struct{ Name, Meaning string }

// Declare lists what scripts get, without a VM.
func Declare() Declarations {
	v := &VM{}
	return Declarations{
		Modules: slices.Concat(
			[]stdlib.Module{{Module: v.rootDeclaration(), Classes: v.objects()}}, stdlib.Modules(stdlib.Host{}), []stdlib.Module{v.testModule()},
		),
		Command: v.commandMethods(),
		Records: []Record{
			{Name: "execlua.Command", Go: reflect.TypeFor[driver.Command](), Aliases: commandAliases(), Words: shorthandWords()},
			{Name: "execlua.RunOptions", Go: reflect.TypeFor[runOptions](), Words: streamWords()},
			{Name: "execlua.Hooks", Go: reflect.TypeFor[hookOptions]()},
			{Name: "execlua.StopOptions", Go: reflect.TypeFor[stopOptions]()},
			{Name: "execlua.WaitOptions", Go: reflect.TypeFor[waitOptions]()},
			{Name: "execlua.BufferOptions", Go: reflect.TypeFor[bufferOptions]()},
			{Name: "execlua.AttachOptions", Go: reflect.TypeFor[attachOptions](), Words: streamWords()},
			{Name: "execlua.ShellOptions", Go: reflect.TypeFor[stdlib.ShellOptions](), Words: streamWords()},
			{Name: "execlua.Filter", Go: reflect.TypeFor[driver.Filter]()},
			{Name: "execlua.EventFilter", Go: reflect.TypeFor[eventFilter]()},
			{Name: "execlua.LogOptions", Go: reflect.TypeFor[driver.LogOptions]()},
			{Name: "execlua.StatsOptions", Go: reflect.TypeFor[statsOptions]()},
			{Name: "execlua.OnOptions", Go: reflect.TypeFor[onOptions]()},
			{Name: "execlua.Reply", Go: reflect.TypeFor[replyOptions]()},
			{Name: "execlua.Call", Go: reflect.TypeFor[callTable](), Given: true},
			{Name: "execlua.Change", Go: reflect.TypeFor[Change](), Given: true},
			{Name: "execlua.CallOptions", Go: reflect.TypeFor[callOptions](), Given: true},
			{Name: "execlua.ScriptResult", Go: reflect.TypeFor[scriptResult](), Given: true},
			{Name: "execlua.Result", Go: reflect.TypeFor[result](), Given: true},
			{Name: "execlua.HookInfo", Go: reflect.TypeFor[hookInfo](), Given: true},
			{Name: "execlua.Info", Go: reflect.TypeFor[infoTable](), Given: true},
			{Name: "execlua.Event", Go: reflect.TypeFor[eventTable](), Given: true},
			{Name: "execlua.Flag", Go: reflect.TypeFor[stdlib.Flag]()},
			{Name: "execlua.Request", Go: reflect.TypeFor[stdlib.Request](), Given: true},
			{Name: "execlua.Answer", Go: reflect.TypeFor[stdlib.Answer]()},
			{Name: "execlua.LogLine", Go: reflect.TypeFor[driver.LogLine](), Given: true},
		},
		Codes: scriptCodes(),
	}
}

func shorthandWords() map[string][]string {
	words := map[string][]string{}
	for _, s := range shorthands {
		words[s.field] = append(words[s.field], s.word)
	}
	return words
}

// scriptCodes are the codes that code adds to driver.Code.
func scriptCodes() []Code {
	return []Code{
		{"hook_failed", "A hook raised, or ran past its deadline. hook says which; cause is what it raised."},
		{"exit_status", "A result was not ok, and check was set. result holds it."},
		{"interrupted", "A signal or the host asked the script to end. Blocking calls raise it from then on."},
		{"cancelled", "The task was cancelled. Its blocking calls raise it from then on."},
		{"broken_pipe", "Whoever read the output is gone."},
		{"limit", "The script took more than it may, and has ended; or something was larger than it may be, and it may go on."},
		{"error", "Anything else, error() of a script among it."},
	}
}
