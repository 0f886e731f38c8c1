//go:build linux && cgo

package native

import (
	"io"
	"os"
	"strings"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/sirupsen/logrus"
)

// bridge is a logrus hook that hands libcontainer's messages to hclog.
type bridge struct {
	mu  sync.Mutex
	log hclog.Logger
}

var libcontainerLog bridge

// bridgeLogrus sends what libcontainer logs to log; the last engine made wins.
// The standard logger of logrus belongs to the whole program: one that has an
// output of its own is left alone.
func bridgeLogrus(log hclog.Logger) {
	libcontainerLog.mu.Lock()
	defer libcontainerLog.mu.Unlock()
	first := libcontainerLog.log == nil
	if first && logrus.StandardLogger().Out != os.Stderr {
		return
	}
	libcontainerLog.log = log
	if first {
		logrus.SetOutput(io.Discard)
		logrus.AddHook(&libcontainerLog)
	}
}

func (b *bridge) Levels() []logrus.Level { return logrus.AllLevels }

func (b *bridge) Fire(e *logrus.Entry) error {
	// libcontainer cannot write a Go hook to its state file, and need not.
	if strings.Contains(e.Message, "cannot serialize hook of type configs.FuncHook") {
		return nil
	}
	b.mu.Lock()
	log := b.log
	b.mu.Unlock()
	args := []any{"from", "libcontainer"}
	for k, v := range e.Data {
		args = append(args, k, v)
	}
	// Of a start that fails libcontainer asks a cgroup that may never have been there.
	idle := strings.Contains(e.Message, "unable to get oom kill count")
	switch {
	case idle:
		log.Debug(e.Message, args...)
	case e.Level <= logrus.ErrorLevel:
		log.Error(e.Message, args...)
	case e.Level == logrus.WarnLevel:
		log.Warn(e.Message, args...)
	default:
		log.Debug(e.Message, args...)
	}
	return nil
}
