// Package connection makes what clients connect with: the URL and its parts, as they are
// at this moment and as they were last published, and the Secrets that hold them. A
// request and what AWS reports go in; Details, names of Secrets and the team's token come
// out.
package connection

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// Keys of the connection details. Their names are those of environment
// variables, so that envFrom alone configures a pod.
const (
	KeyURL        = resources.KeyURL
	KeyHost       = "REDIS_HOST"
	KeyPort       = "REDIS_PORT"
	KeyReaderHost = "REDIS_READER_HOST"
	KeyPassword   = resources.KeyPassword
)

// Details are what clients connect with. They hold a token and never print.
type Details map[string][]byte

// Format is never the details, in any verb.
func (Details) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// URL is the one connection string, empty while there is none.
func (d Details) URL() redis.Secret { return redis.NewSecret(string(d[KeyURL])) }

// TLS reports whether clients that use the URL use TLS.
func (d Details) TLS() bool { return bytes.HasPrefix(d[KeyURL], []byte("rediss://")) }

// Password is the token in the URL, empty without AUTH.
func (d Details) Password() redis.Secret { return redis.NewSecret(string(d[KeyPassword])) }

// Published are the details that clients can already read: those that Crossplane
// has published for a claim, or those in the composed Secret.
func Published(xr *protocol.XR, o resources.Observed) Details {
	read := func(key string) []byte { return xr.ConnectionDetails[key] }
	if xr.Namespaced() {
		secret := o[resources.ConnectionSecret]
		read = func(key string) []byte {
			b, _ := base64.StdEncoding.DecodeString(secret.Text("data", key))
			return b
		}
	}
	out := Details{}
	for _, key := range []string{KeyURL, KeyHost, KeyPort, KeyReaderHost, KeyPassword} {
		if value := read(key); len(value) > 0 {
			out[key] = value
		}
	}
	return out
}

// Current are the details that the cache accepts now, and empty while anything
// is missing: a URL without a token to a cache that wants one is no URL. They
// follow what is observed and not what is asked. Where the cache accepts clients
// with TLS and without, withTLS tells which are to come.
func Current(xr *protocol.XR, rg resources.Resource, reported *redis.Reported, withTLS bool) Details {
	host, port := rg.Endpoint(), cmp.Or(rg.Port(), redis.Port)
	token, _ := rg.AuthToken()
	if host == "" || reported == nil || (rg.AskedToken().State != redis.NoToken && token.IsEmpty()) {
		return Details{}
	}
	out := Details{
		KeyURL:  []byte(redis.URL(host, port, withTLS, token).Reveal()),
		KeyHost: []byte(host),
		KeyPort: []byte(strconv.Itoa(port)),
	}
	if reader := readerHost(xr, rg, host); reader != "" && *xr.Spec.NumCacheNodes > 1 {
		out[KeyReaderHost] = []byte(reader)
	}
	if !token.IsEmpty() {
		out[KeyPassword] = []byte(token.Reveal())
	}
	return out
}

// readerHost beside a host: TLS changes both names, so the last known one goes with the
// last known host only.
func readerHost(xr *protocol.XR, rg resources.Resource, host string) string {
	if reader := rg.ReaderEndpoint(); reader != "" || host != xr.Status.Endpoint {
		return reader
	}
	return xr.Status.ReaderEndpoint
}

// Publish the details of a claim's composite through Crossplane. Those of a
// namespaced one are in a Secret of its own.
func Publish(rsp *fnv1.RunFunctionResponse, xr *protocol.XR, details Details) {
	if xr.Namespaced() || len(details) == 0 {
		return
	}
	protocol.Publish(rsp, details)
}

// Next are the details to publish: the current ones, else those that are
// published. Once known they are never lost to an observation that lacks them, and none
// without a token follow such with one: AUTH never goes off.
func Next(current, published Details) Details {
	if len(current) == 0 || (current.Password().IsEmpty() && !published.Password().IsEmpty()) {
		return published
	}
	return current
}
