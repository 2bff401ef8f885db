//go:build controlplane

package controlplane

import (
	"bufio"
	"context"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

const (
	// operator is the user that AWS would be: clients are all the default user.
	operator      = "operator"
	operatorToken = "operator-token"

	redisPort = 6379

	// idealPrefix begins the ids of groups that only have books and no server.
	idealPrefix = "scale-"
)

// servers run a real Redis behind each replication group. They are the model's
// engine, which calls under its lock.
type servers struct {
	dir   string
	ca    *authority
	hosts *hosts

	mx      sync.Mutex
	running map[string]*server
	count   int
}

// A server is a Redis with a front, which lets clients pass as the group's TLS mode
// says. Clients that are connected stay so whatever changes, as with AWS.
type server struct {
	*process

	endpoint aws.Endpoint
	front    net.Listener
	plain    string // The server's socket, where it speaks without TLS.
	tls      string // The address where it speaks TLS.
	admin    *goredis.Client

	mx   sync.Mutex
	mode aws.TLSMode
}

// Apply what clients are to see of a group.
func (s *servers) Apply(id string, serving aws.Serving) aws.Endpoint {
	s.mx.Lock()
	defer s.mx.Unlock()
	if strings.HasPrefix(id, idealPrefix) {
		return endpointOf(id)
	}
	server, ok := s.running[id]
	if !ok {
		var err error
		if server, err = s.start(id); err != nil {
			panic(fmt.Sprintf("cannot run a Redis for %s: %v", id, err)) // The test can't go on.
		}
		s.running[id] = server
	}
	if err := server.apply(serving); err != nil {
		panic(fmt.Sprintf("cannot set up the Redis of %s: %v", id, err))
	}
	return server.endpoint
}

// endpointOf a group, as AWS would name it.
func endpointOf(id string) aws.Endpoint {
	return aws.Endpoint{
		Primary: "master." + id + ".abc123.euc1.cache.amazonaws.com",
		Reader:  "replica." + id + ".abc123.euc1.cache.amazonaws.com",
		Port:    redisPort,
	}
}

// Delete the server of a group, with all that is connected.
func (s *servers) Delete(id string) {
	s.mx.Lock()
	defer s.mx.Unlock()
	server, ok := s.running[id]
	if !ok {
		return
	}
	delete(s.running, id)
	_ = server.front.Close() // Nobody is served anymore.
	_ = server.admin.Close()
	server.stop()
}

func (s *servers) start(id string) (*server, error) {
	s.count++
	dir := filepath.Join(s.dir, "redis", fmt.Sprintf("%s-%d", id, s.count))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	address := func(network int) string {
		return fmt.Sprintf("127.%d.%d.%d:%d", network, s.count/250, s.count%250+1, redisPort)
	}
	out := &server{endpoint: endpointOf(id), plain: filepath.Join(dir, "socket"), tls: address(11)}
	cert, err := s.ca.issue("redis-"+id, pkix.Name{CommonName: id}, out.endpoint.Primary, out.endpoint.Reader)
	if err != nil {
		return nil, err
	}
	host, _, _ := strings.Cut(address(10), ":")
	for _, name := range []string{out.endpoint.Primary, out.endpoint.Reader} {
		if err := s.hosts.set(name, host); err != nil {
			return nil, err
		}
	}
	if out.process, err = newProcess(dir, "redis", func(ctx context.Context) *exec.Cmd { return redisServer(ctx, dir, out, cert) }); err != nil {
		return nil, err
	}
	if err := out.start(); err != nil {
		return nil, err
	}
	out.admin = goredis.NewClient(&goredis.Options{Network: "unix", Addr: out.plain, Username: operator, Password: operatorToken})
	if err := eventually(context.Background(), 10*time.Second, "redis-server answers", func(ctx context.Context) error {
		return out.admin.Ping(ctx).Err()
	}); err != nil {
		return nil, err
	}
	if out.front, err = (&net.ListenConfig{}).Listen(context.Background(), "tcp", address(10)); err != nil {
		return nil, err
	}
	go out.serve()
	return out, nil
}

func redisServer(ctx context.Context, dir string, s *server, cert pair) *exec.Cmd {
	host, port, _ := net.SplitHostPort(s.tls)
	return exec.CommandContext(ctx, "redis-server",
		"--dir", dir, "--save", "", "--unixsocket", s.plain, "--bind", host, "--port", "0",
		"--tls-port", port, "--tls-cert-file", cert.cert, "--tls-key-file", cert.key, "--tls-ca-cert-file", filepath.Join(filepath.Dir(cert.cert), "ca.crt"),
		"--tls-auth-clients", "no", "--user", operator, "on", ">"+operatorToken, "~*", "&*", "+@all")
}

// apply what clients are to see. Where clients without a token are accepted, those
// with any token are too: Redis has no user with a token and without.
func (s *server) apply(serving aws.Serving) error {
	s.mx.Lock()
	s.mode = serving.TLS
	s.mx.Unlock()
	ctx := context.Background()
	rules := []any{"ACL", "SETUSER", "default", "on", "resetpass"}
	for _, token := range serving.Tokens {
		rules = append(rules, ">"+token)
	}
	if serving.Passwordless {
		rules = append(rules, "nopass")
	}
	if err := s.admin.Do(ctx, rules...).Err(); err != nil {
		return err
	}
	for _, name := range []string{"maxmemory-policy", "timeout"} {
		value, ok := serving.Parameters[name]
		if !ok {
			continue
		}
		if err := s.admin.ConfigSet(ctx, name, value).Err(); err != nil {
			return fmt.Errorf("%s %q: %w", name, value, err)
		}
	}
	return nil
}

// serve clients until the front is closed.
func (s *server) serve() {
	for {
		conn, err := s.front.Accept()
		if err != nil {
			return
		}
		go s.pass(conn)
	}
}

// pass a client on, if it may: its first byte reports whether it speaks TLS.
func (s *server) pass(client net.Conn) {
	defer client.Close() //nolint:errcheck // The other side may have closed it.
	from := bufio.NewReader(client)
	first, err := from.Peek(1)
	if err != nil {
		return
	}
	const handshake = 0x16
	s.mx.Lock()
	mode := s.mode
	s.mx.Unlock()
	network, address := "unix", s.plain
	if first[0] == handshake {
		network, address = "tcp", s.tls
	}
	if mode == aws.TLSOff && network == "tcp" || mode == aws.TLSRequired && network == "unix" {
		return
	}
	server, err := (&net.Dialer{}).DialContext(context.Background(), network, address)
	if err != nil {
		return
	}
	defer server.Close() //nolint:errcheck // As above.
	go func() {
		_, _ = io.Copy(server, from) // Until one of them ends it.
		_ = server.Close()
	}()
	_, _ = io.Copy(client, server)
}
