package bundle

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"testing"
)

// Addresses as the IANA registries have them (RFC 6890).
func TestIsPublic(t *testing.T) {
	for text, want := range map[string]bool{
		"1.1.1.1": true, "140.82.121.4": true, "100.63.255.255": true, "172.32.0.1": true, "2606:4700::1111": true, "::ffff:1.1.1.1": true,
		"0.0.0.0": false, "10.1.2.3": false, "100.64.0.1": false, "127.0.0.1": false, "127.255.255.255": false, "169.254.169.254": false,
		"172.16.0.1": false, "172.31.255.255": false, "192.168.0.1": false, "198.19.0.1": false, "224.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::ffff:10.0.0.1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false,
		"ff02::1": false, "64:ff9b::a00:1": false, "2002:a00:1::": false, "2001:0:a00:1::": false,
	} {
		if got := isPublic(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

type counting struct{ asked int }

func (c *counting) RoundTrip(*http.Request) (*http.Response, error) {
	c.asked++
	return nil, errors.New("asked")
}

// A proxy connects in our place: it is not asked for what is not public either.
func TestViaProxy(t *testing.T) {
	proxied, direct := &counting{}, &counting{}
	behind := true
	v := viaProxy{proxied: proxied, direct: direct, proxy: func(*http.Request) (*url.URL, error) {
		if !behind {
			return nil, nil
		}
		return url.Parse("http://proxy.example.com:3128")
	}}
	ask := func(text string) error {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, text, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = v.RoundTrip(request)
		return err
	}
	for _, url := range []string{"https://10.0.0.1/", "https://localhost/", "https://[::1]/", "https://169.254.169.254/"} {
		if err := ask(url); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if err := ask("https://1.1.1.1/"); errors.Is(err, ErrRefused) || proxied.asked != 1 || direct.asked != 0 {
		t.Errorf("a public address: %v, asked the proxy %d times", err, proxied.asked)
	}
	behind = false
	if ask("https://1.1.1.1/"); direct.asked != 1 || proxied.asked != 1 {
		t.Errorf("without a proxy: %d directly, %d by it", direct.asked, proxied.asked)
	}
}
