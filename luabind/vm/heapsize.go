package vm

import (
	"runtime"
	"sync"
	"time"
)

// heap is what the process has on its Go heap. Asking stops the process for a
// moment, and a script may ask in a loop: an answer is given for a while.
//
// runtime/metrics would not stop it, but costs each container start 95
// allocations at package initialisation.
type heap struct {
	mu    sync.Mutex
	asked time.Time
	bytes uint64
}

const heapEvery = 10 * time.Millisecond

func (h *heap) size() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.asked) >= heapEvery {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		h.asked, h.bytes = time.Now(), stats.HeapAlloc
	}
	return h.bytes
}

// collect collects garbage; the next answer is new.
func (h *heap) collect() {
	runtime.GC()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = time.Time{}
}
