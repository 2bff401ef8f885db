package preview

import (
	"slices"
	"strings"
)

// nearest of the words that are known to one that is misspelt, empty if none is near.
func nearest(word string, known []string) string {
	slices.Sort(known)
	best, least := "", len(word)/3+1
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance of two words: how many letters are too many, too few or others.
// https://en.wikipedia.org/wiki/Levenshtein_distance
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
