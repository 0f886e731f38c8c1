package stdlib_test

import (
	"strings"
	"testing"
)

// FuzzData: what a text decodes to is written as a text that decodes to the same,
// in each format.
func FuzzData(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,-2.5e3,null,"\u00e9"],"b":{}}`, "a: &x [1, *y]\n<<: {b: 'c'}\n", "a = 1\n[b]\nc = [1.5, 'x']\n[[d]]\n",
		"- |\n  x\n- >-\n  y\n", `"<<": 1`, "a.b = 1979-05-27", "08", "!!binary aGk=", "? a\n: b",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "]==]") {
			t.Skip()
		}
		// The first newline of a long bracket is none of the text.
		out, err := runScript(`
			local equal = require("execlua.table").equal
			local text = [==[` + "\n" + text + `]==]
			for _, format in ipairs { "json", "yaml", "toml" } do
				local m = require("execlua." .. format)
				local ok, value = pcall(m.decode, text)
				local encodes, again = pcall(m.encode, value)
				if ok and encodes and not equal(m.decode(again), value) then print(format, again) end
			end`)
		if err != nil || out != "" {
			t.Errorf("%q: %v\n%s", text, err, out)
		}
	})
}
