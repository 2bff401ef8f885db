package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// A scenario is a file of example/scenarios, which example/README.md describes: commands,
// and what each of them changed.
type scenario struct {
	file string
	got  []byte
	seen []example
}

// scenarios are played once, in both flavours, whichever test asks for them first.
var scenarios = sync.OnceValues(func() ([]*scenario, error) {
	files, err := filepath.Glob("example/scenarios/*.txt")
	out := make([]*scenario, len(files))
	errs := make([]error, len(files)+1)
	errs[len(files)] = err
	var wg sync.WaitGroup
	for i, file := range files {
		wg.Go(func() { out[i], errs[i] = play(file) })
	}
	wg.Wait()
	return out, errors.Join(errs...)
})

// TestScenarios compares what each command changed with what its file says.
//
//	go test . -run TestScenarios -rewrite
func TestScenarios(t *testing.T) {
	all, err := scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		t.Run(filepath.Base(s.file), func(t *testing.T) { compare(t, s.file, s.got) })
	}
}

// play a scenario in both flavours.
func play(file string) (*scenario, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	archive := txtar.Parse(content)
	played := &txtar.Archive{Comment: archive.Comment}
	name := strings.TrimSuffix(filepath.Base(file), ".txt")
	claims, namespaced := &life{flavour: flavourClaims, name: name}, &life{flavour: flavourNamespaced, name: name}
	for _, command := range archive.Files {
		if command.Name == "changes" {
			continue
		}
		if err := errors.Join(claims.do(command), namespaced.do(command)); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, command.Name, err)
		}
		changes, err := merge(claims.told(), namespaced.told())
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, command.Name, err)
		}
		played.Files = append(played.Files, command)
		if len(changes) > 0 {
			played.Files = append(played.Files, txtar.File{Name: "changes", Data: append(changes, '\n')})
		}
	}
	for _, l := range []*life{claims, namespaced} {
		l.seen[len(l.seen)-1].name = filepath.Join(name, l.flavour, "settled")
	}
	return &scenario{file: file, got: append(bytes.TrimSpace(txtar.Format(played)), '\n'), seen: slices.Concat(claims.seen, namespaced.seen)}, nil
}

// A moment in which the function's answer changed.
type moment struct {
	number  int
	after   time.Duration // Since the command.
	changes []change
}

// merge what both flavours told. What only one of them said has its name.
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
