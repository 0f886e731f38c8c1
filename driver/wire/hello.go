//go:build unix

package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/execlua/execlua/driver"
)

const protocol = "execlua"

// versions are those that this build speaks. A change that an older peer would
// misunderstand makes a new one: a field of a Command that it would ignore, too.
func versions() []int { return []int{1} }

// hello is the body of the first message of each side. Its form is that of all
// versions to come, as is the header's.
type hello struct {
	Protocol string   `json:"protocol"`
	Versions []int    `json:"versions,omitempty"` // client: those it speaks
	Version  int      `json:"version,omitempty"`  // server: the one that is spoken from now on
	Refusal  string   `json:"refusal,omitempty"`  // server: why it hangs up
	Failure  *failure `json:"failure,omitempty"`  // server: the same as an error
	Name     string   `json:"name,omitempty"`     // the engine's
	Hooks    bool     `json:"hooks,omitempty"`    // the engine's SupportsHooks
	Verbs    []string `json:"verbs,omitempty"`    // that the engine has
}

func sendHello(conn *net.UnixConn, h hello) error {
	h.Protocol = protocol
	data, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return writeFrame(conn, header{kind: kindHello}, data, nil)
}

func readHello(conn *net.UnixConn) (h hello, err error) {
	f, err := readFrame(conn, maxHello)
	if err != nil {
		return h, err
	}
	defer f.closeFiles()
	if f.kind != kindHello {
		return h, fmt.Errorf("%w: it does not begin with a hello", errProtocol)
	}
	if err := decode(f, &h); err != nil {
		return h, err
	}
	if h.Protocol != protocol {
		return h, fmt.Errorf("%w: the peer speaks %.40q", errProtocol, h.Protocol)
	}
	return h, nil
}

// greet is the client's part.
func greet(conn *net.UnixConn, timeout time.Duration) (h hello, err error) {
	err = within(conn, timeout, func() error {
		if err := sendHello(conn, hello{Versions: versions()}); err != nil {
			return err
		}
		h, err = readHello(conn)
		return err
	})
	switch {
	case err != nil:
		return h, err
	case h.Failure != nil:
		return h, fmt.Errorf("the server refuses: %w", h.Failure.decode(nil, nil))
	case h.Refusal != "":
		return h, fmt.Errorf("the server refuses: %.200s", h.Refusal)
	case !slices.Contains(versions(), h.Version):
		return h, fmt.Errorf("%w: the server has chosen version %d, of %v", errProtocol, h.Version, versions())
	}
	return h, nil
}

// welcome is the server's part. engine is what its hello tells of the engine.
func welcome(conn *net.UnixConn, timeout time.Duration, engine hello) error {
	return within(conn, timeout, func() error {
		h, err := readHello(conn)
		if err != nil {
			return refuse(conn, err)
		}
		for _, v := range versions() {
			if slices.Contains(h.Versions, v) {
				engine.Version = max(engine.Version, v)
			}
		}
		if engine.Version == 0 {
			return refuse(conn, fmt.Errorf("%w: the client speaks versions %.100v, this server %v", errProtocol, fmt.Sprint(h.Versions), versions()))
		}
		return sendHello(conn, engine)
	})
}

// Refuse answers the client at the other end of conn with an error, which its New
// returns, and closes conn: for a server that has no engine to serve.
func Refuse(conn *net.UnixConn, why error) error {
	err := within(conn, DefaultTimeout, func() error {
		if _, err := readHello(conn); err != nil {
			return refuse(conn, err)
		}
		return sendRefusal(conn, why)
	})
	if err = errors.Join(err, conn.Close()); err != nil {
		return fmt.Errorf("wire: %w", err)
	}
	return nil
}

// refuse says why, as far as the peer can hear it.
func refuse(conn *net.UnixConn, why error) error {
	return errors.Join(why, sendRefusal(conn, why))
}

// sendRefusal sends the error, or the beginning of its text when it is too large.
func sendRefusal(conn *net.UnixConn, why error) error {
	h := hello{Refusal: why.Error(), Failure: encode(why, nil)}
	if data, err := json.Marshal(h); err != nil || len(data) > maxHello/2 {
		h = hello{Refusal: h.Refusal[:min(len(h.Refusal), 200)]}
	}
	return sendHello(conn, h)
}

func within(conn *net.UnixConn, timeout time.Duration, f func() error) error {
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	return conn.SetDeadline(time.Time{})
}

// abilities are the verbs of an engine.
func abilities(d driver.Driver) []string {
	verbs := []string{
		verbRun, verbExec, verbKill, verbPause, verbUnpause, verbInfo, verbPids, verbTerminate, verbClean, verbStats,
		verbSignal, verbResize, verbFinish, verbHangUp,
	}
	for _, a := range []struct {
		has  bool
		verb string
	}{
		{is[driver.Starter](d), verbStart},
		{is[driver.ExecStarter](d), verbStartExec},
		{is[driver.Stopper](d), verbStop},
		{is[driver.Updater](d), verbUpdate},
		{is[driver.Finder](d), verbFind},
		{is[driver.Waiter](d), verbWait},
		{is[driver.AllSignaller](d), verbSignalAll},
		{is[driver.Eventer](d), verbEvents},
		{is[driver.Logger](d), verbLogs},
		{is[driver.Attacher](d), verbAttach},
		{is[driver.Speccer](d), verbSpec},
		{is[driver.Detacher](d), verbStartDetached},
		{is[driver.Detacher](d), verbRestart},
	} {
		if a.has {
			verbs = append(verbs, a.verb)
		}
	}
	return verbs
}

func is[T any](d driver.Driver) bool {
	_, ok := d.(T)
	return ok
}
