package main

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
)

// print writes one table for each metric. The last columns are execlua's number
// divided by the contender's: the ratio of the medians, then the quartiles of
// the ratios within each round.
func (c *benchCase) print(w io.Writer) error {
	fmt.Fprintf(w, "\n%s: %s\n", c.name, c.about)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for m, metric := range c.metrics {
		fmt.Fprintf(table, "%s\tmin\tq1\tmedian\tq3\texeclua is\tq1\tq3\t\n", metric)
		ours := c.contenders[0].column(m)
		for i, who := range c.contenders {
			v := who.column(m)
			fmt.Fprintf(table, "%s\t%.2f\t%.2f\t%.2f\t%.2f\t", who.name, slices.Min(v), quantile(v, 0.25), quantile(v, 0.5), quantile(v, 0.75))
			if i == 0 {
				fmt.Fprint(table, "\t\t\t\n")
				continue
			}
			rounds := ratios(ours, v)
			fmt.Fprintf(table, "%.2f x\t%.2f\t%.2f\t\n", quantile(ours, 0.5)/quantile(v, 0.5), quantile(rounds, 0.25), quantile(rounds, 0.75))
		}
	}
	return table.Flush()
}

// column is one metric of all samples, in the order of the rounds.
func (c *contender) column(metric int) []float64 {
	out := make([]float64, len(c.samples))
	for i, s := range c.samples {
		out[i] = s[metric]
	}
	return out
}

func ratios(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] / b[i]
	}
	return out
}

// quantile interpolates linearly between the two nearest samples.
func quantile(samples []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(samples))
	at := q * float64(len(sorted)-1)
	below := int(at)
	if below+1 == len(sorted) {
		return sorted[below]
	}
	return sorted[below] + (at-float64(below))*(sorted[below+1]-sorted[below])
}

// printMachine states what the numbers depend on.
func printMachine(ctx context.Context, b *bench, rounds int, seed uint64) {
	for _, argv := range [][]string{{"uname", "-srm"}, {b.execlua, "-v"}, {"runc", "--version"}, {"crun", "--version"}, {"lua5.4", "-v"}} {
		// A binary that cannot say its version is found out by the first round.
		out, _ := exec.CommandContext(ctx, argv[0], argv[1:]...).Output()
		first, _, _ := strings.Cut(string(out), "\n")
		fmt.Println(first)
	}
	fmt.Printf("%d processors, %d rounds after %d warm-ups, seed %d\n", runtime.NumCPU(), rounds, warmups, seed)
}
