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
		Transport:     &retry.Transport{Base: transport, Policy: func() retry.Policy { return again }},
		CheckRedirect: r.redirect,
	}, done, nil
}

// redirect lets a server send to elsewhere only what is pinned, whose content
// cannot be another, and never to what is not encrypted. Credentials stay
// behind: a host of the same name on another port is another.
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
	if elsewhere {
		request.Header.Del("Authorization")
	}
	return nil
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
		return nil, fmt.Errorf("%w: the server answers %s", sources.ErrNotFound, response.Status)
	case http.StatusUnauthorized, http.StatusForbidden:
		return nil, fmt.Errorf("the server answers %s%s", response.Status, ref.credentialsMend())
	}
	return nil, fmt.Errorf("the server answers %s", response.Status)
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
