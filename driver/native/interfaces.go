//go:build linux && cgo

package native

import (
	"fmt"
	"os"
	"strings"

	"github.com/execlua/execlua/driver"
)

// interfacesOf reads the counters of a process's network namespace; nil when the
// process has ended. That is asked after reading: until then the number can have
// become a stranger's.
func interfacesOf(init *pidfd) []driver.InterfaceStats {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/dev", init.pid))
	if err != nil || init.exited() {
		return nil
	}
	return parseNetDev(string(data))
}

// parseNetDev reads the format of proc_pid_net(5): two lines of headings, then
// "eth0:" with eight numbers of what was received and eight of what was sent.
func parseNetDev(text string) []driver.InterfaceStats {
	var out []driver.InterfaceStats
	for line := range strings.Lines(text) {
		name, rest, ok := strings.Cut(line, ":")
		words := strings.Fields(rest)
		if !ok || len(words) < 16 {
			continue
		}
		var n [16]uint64
		for i := range n {
			if v := parseNumber(words[i]); v != nil {
				n[i] = *v
			}
		}
		out = append(out, driver.InterfaceStats{
			Name:    strings.TrimSpace(name),
			RxBytes: n[0], RxPackets: n[1], RxErrors: n[2], RxDropped: n[3],
			TxBytes: n[8], TxPackets: n[9], TxErrors: n[10], TxDropped: n[11],
		})
	}
	return out
}
