package redis

import (
	"net"
	"net/url"
	"strconv"
)

// URL writes the one connection string: rediss:// with TLS, the token
// percent-encoded, because a token may hold characters that end a URL's
// authority or begin its fragment.
func URL(host string, port int, tls bool, token Secret) Secret {
	scheme := "redis://"
	if tls {
		scheme = "rediss://"
	}
	address := net.JoinHostPort(host, strconv.Itoa(port))
	if token.IsEmpty() {
		return NewSecret(scheme + address)
	}
	// url.UserPassword would leave "$" and "&" as they are, for a shell or an
	// env file to trip over. QueryEscape leaves letters, digits and "-", and a
	// token holds no space for it to turn into "+".
	return NewSecret(scheme + ":" + url.QueryEscape(token.text) + "@" + address)
}

// urlUsesTLS reports which of the two URLs that a cache with TLS Preferred accepts is
// published: the one that it accepts afterwards, too.
func urlUsesTLS(reported, asked, target TLS) bool {
	if reported != TLSPreferred {
		return reported == TLSRequired
	}
	if asked != TLSPreferred {
		return asked == TLSRequired
	}
	return target != TLSDisabled
}
