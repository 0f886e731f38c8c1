//go:build linux

package keeper

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/execlua/execlua/driver"
)

// Phase is where a detached container is in its life.
type phase string

const (
	created  phase = "created"  // its first start is not over; nobody was told that it exists
	starting phase = "starting" // a later one is not over
	running  phase = "running"
	exited   phase = "exited"
)

// record is what a keeper has to know of a container, as the next one finds it.
// Times and durations are those of encoding/json.
type record struct {
	Version  int                `json:"version"`
	ID       string             `json:"id"`
	Phase    phase              `json:"phase"`
	Command  json.RawMessage    `json:"command"` // as it was given, with the limits of now
	Created  time.Time          `json:"created"`
	Started  time.Time          `json:"started"`
	Finished time.Time          `json:"finished"`
	Status   *driver.ExitStatus `json:"status"`
	Restarts int                `json:"restarts"`
	Row      int                `json:"row"` // restarts since the last run that lasted
	Health   driver.Health      `json:"health"`
	Stopping bool               `json:"stopping"` // its end was asked for: it stays ended
	Killed   int                `json:"killed"`   // the last signal that Kill has sent
	Renew    bool               `json:"renew"`    // its health check ends it to start it again

	unknown map[string]json.RawMessage // fields of a later version, which are kept
}

const recordVersion = 1

// errLater: a later version has written the record.
var errLater = errors.New("written by a later version")

// Dir is where the keeper of a state directory has its socket, and a directory for
// each detached container.
func Dir(root string) string { return filepath.Join(root, ".keeper") }

func recordPath(root, id string) string { return filepath.Join(Dir(root), id, "record.json") }

// Keeps tells whether the id is a detached container's. Its record is the answer:
// it is written before anything is made, and removed after all the rest.
func Keeps(root, id string) bool {
	_, err := os.Lstat(recordPath(root, id))
	return err == nil
}

// KeepsAny tells whether a state directory has detached containers.
func KeepsAny(root string) bool {
	return len(Kept(root)) > 0
}

// Kept are the ids of the detached containers of a state directory.
func Kept(root string) []string {
	entries, err := os.ReadDir(Dir(root))
	if err != nil {
		return nil
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() && Keeps(root, e.Name()) {
			ids = append(ids, e.Name())
		}
	}
	return ids
}

func readRecord(path string) (*record, *driver.Command, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	r, c := &record{}, &driver.Command{}
	if err := r.decode(data); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if r.Version > recordVersion {
		return nil, nil, fmt.Errorf("%s: %w", path, errLater)
	}
	if err := json.Unmarshal(r.Command, c); err != nil {
		return nil, nil, fmt.Errorf("%s: command: %w", path, err)
	}
	return r, c, nil
}

// write replaces the record at once: whoever reads it, after a crash too, finds
// the one before or this one.
func (r *record) write(path string) error {
	r.Version = recordVersion
	data, err := r.encode()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

func (r *record) decode(data []byte) error {
	if err := errors.Join(json.Unmarshal(data, r), json.Unmarshal(data, &r.unknown)); err != nil {
		return err
	}
	var known map[string]json.RawMessage
	data, err := json.Marshal(record{Command: json.RawMessage("{}")})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &known); err != nil {
		return err
	}
	maps.DeleteFunc(r.unknown, func(field string, _ json.RawMessage) bool {
		_, ok := known[field]
		return ok
	})
	return nil
}

// encode writes every field that this version knows, zero ones too, over those
// that it does not.
func (r *record) encode() ([]byte, error) {
	data, err := json.Marshal(r)
	if err != nil || len(r.unknown) == 0 {
		return data, err
	}
	all := maps.Clone(r.unknown)
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	return json.Marshal(all)
}
