//go:build linux && cgo

package main

import (
	"errors"
	"strconv"
	"time"

	"github.com/docker/go-units"
	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/luabind"
)

// limitFlags are those that end a script which takes too much.
func limitFlags(limits *luabind.Limits) []cli.Flag {
	return []cli.Flag{
		&cli.GenericFlag{Name: "timeout", Usage: "end the script after `DURATION`: 500ms, 1m30s, or seconds", Value: &limitFlag{set: func(text string) (err error) {
			limits.Time, err = parseDuration(text)
			return err
		}}},
		&cli.GenericFlag{Name: "max-memory", Usage: "end the script when its values hold more than `SIZE`: 64m, 1g, or bytes", Value: &limitFlag{set: func(text string) (err error) {
			limits.Memory, err = parseSize(text)
			return err
		}}},
		&cli.GenericFlag{Name: "max-steps", Usage: "end the script after `N` instructions of Lua", Value: &limitFlag{set: func(text string) (err error) {
			limits.Steps, err = parseSteps(text)
			return err
		}}},
	}
}

// limitFlag is the text of a limit.
type limitFlag struct{ set func(text string) error }

func (f *limitFlag) Set(text string) error { return f.set(text) }
func (f *limitFlag) String() string        { return "" }

func parseDuration(text string) (time.Duration, error) {
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, errors.New("a duration is 500ms, 1m30s, or a number of seconds, and longer than nothing")
	}
	return d, nil
}

func parseSize(text string) (uint64, error) {
	size, err := units.RAMInBytes(text)
	if err != nil || size <= 0 {
		return 0, errors.New("a size is 64m, 1.5g, or a number of bytes")
	}
	return uint64(size), nil
}

func parseSteps(text string) (uint64, error) {
	steps, err := strconv.ParseUint(text, 10, 64)
	if err != nil || steps == 0 {
		return 0, errors.New("an integer from 1 on expected")
	}
	return steps, nil
}
