package live

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/kubetest"
)

var server *kubetest.Server

func TestMain(m *testing.M) {
	os.Exit(kubetest.Main(m, &server, kubetest.Options{Controllers: true}))
}

const target = "prod"

var (
	configMaps  = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	nodes       = schema.GroupVersionResource{Version: "v1", Resource: "nodes"}
)

// patience is how long a test waits for what should come about in a second.
const patience = 30 * time.Second

func dynamicClient(t *testing.T, config *rest.Config) dynamic.Interface {
	t.Helper()
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func newCache(t *testing.T, config *rest.Config) *Cache {
	t.Helper()
	cache := New(Options{
		Client: dynamicClient(t, config), Target: target, Logger: slog.New(slog.DiscardHandler),
		Status: func(obj *unstructured.Unstructured) (drivers.Status, string) {
			ready, _, _ := unstructured.NestedInt64(obj.Object, "status", "readyReplicas")
			if ready > 0 {
				return drivers.StatusHealthy, ""
			}
			return drivers.StatusProgressing, ""
		},
	})
	t.Cleanup(cache.Close)
	return cache
}

func settle(t *testing.T, cache *Cache, kinds ...Kind) {
	t.Helper()
	cache.Keep(kinds)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cache.Settle(ctx)
}

func configMap(namespace, name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": name, "namespace": namespace, "labels": map[string]any{Label: target}},
		"data":     map[string]any{"color": "blue"},
	}}
}

func create(t *testing.T, client dynamic.Interface, resource schema.GroupVersionResource, obj *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	made, err := client.Resource(resource).Namespace(obj.GetNamespace()).Create(t.Context(), obj, metav1.CreateOptions{FieldManager: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func patch(t *testing.T, client dynamic.Interface, resource schema.GroupVersionResource, namespace, name, change string, subresources ...string) *unstructured.Unstructured {
	t.Helper()
	obj, err := client.Resource(resource).Namespace(namespace).Patch(t.Context(), name, types.MergePatchType, []byte(change),
		metav1.PatchOptions{FieldManager: "test"}, subresources...)
	if err != nil {
		t.Fatal(err)
	}
	return obj
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: it did not come about within %s", what, patience)
		}
	}
}

func told(t *testing.T, changes <-chan struct{}, what string) {
	t.Helper()
	select {
	case _, open := <-changes:
		if !open {
			t.Fatalf("%s: the channel is closed", what)
		}
	case <-time.After(patience):
		t.Fatalf("%s: it was not told within %s", what, patience)
	}
}

// quiet waits for longer than a change takes to be told.
func quiet(t *testing.T, changes <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-changes:
		t.Errorf("%s: it was told", what)
	case <-time.After(debounce + time.Second):
	}
}

func color(cache *Cache, namespace, name string) string {
	obj, ok := cache.Get(configMaps, namespace, name)
	if !ok {
		return ""
	}
	text, _, _ := unstructured.NestedString(obj.Object, "data", "color")
	return text
}

