//go:build linux && cgo

package native

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opencontainers/cgroups"
	"github.com/opencontainers/runc/libcontainer/configs"
	"github.com/opencontainers/runc/libcontainer/specconv"
	specs "github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/spec"
)

// InitContainer returns the configuration of a container before resources and
// the Command's own mounts: the default template with the Command's id, root,
// hostname, devices and cgroup. It is driver/spec's mapping, so there is only
// one. It returns nil for a Command that driver.Validate refuses.
func InitContainer(c *driver.Command) *configs.Config {
	if driver.Validate(c) != nil {
		return nil
	}
	plain := c.Clone()
	plain.Resources, plain.Mounts = nil, nil
	parent := c.CgroupParent
	if parent == "" {
		parent = defaultCgroupParent(DefaultRoot)
	}
	s, err := spec.Build(plain, lookAtMachine().Host, spec.Place{Rootfs: c.Rootfs, CgroupsPath: filepath.Join("/", parent, c.ID)})
	if err != nil {
		return nil
	}
	config, err := convert(c.ID, s, false)
	if err != nil {
		return nil
	}
	return config
}

// SetupCgroups puts the Command's resources into a configuration. Its device
// rules stay. Without resources it does nothing.
func SetupCgroups(container *configs.Config, c *driver.Command) error {
	if c.Resources == nil {
		return nil
	}
	limits, err := spec.Resources(c.Resources, lookAtMachine().Host)
	if err != nil {
		return err
	}
	g, err := specconv.CreateCgroupConfig(&specconv.CreateOpts{
		CgroupName: c.ID,
		Spec:       &specs.Spec{Linux: &specs.Linux{Resources: limits}},
	}, nil)
	if err != nil {
		return fmt.Errorf("resources: %w", err)
	}
	if container.Cgroups == nil {
		container.Cgroups = &cgroups.Cgroup{}
	}
	if old := container.Cgroups.Resources; old != nil {
		g.Resources.Devices = old.Devices
	}
	container.Cgroups.Resources = g.Resources
	return nil
}

// Stats reads what the container with this state directory uses, whoever made
// it. A limit of 0 stands for the machine's memory. Of the network it knows nothing,
// and of the start neither, so there are no interfaces and no cpu_percent.
func Stats(containerDir string, containerMemoryLimit int64, machineMemory int64) (*driver.ResourceStats, error) {
	data, err := os.ReadFile(filepath.Join(containerDir, "state.json"))
	if err != nil {
		return nil, fmt.Errorf("stats: %w", err)
	}
	var state struct {
		CgroupPaths map[string]string `json:"cgroup_paths"`
	}
	if err := json.Unmarshal(data, &state); err != nil {
		return nil, fmt.Errorf("stats: %s/state.json: %w", containerDir, err)
	}
	group := cgroup{paths: state.CgroupPaths}
	s, err := group.stats(containerMemoryLimit, machineMemory)
	if err != nil {
		return nil, fmt.Errorf("stats: %w", err)
	}
	if n := group.oomCounts(); n.known {
		s.OOMKills = &n.kills
	}
	return s, nil
}
