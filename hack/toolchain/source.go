package toolchain

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// notSource are the folders of the checkout that the function is not compiled
// from. Examples above all: they are what people change between two previews.
var notSource = []string{"configuration", "example", "hack", "package", "test"}

// newest time at which the function's source changed. A file that was removed
// shows in the time of its folder.
func newest(root string) time.Time {
	var out time.Time
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // What can't be read is not compiled either.
		}
		if path == root {
			return nil // It changes with any file that is written there.
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") || isNotSource(root, path)) {
			return fs.SkipDir
		}
		if !d.IsDir() && !isSource(root, path) {
			return nil
		}
		if info, err := d.Info(); err == nil && info.ModTime().After(out) {
			out = info.ModTime()
		}
		return nil
	})
	return out
}

func isNotSource(root, path string) bool {
	rel, err := filepath.Rel(root, path)
	return err == nil && slices.Contains(notSource, rel)
}

// isSource reports whether a file is compiled. Below the root that is every file,
// as any may be embedded.
func isSource(root, path string) bool {
	name := filepath.Base(path)
	if strings.HasSuffix(name, "_test.go") {
		return false
	}
	return filepath.Dir(path) != root || strings.HasSuffix(name, ".go") || name == "go.mod" || name == "go.sum"
}

// modTime of a file, the beginning of time if there is none.
func modTime(file string) time.Time {
	info, err := os.Stat(file)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
