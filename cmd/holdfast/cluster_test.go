package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/kubetest"
)

// cluster is a real API server with those controllers that act without nodes.
// It is started by the first test that needs it, and stopped after the last.
var cluster clusterOnDemand

type clusterOnDemand struct {
	once   sync.Once
	server *kubetest.Server
	err    error
}

func (c *clusterOnDemand) get(t *testing.T) *kubetest.Server {
	t.Helper()
	c.once.Do(func() { c.server, c.err = kubetest.Start(kubetest.Options{Controllers: true}) })
	if c.err != nil {
		t.Fatal(c.err)
	}
	return c.server
}

// own is a cluster for one test, which may do with it as it likes.
func (c *clusterOnDemand) own(t *testing.T) *kubetest.Server {
	t.Helper()
	server, err := kubetest.Start(kubetest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

func (c *clusterOnDemand) stop() error {
	if c.server == nil {
		return nil
	}
	return c.server.Stop()
}

// clusterSite is a site of which the targets are in a cluster, in a namespace
// of the test's own.
type clusterSite struct {
	*site
	kube       kubernetes.Interface // of a person with all rights
	kubeconfig string
	namespace  string
}

// oneCluster is the operator's file of most tests.
const oneCluster = `
targets:
  - name: web
    driver: kubernetes
    path: web
    mode: apply
    prune: true
    settings: SETTINGS
`

// newClusterSite is as newSite. In the operator's file SETTINGS stands for
// settings that lead to the namespace, and NAMESPACE and KUBECONFIG for that.
func newClusterSite(t *testing.T, server *kubetest.Server, operator string) *clusterSite {
	t.Helper()
	kube, err := kubernetes.NewForConfig(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	s := &clusterSite{kube: kube, kubeconfig: server.Kubeconfig(), namespace: server.Namespace(t)}
	s.site = newSite(t, s.filledIn(operator))
	return s
}

func (s *clusterSite) filledIn(operator string) string {
	operator = strings.ReplaceAll(operator, "SETTINGS", "{kubeconfig: KUBECONFIG, namespace: NAMESPACE, inventoryNamespace: NAMESPACE, timeout: 3s}")
	return strings.NewReplacer("KUBECONFIG", s.kubeconfig, "NAMESPACE", s.namespace).Replace(operator)
}

// through has the targets reach the cluster by another kubeconfig.
func (s *clusterSite) through(kubeconfig, operator string) {
	s.t.Helper()
	s.kubeconfig = kubeconfig
	s.configure(s.filledIn(operator))
}

// aMap is a ConfigMap with the value.
func aMap(name, value string, more ...string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\n%s\ndata: {value: %q}\n", name, strings.Join(more, "\n"), value)
}

func manyMaps(n int, value string) (documents string, want map[string]string) {
	want = map[string]string{}
	for i := range n {
		name := fmt.Sprintf("a%02d", i)
		documents += "---\n" + aMap(name, value)
		want[name] = value
	}
	return documents, want
}

// maps are the ConfigMaps of the namespace, without the inventories.
func (s *clusterSite) maps() map[string]corev1.ConfigMap {
	list, err := s.kube.CoreV1().ConfigMaps(s.namespace).List(s.t.Context(), metav1.ListOptions{LabelSelector: "!holdfast.dev/inventory"})
	found := map[string]corev1.ConfigMap{}
	if err != nil { // the cluster may be away
		return found
	}
	for _, item := range list.Items {
		found[item.Name] = item
	}
	return found
}

// hold reports whether the ConfigMaps are those and no others, beside those that were made by hand.
func (s *clusterSite) hold(want map[string]string) func() bool {
	return func() bool { return maps.Equal(s.values(), want) }
}

func (s *clusterSite) values() map[string]string {
	values := map[string]string{}
	for name, found := range s.maps() {
		if found.Annotations["made-by"] != "hand" {
			values[name] = found.Data["value"]
		}
	}
	return values
}

func (s *clusterSite) wantValues(want map[string]string) {
	s.t.Helper()
	if got := s.values(); !maps.Equal(got, want) {
		s.t.Errorf("the cluster holds %v, want %v", got, want)
	}
}

// handmade makes objects by hand that look as much as can be like those of the
// targets, and gives what asserts that nobody has touched them.
func (s *clusterSite) handmade(targets ...string) (untouched func()) {
	s.t.Helper()
	made := map[string]corev1.ConfigMap{}
	for _, target := range targets {
		client := s.kube.CoreV1().ConfigMaps(s.namespace)
		created, err := client.Create(s.t.Context(), &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{
				Name: "handmade-" + target, Annotations: map[string]string{"made-by": "hand"},
				Labels: map[string]string{"holdfast.dev/target": target, "app.kubernetes.io/managed-by": "holdfast"},
			},
			Data: map[string]string{"value": "theirs"},
		}, metav1.CreateOptions{FieldManager: "holdfast"})
		if err != nil {
			s.t.Fatal(err)
		}
		made[created.Name] = *created
	}
	return func() {
		s.t.Helper()
		now := s.maps()
		for name, before := range made {
			if after := now[name]; after.UID != before.UID || after.ResourceVersion != before.ResourceVersion {
				s.t.Errorf("%s was made by hand and is touched: %+v, it was %+v", name, after, before)
			}
		}
	}
}

// wantOwned asserts that a target owns the ConfigMaps and nothing else, by their
// UIDs: in the state and at the destination; and that nothing is under way.
func (s *clusterSite) wantOwned(p *session, target string, names ...string) {
	s.t.Helper()
	stored, err := p.store.Owned(s.t.Context(), target)
	if err != nil {
		s.t.Fatal(err)
	}
	pending, err := p.store.Pending(s.t.Context(), target)
	if err != nil || len(pending) > 0 {
		s.t.Errorf("left under way at %s: %v %v", target, pending, err)
	}
	kept, err := s.inventory(target)
	if err != nil {
		s.t.Fatal(err)
	}
	live := s.maps()
	for where, entries := range map[string][]drivers.Owned{"the state": stored, "the cluster": kept} {
		var owned []string
		for _, entry := range entries {
			owned = append(owned, entry.ID.Name)
			if uid := string(live[entry.ID.Name].UID); entry.UID != uid || entry.Pending || !entry.Tombstone.IsZero() {
				s.t.Errorf("by %s, %s owns %+v; live is %q", where, target, entry, uid)
			}
		}
		slices.Sort(owned)
		if slices.Sort(names); !slices.Equal(owned, names) {
			s.t.Errorf("by %s, %s owns %v, want %v", where, target, owned, names)
		}
	}
}

// inventory is what the ConfigMap says that holdfast leaves at the destination.
func (s *clusterSite) inventory(target string) (owned []drivers.Owned, err error) {
	list, err := s.kube.CoreV1().ConfigMaps(s.namespace).List(context.WithoutCancel(s.t.Context()), metav1.ListOptions{LabelSelector: "holdfast.dev/inventory"})
	if err != nil {
		return nil, err
	}
	for _, item := range list.Items {
		if item.Data["target"] != target {
			continue
		}
		zip, err := gzip.NewReader(bytes.NewReader(item.BinaryData["owned.json.gz"]))
		if err != nil {
			return nil, err
		}
		return owned, json.NewDecoder(zip).Decode(&owned)
	}
	return nil, errors.New("there is no inventory of target " + target)
}
