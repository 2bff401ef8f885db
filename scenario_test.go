package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestScenarios plays every file of example/scenarios in both flavours, and compares what
// each command changed. example/README.md describes the commands.
//
//	go test . -run TestScenarios -rewrite
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("example/scenarios/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no scenarios: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) { compare(t, file, played(t, name).got) })
	}
}

func playScenario(file string) (story, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return story{}, err
	}
	archive := txtar.Parse(content)
	played := &txtar.Archive{Comment: archive.Comment}
	name := strings.TrimSuffix(filepath.Base(file), ".txt")
	claims := &life{flavour: flavourClaims, dir: "example/minimal", name: name}
	namespaced := &life{flavour: flavourNamespaced, dir: "example/minimal", name: name}
	for _, command := range archive.Files {
		if command.Name == "changes" {
			continue
		}
		if err := errors.Join(claims.do(command), namespaced.do(command)); err != nil {
			return story{}, fmt.Errorf("%s: %s: %w", file, command.Name, err)
		}
		changes, err := merge(claims.show(), namespaced.show())
		if err != nil {
			return story{}, fmt.Errorf("%s: %s: %w", file, command.Name, err)
		}
		played.Files = append(played.Files, command)
		if len(changes) > 0 {
			played.Files = append(played.Files, txtar.File{Name: "changes", Data: append(changes, '\n')})
		}
	}
	for _, l := range []*life{claims, namespaced} {
		l.seen[len(l.seen)-1].name = filepath.Join(name, l.flavour, "settled")
	}
	return story{examples: slices.Concat(claims.seen, namespaced.seen), got: append(bytes.TrimSpace(txtar.Format(played)), '\n')}, nil
}

// A moment in which the function's answer changed.
type moment struct {
	number  int
	after   time.Duration // Since the command.
	changes []change
}

// merge the moments of both flavours. What only one of them says has its name.
func merge(claims, namespaced []moment) ([]byte, error) {
	if len(claims) != len(namespaced) {
		return nil, fmt.Errorf("the flavours differ: -claims, +namespaced:\n%s", cmp.Diff(fmt.Sprint(claims), fmt.Sprint(namespaced)))
	}
	var out bytes.Buffer
	for i, c := range claims {
		fmt.Fprintf(&out, "%d.", c.number)
		if after := c.after.Round(time.Second); after > 0 {
			fmt.Fprintf(&out, " after %s", after)
		}
		out.WriteString("\n")
		n := namespaced[i]
		for _, line := range slices.SortedStableFunc(slices.Values(slices.Concat(c.changes, n.changes)), change.compare) {
			both := slices.Contains(c.changes, line) && slices.Contains(n.changes, line)
			switch {
			case !both && slices.Contains(c.changes, line):
				fmt.Fprintf(&out, "   claims: %s\n", line)
			case !both:
				fmt.Fprintf(&out, "   namespaced: %s\n", line)
			case !strings.HasSuffix(out.String(), fmt.Sprintf("   %s\n", line)):
				fmt.Fprintf(&out, "   %s\n", line)
			}
		}
	}
	return out.Bytes(), nil
}
