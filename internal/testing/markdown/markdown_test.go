package markdown

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.md")
	page := "# A `Page`: of 2 words\n\nSee [it](other.md#top) and `code`.\n\n```sh\nls -l [no](link)\n```\n"
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	want := Page{
		File:   file,
		Text:   "# A `Page`: of 2 words\n\nSee [it](other.md#top) and `code`.\n\n",
		Blocks: []Block{{Language: "sh", Code: "ls -l [no](link)\n", Line: 5}},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"other.md#top"}, p.Links()); diff != "" {
		t.Errorf("links: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a-page-of-2-words"}, p.Anchors()); diff != "" {
		t.Errorf("anchors: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Page", "code"}, p.Inline()); diff != "" {
		t.Errorf("inline code: -want, +got:\n%s", diff)
	}
	if got := p.Words(); got != 13 {
		t.Errorf("want 13 words, got %d", got)
	}
}

func TestCommands(t *testing.T) {
	code := `# A comment, and it's not a quote.
kubectl patch redis shop -p '
spec: {nodeType: "a b"}' # why
A=1 B="x y" go test . \
  -run '^$' | tee "new.txt"
cd a && echo a\ b#c
`
	want := [][]string{
		{"kubectl", "patch", "redis", "shop", "-p", "\nspec: {nodeType: \"a b\"}"},
		{"go", "test", ".", "-run", "^$"},
		{"tee", "new.txt"},
		{"cd", "a"},
		{"echo", "a b#c"},
	}
	if diff := cmp.Diff(want, Commands(code)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}
