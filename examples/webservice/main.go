//go:build linux && cgo

// Command webservice runs the scripts of its customers: a POST to /run has the
// source for its body, and the answer is what the script has printed.
//
//	go run -tags seccomp ./examples/webservice            # as root, real containers
//	curl --data-binary @job.lua localhost:8080/run
//
// Each request gets a VM of its own, which reaches one engine and nothing else of
// the machine, a policy for what may be started in it, and a deadline.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/native"
	"github.com/execlua/execlua/luabind"
)

func main() {
	address := flag.String("listen", "localhost:8080", "where requests arrive")
	flag.Parse()
	s := &service{open: openNative, deadline: 30 * time.Second, slots: make(chan struct{}, 8)}
	log.Fatal(http.ListenAndServe(*address, s.handler()))
}

// openNative opens an engine with a state directory of its own.
func openNative(job string) (engine driver.Driver, remove func(), err error) {
	root := filepath.Join("/run/webservice", job)
	engine, err = native.New(native.Options{Root: root})
	return engine, func() { _ = os.RemoveAll(root) }, err
}

// service is what the requests share.
type service struct {
	open     func(job string) (engine driver.Driver, remove func(), err error)
	deadline time.Duration // of a script
	slots    chan struct{} // as many scripts run at once as it holds
}

const (
	maxSource = 64 << 10
	maxOutput = 256 << 10
	maxMemory = 64 << 20 // of a container, and so the next
	maxPids   = 64
)

func (s *service) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /run", s.run)
	return mux
}

func (s *service) run(w http.ResponseWriter, r *http.Request) {
	source, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSource))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-r.Context().Done():
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.deadline) // a client that goes away ends its script
	defer cancel()
	out := &output{}
	code, err := s.script(ctx, string(source), out)
	w.Header().Set("X-Exit-Code", fmt.Sprint(code))
	var failed *luabind.Error
	switch scripts := errors.As(err, &failed); {
	case errors.Is(err, context.DeadlineExceeded), err != nil && ctx.Err() != nil: // the limit of the same length may be first
		w.WriteHeader(http.StatusGatewayTimeout)
	case scripts:
		w.WriteHeader(http.StatusUnprocessableEntity)
	case err != nil: // what went wrong in opening and cleaning up is ours
		log.Print(err)
		w.WriteHeader(http.StatusInternalServerError)
	}
	_, _ = w.Write(out.buf.Bytes())
	if failed != nil {
		_, _ = fmt.Fprintln(w, failed)
	}
}

// script runs one script in a VM that reaches nothing but an engine of its own:
// who has an engine can name every container in it.
func (s *service) script(ctx context.Context, source string, out io.Writer) (int, error) {
	job := fmt.Sprintf("job%x", rand.Uint64())
	engine, remove, err := s.open(job)
	if err != nil {
		return 1, err
	}
	defer remove()
	vm, err := luabind.New(luabind.Options{
		Engines: map[string]luabind.Engine{"native": func() (driver.Driver, error) { return engine, nil }},
		Admit:   func(_ context.Context, c *driver.Command) error { return admit(job, c) },
		Modules: []string{"task"},
		Limits:  luabind.Limits{Time: s.deadline, Memory: maxMemory, Containers: 8},
		Stdout:  out, Stderr: out,
		Grace: 2 * time.Second,
	})
	if err != nil {
		return 1, err
	}
	defer vm.Close()
	return vm.RunString(ctx, job+".lua", source)
}

// admit is the policy. It lists what may be set, so that what it does not know is refused.
func admit(job string, c *driver.Command) error {
	allowed := driver.Command{
		ID: c.ID, Image: c.Image, WorkingDir: c.WorkingDir, Hostname: c.Hostname, Labels: c.Labels,
		ProcessConfig: driver.ProcessConfig{
			Entrypoint: c.ProcessConfig.Entrypoint, Arguments: c.ProcessConfig.Arguments, Env: c.ProcessConfig.Env,
		},
	}
	if r := c.Resources; r != nil {
		allowed.Resources = &driver.Resources{Memory: r.Memory, CPUs: r.CPUs, Pids: r.Pids}
	}
	switch r := c.Resources; {
	case c.Image != "host" || !strings.HasPrefix(c.ID, job+"-"): // a drawn id begins with the script's name
		return errors.New(`image = "host", and no id`)
	case !reflect.DeepEqual(c, &allowed):
		return errors.New("only argv, env, working_dir, hostname, labels and memory, cpus, pids of resources can be set")
	case r == nil || r.Memory <= 0 || r.Memory > maxMemory || r.Pids <= 0 || r.Pids > maxPids:
		return fmt.Errorf("resources needs memory, up to %d bytes, and pids, up to %d", maxMemory, maxPids)
	}
	return nil
}

// output keeps the beginning of what a script prints.
type output struct{ buf bytes.Buffer }

func (o *output) Write(p []byte) (int, error) {
	if o.buf.Len()+len(p) > maxOutput {
		return 0, fmt.Errorf("more than %d bytes of output", maxOutput)
	}
	return o.buf.Write(p)
}
