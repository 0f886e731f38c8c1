//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"reflect"
	"strconv"

	"github.com/docker/go-units"
	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
)

const updateDescription = `Changes limits of running containers. What is not given stays as it is, and -1
removes a limit. All limits of a container are changed, or none.`

func updateCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "update", Usage: "change limits of containers", ArgsUsage: "CONTAINER…", Category: ofContainers, Description: updateDescription,
		Flags: append(updateFlags(), allFlag("all that run")), HideHelpCommand: true, OnUsageError: onUsageError,
		Action: func(c *cli.Context) error {
			change, err := c.Generic("memory").(*resourceFlag).change()
			if err != nil {
				return usageError("update: " + err.Error())
			}
			return s.onEach(alive, func(ctx context.Context, _ *cli.Context, d driver.Driver, info *driver.ContainerInfo) error {
				updater, err := able[driver.Updater](d, "update")
				if err != nil {
					return err
				}
				return updater.Update(ctx, info.Command, change)
			})(c)
		},
	}
}

// updateFlags are named as podman's. They write into one Resources.
func updateFlags() []cli.Flag {
	r := &driver.Resources{}
	flag := func(set func(string) error, usage, name string, aliases ...string) cli.Flag {
		return &cli.GenericFlag{Name: name, Aliases: aliases, Usage: usage, Value: &resourceFlag{resources: r, set: set}}
	}
	return []cli.Flag{
		flag(size(&r.Memory), "`SIZE` of memory: 64m, 1g, or bytes", "memory", "m"),
		flag(size(&r.MemoryReservation), "`SIZE` to leave it when memory is short", "memory-reservation"),
		flag(size(&r.MemorySwap), "`SIZE` of memory and swap together", "memory-swap"),
		flag(integer(func(n int64) { r.MemorySwappiness = &n }), "`N` from 0 to 100; cgroup v1 only", "memory-swappiness"),
		flag(func(text string) (err error) {
			r.CPUs, err = strconv.ParseFloat(text, 64)
			return numberError(err)
		}, "`N` processors: 0.5, 2", "cpus"),
		flag(integer(func(n int64) { r.CPUShares = n }), "weight `N` beside others, 2 to 262144", "cpu-shares", "c"),
		flag(integer(func(n int64) { r.CPUPeriod = n }), "of the quota, in `MICROSECONDS`", "cpu-period"),
		flag(integer(func(n int64) { r.CPUQuota = n }), "processor time in each period, in `MICROSECONDS`", "cpu-quota"),
		flag(text(&r.CpusetCpus), "`LIST` of processors: 0-3,7", "cpuset-cpus"),
		flag(text(&r.CpusetMems), "`LIST` of memory nodes: 0", "cpuset-mems"),
		flag(integer(func(n int64) { r.BlkioWeight = n }), "weight `N` beside others, 10 to 1000", "blkio-weight"),
		flag(integer(func(n int64) { r.Pids = n }), "`N` processes and threads", "pids-limit"),
	}
}

// resourceFlag is the text of one field of Resources.
type resourceFlag struct {
	resources *driver.Resources
	set       func(text string) error
	text      string
}

func (f *resourceFlag) Set(text string) error {
	f.text = text
	return f.set(text)
}

// String is what the library sets the other names of the flag to.
func (f *resourceFlag) String() string { return f.text }

// change is what all the flags together say.
func (f *resourceFlag) change() (*driver.Resources, error) {
	if reflect.ValueOf(*f.resources).IsZero() {
		return nil, errors.New("no limit to change")
	}
	return f.resources, nil
}

func size(field *int64) func(string) error {
	return func(text string) (err error) {
		if text == "-1" {
			*field = -1
			return nil
		}
		if *field, err = units.RAMInBytes(text); err != nil || *field <= 0 {
			return errors.New("a size is 64m, 1.5g, or a number of bytes; -1 is no limit")
		}
		return nil
	}
}

func integer(set func(int64)) func(string) error {
	return func(text string) error {
		n, err := strconv.ParseInt(text, 10, 64)
		set(n)
		return numberError(err)
	}
}

func text(field *string) func(string) error {
	return func(value string) error {
		*field = value
		return nil
	}
}

func numberError(err error) error {
	if err != nil {
		return errors.New("a number expected")
	}
	return nil
}
