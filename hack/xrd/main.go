// Command xrd makes both XRDs of the one CRD that controller-gen makes of the Go
// types, so that the claims and the namespaced flavour can't drift apart. It
// reads the CRD from standard input and writes below the directory it is given:
//
//	controller-gen crd paths=./apis/... output:crd:stdout | go run ./hack/xrd configuration
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

const header = "# Generated from apis/v1alpha1/xredis_types.go. Do not edit: change the types and run go generate ./...\n"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: xrd DIRECTORY, with a CRD on standard input")
		os.Exit(2)
	}
	if err := run(os.Stdin, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "xrd:", err)
		os.Exit(1)
	}
}

func run(r io.Reader, dir string) error {
	crd, err := read(r)
	if err != nil {
		return err
	}
	if err := write(filepath.Join(dir, "claims", "definition.yaml"), claims(crd)); err != nil {
		return err
	}
	return write(filepath.Join(dir, "namespaced", "definition.yaml"), namespaced(crd))
}

func read(r io.Reader) (*extv1.CustomResourceDefinition, error) {
	in, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("cannot read the CRD: %w", err)
	}
	if bytes.Contains(in, []byte("\n---\n")) {
		return nil, errors.New("standard input holds more than one CRD, and only one has XRDs")
	}
	crd := &extv1.CustomResourceDefinition{}
	if err := yaml.UnmarshalStrict(in, crd); err != nil {
		return nil, fmt.Errorf("standard input is not a CRD: %w", err)
	}
	for _, v := range crd.Spec.Versions {
		if v.Schema == nil || v.Schema.OpenAPIV3Schema == nil {
			return nil, fmt.Errorf("version %q has no schema", v.Name)
		}
	}
	if len(crd.Spec.Versions) == 0 {
		return nil, fmt.Errorf("the CRD %q has no versions", crd.Name)
	}
	return crd, nil
}

func write(file string, d definition) error {
	out, err := yaml.Marshal(d)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", file, err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("cannot write %s: %w", file, err)
	}
	if err := os.WriteFile(file, append([]byte(header), out...), 0o644); err != nil {
		return fmt.Errorf("cannot write %s: %w", file, err)
	}
	return nil
}
