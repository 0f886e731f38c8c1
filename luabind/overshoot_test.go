package luabind_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/luabind"
)

// TestDeadlineOvershoot measures by how much the hostile scripts that only time ends
// overrun it, cleaning up included; -v prints it. It fails when that is out of all
// proportion: the figure is one of the machine, too.
func TestDeadlineOvershoot(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some ten seconds")
	}
	const limit = 100 * time.Millisecond
	var over []time.Duration
	for _, row := range hostileRows {
		if row.want != byLimit || strings.Contains(row.source, "post_stop") || strings.Contains(row.source, "execlua.defer") {
			continue // the last two have Options.Grace besides
		}
		h := newHost(t, func(o *luabind.Options) {
			o.Limits = luabind.Limits{Time: limit, Memory: 64 << 20}
			o.Grace = limit
		})
		begin := time.Now()
		_, err := h.run(`local task = require("execlua.task"); ` + row.source)
		if took := time.Since(begin); errors.Is(err, luabind.ErrLimit) && strings.Contains(err.Error(), "longer than") {
			over = append(over, took-limit)
		}
	}
	slices.Sort(over)
	at := func(percent int) time.Duration { return over[(len(over)-1)*percent/100].Round(time.Millisecond / 10) }
	t.Logf("%d scripts: p50 %v, p99 %v, max %v", len(over), at(50), at(99), at(100))
	if len(over) < 20 || at(99) > 2*time.Second {
		t.Errorf("%d scripts, p99 %v", len(over), at(99))
	}
}