func TestWhatChangesIsTold(t *testing.T) {
	client, namespace := dynamicClient(t, server.Config()), server.Namespace(t)
	create(t, client, configMaps, configMap(namespace, "a"))
	foreign := configMap(namespace, "foreign")
	foreign.SetLabels(nil)
	create(t, client, configMaps, foreign)

	cache := newCache(t, server.Config())
	settle(t, cache, Kind{Resource: configMaps, Namespaces: []string{namespace}})
	if got := color(cache, namespace, "a"); got != "blue" {
		t.Fatalf("color %q, want that of the list", got)
	}
	if _, ok := cache.Get(configMaps, namespace, "foreign"); ok {
		t.Error("what does not bear the label is known")
	}
	if _, ok := cache.Get(deployments, namespace, "a"); ok {
		t.Error("a kind that is not watched is known")
	}
	changes := cache.Changes(t.Context())
	quiet(t, changes, "the first list")

	patch(t, client, configMaps, namespace, "a", `{"data":{"color":"red"}}`)
	told(t, changes, "a change")
	if got := color(cache, namespace, "a"); got != "red" {
		t.Errorf("color %q when told, want red", got)
	}
	create(t, client, configMaps, configMap(namespace, "b"))
	told(t, changes, "a new object")

	patch(t, client, configMaps, namespace, "a", `{"metadata":{"labels":{"`+Label+`":null}}}`)
	told(t, changes, "a label taken away")
	if _, ok := cache.Get(configMaps, namespace, "a"); ok {
		t.Error("an object without the label is known")
	}
	if err := client.Resource(configMaps).Namespace(namespace).Delete(t.Context(), "b", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	told(t, changes, "a deletion")
	if _, ok := cache.Get(configMaps, namespace, "b"); ok {
		t.Error("a deleted object is known")
	}
}

func TestWhatHoldfastWritesIsNotTold(t *testing.T) {
	client, namespace := dynamicClient(t, server.Config()), server.Namespace(t)
	cache := newCache(t, server.Config())
	settle(t, cache, Kind{Resource: configMaps, Namespaces: []string{namespace}})
	changes := cache.Changes(t.Context())

	cache.Wrote(configMaps, create(t, client, configMaps, configMap(namespace, "a")))
	if got := color(cache, namespace, "a"); got != "blue" {
		t.Errorf("color %q right after the write, want blue", got)
	}
	first := patch(t, client, configMaps, namespace, "a", `{"data":{"color":"green"}}`)
	cache.Wrote(configMaps, first)
	quiet(t, changes, "holdfast's own writes")
	if got := color(cache, namespace, "a"); got != "green" {
		t.Errorf("color %q, want green", got)
	}

	// What is told late of a write does not hide what came after it.
	patch(t, client, configMaps, namespace, "a", `{"data":{"color":"red"}}`)
	told(t, changes, "a change by somebody else")
	cache.Wrote(configMaps, first)
	if got := color(cache, namespace, "a"); got != "red" {
		t.Errorf("color %q, want red", got)
	}
}

func TestStatusIsToldOnlyWhereHealthChanges(t *testing.T) {
	client, namespace := dynamicClient(t, server.Config()), server.Namespace(t)
	create(t, client, deployments, webDeployment(namespace, 0))
	cache := newCache(t, server.Config())
	eventually(t, "the controller looks at the deployment", func() bool {
		obj, err := client.Resource(deployments).Namespace(namespace).Get(t.Context(), "web", metav1.GetOptions{})
		observed, _, _ := unstructured.NestedInt64(obj.Object, "status", "observedGeneration")
		return err == nil && observed == 1
	})
	settle(t, cache, Kind{Resource: deployments, Namespaces: []string{namespace}})
	changes := cache.Changes(t.Context())

	patch(t, client, deployments, namespace, "web", `{"status":{"collisionCount":3}}`, "status")
	eventually(t, "the status is known", func() bool {
		obj, ok := cache.Get(deployments, namespace, "web")
		if !ok {
			return false
		}
		count, _, _ := unstructured.NestedInt64(obj.Object, "status", "collisionCount")
		return count == 3
	})
	quiet(t, changes, "a status that changes nothing")
	patch(t, client, deployments, namespace, "web", `{"status":{"replicas":1,"readyReplicas":1}}`, "status")
	told(t, changes, "a change of health")
}

func webDeployment(namespace string, replicas int64) *unstructured.Unstructured {
	labels := map[string]any{"app": "web"}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": map[string]any{"name": "web", "namespace": namespace, "labels": map[string]any{Label: target}},
		"spec": map[string]any{
			"replicas": replicas, "selector": map[string]any{"matchLabels": labels},
			"template": map[string]any{
				"metadata": map[string]any{"labels": labels},
				"spec":     map[string]any{"containers": []any{map[string]any{"name": "web", "image": "web:1"}}},
			},
		},
	}}
}

