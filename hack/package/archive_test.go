package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// xpkgLabel begins the labels by which Crossplane tells a package's own layer from
// those of its runtime image.
const xpkgLabel = "io.crossplane.xpkg:"

// A pkg is a package that was read back, with nothing but the standard library: the
// reader must not share a mistake with the writer.
type pkg struct {
	config  image
	headers map[string]*tar.Header
	files   map[string][]byte
	objects []object
}

// An image as Kubernetes sees it before it runs it.
type image struct {
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
	Config       struct {
		Entrypoint   []string
		User         string
		ExposedPorts map[string]struct{}
		Labels       map[string]string
	} `json:"config"`
}

// open a package: an image as a tarball.
func open(t *testing.T, file string) pkg {
	t.Helper()
	_, outer := untar(t, content(t, file))
	var manifests []struct {
		Config string
		Layers []string
	}
	decode(t, outer["manifest.json"], &manifests)
	if len(manifests) != 1 {
		t.Fatalf("%s: want one image, got %d", file, len(manifests))
	}
	p := pkg{headers: map[string]*tar.Header{}, files: map[string][]byte{}}
	decode(t, outer[manifests[0].Config], &p.config)
	for l := range p.config.Config.Labels {
		if strings.HasPrefix(l, xpkgLabel) {
			delete(p.config.Config.Labels, l)
		}
	}
	for _, l := range manifests[0].Layers {
		headers, files := untar(t, gunzip(t, outer[l]))
		for name := range headers {
			p.headers[name], p.files[name] = headers[name], files[name]
		}
	}
	p.objects = objects(t, p.files["package.yaml"])
	return p
}

// objectNames are those of a package, in its order.
func (p pkg) objectNames() []string {
	var out []string
	for _, o := range p.objects {
		out = append(out, o.text("kind")+" "+o.text("metadata", "name"))
	}
	return out
}

func untar(t *testing.T, b []byte) (map[string]*tar.Header, map[string][]byte) {
	t.Helper()
	headers, files := map[string]*tar.Header{}, map[string][]byte{}
	for r := tar.NewReader(bytes.NewReader(b)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return headers, files
		}
		if err != nil {
			t.Fatal(err)
		}
		headers[h.Name], files[h.Name] = h, all(t, r)
	}
}

func gunzip(t *testing.T, b []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return all(t, r)
}

func all(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decode(t *testing.T, b []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%v in %q", err, b)
	}
}

func objects(t *testing.T, stream []byte) []object {
	t.Helper()
	var out []object
	for r := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(stream))); ; {
		b, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		o := object{}
		if err := yaml.Unmarshal(b, &o); err != nil {
			t.Fatal(err)
		}
		if len(o) > 0 {
			out = append(out, o)
		}
	}
}

// dockerfile tells what image a container engine would make of the Dockerfile. Only
// the instructions that end up in it are read, each on one line.
func dockerfile(t *testing.T) image {
	t.Helper()
	b, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	if flags := strings.Join(buildFlags[:3], " "); !strings.Contains(string(b), "go build "+flags+` "`+buildFlags[3]+`" `) {
		t.Errorf("the Dockerfile doesn't build with %q", buildFlags)
	}
	img := image{OS: "linux"}
	img.Config.ExposedPorts, img.Config.Labels = map[string]struct{}{}, map[string]string{}
	for line := range strings.Lines(string(b)) {
		instruction, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch instruction {
		case "ENTRYPOINT":
			decode(t, []byte(value), &img.Config.Entrypoint)
		case "USER":
			img.Config.User = value
		case "EXPOSE":
			img.Config.ExposedPorts[value+"/tcp"] = struct{}{}
		case "LABEL":
			key, quoted, _ := strings.Cut(value, "=")
			img.Config.Labels[key] = strings.Trim(quoted, `"`)
		}
	}
	return img
}
