package aws

import (
	"net/url"
	"slices"
	"strings"
)

// Endpoint of a group: the names that clients know it by.
type Endpoint struct {
	Primary       string
	Reader        string
	Configuration string // In cluster mode, in place of the others.
	Port          int
	TLS           bool // They are made for TLS.
}

func (e Endpoint) has(host string) bool {
	return host != "" && (e.Primary == host || e.Reader == host || e.Configuration == host)
}

// rename a group as its TLS is now. ElastiCache User Guide, "Best practices when
// enabling in-transit encryption": preferred makes names for TLS beside those without,
// and the new ones are described; both serve until required, which deletes the old.
// What becomes of them on the way down is not documented. This is the harder case:
// preferred makes none, and off deletes all, as those without TLS come back.
func (g *group) rename() {
	switch {
	case g.TLS == TLSOff:
		g.names = []Endpoint{g.plainNames()}
	case g.TLS == TLSRequired || len(g.names) == 0:
		g.names = []Endpoint{g.tlsNames()}
	case !slices.Contains(g.names, g.tlsNames()):
		g.names = append(g.names, g.tlsNames())
	}
	g.Endpoint = g.names[len(g.names)-1]
}

func (g *group) plainNames() Endpoint {
	if g.Shards > 0 {
		return Endpoint{Configuration: g.ID + ".abc123.clustercfg." + short(g.Region) + ".cache.amazonaws.com", Port: g.Port}
	}
	suffix := ".abc123.ng.0001." + short(g.Region) + ".cache.amazonaws.com"
	return Endpoint{Primary: g.ID + suffix, Reader: g.ID + "-ro" + suffix, Port: g.Port}
}

func (g *group) tlsNames() Endpoint {
	suffix := "." + g.ID + ".abc123." + short(g.Region) + ".cache.amazonaws.com"
	if g.Shards > 0 {
		return Endpoint{Configuration: "clustercfg" + suffix, Port: g.Port, TLS: true}
	}
	return Endpoint{Primary: "master" + suffix, Reader: "replica" + suffix, Port: g.Port, TLS: true}
}

// short form of a region, as euc1 of eu-central-1.
func short(region string) string {
	return strings.NewReplacer("-", "", "gov", "g", "north", "n", "south", "s", "east", "e", "west", "w", "central", "c").Replace(region)
}

// CutOff reports whether a URL holds a name for TLS of a group that has switched TLS
// off, so that the name is gone. Nobody can know the name that comes before it does.
func (c *Cloud) CutOff(rawURL string) bool {
	u, err := url.Parse(rawURL)
	if err != nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, g := range c.groups {
		if g.TLS == TLSOff && g.tlsNames().has(u.Hostname()) {
			return true
		}
	}
	return false
}
