// Command registry is a registry of packages for one machine, and what a kubelet
// does with it, without a container engine:
//
//	registry serve --address 127.0.0.1:443 --cert tls.crt --key tls.key
//	registry extract IMAGE FILE OUTPUT
//
// The registry keeps everything in memory. Certificates that the system doesn't know
// are trusted through SSL_CERT_FILE.
package main

import (
	"archive/tar"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"path"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

const usage = "usage: registry serve --address ADDRESS --cert FILE --key FILE | registry extract IMAGE FILE OUTPUT"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "registry:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New(usage)
	}
	switch command, args := args[0], args[1:]; command {
	case "serve":
		flags := flag.NewFlagSet("serve", flag.ExitOnError)
		address := flags.String("address", "", "where to listen")
		cert := flags.String("cert", "", "the server's certificate")
		key := flags.String("key", "", "the certificate's key")
		_ = flags.Parse(args) // It exits by itself.
		return serve(*address, *cert, *key)
	case "extract":
		if len(args) != 3 {
			return errors.New(usage)
		}
		return extract(ctx, args[0], args[1], args[2])
	}
	return errors.New(usage)
}

func serve(address, cert, key string) error {
	s := &http.Server{
		Addr:              address,
		Handler:           registry.New(registry.Logger(log.New(io.Discard, "", 0))),
		ReadHeaderTimeout: 10 * time.Second,
	}
	return s.ListenAndServeTLS(cert, key)
}

// extract a file of an image and make it a program.
func extract(ctx context.Context, image, file, output string) error {
	ref, err := name.ParseReference(image)
	if err != nil {
		return err
	}
	img, err := remote.Image(ref, remote.WithContext(ctx))
	if err != nil {
		return err
	}
	files := mutate.Extract(img)
	defer files.Close() //nolint:errcheck // It is only read.
	for t := tar.NewReader(files); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("there is no %s in %s", file, image)
		}
		if err != nil {
			return err
		}
		if path.Clean("/"+h.Name) == path.Clean("/"+file) {
			return write(output, t)
		}
	}
}

func write(file string, from io.Reader) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, from); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}