// While the API server is away nothing is known, and nothing that happened meanwhile is missed.
func TestAfterAnOutageNothingIsStale(t *testing.T) {
	namespace := server.Namespace(t)
	client := dynamicClient(t, server.Config())
	create(t, client, configMaps, configMap(namespace, "a"))
	create(t, client, configMaps, configMap(namespace, "b"))
	cache := newCache(t, server.Config())
	settle(t, cache, Kind{Resource: configMaps, Namespaces: []string{namespace}})
	changes := cache.Changes(t.Context())
	if color(cache, namespace, "a") != "blue" {
		t.Fatal("the object is not known before the outage")
	}

	server.StopAPIServer(t)
	eventually(t, "the outage is noticed", func() bool { return color(cache, namespace, "a") == "" })
	server.StartAPIServer(t)
	patch(t, client, configMaps, namespace, "a", `{"data":{"color":"red"}}`)
	if err := client.Resource(configMaps).Namespace(namespace).Delete(t.Context(), "b", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	told(t, changes, "what happened about the outage")
	eventually(t, "the change is known", func() bool { return color(cache, namespace, "a") == "red" })
	eventually(t, "the deletion is known", func() bool { return color(cache, namespace, "b") == "" })
}

// A tenant that may see its own namespaces only is told of these.
func TestWhereTheWholeClusterMayNotBeWatched(t *testing.T) {
	admin := dynamicClient(t, server.Config())
	mine, later, others := server.Namespace(t), server.Namespace(t), server.Namespace(t)
	config, _ := server.User(t, "tenant-"+mine)
	for _, namespace := range []string{mine, later} {
		allowConfigMaps(t, namespace, "tenant-"+mine)
	}
	for _, namespace := range []string{mine, later, others} {
		create(t, admin, configMaps, configMap(namespace, "a"))
	}
	cache := newCache(t, config)
	settle(t, cache, Kind{Resource: configMaps, Namespaces: []string{mine}}, Kind{Resource: nodes})
	if color(cache, mine, "a") != "blue" || color(cache, later, "a") != "" || color(cache, others, "a") != "" {
		t.Error("want to know of the one namespace that was asked for")
	}
	changes := cache.Changes(t.Context())
	patch(t, admin, configMaps, mine, "a", `{"data":{"color":"red"}}`)
	told(t, changes, "a change in the namespace")

	settle(t, cache, Kind{Resource: configMaps, Namespaces: []string{later}})
	if color(cache, later, "a") != "blue" || color(cache, mine, "a") != "" {
		t.Error("want to know of the other namespace, once that is asked for")
	}
}

func allowConfigMaps(t *testing.T, namespace, user string) {
	t.Helper()
	client, err := kubernetes.NewForConfig(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	role := &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: "tenant"}, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{corev1.GroupName}, Resources: []string{"configmaps"}, Verbs: []string{"get", "list", "watch"}},
	}}
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "tenant"}, Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, Name: user}},
		RoleRef: rbacv1.RoleRef{Kind: "Role", Name: "tenant"},
	}
	if _, err := client.RbacV1().Roles(namespace).Create(t.Context(), role, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.RbacV1().RoleBindings(namespace).Create(t.Context(), binding, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// What was noted while nobody listened is told to whoever listens next, the
// channel ends with its context, and Close leaves nothing running.
func TestListenersComeAndGo(t *testing.T) {
	client, namespace := dynamicClient(t, server.Config()), server.Namespace(t)
	create(t, client, configMaps, configMap(namespace, "a"))
	before := goleak.IgnoreCurrent()
	config := server.Config()
	cache := newCache(t, config)
	settle(t, cache, Kind{Resource: configMaps, Namespaces: []string{namespace}})

	ctx, cancel := context.WithCancel(t.Context())
	changes := cache.Changes(ctx)
	cancel()
	eventually(t, "the channel is closed", func() bool {
		select {
		case _, open := <-changes:
			return !open
		default:
			return false
		}
	})
	patch(t, client, configMaps, namespace, "a", `{"data":{"color":"red"}}`)
	eventually(t, "the change is known", func() bool { return color(cache, namespace, "a") == "red" })
	ctx, cancel = context.WithCancel(t.Context())
	told(t, cache.Changes(ctx), "a change that nobody listened to")
	cancel()

	cache.Close()
	cache.Keep([]Kind{{Resource: deployments}}) // too late, and no harm
	if _, ok := cache.Get(configMaps, namespace, "a"); ok {
		t.Error("a closed cache knows an object")
	}
	goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"), goleak.IgnoreAnyFunction("net/http.(*http2ClientConn).readLoop"),
		goleak.IgnoreAnyFunction("golang.org/x/net/http2.(*clientConnReadLoop).run")) // connections are kept for other clients
}
