package main

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestQuantile(t *testing.T) {
	samples := []float64{40, 10, 30, 20}
	for _, row := range []struct{ q, want float64 }{{0, 10}, {0.25, 17.5}, {0.5, 25}, {0.75, 32.5}, {1, 40}} {
		if got := quantile(samples, row.q); got != row.want {
			t.Errorf("quantile %v: got %v, want %v", row.q, got, row.want)
		}
	}
	if got := quantile([]float64{7}, 0.5); got != 7 {
		t.Errorf("one sample: got %v, want 7", got)
	}
}

func TestPrint(t *testing.T) {
	c := &benchCase{
		name: "one", about: "an example", metrics: []string{"ms"},
		contenders: []*contender{
			{name: "execlua", samples: [][]float64{{10}, {20}, {30}}},
			{name: "runc run", samples: [][]float64{{20}, {40}, {50}}},
		},
	}
	var out bytes.Buffer
	if err := c.print(&out); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"one: an example",
		"ms min q1 median q3 execlua is q1 q3",
		"execlua 10.00 15.00 20.00 25.00",
		"runc run 20.00 30.00 40.00 45.00 0.50 x 0.50 0.55",
	}
	var got []string
	for line := range strings.Lines(strings.TrimSpace(out.String())) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Every contender is measured once in each round, and the warm-ups are not kept.
func TestInterleave(t *testing.T) {
	var order []string
	who := func(name string) *contender {
		return &contender{name: name, sample: func(context.Context) ([]float64, error) {
			order = append(order, name)
			return []float64{float64(len(order))}, nil
		}}
	}
	c := &benchCase{contenders: []*contender{who("a"), who("b"), who("c")}}
	const rounds = 8
	if err := interleave(t.Context(), []*benchCase{c}, rounds, rand.New(rand.NewPCG(1, 0))); err != nil {
		t.Fatal(err)
	}
	orders := map[string]bool{}
	for round := range warmups + rounds {
		members := map[string]bool{}
		for _, name := range order[3*round : 3*round+3] {
			members[name] = true
		}
		if len(members) != 3 {
			t.Errorf("round %d measured %v", round, order[3*round:3*round+3])
		}
		orders[strings.Join(order[3*round:3*round+3], "")] = true
	}
	if len(orders) < 3 {
		t.Errorf("the order is always the same: %v", orders)
	}
	for _, who := range c.contenders {
		if len(who.samples) != rounds || who.samples[0][0] <= 3*warmups {
			t.Errorf("%s: samples %v", who.name, who.samples)
		}
	}
}

func TestWallTellsWhatWentWrong(t *testing.T) {
	if _, err := wall(t.Context(), "sh", "-c", "echo sorry >&2; exit 3"); err == nil ||
		!strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "sorry") {
		t.Errorf("got %v", err)
	}
}
