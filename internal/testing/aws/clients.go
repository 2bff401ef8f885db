package aws

import (
	"net/url"
	"slices"
	"strconv"
)

// serve tells the engine what clients are to see of a group.
func (c *Cloud) serve(g *group) {
	if c.options.Engine == nil {
		return
	}
	c.options.Engine.Apply(g.ID, Serving{
		Endpoints:    slices.Clone(g.names),
		Engine:       g.Engine,
		Version:      g.EngineVersion,
		TLS:          g.TLS,
		Tokens:       slices.Clone(g.access.tokens),
		Passwordless: g.access.passwordless,
		Parameters:   c.parametersOf(g),
		Nodes:        g.Nodes,
		NodeType:     g.NodeType,
	})
}

// withdraw a group from its clients.
func (c *Cloud) withdraw(g *group) {
	if c.options.Engine != nil && g.Endpoint.Primary != "" {
		c.options.Engine.Delete(g.ID)
	}
}

// Accepts reports whether a client with this URL would be served now: by its host,
// its port, with TLS or without, with its token or without.
func (c *Cloud) Accepts(rawURL string) bool {
	u, err := url.Parse(rawURL)
	if err != nil || (u.Scheme != "redis" && u.Scheme != "rediss") {
		return false
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return false
	}
	token, _ := u.User.Password()
	if u.User.Username() != "" && u.User.Username() != "default" {
		return false // There are no other users without RBAC.
	}
	return c.AcceptsClient(u.Hostname(), port, u.Scheme == "rediss", token)
}

// AcceptsClient reports whether a client would be served now.
func (c *Cloud) AcceptsClient(host string, port int, tls bool, token string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, g := range c.groups {
		for _, e := range g.names {
			if e.Port == port && e.has(host) {
				return g.accepts(tls, e.TLS, token)
			}
		}
	}
	return false
}

// accepts a client, by a name that is made for TLS or not: the certificate holds no
// other names.
func (g *group) accepts(tls, named bool, token string) bool {
	switch {
	case g.Status == StatusCreating || g.Status == StatusCreateFailed || g.Status == StatusDeleting:
		return false
	case tls && (g.TLS == TLSOff || !named), !tls && g.TLS == TLSRequired:
		return false
	case token == "":
		return g.access.passwordless
	}
	// A server without a token answers AUTH with an error.
	return slices.Contains(g.access.tokens, token)
}

// Access to a group as it is now: the tokens accepted, oldest first, and whether
// clients without one are.
func (c *Cloud) Access(region, id string) (tokens []string, passwordless bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	g, ok := c.groups[key{region, id}]
	if !ok {
		return nil, false
	}
	return slices.Clone(g.access.tokens), g.access.passwordless
}
