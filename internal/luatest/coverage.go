package luatest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// lcov writes lines and how often they have run in the format of geninfo(1).
func lcov(files map[string]map[int]int) string {
	var b strings.Builder
	for _, file := range slices.Sorted(maps.Keys(files)) {
		lines := files[file]
		fmt.Fprintf(&b, "TN:\nSF:%s\n", file)
		for _, line := range slices.Sorted(maps.Keys(lines)) {
			fmt.Fprintf(&b, "DA:%d,%d\n", line, lines[line])
		}
		fmt.Fprintf(&b, "LF:%d\nLH:%d\nend_of_record\n", len(lines), ran(lines))
	}
	return b.String()
}

// coverageText is one line for each file: the part of its lines that has run, and
// those that have not.
func coverageText(files map[string]map[int]int) string {
	var b strings.Builder
	total, all := 0, 0
	for _, file := range slices.Sorted(maps.Keys(files)) {
		lines := files[file]
		total, all = total+ran(lines), all+len(lines)
		fmt.Fprintf(&b, "%s  %s%s\n", percent(ran(lines), len(lines)), file, missed(lines))
	}
	fmt.Fprintf(&b, "%s  of all lines\n", percent(total, all))
	return b.String()
}

func ran(lines map[int]int) int {
	n := 0
	for _, count := range lines {
		if count > 0 {
			n++
		}
	}
	return n
}

func percent(part, whole int) string {
	if whole == 0 {
		return "     -"
	}
	return fmt.Sprintf("%5.1f%%", 100*float64(part)/float64(whole))
}

// missed lists the lines that have not run. Lines between two of them that hold
// no statement belong to the range.
func missed(lines map[int]int) string {
	var ranges []string
	first, last := 0, 0
	flush := func() {
		switch {
		case first == 0:
		case first == last:
			ranges = append(ranges, fmt.Sprint(first))
		default:
			ranges = append(ranges, fmt.Sprintf("%d-%d", first, last))
		}
		first = 0
	}
	for _, line := range slices.Sorted(maps.Keys(lines)) {
		switch {
		case lines[line] > 0:
			flush()
		case first == 0:
			first, last = line, line
		default:
			last = line
		}
	}
	flush()
	if len(ranges) == 0 {
		return ""
	}
	return ": not " + strings.Join(ranges, ", ")
}
