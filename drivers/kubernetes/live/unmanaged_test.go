package live

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func newLister(t *testing.T, config *rest.Config, log *bytes.Buffer) Lister {
	t.Helper()
	found, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return Lister{Discovery: found, Client: dynamicClient(t, config), Logger: slog.New(slog.NewTextHandler(log, nil))}
}

func unmanaged(t *testing.T, lister Lister, owned ...drivers.Owned) []resource.Resource {
	t.Helper()
	found, err := lister.Unmanaged(t.Context(), owned)
	if err != nil {
		t.Fatal(err)
	}
	return found.Resources
}

// within are the names of what is in a namespace.
func within(found []resource.Resource, namespace string) []string {
	var names []string
	for _, res := range found {
		if res.ID.Namespace == namespace {
			names = append(names, res.ID.Kind+" "+res.ID.Name)
		}
	}
	return names
}

func TestNothingOfAFreshClusterIsUnmanaged(t *testing.T) {
	found, err := newLister(t, server.Config(), &bytes.Buffer{}).Unmanaged(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range found.Resources {
		if !strings.HasPrefix(res.ID.Namespace, "test-") && !strings.HasPrefix(res.ID.Name, "test-") { // what other tests made
			t.Errorf("%s is said to be managed by nobody", res.ID)
		}
	}
	if len(found.LeftOut) > 0 {
		t.Errorf("an administrator's listing is not complete: %+v", found.LeftOut)
	}
}

func TestWhatIsMadeByHandIsUnmanaged(t *testing.T) {
	client, namespace := dynamicClient(t, server.Config()), server.Namespace(t)
	create(t, client, deployments, webDeployment(namespace, 2))
	owned := create(t, client, configMaps, configMap(namespace, "owned"))
	create(t, client, configMaps, configMap(namespace, "pending"))
	create(t, client, configMaps, configMap(namespace, "left-behind"))
	inventory := configMap(namespace, "inventory")
	inventory.SetLabels(map[string]string{LabelInventory: "true"})
	create(t, client, configMaps, inventory)
	secrets := schema.GroupVersionResource{Version: "v1", Resource: "secrets"}
	for name, kind := range map[string]string{"password": "Opaque", "sh.helm.release.v1.web.v1": "helm.sh/release.v1"} {
		secret := configMap(namespace, name)
		secret.SetKind("Secret")
		secret.Object["type"] = kind
		secret.Object["data"] = map[string]any{"password": "Y2FuYXJ5LXNlY3JldA=="}
		secret.SetAnnotations(map[string]string{"kubectl.kubernetes.io/last-applied-configuration": "Y2FuYXJ5LXNlY3JldA=="})
		create(t, client, secrets, secret)
	}
	pods := schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	eventually(t, "the deployment has its pods", func() bool {
		list, err := client.Resource(pods).Namespace(namespace).List(t.Context(), metav1.ListOptions{})
		return err == nil && len(list.Items) == 2
	})

	found := unmanaged(t, newLister(t, server.Config(), &bytes.Buffer{}),
		drivers.Owned{ID: resource.ID{Target: "a", APIVersion: "v1", Kind: "ConfigMap", Namespace: namespace, Name: "owned"}, UID: string(owned.GetUID())},
		drivers.Owned{ID: resource.ID{Target: "b", APIVersion: "v1", Kind: "ConfigMap", Namespace: namespace, Name: "pending"}, Pending: true},
		drivers.Owned{ID: resource.ID{Target: "b", APIVersion: "v1", Kind: "ConfigMap", Namespace: namespace, Name: "left-behind"}, UID: "of the one before it"})
	want := []string{"Deployment web", "ConfigMap left-behind", "Secret password"}
	if got := within(found, namespace); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	text, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte("Y2FuYXJ5")) || bytes.Contains(text, []byte("managedFields")) {
		t.Error("the listing has a secret's value, or managedFields")
	}
	if !bytes.Contains(text, []byte(`"image":"web:1"`)) {
		t.Error("the listing has no content to judge")
	}
}

// What may not be seen is not said to be absent.
func TestKindsThatMayNotBeListedAreNamed(t *testing.T) {
	config, _ := server.User(t, "nobody-in-particular", "system:authenticated")
	found, err := newLister(t, config, &bytes.Buffer{}).Unmanaged(t.Context(), nil)
	if err != nil || len(found.Resources) > 0 {
		t.Fatalf("%+v listed by whom nothing is allowed (%v)", found, err)
	}
	if left := found.LeftOut; len(left) != 1 || left[0].Reason != "the account may not list them" ||
		!slices.Contains(left[0].What, "Deployment.apps") || !slices.Contains(left[0].What, "Secret") {
		t.Errorf("it is not said what was left out: %+v", left)
	}
}

func TestWhatComesWithEveryCluster(t *testing.T) {
	for _, test := range []struct {
		name, object string
		want         bool
	}{
		{"workload of the system", "{apiVersion: apps/v1, kind: Deployment, metadata: {name: miner, namespace: kube-system}}", false},
		{"workload in disguise", "{apiVersion: apps/v1, kind: Deployment, metadata: {name: miner, labels: {kubernetes.io/bootstrapping: rbac-defaults, holdfast.dev/inventory: x}}}", false},
		{"account of the system", "{apiVersion: v1, kind: ServiceAccount, metadata: {name: job-controller, namespace: kube-system}}", true},
		{"settings in the system", "{apiVersion: v1, kind: ConfigMap, metadata: {name: mine, namespace: kube-system}}", false},
		{"static pod", "{apiVersion: v1, kind: Pod, metadata: {name: etcd, namespace: kube-system, ownerReferences: [{apiVersion: v1, kind: Node, name: n, uid: u}]}}", true},
		{"volume of a claim", "{apiVersion: v1, kind: PersistentVolume, metadata: {name: pvc-1, annotations: {pv.kubernetes.io/provisioned-by: csi}}}", true},
		{"volume by hand", "{apiVersion: v1, kind: PersistentVolume, metadata: {name: nfs}}", false},
		{"aggregated API", "{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: v1.metrics}, spec: {service: {name: metrics, namespace: kube-system}}}", false},
		{"role of somebody", "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: root}}", false},
		{"level of somebody", "{apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: FlowSchema, metadata: {name: mine}}", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := made(object(t, test.object)); got != test.want {
				t.Errorf("made is %v, want %v", got, test.want)
			}
		})
	}
}

// A cluster is read a page at a time, and what is more than can be handed out is cut off.
func TestTooManyAreCutOff(t *testing.T) {
	s := survey{owned: map[any]bool{}}
	for i := range maxUnmanaged {
		if err := s.add(&unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": fmt.Sprint(i)}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.add(object(t, "{apiVersion: v1, kind: ConfigMap, metadata: {name: last}}")); err == nil {
		t.Error("there is no end to it")
	}
}
