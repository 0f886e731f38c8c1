// Command gotest is a program that is worth a test in a container: it sums up its
// input in the file that TOTALS names. main_test.go asks what it does where the
// machine is small, the disk read-only or full, and the file somebody else's.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Stdin, os.Getenv("TOTALS")); err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, totals string) error {
	sum, lines := 0, bufio.NewScanner(in)
	for lines.Scan() {
		var n int
		if _, err := fmt.Sscan(lines.Text(), &n); err != nil {
			return fmt.Errorf("line %q: %w", lines.Text(), err)
		}
		sum += n
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if err := os.WriteFile(totals, fmt.Appendln(nil, sum), 0o600); err != nil {
		return err
	}
	fmt.Println(sum)
	return nil
}
