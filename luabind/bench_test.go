package luabind_test

import (
	"testing"

	"github.com/execlua/execlua/luabind"
)

// BenchmarkNew is what a program pays for a VM, and a script for its start.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		vm, err := luabind.New(luabind.Options{Host: true})
		if err != nil {
			b.Fatal(err)
		}
		if err := vm.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
