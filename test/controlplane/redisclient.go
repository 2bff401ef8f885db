package controlplane

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// connect as an app does, with nothing but the URL. The system would know AWS's
// authority and AWS's names; here both are told.
func (s *servers) connect(rawURL string) (*goredis.Client, error) {
	options, err := goredis.ParseURL(rawURL)
	if err != nil {
		return nil, err
	}
	options.MaxRetries, options.DialerRetries = -1, 1
	options.PoolSize = 1
	if options.TLSConfig != nil {
		pem, err := os.ReadFile(s.ca.file())
		if err != nil {
			return nil, err
		}
		options.TLSConfig.RootCAs = x509.NewCertPool()
		options.TLSConfig.RootCAs.AppendCertsFromPEM(pem)
	}
	config := options.TLSConfig
	options.Dialer = func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		address = net.JoinHostPort(s.hosts.address(host), port)
		if config == nil {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}
		config := config.Clone()
		config.ServerName = host
		return (&tls.Dialer{Config: config}).DialContext(ctx, network, address)
	}
	return goredis.NewClient(options), nil
}

// use a URL: whether the server answers.
func (s *servers) use(ctx context.Context, url string) error {
	c, err := s.connect(url)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // It has told what it was asked.
	return c.Ping(ctx).Err()
}

// settings that the server behind a URL has.
func (s *servers) settings(ctx context.Context, url string, names ...string) (map[string]string, error) {
	c, err := s.connect(url)
	if err != nil {
		return nil, err
	}
	defer c.Close() //nolint:errcheck // As above.
	out := map[string]string{}
	for _, name := range names {
		got, err := c.ConfigGet(ctx, name).Result()
		if err != nil {
			return nil, err
		}
		out[name] = got[name]
	}
	return out, nil
}

// cli is redis-cli, with a URL. Where that has a token, redis-cli 7 takes the empty
// name before it for a user's, so that it is given the token apart.
func (s *servers) cli(ctx context.Context, rawURL string, args ...string) (string, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", err
	}
	token, _ := u.User.Password()
	u.User = nil
	cmd := exec.CommandContext(ctx, "redis-cli", append([]string{"-u", u.String(), "--cacert", s.ca.file()}, args...)...)
	if token != "" {
		cmd.Env = append(os.Environ(), "REDISCLI_AUTH="+token)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("redis-cli: %w: %s", err, out)
	}
	return strings.TrimSpace(string(out)), nil
}
