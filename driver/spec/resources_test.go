package spec

import (
	"testing"

	"github.com/execlua/execlua/driver"
)

func TestMemorySwap(t *testing.T) {
	const mib = 1 << 20
	swapless := v1()
	swapless.NoSwapLimit = true
	for _, row := range []struct {
		name         string
		host         Host
		memory, swap int64
		want         *int64
	}{
		{"nothing", v1(), 0, 0, nil},
		{"follows memory", v1(), 64 * mib, 0, new(int64(64 * mib))},
		{"its own", v1(), 64 * mib, 96 * mib, new(int64(96 * mib))},
		{"unlimited swap", v2(), 64 * mib, -1, new(int64(-1))},
		{"unlimited memory", v2(), -1, 0, new(int64(-1))},
		{"no accounting, memory alone", swapless, 64 * mib, 0, nil},
		{"no accounting, unlimited swap is what there is", swapless, 64 * mib, -1, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := Resources(&driver.Resources{Memory: row.memory, MemorySwap: row.swap}, row.host)
			if err != nil {
				t.Fatal(err)
			}
			var swap *int64
			if got.Memory != nil {
				swap = got.Memory.Swap
				if got.Memory.Reservation != nil {
					t.Error("there is a reservation")
				}
			}
			if (swap == nil) != (row.want == nil) || swap != nil && *swap != *row.want {
				t.Errorf("got %v, want %v", swap, row.want)
			}
		})
	}
}

func TestNoResourcesNoLimits(t *testing.T) {
	for _, r := range []*driver.Resources{nil, {}} {
		got, err := Resources(r, v2())
		if err != nil || got.Memory != nil || got.CPU != nil || got.Pids != nil || got.BlockIO != nil {
			t.Errorf("%v: got %+v, %v", r, got, err)
		}
	}
}
