//go:build unix

package wire

import (
	"context"
	"fmt"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
)

// A start and the end of it, with the engine in memory, in the same process and
// behind a connection.
func BenchmarkStart(b *testing.B) {
	program := func(context.Context, *fake.Process) int { return 0 }
	for _, row := range []struct {
		name string
		new  func() driver.Starter
	}{
		{"direct", func() driver.Starter { return fake.New(fake.Options{Program: program}) }},
		{"wire", func() driver.Starter { return connect(b, fake.New(fake.Options{Program: program})) }},
	} {
		b.Run(row.name, func(b *testing.B) {
			d := row.new()
			for i := 0; b.Loop(); i++ {
				c := &driver.Command{ID: fmt.Sprint("b", i), Image: "host", ProcessConfig: driver.ProcessConfig{Entrypoint: "true"}}
				p, err := d.Start(context.Background(), c, nil, driver.Hooks{})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := p.Wait(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
