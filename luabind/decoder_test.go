package luabind_test

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind"
)

// A Decoder says of a table what the call would.
func TestDecoder(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	d := luabind.NewDecoder()
	for source, want := range map[string]string{
		`"execlua.Command", { image = "host", "true" }`:                      "",
		`"execlua.Command", { resources = { memroy = 1 } }`:                  `no field "memroy" in resources (did you mean "memory"?)`,
		`"execlua.Command", { network = "host", hostname = 5 }`:              "hostname: string expected, got number",
		`"execlua.ProcessConfig", { "sh", usr = "x" }`:                       `no field "usr" in process (did you mean "user"?)`,
		`"execlua.RunOptions", { timeot = 1 }`:                               `no field "timeot" (did you mean "timeout"?)`,
		`"execlua.RunOptions", { post_stop = 1 }`:                            "post_stop: hooks are the third argument",
		`"execlua.Mount", { target = "/" }`:                                  `no field "target" (did you mean "destination"?)`,
		`"execlua.Rlimit", { soft = "x" }`:                                   "soft: ",
		`"execlua.SeccompSyscall", { nmes = {} }`:                            `no field "nmes" (did you mean "names"?)`,
		`"execlua.Nothing", { whatever = 1 }`:                                "",
		`"execlua.StopOptions", { signal = "TERM", grace = "1s", x = true }`: `no field "x"`,
	} {
		if err := L.DoString("return " + source); err != nil {
			t.Fatal(err)
		}
		err := d.Decode(L.ToString(-2), L.ToTable(-1))
		L.Pop(2)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v, want %s", source, err, want)
		}
	}
	if err := L.DoString(`return { image = "host" }`); err != nil {
		t.Fatal(err)
	}
	if err := d.Validate(L.ToTable(-1)); err == nil || !strings.Contains(err.Error(), "the program to run") {
		t.Errorf("a Command without a program: %v", err)
	}
}
