package preview

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// read the documents of YAML files and of folders of them.
func read(paths ...string) ([]*unstructured.Unstructured, error) {
	var out []*unstructured.Unstructured
	for _, path := range paths {
		files, err := yamlFiles(path)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			docs, err := readFile(f)
			if err != nil {
				return nil, err
			}
			out = append(out, docs...)
		}
	}
	return out, nil
}

// yamlFiles in a folder, or the file itself.
func yamlFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s", path)
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var out []string
	for _, pattern := range []string{"*.yaml", "*.yml"} {
		files, err := filepath.Glob(filepath.Join(path, pattern))
		if err != nil {
			return nil, err
		}
		out = append(out, files...)
	}
	slices.Sort(out)
	return out, nil
}

func readFile(file string) ([]*unstructured.Unstructured, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var out []*unstructured.Unstructured
	r := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(b)))
	for i := 1; ; i++ {
		doc, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s is not YAML: %w", file, err)
		}
		u := &unstructured.Unstructured{}
		if err := yaml.UnmarshalStrict(doc, &u.Object); err != nil {
			return nil, fmt.Errorf("%s is not a Kubernetes manifest (document %d): %w", file, i, err)
		}
		if len(u.Object) == 0 {
			continue // Only comments.
		}
		if u.IsList() {
			err := u.EachListItem(func(item runtime.Object) error {
				out = append(out, item.(*unstructured.Unstructured)) //nolint:forcetypeassert // It can't be anything else.
				return nil
			})
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			continue
		}
		out = append(out, u)
	}
}

// write documents as one YAML stream.
func write(file string, docs ...*unstructured.Unstructured) error {
	var out bytes.Buffer
	for _, d := range docs {
		b, err := yaml.Marshal(d.Object)
		if err != nil {
			return err
		}
		out.WriteString("---\n")
		out.Write(b)
	}
	return os.WriteFile(file, out.Bytes(), 0o600)
}

// describe a document in an error.
func describe(u *unstructured.Unstructured) string {
	name := strings.TrimPrefix(u.GetNamespace()+"/"+u.GetName(), "/")
	return strings.TrimSpace(u.GetKind() + " " + name)
}

// readStringData of a Secret, as the API server does when one is written.
func readStringData(u *unstructured.Unstructured) error {
	text, found, err := unstructured.NestedStringMap(u.Object, "stringData")
	if err != nil || !found || u.GetKind() != "Secret" {
		return err
	}
	for key, value := range text {
		if err := unstructured.SetNestedField(u.Object, base64.StdEncoding.EncodeToString([]byte(value)), "data", key); err != nil {
			return fmt.Errorf("%s: %w", describe(u), err)
		}
	}
	unstructured.RemoveNestedField(u.Object, "stringData")
	return nil
}
