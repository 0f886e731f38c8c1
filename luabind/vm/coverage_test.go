package vm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/execlua/execlua/luabind/vm"
)

// Each line of the script ends with how often it runs; without a number it holds
// no statement.
const covered = `local n = 0 -- 1
local function add(by) -- 1
	n = n + by -- 3
end
for i = 1, 2 do -- 3
	add(i) -- 2
	if i == 1 then -- 3
		add(1) -- 1
	else
		n = n * 2 -- 1
	end
end
local missed = function() -- 1
	return add(0) -- 0
end
pcall(function() -- 1
	error("stop") -- 1
	n = 0 -- 0
end)
local co = coroutine.wrap(function() -- 1
	coroutine.yield( -- 2
		n) -- 1
	n = 5 -- 1
end)
co() -- 1
co() -- 1
load("n = 1\nn = 2")() -- 1
if missed == nil then -- 1
	n = 7 -- 0
elseif n == 0 then -- 1
	n = 8 -- 0
end
while n > 4 do -- 2
	n = n - 1 -- 1
end -- 1
return add -- 1
`

func TestCoverage(t *testing.T) {
	for _, preempt := range []bool{false, true} {
		coverage := &vm.Coverage{}
		s := newScript(t, vm.Options{Coverage: coverage, Preempt: preempt})
		if err := s.run(covered); err != nil {
			t.Fatal(err)
		}
		files := coverage.Files()
		if len(files) != 1 {
			t.Errorf("files: %v", files)
		}
		for i, text := range strings.Split(covered, "\n") {
			_, want, _ := strings.Cut(text, "-- ")
			got := ""
			if n, ok := files["script"][i+1]; ok {
				got = fmt.Sprint(n)
			}
			if got != want {
				t.Errorf("preempt %v: line %d: got %q, want %q: %s", preempt, i+1, got, want, text)
			}
		}
	}
}
