package bundle

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"
)

// notPublic are the blocks of the IANA special-purpose address registries (RFC
// 6890) that netip does not know by itself, and those that carry another
// address within, by which a private one could be reached.
var notPublic = [...]string{
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10",
}

// isPublic reports whether an address is one of the public internet.
func isPublic(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	return !slices.ContainsFunc(notPublic[:], func(block string) bool { return netip.MustParsePrefix(block).Contains(addr) })
}

func errNotPublic(host string) error {
	return fmt.Errorf("%w: %s is not a public address, and a repository may name no other; name the bundle in a file that is given with --config", ErrRefused, host)
}

// publicOnly is asked of each address before it is connected to, after names
// are resolved, so that no name and no redirect leads elsewhere.
func publicOnly(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !isPublic(at.Addr()) {
		return errNotPublic(address)
	}
	return nil
}

// viaProxy goes through a proxy where there is one for the request. It connects
// in our place: so it is asked for hosts only that are public as seen from here.
type viaProxy struct {
	proxy           func(*http.Request) (*url.URL, error)
	proxied, direct http.RoundTripper
}

func (v viaProxy) RoundTrip(request *http.Request) (*http.Response, error) {
	proxy, err := v.proxy(request)
	if err != nil {
		return nil, err
	}
	if proxy == nil {
		return v.direct.RoundTrip(request)
	}
	if err := resolvesPublic(request.Context(), request.URL); err != nil {
		return nil, err
	}
	return v.proxied.RoundTrip(request)
}

func resolvesPublic(ctx context.Context, u *url.URL) error {
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		return fmt.Errorf("find the address of %s, which a repository names: %w", u.Hostname(), err)
	}
	for _, addr := range addresses {
		if !isPublic(addr) {
			return errNotPublic(u.Hostname())
		}
	}
	return nil
}

// dialer connects; a confined one to public addresses only.
func dialer(confined bool) *net.Dialer {
	d := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: -1}
	if confined {
		d.Control = publicOnly
	}
	return d
}
