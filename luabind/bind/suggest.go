package bind

import (
	"slices"
	"strings"
)

// Suggest finds the candidate that was probably meant by name, or "".
//
// words, which may be nil, maps what other tools call a thing to our name for
// it, or to a path that begins with one; it is believed only if that name is a
// candidate. Else the nearest candidate wins, if its Damerau-Levenshtein
// distance is at most 2, or a third of its length, and less than all of it.
func Suggest(name string, candidates []string, words func(string) string) string {
	if words != nil {
		word := words(name)
		if first, _, _ := strings.Cut(word, "."); slices.Contains(candidates, first) {
			return word
		}
	}
	// A long name is no slip of the keys, and the distance costs the product of the lengths.
	if len(name) > 64 {
		return ""
	}
	best, bestDistance := "", len(name)+1
	for _, c := range candidates {
		d := distance(name, c)
		if d <= max(2, len(c)/3) && d < len(c) && d < len(name) && d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance counts the insertions, deletions, substitutions and swaps of
// neighbours that turn a into b (optimal string alignment), in bytes.
func distance(a, b string) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, above, row = above, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
