package fake

import (
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/clock"
)

// deliver sends a signal; 0 only asks whether there is a process to get one.
func (p *Process) deliver(sig int) error {
	if err := checkSignal(sig); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.endedLocked():
		return driver.ErrNotRunning
	case sig == 0:
	case p.frozenLocked():
		p.pending = append(p.pending, sig)
	default:
		p.actLocked(sig)
	}
	return nil
}

// actLocked does what the signal does: tell the program, end it, or nothing.
func (p *Process) actLocked(sig int) {
	if ch, ok := p.traps[sig]; ok {
		select {
		case ch <- sig:
		default:
		}
		return
	}
	if !fatal(sig) || p.status.Signal != 0 {
		return
	}
	p.status.Signal = sig
	if p.started.IsZero() {
		p.endLocked()
		return
	}
	p.status.ExitCode = 128 + sig
	p.status.CoreDumped = dumpsCore(sig) && p.dumpable()
	p.die()
}

// dumpsCore tells whether the default action writes a core dump, see signal(7).
func dumpsCore(sig int) bool {
	switch syscall.Signal(sig) {
	case syscall.SIGQUIT, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGABRT, syscall.SIGBUS, syscall.SIGFPE,
		syscall.SIGSEGV, syscall.SIGXCPU, syscall.SIGXFSZ, syscall.SIGSYS:
		return true
	}
	return false
}

// dumpable tells whether the Command asks for dumps: what would be inherited is none.
func (p *Process) dumpable() bool {
	if p.Command.Resources == nil {
		return false
	}
	return slices.ContainsFunc(p.Command.Resources.Rlimits, func(l *driver.Rlimit) bool {
		return strings.TrimPrefix(strings.ToUpper(l.Type), "RLIMIT_") == "CORE" && l.Soft > 0
	})
}

// fatal tells whether the default action ends a process, see signal(7). Those
// that stop one are without effect here: Pause is what freezes.
func fatal(sig int) bool {
	switch syscall.Signal(sig) {
	case syscall.SIGCHLD, syscall.SIGCONT, syscall.SIGURG, syscall.SIGWINCH,
		syscall.SIGSTOP, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU:
		return false
	}
	return true
}

// stop asks the process to end and insists after the grace period.
func (p *Process) stop(sig int, grace time.Duration, cause error) {
	p.mu.Lock()
	ended := p.endedLocked()
	if !ended {
		p.status.Stopped = true
		if p.stopCause == nil {
			p.stopCause = cause
		}
	}
	p.mu.Unlock()
	if ended {
		return
	}
	p.thaw()
	_ = p.deliver(sig) // it may have ended just now, which is all that was asked for
	p.clock.Go(func() {
		late, stop := p.clock.After(grace)
		defer stop()
		defer p.clock.Idle(clock.Closed(late, p.done))()
		select {
		case <-late:
			p.kill()
		case <-p.done:
		}
	})
}

func (p *Process) runOutOfMemory(scope driver.OOMScope) {
	p.mu.Lock()
	p.status.OOMKilled, p.status.OOMKills, p.status.OOMScope = true, 1, scope
	p.mu.Unlock()
	p.kill()
}

// kill ends the process, a frozen one too.
func (p *Process) kill() {
	p.thaw()
	_ = p.deliver(int(syscall.SIGKILL)) // one that has ended needs none
}

func (p *Process) freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.frozenLocked() {
		p.thawed = make(chan struct{})
	}
}

// thaw lets the process go on; it finds the signals of the meantime first.
func (p *Process) thaw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.frozenLocked() {
		return
	}
	for _, sig := range p.pending {
		p.actLocked(sig)
	}
	p.pending = nil
	close(p.thawed)
}

func (p *Process) frozenLocked() bool {
	select {
	case <-p.thawed:
		return false
	default:
		return true
	}
}

// gate waits while the process is frozen. The error is that of a killed process.
func (p *Process) gate() error {
	p.mu.Lock()
	thawed := p.thawed
	p.mu.Unlock()
	defer p.clock.Idle(clock.Closed(thawed, p.ctx.Done()))()
	select {
	case <-thawed:
		return p.ctx.Err()
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
}
