//go:build unix

package wire

import "sync"

// keepRetired is how many errors of calls that are over are kept, for the answers
// of other calls about the same container.
const keepRetired = 1024

// ownErrors are the errors of the client's side that the server has been told of,
// by the number they have there: what hooks have returned, why contexts ended, how
// writers failed. Where one comes back in an answer it is the same value again.
type ownErrors struct {
	mu      sync.Mutex
	errs    map[uint64]error
	retired []uint64 // the oldest first
}

func (o *ownErrors) add(number uint64, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.errs == nil {
		o.errs = map[uint64]error{}
	}
	o.errs[number] = err
}

func (o *ownErrors) get(number uint64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.errs[number]
}

// retire is told when the call that the errors belong to is over.
func (o *ownErrors) retire(numbers ...uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.retired = append(o.retired, numbers...)
	for len(o.retired) > keepRetired {
		delete(o.errs, o.retired[0])
		o.retired = o.retired[1:]
	}
}
