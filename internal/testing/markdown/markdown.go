// Package markdown reads the project's documents: their links, headings and blocks of
// code, and the commands in those.
package markdown

import (
	"os"
	"regexp"
	"strings"
)

// A Page is one document.
type Page struct {
	File   string
	Text   string // Without its blocks of code.
	Blocks []Block
}

// A Block of code.
type Block struct {
	Language string
	Code     string
	Line     int
}

var fencePattern = regexp.MustCompile("^```(\\w*)$")

// Read a document.
func Read(file string) (Page, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return Page{}, err
	}
	p := Page{File: file}
	var text, code strings.Builder
	var open *Block
	for i, line := range strings.SplitAfter(string(b), "\n") {
		fence := fencePattern.FindStringSubmatch(strings.TrimRight(line, "\n"))
		switch {
		case fence == nil && open == nil:
			text.WriteString(line)
		case fence == nil:
			code.WriteString(line)
		case open == nil:
			open = &Block{Language: fence[1], Line: i + 1}
		default:
			open.Code = code.String()
			p.Blocks = append(p.Blocks, *open)
			open = nil
			code.Reset()
		}
	}
	p.Text = text.String()
	return p, nil
}

var linkPattern = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// Links are the targets of all links.
func (p Page) Links() []string {
	var out []string
	for _, m := range linkPattern.FindAllStringSubmatch(p.Text, -1) {
		out = append(out, m[1])
	}
	return out
}

var (
	headingPattern = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notInAnchor    = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// Anchors are the names by which links reach headings, as GitHub makes them.
func (p Page) Anchors() []string {
	var out []string
	for _, m := range headingPattern.FindAllStringSubmatch(p.Text, -1) {
		name := notInAnchor.ReplaceAllString(strings.ToLower(m[1]), "")
		out = append(out, strings.ReplaceAll(name, " ", "-"))
	}
	return out
}

var codePattern = regexp.MustCompile("`([^`\n]+)`")

// Inline code of the text.
func (p Page) Inline() []string {
	var out []string
	for _, m := range codePattern.FindAllStringSubmatch(p.Text, -1) {
		out = append(out, m[1])
	}
	return out
}

// Words of the whole document, its code among them.
func (p Page) Words() int {
	words := len(strings.Fields(p.Text))
	for _, b := range p.Blocks {
		words += len(strings.Fields(b.Code))
	}
	return words
}
