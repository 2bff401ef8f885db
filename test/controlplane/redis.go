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
	"slices"
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

// A server is a Redis with a front for the names without TLS and one for those with
// TLS, which let clients pass as the group's TLS mode says. Clients that are connected
// stay so whatever changes, as with AWS.
type server struct {
	*process

	number int
	fronts map[aws.Endpoint]net.Listener
	plain  string // The server's socket, where it speaks without TLS.
	tls    string // The address where it speaks TLS.
	admin  *goredis.Client

	mx   sync.Mutex
	mode aws.TLSMode
}

// Networks of the loopback interface: where Redis speaks TLS, and where the fronts are.
const (
	networkRedis = 11
	networkPlain = 10
	networkTLS   = 12
)

func (s *server) address(network int) string {
	return fmt.Sprintf("127.%d.%d.%d:%d", network, s.number/250, s.number%250+1, redisPort)
}

// Apply what clients are to see of a group.
func (s *servers) Apply(id string, serving aws.Serving) {
	s.mx.Lock()
	defer s.mx.Unlock()
	if strings.HasPrefix(id, idealPrefix) {
		return
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
	if err := s.open(server, serving.Endpoints); err != nil {
		panic(fmt.Sprintf("cannot serve the names of %s: %v", id, err))
	}
}

// open a front for each endpoint, and close those of endpoints that are gone: their
// names lead to an address that refuses connections.
func (s *servers) open(server *server, endpoints []aws.Endpoint) error {
	for e, front := range server.fronts {
		if !slices.Contains(endpoints, e) {
			_ = front.Close()
			delete(server.fronts, e)
		}
	}
	for _, e := range endpoints {
		if server.fronts[e] != nil {
			continue
		}
		address := server.address(networkPlain)
		if e.TLS {
			address = server.address(networkTLS)
		}
		host, _, _ := strings.Cut(address, ":")
		for _, name := range []string{e.Primary, e.Reader} {
			if err := s.hosts.set(name, host); err != nil {
				return err
			}
		}
		front, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
		if err != nil {
			return err
		}
		server.fronts[e] = front
		go server.serve(front)
	}
	return nil
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
	_ = s.open(server, nil) // Nobody is served anymore.
	_ = server.admin.Close()
	server.stop()
}

func (s *servers) start(id string) (*server, error) {
	s.count++
	dir := filepath.Join(s.dir, "redis", fmt.Sprintf("%s-%d", id, s.count))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	out := &server{number: s.count, fronts: map[aws.Endpoint]net.Listener{}, plain: filepath.Join(dir, "socket")}
	out.tls = out.address(networkRedis)
	// As with AWS, it holds the names for TLS and no others.
	cert, err := s.ca.issue("redis-"+id, pkix.Name{CommonName: id}, "*."+id+".abc123.euc1.cache.amazonaws.com")
	if err != nil {
		return nil, err
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
func (s *server) serve(front net.Listener) {
	for {
		conn, err := front.Accept()
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
