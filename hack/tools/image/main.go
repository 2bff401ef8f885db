// Command image makes the function's runtime image of its binary, without a
// container engine: what the Dockerfile makes, as a tarball that crossplane xpkg
// build embeds in the package. Equal binaries make equal tarballs.
//
//	go run . --binary function --arch amd64 --version v0.1.0 --output runtime.tar
package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const (
	// entrypoint is what Crossplane starts, without arguments.
	entrypoint = "/function"

	// user is a number, because Kubernetes can't report whether a name is root. It
	// is the one that distroless images call nonroot.
	user = "65532:65532"

	// port is where the function serves gRPC.
	port = "9443/tcp"
)

// epoch stands for every time in the image: the clock would make each build
// differ from the last.
var epoch = time.Unix(0, 0).UTC()

func main() {
	binary := flag.String("binary", "", "the function, built static for linux")
	arch := flag.String("arch", "", "the architecture the binary is built for, as Go calls it")
	version := flag.String("version", "", "the version to label the image with")
	output := flag.String("output", "", "the tarball to write")
	flag.Parse()
	if err := run(*binary, *arch, *version, *output); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run(binary, arch, version, output string) error {
	if binary == "" || arch == "" || output == "" {
		return errors.New("--binary, --arch and --output are required")
	}
	b, err := os.ReadFile(binary)
	if err != nil {
		return fmt.Errorf("cannot read the function: %w", err)
	}
	img, err := image(b, config(arch, version))
	if err != nil {
		return fmt.Errorf("cannot make the image: %w", err)
	}
	// A tarball needs some name for its image. Nothing reads this one.
	tag, err := name.NewTag("function-xredis/runtime:" + arch)
	if err != nil {
		return fmt.Errorf("cannot name the image: %w", err)
	}
	if err := tarball.WriteToFile(output, tag, img); err != nil {
		return fmt.Errorf("cannot write the image: %w", err)
	}
	return nil
}

func config(arch, version string) *v1.ConfigFile {
	labels := map[string]string{
		"org.opencontainers.image.title":       "function-xredis",
		"org.opencontainers.image.description": "A Crossplane composition function that turns an XRedis into a working AWS ElastiCache Redis.",
		"org.opencontainers.image.source":      "https://github.com/crossplane-contrib/function-xredis",
		"org.opencontainers.image.licenses":    "MIT",
	}
	if version != "" {
		labels["org.opencontainers.image.version"] = version
	}
	return &v1.ConfigFile{
		OS:           "linux",
		Architecture: arch,
		Created:      v1.Time{Time: epoch},
		RootFS:       v1.RootFS{Type: "layers"},
		Config: v1.Config{
			Entrypoint:   []string{entrypoint},
			User:         user,
			ExposedPorts: map[string]struct{}{port: {}},
			Labels:       labels,
		},
	}
}

// image of the binary and nothing else: no shell, no libraries, no package
// manager, and so nothing to patch but the function.
func image(binary []byte, cf *v1.ConfigFile) (v1.Image, error) {
	layer, err := layer(binary)
	if err != nil {
		return nil, err
	}
	img, err := mutate.ConfigFile(empty.Image, cf)
	if err != nil {
		return nil, err
	}
	return mutate.Append(img, mutate.Addendum{
		Layer:   layer,
		History: v1.History{Created: v1.Time{Time: epoch}, CreatedBy: "hack/tools/image"},
	})
}

// layer with the binary, owned by root, so that the function can't replace
// itself, and open to all, because Crossplane may run it as any user.
func layer(binary []byte) (v1.Layer, error) {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	header := &tar.Header{
		Typeflag: tar.TypeReg,
		Name:     entrypoint[1:],
		Mode:     0o555,
		Size:     int64(len(binary)),
		ModTime:  epoch,
	}
	if err := w.WriteHeader(header); err != nil {
		return nil, err
	}
	if _, err := w.Write(binary); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(buf.Bytes())), nil
	})
}
