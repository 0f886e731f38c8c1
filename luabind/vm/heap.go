package vm

import (
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// watchEvery is how often the heap is looked at: a loop that doubles a string
// needs about a millisecond for the next step.
const watchEvery = 500 * time.Microsecond

// heapWatch raises an alarm when the heap of the process has grown by a limit
// since it was started, and for each quarter of the limit from there on. Go knows
// nothing finer than the process, and cannot be asked to stop at a size.
type heapWatch struct {
	limit uint64        // never changes
	base  atomic.Uint64 // the smallest heap seen
	next  atomic.Uint64 // the growth that raises the alarm
	done  chan struct{}
}

func (w *heapWatch) start(alarm *atomic.Bool) {
	w.base.Store(heapSize())
	w.next.Store(w.limit)
	w.done = make(chan struct{})
	go func(done <-chan struct{}) {
		ticker := time.NewTicker(watchEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
			case <-done:
				return
			}
			size := heapSize()
			if size < w.base.Load() {
				w.base.Store(size)
			}
			growth := size - w.base.Load()
			switch next := w.next.Load(); {
			case growth > next:
				alarm.Store(true)
			case growth+w.limit/2 < next: // it was collected
				w.next.CompareAndSwap(next, max(w.limit, growth+w.limit/4))
			}
		}
	}(w.done)
}

func (w *heapWatch) stop() {
	if w.done != nil {
		close(w.done)
		w.done = nil
	}
}

// growth is how much the heap has grown, in bytes.
func (w *heapWatch) growth() uint64 {
	size, base := heapSize(), w.base.Load()
	return max(size, base) - base
}

// settled puts off the next alarm.
func (w *heapWatch) settled(growth uint64) { w.next.Store(growth + w.limit/4) }

// heapSize is what lives on the heap of the process and what waits there to be
// collected, in bytes, with the stacks of goroutines.
func heapSize() uint64 {
	samples := [...]metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/stacks:bytes"},
	}
	metrics.Read(samples[:])
	return samples[0].Value.Uint64() + samples[1].Value.Uint64()
}
