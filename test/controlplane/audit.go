package controlplane

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// An entry of the API server's audit log: a write, whoever asked for it.
type entry struct {
	Stage string
	Verb  string
	User  struct{ Username string }

	ObjectRef struct {
		APIGroup    string
		Resource    string
		Namespace   string
		Name        string
		Subresource string
	}
	ResponseStatus struct{ Code int }
	ResponseObject json.RawMessage

	RequestReceivedTimestamp time.Time
}

func (e entry) String() string {
	r := e.ObjectRef
	return fmt.Sprintf("%s %s %s.%s %s/%s%s (%d)", e.User.Username, e.Verb, r.Resource, r.APIGroup, r.Namespace, r.Name, strings.TrimRight("/"+r.Subresource, "/"), e.ResponseStatus.Code)
}

// managed reports whether it is about a managed resource.
func (e entry) managed() bool {
	g := e.ObjectRef.APIGroup
	return strings.HasSuffix(g, ".aws.upbound.io") || strings.HasSuffix(g, ".aws.m.upbound.io")
}

// created reports whether an object is new by it: an apply also creates.
func (e entry) created() bool { return e.ResponseStatus.Code == 201 && e.ObjectRef.Subresource == "" }

// deleted reports whether an object was asked to go by it.
func (e entry) deleted() bool {
	return (e.Verb == "delete" || e.Verb == "deletecollection") && e.ResponseStatus.Code < 300
}

// An audit is what was written from some moment on.
type audit struct {
	file   string
	offset int64
}

// auditFrom now on.
func (p *controlPlane) auditFromNow() (audit, error) {
	a := audit{file: p.kube.auditLog()}
	info, err := os.Stat(a.file)
	if err != nil {
		return a, err
	}
	a.offset = info.Size()
	return a, nil
}

// entries of successful writes, by their time.
func (a audit) entries() ([]entry, error) {
	f, err := os.Open(a.file)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // It is only read.
	if _, err := f.Seek(a.offset, io.SeekStart); err != nil {
		return nil, err
	}
	var out []entry
	for r := bufio.NewReaderSize(f, 1<<20); ; {
		line, err := r.ReadBytes('\n')
		if len(line) > 1 && err == nil {
			e := entry{}
			// An API server that is killed may leave half a line.
			if json.Unmarshal(line, &e) == nil && e.ResponseStatus.Code < 300 {
				out = append(out, e)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b entry) int { return a.RequestReceivedTimestamp.Compare(b.RequestReceivedTimestamp) })
	return out, nil
}

// urls that a Secret has held, each as often as it was written after another. An
// empty one stands for a Secret without a URL.
func urls(entries []entry, namespace, name string) []string {
	var out []string
	for _, e := range entries {
		if e.ObjectRef.Resource != "secrets" || e.ObjectRef.Namespace != namespace || e.ObjectRef.Name != name || e.deleted() {
			continue
		}
		o := &unstructured.Unstructured{}
		if json.Unmarshal(e.ResponseObject, &o.Object) != nil {
			continue
		}
		if url := data(o)["REDIS_URL"]; len(out) == 0 || out[len(out)-1] != url {
			out = append(out, url)
		}
	}
	return out
}

// backwards tells where a URL went back to one before it, or was taken away.
func backwards(urls []string) error {
	for i, url := range urls {
		if url == "" && i > 0 {
			return fmt.Errorf("the URL was taken away after %d others", i)
		}
		if slices.Contains(urls[:i], url) {
			return fmt.Errorf("URL number %d of %d was there before", i+1, len(urls))
		}
	}
	return nil
}
