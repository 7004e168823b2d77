package kubernetes_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// target is a driver and the inventory that a reconciler would keep of it.
type target struct {
	cluster
	t      *testing.T
	driver drivers.Driver
	owned  map[resource.Key]drivers.Owned
	others []drivers.Neighbour
}

func newTarget(t *testing.T, settings map[string]any) *target {
	return newCluster(t).target(t, settings)
}

func (c cluster) target(t *testing.T, settings map[string]any) *target {
	driver := c.open(t, settings, nil)
	t.Cleanup(func() {
		if err := driver.Close(); err != nil {
			t.Error(err)
		}
	})
	return &target{cluster: c, t: t, driver: driver, owned: map[resource.Key]drivers.Owned{}}
}

func (w *target) tryPlan(desired ...resource.Resource) (*drivers.Plan, error) {
	w.t.Helper()
	var owned []drivers.Owned
	for _, entry := range w.owned {
		owned = append(owned, entry)
	}
	observed, err := w.driver.Observe(w.t.Context(), drivers.ObserveRequest{Desired: desired, Owned: owned})
	if err != nil {
		return nil, err
	}
	return w.driver.Plan(w.t.Context(), drivers.PlanRequest{Desired: desired, Owned: owned, Observed: observed, Elsewhere: w.others})
}

func (w *target) plan(desired ...resource.Resource) *drivers.Plan {
	w.t.Helper()
	plan, err := w.tryPlan(desired...)
	if err != nil {
		w.t.Fatal(err)
	}
	return plan
}

// apply makes the changes of a plan, and gives what went wrong, by the
// resource's name.
func (w *target) apply(plan *drivers.Plan) map[string]error {
	w.t.Helper()
	var changes []resource.Change
	for _, change := range plan.Changes {
		switch change.Action {
		case resource.ActionNone:
			w.owned[change.ID.Key()] = drivers.Owned{ID: change.ID, UID: change.Precondition, Digest: change.Desired}
		case resource.ActionMove:
		default:
			changes = append(changes, change)
		}
	}
	j := &journal{target: w, failed: map[string]error{}}
	if err := w.driver.Apply(w.t.Context(), plan, changes, j); err != nil {
		w.t.Fatal(err)
	}
	return j.failed
}

// bring applies what is desired, and wants it in line afterwards.
func (w *target) bring(desired ...resource.Resource) {
	w.t.Helper()
	for name, err := range w.apply(w.plan(desired...)) {
		w.t.Fatalf("%s: %v", name, err)
	}
	w.wantInLine(desired...)
}

func (w *target) wantInLine(desired ...resource.Resource) {
	w.t.Helper()
	for _, change := range w.plan(desired...).Changes {
		if change.Action != resource.ActionNone {
			w.t.Errorf("%s is to be a %s: %+v", change.ID, change.Action, change.Diff)
		}
	}
}

// only is the plan's change of a name.
func only(t *testing.T, plan *drivers.Plan, name string) resource.Change {
	t.Helper()
	at := slices.IndexFunc(plan.Changes, func(c resource.Change) bool { return c.ID.Name == name })
	if at < 0 {
		t.Fatalf("%s is not in the plan", name)
	}
	return plan.Changes[at]
}

// shows is a diff in one line a field.
func shows(change resource.Change) string {
	var lines []string
	for _, d := range change.Diff {
		lines = append(lines, fmt.Sprintf("%s: %v -> %v", d.Path, d.Before, d.After))
	}
	return strings.Join(lines, "\n")
}

type journal struct {
	*target
	mu     sync.Mutex
	failed map[string]error
}

func (j *journal) Intend(_ context.Context, change *resource.Change, uid string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	entry := j.owned[change.ID.Key()]
	entry.ID = change.ID
	if change.Action != resource.ActionDelete {
		entry.UID, entry.Pending = uid, true
	}
	j.owned[change.ID.Key()] = entry
	return nil
}

func (j *journal) Done(_ context.Context, change *resource.Change, result drivers.Result) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case result.Err != nil:
		j.failed[change.ID.Name] = result.Err
	case change.Action == resource.ActionDelete:
		delete(j.owned, change.ID.Key())
	default:
		j.owned[change.ID.Key()] = drivers.Owned{ID: change.ID, UID: result.UID, Digest: change.Desired}
	}
	return nil
}

// proxy stands between a driver and the real API server.
type proxy struct {
	kubeconfig string
	address    string
	forward    func(http.ResponseWriter, *http.Request) // to the real one

	mu       sync.Mutex
	requests []string                                             // but for the watches
	meddle   func(http.ResponseWriter, *http.Request) (done bool) // answers in the server's place
}

func newProxy(t *testing.T) *proxy {
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
	p := &proxy{}
	forward := &httputil.ReverseProxy{
		Transport: transport, FlushInterval: -1,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(address)
			r.Out.Header.Del("Authorization")
		},
	}
	p.forward = forward.ServeHTTP
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		if r.URL.Query().Get("watch") == "" {
			p.requests = append(p.requests, r.Method+" "+r.URL.Path)
		}
		meddle := p.meddle
		p.mu.Unlock()
		if meddle == nil || !meddle(w, r) {
			p.forward(w, r)
		}
	}))
	t.Cleanup(s.CloseClientConnections)
	p.kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	p.address = s.URL
	p.write(t, p.address, "first")
	return p
}

// write writes the kubeconfig.
func (p *proxy) write(t *testing.T, address, token string) {
	t.Helper()
	text := fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "x",
		"clusters": [{"name": "x", "cluster": {"server": %q, "insecure-skip-tls-verify": true}}],
		"users": [{"name": "x", "user": {"token": %q}}],
		"contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}]}`, address, token)
	if err := os.WriteFile(p.kubeconfig, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *proxy) meddleWith(meddle func(http.ResponseWriter, *http.Request) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.meddle = meddle
}

// taken are the requests since it was last asked.
func (p *proxy) taken() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	requests := p.requests
	p.requests = nil
	return requests
}
