package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/holdfast-dev/holdfast/drivers/kubernetes/kubetest"
)

// gate stands between holdfast and the real API server, as an administrator.
type gate struct {
	kubeconfig string
	mu         sync.Mutex
	meddle     meddler
}

// meddler takes a request in hand; forward lets it through.
type meddler func(w http.ResponseWriter, r *http.Request, forward http.Handler)

func newGate(t *testing.T, server *kubetest.Server) *gate {
	t.Helper()
	config := server.Config()
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{}
	forward := &httputil.ReverseProxy{
		Transport: transport, FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(address) },
		ErrorLog: log.New(io.Discard, "", 0), // who was killed does not wait for its answers
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		meddle := g.meddle
		g.mu.Unlock()
		if meddle == nil {
			forward.ServeHTTP(w, r)
			return
		}
		meddle(w, r, forward)
	}))
	t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
	})
	g.kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	write(t, g.kubeconfig, fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "x",
		"clusters": [{"name": "x", "cluster": {"server": %q}}],
		"users": [{"name": "x", "user": {}}],
		"contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}]}`, front.URL))
	return g
}

// with has all requests from now on go through the meddler; nil lets them through.
func (g *gate) with(meddle meddler) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.meddle = meddle
}

// Sorts of requests.
const (
	aWatch  = "watch"
	aRead   = "read"
	aDryRun = "dry run"
	aWrite  = "write"
)

func sortOf(r *http.Request) string {
	switch {
	case r.URL.Query().Get("watch") != "":
		return aWatch
	case r.Method == http.MethodGet:
		return aRead
	case r.URL.Query().Get("dryRun") != "":
		return aDryRun
	}
	return aWrite
}
