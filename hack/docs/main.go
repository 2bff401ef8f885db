// Command docs writes docs/fields.md: tables of the fields that the XRD and the
// Input's schema have. It takes the folder of the checkout, and is run after the
// commands that write those schemas:
//
//	go run ./hack/docs .
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: docs DIRECTORY, the folder of the checkout")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	page, err := fields(root)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "docs", "fields.md"), []byte(page), 0o644)
}
