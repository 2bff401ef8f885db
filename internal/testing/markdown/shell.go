package markdown

import (
	"regexp"
	"strings"
)

var assignment = regexp.MustCompile(`^[A-Za-z_]\w*=`)

// Commands of a block of shell code, each in words. Quotes are taken off, comments
// and assignments left out, and what stands behind a pipe is a command of its own.
func Commands(code string) [][]string {
	s := shell{}
	for _, r := range code {
		s.read(r)
	}
	s.endCommand()
	return s.commands
}

// A shell reads code letter by letter.
type shell struct {
	commands [][]string
	words    []string
	word     strings.Builder
	inWord   bool
	escaped  bool
	comment  bool
	quote    rune
}

func (s *shell) read(r rune) {
	switch {
	case s.comment:
		if r == '\n' {
			s.comment = false
			s.endCommand()
		}
	case s.escaped:
		s.escaped = false
		if r != '\n' {
			s.add(r)
		}
	case s.quote != 0:
		s.quoted(r)
	default:
		s.plain(r)
	}
}

func (s *shell) quoted(r rune) {
	if r == s.quote {
		s.quote = 0
		return
	}
	if r == '\\' && s.quote == '"' {
		s.escaped = true
		return
	}
	s.add(r)
}

func (s *shell) plain(r rune) {
	switch r {
	case '\\':
		s.escaped = true
	case '\'', '"':
		s.quote, s.inWord = r, true
	case '#':
		s.comment = !s.inWord
		if s.inWord {
			s.add(r)
		}
	case ' ', '\t':
		s.endWord()
	case '\n', '|', ';', '&':
		s.endCommand()
	default:
		s.add(r)
	}
}

func (s *shell) add(r rune) {
	s.inWord = true
	s.word.WriteRune(r)
}

func (s *shell) endWord() {
	if s.inWord && (len(s.words) > 0 || !assignment.MatchString(s.word.String())) {
		s.words = append(s.words, s.word.String())
	}
	s.word.Reset()
	s.inWord = false
}

func (s *shell) endCommand() {
	s.endWord()
	if len(s.words) > 0 {
		s.commands = append(s.commands, s.words)
	}
	s.words = nil
}
