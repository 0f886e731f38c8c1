package stdlib

import (
	"net"
	"strings"
	"sync"
)

// Change is a call that would have changed the world, and was written down instead.
type Change struct {
	Op     string   `json:"op"`     // "fs.write", "fs.append", "fs.mkdir", "fs.remove", "fs.move", "fs.symlink", "http.get", "http.post", …, "http.serve", "net.dial", "net.listen" or "sh.run". io and os are told as fs
	Target string   `json:"target"` // the path, URL or address, or the program
	To     *string  `json:"to"`     // of fs.move the new path, of fs.symlink what the link names
	Size   *int64   `json:"size"`   // in bytes, of fs.write and of the body of a request, where it is known
	Argv   []string `json:"argv"`   // of sh.run
}

// Recorder stands between the modules and the machine: what would change the
// world is told to a function, and answered as if it had been done. What is read is
// read, but of files as the script has left them: see overlay.
type Recorder struct {
	tell func(Change) // called by one goroutine at a time

	mu    sync.Mutex
	on    bool
	files *overlay
	local map[string]bool // addresses that are really reached
	told  sync.Mutex
}

// NewRecorder makes one that is off. tell is asked for each change, in order.
func NewRecorder(tell func(Change)) *Recorder {
	return &Recorder{tell: tell}
}

// Switch turns it on or off. What was written until then is forgotten when it goes off.
func (r *Recorder) Switch(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = on
	if !on {
		r.files, r.local = nil, nil
	}
}

// On tells whether it records.
func (r *Recorder) On() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.on
}

// Reach lets requests through to a server of this machine: that of a test.
func (r *Recorder) Reach(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.local == nil {
		r.local = map[string]bool{}
	}
	r.local[address] = true
}

func (r *Recorder) reaches(host, port string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1" // where Reach's servers listen
	}
	return r.local[net.JoinHostPort(host, port)]
}

func (r *Recorder) add(c Change) {
	r.told.Lock()
	defer r.told.Unlock()
	r.tell(c)
}

// over is what is written over the files of an Access.
func (r *Recorder) over(below files) *overlay {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.files == nil {
		r.files = newOverlay(below, r.add)
	}
	return r.files
}

// recorder is nil when what a script does is done.
func (a *Access) recorder() *Recorder {
	if a == nil || a.Recorder == nil || !a.Recorder.On() {
		return nil
	}
	return a.Recorder
}
