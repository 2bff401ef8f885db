package toolchain

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// A progress reads what the go command writes, and tells how far it is: in one
// line that changes on a terminal, in a line every ten seconds elsewhere.
type progress struct {
	log      io.Writer
	title    string
	terminal bool
	started  time.Time
	ticker   *time.Ticker
	finished chan struct{}

	mx         sync.Mutex
	half       string // A line of which the end has not been written yet.
	downloaded int
	compiled   int
	total      int
	other      []string // What is neither a download nor a package: errors.
}

func newProgress(log io.Writer, title string) *progress {
	p := &progress{log: log, title: title, terminal: isTerminal(log), started: time.Now(), finished: make(chan struct{})}
	interval := 10 * time.Second
	if p.terminal {
		interval = 200 * time.Millisecond
	}
	p.ticker = time.NewTicker(interval)
	go p.tell()
	return p
}

func (p *progress) tell() {
	for {
		select {
		case <-p.finished:
			return
		case <-p.ticker.C:
			p.mx.Lock()
			p.print()
			p.mx.Unlock()
		}
	}
}

func (p *progress) print() {
	if p.terminal {
		fmt.Fprintf(p.log, "\r\033[K  %s", p.line())
		return
	}
	fmt.Fprintf(p.log, "  %s\n", p.line())
}

func (p *progress) line() string {
	took := time.Since(p.started).Round(time.Second)
	if p.total == 0 {
		return fmt.Sprintf("%s: %d modules downloaded (%s)", p.title, p.downloaded, took)
	}
	return fmt.Sprintf("%s: %d of at most %d packages compiled (%s)", p.title, p.compiled, p.total, took)
}

// compiling begins, of so many packages. What the go command has in its own
// cache it does not compile, so they may be fewer.
func (p *progress) compiling(total int) {
	p.mx.Lock()
	defer p.mx.Unlock()
	p.total = total
}

// Write what the go command says.
func (p *progress) Write(b []byte) (int, error) {
	p.mx.Lock()
	defer p.mx.Unlock()
	lines := strings.Split(p.half+string(b), "\n")
	p.half = lines[len(lines)-1]
	for _, l := range lines[:len(lines)-1] {
		p.read(l)
	}
	return len(b), nil
}

func (p *progress) read(line string) {
	switch {
	case strings.HasPrefix(line, "go: downloading "):
		p.downloaded++
	case p.total > 0 && !strings.ContainsAny(line, " \t"):
		p.compiled++ // "go build -v" names each package as it compiles it.
	default:
		p.other = append(p.other, line)
	}
}

func (p *progress) done() {
	p.mx.Lock()
	defer p.mx.Unlock()
	if p.terminal {
		fmt.Fprint(p.log, "\r\033[K")
	}
	fmt.Fprintf(p.log, "Built %s in %s.\n", p.title, time.Since(p.started).Round(time.Second))
}

// failed tells why, in the go command's own words.
func (p *progress) failed(ctx context.Context, err error) error {
	p.mx.Lock()
	defer p.mx.Unlock()
	if p.terminal {
		fmt.Fprint(p.log, "\r\033[K")
	}
	if ctx.Err() != nil {
		return fmt.Errorf("cannot build %s: %w after %s; what is compiled is kept, so the next try is shorter", p.title, ctx.Err(), time.Since(p.started).Round(time.Second))
	}
	return fmt.Errorf("cannot build %s: %v\n%s", p.title, err, //nolint:errorlint // An exit code of the go command must not pass for the CLI's.
		strings.Join(append(p.other, p.half), "\n"))
}

func (p *progress) stop() {
	p.ticker.Stop()
	close(p.finished)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
