package bundle

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"oras.land/oras-go/v2/registry/remote/retry"

	"github.com/holdfast-dev/holdfast/sources"
)

// maxRedirects is how many redirects are followed.
const maxRedirects = 5

// client is an HTTP client for one fetch; done lets go of its connections.
func (r Ref) client() (c *http.Client, done func(), err error) {
	pool, err := r.Auth.certificates()
	if err != nil {
		return nil, nil, err
	}
	base := &http.Transport{
		DialContext: dialer(r.Confined).DialContext, ForceAttemptHTTP2: true,
		TLSClientConfig:       &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
		IdleConnTimeout:       30 * time.Second,
		DisableCompression:    true, // the archive is to come as it is
	}
	done = base.CloseIdleConnections
	var transport http.RoundTripper = base
	if r.Confined {
		proxied := base.Clone()
		proxied.Proxy, proxied.DialContext = http.ProxyFromEnvironment, dialer(false).DialContext
		transport = viaProxy{proxy: http.ProxyFromEnvironment, proxied: proxied, direct: base}
		done = func() { base.CloseIdleConnections(); proxied.CloseIdleConnections() }
	} else {
		base.Proxy = http.ProxyFromEnvironment
	}
	again := &retry.GenericPolicy{
		Retryable: retry.DefaultPredicate, Backoff: retry.DefaultBackoff,
		MinWait: 200 * time.Millisecond, MaxWait: 2 * time.Second, MaxRetry: 2,
	}
	return &http.Client{
		Transport:     led{&retry.Transport{Base: transport, Policy: func() retry.Policy { return again }}, r.keeps},
		CheckRedirect: r.redirect,
	}, done, nil
}

// redirect lets a server send to elsewhere only what is pinned, whose content
// cannot be another, and never to what is not encrypted. Credentials stay
// behind where they are not for what it leads to.
func (r Ref) redirect(request *http.Request, via []*http.Request) error {
	first := via[0].URL
	elsewhere := request.URL.Host != first.Host
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("%w: there are more than %d of them", ErrRedirect, maxRedirects)
	case request.URL.Scheme != "https" && request.URL.Scheme != first.Scheme:
		return fmt.Errorf("%w: it leads from %s to %s", ErrRedirect, first.Scheme, request.URL.Scheme)
	case elsewhere && r.Digest == "" && !(strings.HasPrefix(r.URL, "oci://") && namesContent(first)):
		return fmt.Errorf("%w: it leads to %s; pin the %s by its digest, or name that host", ErrRedirect, request.URL.Host, r.what())
	}
	if !r.keeps(first, request.URL) {
		request.Header.Del("Authorization")
	}
	return nil
}

// keeps reports whether the credentials that were sent to one address are for
// another too. A host of the same name on another port is another.
func (r Ref) keeps(first, to *url.URL) bool {
	switch {
	case to.Scheme != first.Scheme || to.Host != first.Host:
		return false
	case r.Elsewhere == nil:
		return true
	case to.RawPath != "": // what the server makes of it need not be what we make of it
		return false
	}
	at := url.URL{Scheme: "https", Host: to.Host, Path: to.Path}
	if strings.HasPrefix(r.URL, "oci://") {
		at.Scheme, at.Path = "oci", strings.TrimPrefix(to.Path, "/v2")
	}
	auth, allowed := r.Elsewhere(at.String())
	return allowed && auth == r.Auth
}

// led keeps servers to which a redirect leads, and which the credentials are not
// for, from asking for them all the same.
type led struct {
	next  http.RoundTripper
	keeps func(first, to *url.URL) bool
}

func (l led) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := l.next.RoundTrip(request)
	if err != nil || request.Response == nil {
		return response, err
	}
	first := request
	for first.Response != nil {
		first = first.Response.Request
	}
	if !l.keeps(first.URL, request.URL) {
		response.Header.Del("WWW-Authenticate")
	}
	return response, nil
}

// namesContent reports whether a URL is a registry's of a blob by its digest,
// which what comes is held against: registries keep blobs elsewhere.
func namesContent(u *url.URL) bool { return strings.Contains(u.Path, "/blobs/sha256:") }

func (f *Fetcher) fetchHTTP(ctx context.Context, ref Ref, u *url.URL) ([]byte, error) {
	if ref.Digest != "" {
		if content, found := f.cache.get(ref.Digest, f.opts.MaxSize); found {
			return content, nil
		}
	}
	content, err := f.download(ctx, ref, u, f.opts.MaxSize)
	if err != nil || ref.Digest == "" {
		return content, err
	}
	if err := Verify(content, ref.Digest); err != nil {
		return nil, err
	}
	f.cache.put(ref.Digest, content)
	return content, nil
}

// download gets what is at the URL, if that is at most limit bytes.
func (f *Fetcher) download(ctx context.Context, ref Ref, u *url.URL, limit int64) ([]byte, error) {
	client, done, err := ref.client()
	if err != nil {
		return nil, err
	}
	defer done()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: not a URL that can be asked for", ErrRefused)
	}
	if err := ref.authorize(request); err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "holdfast")
	response, err := client.Do(request)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
		return readAll(response.Body, limit)
	case http.StatusNotFound, http.StatusGone:
		return nil, fmt.Errorf("%w: the server answers %s", sources.ErrNotFound, status(response))
	case http.StatusUnauthorized, http.StatusForbidden:
		return nil, fmt.Errorf("%w: it answers %s%s", sources.ErrDenied, status(response), ref.credentialsMend())
	}
	return nil, fmt.Errorf("the server answers %s", status(response))
}

// status is the answer in our own words: a server's may be what it was sent.
func status(response *http.Response) string {
	return fmt.Sprintf("%d %s", response.StatusCode, http.StatusText(response.StatusCode))
}

func (r Ref) authorize(request *http.Request) error {
	c, err := r.Auth.read()
	if err != nil {
		return err
	}
	switch {
	case c.token == "" && c.username == "" && c.password == "":
		return nil
	case r.Confined || request.URL.Scheme != "https":
		return fmt.Errorf("%w: no credentials are sent there", ErrRefused)
	case c.token != "":
		request.Header.Set("Authorization", "Bearer "+c.token)
	default:
		request.SetBasicAuth(c.username, c.password)
	}
	return nil
}

// readAll reads what is within the limit of size.
func readAll(body io.Reader, limit int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", withoutURL(err))
	}
	if int64(len(content)) > limit {
		return nil, tooLarge(limit)
	}
	return content, nil
}

// withoutURL leaves out of an error the URL, which after a redirect may hold a
// signature that lets anybody in.
func withoutURL(err error) error {
	if inner := (*url.Error)(nil); errors.As(err, &inner) {
		return inner.Err
	}
	return err
}
