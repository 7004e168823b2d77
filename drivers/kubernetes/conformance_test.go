package kubernetes_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/drivertest"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/kubetest"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

var server *kubetest.Server

func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.fuzzworker").Value.String() == "true" { // it needs no server, and there are many
		os.Exit(m.Run())
	}
	os.Exit(kubetest.Main(m, &server, kubetest.Options{}))
}

// told is how long the watches may take to tell of a change.
const told = 250 * time.Millisecond

var key = []byte("0123456789abcdef0123456789abcdef")

// cluster is the real one, as somebody else than holdfast sees it.
type cluster struct {
	dynamic.Interface
	namespace string
}

func newCluster(t testing.TB) cluster {
	t.Helper()
	client, err := dynamic.NewForConfig(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	return cluster{client, server.Namespace(t)}
}

var resources = map[string]schema.GroupVersionResource{
	"ConfigMap":  {Version: "v1", Resource: "configmaps"},
	"Secret":     {Version: "v1", Resource: "secrets"},
	"Service":    {Version: "v1", Resource: "services"},
	"Namespace":  {Version: "v1", Resource: "namespaces"},
	"Deployment": {Group: "apps", Version: "v1", Resource: "deployments"},
	"Pod":        {Version: "v1", Resource: "pods"},
	"Job":        {Group: "batch", Version: "v1", Resource: "jobs"},
}

func (c cluster) of(kind string) dynamic.ResourceInterface {
	if kind == "Namespace" {
		return c.Resource(resources[kind])
	}
	return c.Resource(resources[kind]).Namespace(c.namespace)
}

// get is a live object, nil if there is none.
func (c cluster) get(t testing.TB, kind, name string) *unstructured.Unstructured {
	t.Helper()
	obj, err := c.of(kind).Get(context.Background(), name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return obj
}

// patch changes an object as somebody else.
func (c cluster) patch(t testing.TB, kind, name, manager, patch string) {
	t.Helper()
	_, err := c.of(kind).Patch(t.Context(), name, types.MergePatchType, []byte(patch), metav1.PatchOptions{FieldManager: manager})
	if err != nil {
		t.Fatal(err)
	}
}

func (c cluster) open(t testing.TB, settings map[string]any, logger *slog.Logger) drivers.Driver {
	t.Helper()
	all := map[string]any{"kubeconfig": server.Kubeconfig(), "namespace": c.namespace, "inventoryNamespace": c.namespace}
	for key, value := range settings {
		all[key] = value
	}
	driver, err := kubernetes.Kind().Open(t.Context(), drivers.Options{Target: "web", Settings: all, Key: key, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	return driver
}

type fields = map[string]any

func object(apiVersion, kind, name string, more fields, sensitive ...resource.Path) resource.Resource {
	content := fields{"apiVersion": apiVersion, "kind": kind, "metadata": fields{"name": name}}
	for key, value := range more {
		content[key] = value
	}
	return resource.Resource{
		ID:      resource.ID{Target: "web", APIVersion: apiVersion, Kind: kind, Name: name},
		Content: content, Sensitive: sensitive, Origin: resource.Origin{File: name + ".yaml", Line: 1, Column: 1},
	}
}

func configMap(name string, data fields) resource.Resource {
	return object("v1", "ConfigMap", name, fields{"data": data})
}

func deployment(name, image string) resource.Resource {
	labels := fields{"app": name}
	return object("apps/v1", "Deployment", name, fields{"spec": fields{
		"selector": fields{"matchLabels": labels},
		"template": fields{"metadata": fields{"labels": labels}, "spec": fields{
			"containers": []any{fields{"name": "main", "image": image}},
		}},
	}})
}

func TestConformance(t *testing.T) { drivertest.Run(t, harness) }

// harness has a namespace of its own. No controllers run, so the Deployment
// never gets its pods: it is the one that is not healthy. It is disturbed by
// putting another in its place, the others by an edit.
func harness(t *testing.T) drivertest.Harness {
	c := newCluster(t)
	h := drivertest.Harness{Hand: 16}
	h.Open = func(t testing.TB, logger *slog.Logger) drivers.Driver { return c.open(t, nil, logger) }
	within := func(res resource.Resource) resource.Resource { return c.within(res, c.namespace) }
	h.Resource = func(n, version int) resource.Resource {
		switch n {
		case 1:
			return within(deployment("web", fmt.Sprintf("web:%d", version)))
		case 2:
			return within(object("v1", "Service", "web", fields{"spec": fields{
				"selector": fields{"app": "web"}, "ports": []any{fields{"port": int64(80 + version)}},
			}}))
		}
		return within(configMap(fmt.Sprintf("settings-%d", n), fields{"version": fmt.Sprint(version)}))
	}
	h.Secret = func(canary string) resource.Resource {
		data := fields{"password": base64.StdEncoding.EncodeToString([]byte(canary))}
		return within(object("v1", "Secret", "secret", fields{"data": data}, resource.Path{"data"}))
	}
	h.Failing = func(canary string) resource.Resource {
		return object("v1", "Service", "failing", fields{"spec": fields{"type": "ExternalName", "externalName": "_" + canary}}, resource.Path{"spec", "externalName"})
	}
	h.Ending = func(version int) resource.Resource {
		return within(job("migrate", fmt.Sprintf("shop:%d", version), fields{"helm.sh/hook": "pre-upgrade", "helm.sh/hook-delete-policy": "hook-succeeded"}))
	}
	h.Renamed = func(res resource.Resource) resource.Resource { return c.within(res, "") } // which is the target's namespace
	h.Disturb = func(t testing.TB, id resource.ID) {
		c.disturb(t, id)
		time.Sleep(told)
	}
	h.Live = func(t testing.TB, id resource.ID) string {
		obj := c.get(t, id.Kind, id.Name)
		if obj == nil {
			return ""
		}
		return string(obj.GetUID()) + " " + obj.GetResourceVersion()
	}
	h.Holds = func(t testing.TB, res *resource.Resource) bool {
		obj := c.get(t, res.ID.Kind, res.ID.Name)
		return obj != nil && contains(obj.Object, res.Content)
	}
	h.Fingerprint = func(t testing.TB) string { return c.fingerprint(t) }
	return h
}

// within is a resource that names a namespace, or none.
func (c cluster) within(res resource.Resource, namespace string) resource.Resource {
	res.Content = content(res)
	metadata := res.Content.(fields)["metadata"].(fields)
	delete(metadata, "namespace")
	if res.ID.Namespace = namespace; namespace != "" {
		metadata["namespace"] = namespace
	}
	return res
}

func (c cluster) disturb(t testing.TB, id resource.ID) {
	t.Helper()
	if id.Kind != "Deployment" {
		patch := map[string]string{
			"ConfigMap": `{"data": {"version": "changed by hand"}}`,
			"Secret":    `{"data": {"password": "` + base64.StdEncoding.EncodeToString([]byte("changed by hand")) + `"}}`,
			"Service":   `{"spec": {"selector": {"app": "changed-by-hand"}}}`,
		}[id.Kind]
		c.patch(t, id.Kind, id.Name, "kubectl-edit", patch)
		return
	}
	if err := c.of(id.Kind).Delete(t.Context(), id.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	other := deployment(id.Name, "changed-by-hand:1")
	_, err := c.of(id.Kind).Create(t.Context(), &unstructured.Unstructured{Object: other.Content.(fields)}, metav1.CreateOptions{FieldManager: "kubectl-create"})
	if err != nil {
		t.Fatal(err)
	}
}

// contains reports whether a live value has all that is asked for.
func contains(live, asked any) bool {
	switch asked := asked.(type) {
	case map[string]any:
		have, ok := live.(map[string]any)
		for key, value := range asked {
			ok = ok && contains(have[key], value)
		}
		return ok
	case []any:
		have, ok := live.([]any)
		ok = ok && len(have) == len(asked)
		for i := range asked {
			ok = ok && contains(have[i], asked[i])
		}
		return ok
	}
	return reflect.DeepEqual(live, asked)
}

func (c cluster) fingerprint(t testing.TB) string {
	t.Helper()
	var lines []string
	for _, kind := range []string{"ConfigMap", "Secret", "Service", "Deployment"} {
		list, err := c.of(kind).List(context.Background(), metav1.ListOptions{LabelSelector: "!holdfast.dev/inventory"})
		if err != nil {
			t.Fatal(err)
		}
		for _, obj := range list.Items {
			for _, field := range []string{"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"} {
				unstructured.RemoveNestedField(obj.Object, "metadata", field)
			}
			for _, field := range []string{"clusterIP", "clusterIPs"} {
				unstructured.RemoveNestedField(obj.Object, "spec", field)
			}
			text, err := json.Marshal(obj.Object)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, string(text))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
