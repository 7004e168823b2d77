package git

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

const (
	// maxErrorBody bounds what is read of the body of an HTTP error, in bytes.
	maxErrorBody = 4 << 10
	// maxCredentialFile bounds a password, key or certificate file, in bytes.
	maxCredentialFile = 1 << 20
	defaultUsername   = "git"
)

// dialHTTPS prepares a conversation. Connections are made by its requests and
// closed by hangUp.
func dialHTTPS(endpoint *transport.Endpoint, options Options) (session, func(), error) {
	dialer := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ForceAttemptHTTP2:     true,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   options.Timeout,
		ResponseHeaderTimeout: options.Timeout,
	}
	if options.Auth.CAFile != "" {
		pool, err := certificates(options.Auth.CAFile)
		if err != nil {
			return nil, nil, err
		}
		dialer.TLSClientConfig.RootCAs = pool
	}
	auth, err := basicAuth(endpoint, options.Auth)
	if err != nil {
		return nil, nil, err
	}
	client := githttp.NewClient(&http.Client{Transport: &boundedTransport{dialer, options.MaxTotal, options.Keeps}})
	opened, err := client.NewUploadPackSession(endpoint, auth)
	if err != nil {
		return nil, nil, fmt.Errorf("preparing the request: %w", err)
	}
	return opened, dialer.CloseIdleConnections, nil
}

// basicAuth is nil if no credentials are configured.
func basicAuth(endpoint *transport.Endpoint, auth Auth) (transport.AuthMethod, error) {
	var password string
	switch {
	case auth.PasswordFile != "":
		content, err := readBounded(auth.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("reading the password: %w", err)
		}
		password = strings.TrimRight(string(content), "\r\n")
	case auth.PasswordEnv != "":
		password = os.Getenv(auth.PasswordEnv)
	default:
		return nil, nil
	}
	if password == "" {
		return nil, errors.New("the password or token that auth names is empty")
	}
	username := auth.Username
	if username == "" {
		username = endpoint.User
	}
	if username == "" {
		username = defaultUsername
	}
	return &githttp.BasicAuth{Username: username, Password: password}, nil
}

func certificates(path string) (*x509.CertPool, error) {
	pem, err := readBounded(path)
	if err != nil {
		return nil, fmt.Errorf("reading the certificates: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("reading the system's certificates: %w", err)
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", path)
	}
	return pool, nil
}

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxCredentialFile+1))
	if err == nil && len(content) > maxCredentialFile {
		err = fmt.Errorf("%s has more than %d bytes", path, maxCredentialFile)
	}
	return content, err
}

// boundedTransport bounds the bodies of responses, and those of errors, which
// go-git reads whole, far more tightly. It keeps credentials from repositories
// that they are not for; go-git itself keeps them from other hosts.
type boundedTransport struct {
	next  http.RoundTripper
	limit int64
	keeps func(url string) bool
}

func (t *boundedTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if t.keeps != nil && (request.URL.RawPath != "" || !t.keeps(repositoryOf(request.URL))) {
		request = request.Clone(request.Context())
		request.Header.Del("Authorization")
	}
	response, err := t.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		response.Body = body{io.LimitReader(response.Body, maxErrorBody), response.Body}
	} else {
		response.Body = body{&limitedReader{response.Body, t.limit}, response.Body}
	}
	return response, nil
}

// repositoryOf is the URL of the repository of which something is asked for.
func repositoryOf(u *url.URL) string {
	at := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	for _, service := range []string{"/info/refs", "/git-upload-pack"} {
		at.Path = strings.TrimSuffix(at.Path, service)
	}
	return at.String()
}

type body struct {
	io.Reader
	io.Closer
}
