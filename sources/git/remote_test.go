package git_test

import (
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
