package git_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/git"
	"github.com/holdfast-dev/holdfast/sources/sourcetest"
)

func TestConformanceHTTPS(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Harness {
		r := newRepo(t)
		server := serveHTTPS(t, r)
		return conformance(t, r, server.options(), secret)
	})
}

func TestConformanceSSH(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Harness {
		r := newRepo(t)
		server := serveSSH(t, r)
		return conformance(t, r, server.options(), "")
	})
}

func conformance(t *testing.T, r *repo, options git.Options, secret string) sourcetest.Harness {
	options.Cache = t.TempDir()
	options.Interval = 100 * time.Millisecond
	return sourcetest.Harness{
		Secret: secret,
		Write:  func(t *testing.T, tree sourcetest.Tree) { r.commit(t, tree) },
		Open: func(t *testing.T, maxFileSize int64) sources.Source {
			options.MaxFileSize = maxFileSize
			return open(t, options)
		},
	}
}

// A commit that is pinned and was cloned needs its server no more.
func TestPinnedCommitIsKept(t *testing.T) {
	r := newRepo(t)
	pinned := r.commit(t, file("one"))
	r.commit(t, file("two"))
	server := serveHTTPS(t, r)
	options := server.options()
	options.Commit, options.Cache = pinned, t.TempDir()
	wantRevision(t, newSource(t, options), pinned)
	server.status.Store(503)
	wantRevision(t, newSource(t, options), pinned)
	options.Cache = t.TempDir()
	wantError(t, newSource(t, options), nil, "503")
}

// A server cannot send a fetch, and the credentials with it, out of encryption.
func TestRedirectOutOfEncryption(t *testing.T) {
	r := newRepo(t)
	r.commit(t, file("one"))
	server := serveHTTPS(t, r)
	asked := make(chan struct{}, 1)
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		select {
		case asked <- struct{}{}:
		default:
		}
	}))
	defer plain.Close()
	server.redirect.Store(&plain.URL)
	wantError(t, newSource(t, server.options()), nil, "redirect")
	if len(asked) > 0 {
		t.Error("it was followed")
	}
}
