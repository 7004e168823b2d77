package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/utils"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// moving is a repository that another reconciler keeps a namespace in line
// with, until holdfast takes its place as docs/migrate.md tells.
type moving struct {
	*clusterSite
	client client.Client
}

// newMoving has holdfast reach the cluster by a context that is not the
// current one of the kubeconfig, within what the operator allows.
func newMoving(t *testing.T) *moving {
	t.Helper()
	server := cluster.get(t)
	s := newClusterSite(t, server, "destinations: [{driver: kubernetes, context: prod, inventoryNamespace: NAMESPACE}]\n")
	everybody, err := client.New(server.Config(), client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig, err := clientcmd.LoadFromFile(server.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig.Contexts["prod"] = kubeconfig.Contexts[kubeconfig.CurrentContext]
	kubeconfig.Clusters["elsewhere"] = &api.Cluster{Server: "https://127.0.0.1:1"}
	kubeconfig.Contexts["elsewhere"] = &api.Context{Cluster: "elsewhere"}
	kubeconfig.CurrentContext = "elsewhere"
	file := filepath.Join(s.folder, "kubeconfig")
	if err := clientcmd.WriteToFile(*kubeconfig, file); err != nil {
		t.Fatal(err)
	}
	t.Setenv(clientcmd.RecommendedConfigPathEnvVar, file)
	return &moving{s, everybody}
}

// commit is as a site's; NAMESPACE stands for the namespace.
func (m *moving) commit(files map[string]string) {
	m.t.Helper()
	filled := map[string]string{}
	for name, content := range files {
		filled[name] = strings.ReplaceAll(content, "NAMESPACE", m.namespace)
	}
	m.clusterSite.commit(filled)
}

// objects are what the documents say, in the namespace.
func (m *moving) objects(documents ...string) []*unstructured.Unstructured {
	m.t.Helper()
	objects, err := utils.ReadObjects(strings.NewReader(strings.Join(documents, "\n---\n")))
	if err != nil {
		m.t.Fatal(err)
	}
	for _, object := range objects {
		object.SetNamespace(m.namespace)
	}
	return objects
}

// flux applies as kustomize-controller does, by its own library. Fields of the
// managers named by --override-manager become its own.
func (m *moving) flux(name string, override []string, objects ...*unstructured.Unstructured) {
	m.t.Helper()
	owner := ssa.Owner{Field: "kustomize-controller", Group: "kustomize.toolkit.fluxcd.io"}
	manager := ssa.NewResourceManager(m.client, nil, owner)
	manager.SetOwnerLabels(objects, name, "flux-system")
	options := ssa.DefaultApplyOptions()
	for _, other := range override {
		options.Cleanup.FieldManagers = append(options.Cleanup.FieldManagers, ssa.FieldManager{Name: other, OperationType: metav1.ManagedFieldsOperationApply, ExactMatch: true})
	}
	if _, err := manager.ApplyAll(m.t.Context(), objects, options); err != nil {
		m.t.Fatal(err)
	}
}

// helm installs as helm-controller does: Helm's marks, and its record in a Secret.
func (m *moving) helm(release string, objects ...*unstructured.Unstructured) {
	m.t.Helper()
	for _, object := range objects {
		object.SetLabels(merged(object.GetLabels(), map[string]string{
			"app.kubernetes.io/managed-by": "Helm", "helm.toolkit.fluxcd.io/name": release, "helm.toolkit.fluxcd.io/namespace": m.namespace,
		}))
		object.SetAnnotations(merged(object.GetAnnotations(), map[string]string{
			"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": m.namespace,
		}))
		if err := m.client.Create(m.t.Context(), object, client.FieldOwner("helm-controller")); err != nil {
			m.t.Fatal(err)
		}
	}
	record := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name: "sh.helm.release.v1." + release + ".v1", Namespace: m.namespace, Labels: map[string]string{"owner": "helm", "name": release, "status": "deployed"},
		},
		Type: "helm.sh/release.v1", StringData: map[string]string{"release": "H4sI"},
	}
	if err := m.client.Create(m.t.Context(), record, client.FieldOwner("helm-controller")); err != nil {
		m.t.Fatal(err)
	}
}

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// argo applies as Argo CD's application controller does: like kubectl, with a
// copy of the whole in an annotation, or on the server.
func (m *moving) argo(app string, serverSide bool, objects ...*unstructured.Unstructured) {
	m.t.Helper()
	const manager = client.FieldOwner("argocd-controller")
	for _, object := range objects {
		kind := object.GroupVersionKind()
		object.SetAnnotations(merged(object.GetAnnotations(), map[string]string{
			"argocd.argoproj.io/tracking-id": fmt.Sprintf("%s:%s/%s:%s/%s", app, kind.Group, kind.Kind, m.namespace, object.GetName()),
		}))
		var err error
		if serverSide {
			object.SetLabels(merged(object.GetLabels(), map[string]string{"app.kubernetes.io/instance": app}))
			err = m.client.Apply(m.t.Context(), client.ApplyConfigurationFromUnstructured(object), manager, client.ForceOwnership)
		} else {
			whole, marshalErr := json.Marshal(object)
			if marshalErr != nil {
				m.t.Fatal(marshalErr)
			}
			object.SetAnnotations(merged(object.GetAnnotations(), map[string]string{lastApplied: string(whole) + "\n"}))
			err = m.client.Create(m.t.Context(), object.DeepCopy(), manager)
			if apierrors.IsAlreadyExists(err) {
				err = m.client.Patch(m.t.Context(), object.DeepCopy(), client.Merge, manager)
			}
		}
		if err != nil {
			m.t.Fatal(err)
		}
	}
}

func merged(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, one := range all {
		maps.Copy(out, one)
	}
	return out
}

// byHand is a change that somebody makes in passing.
func (m *moving) byHand(name, patch string) {
	m.t.Helper()
	_, err := m.kube.CoreV1().ConfigMaps(m.namespace).Patch(m.t.Context(), name, types.MergePatchType, []byte(patch), metav1.PatchOptions{FieldManager: "kubectl-edit"})
	if err != nil {
		m.t.Fatal(err)
	}
}

// live are the ConfigMaps and Deployments of the namespace, by name.
func (m *moving) live() map[string]*unstructured.Unstructured {
	m.t.Helper()
	all := map[string]*unstructured.Unstructured{}
	for _, kind := range []metav1.TypeMeta{{APIVersion: "v1", Kind: "ConfigMapList"}, {APIVersion: "apps/v1", Kind: "DeploymentList"}} {
		list := &unstructured.UnstructuredList{}
		list.SetAPIVersion(kind.APIVersion)
		list.SetKind(kind.Kind)
		if err := m.client.List(m.t.Context(), list, client.InNamespace(m.namespace)); err != nil {
			m.t.Fatal(err)
		}
		for i := range list.Items {
			if item := &list.Items[i]; item.GetLabels()["holdfast.dev/inventory"] == "" {
				all[item.GetName()] = item
			}
		}
	}
	return all
}

// wantSame asserts that the objects are the ones that were there, and that no
// pod was made anew for them.
func (m *moving) wantSame(before map[string]*unstructured.Unstructured) {
	m.t.Helper()
	now := m.live()
	for name, was := range before {
		switch is := now[name]; {
		case is == nil || is.GetUID() != was.GetUID():
			m.t.Errorf("%s was made anew, or is gone", name)
		case was.GetKind() == "Deployment" && !cmp.Equal(is.Object["spec"], was.Object["spec"]):
			m.t.Errorf("the spec of %s changed:\n%s", name, cmp.Diff(was.Object["spec"], is.Object["spec"]))
		}
	}
}

// wantUntouched asserts that holdfast has written to none of the objects.
func (m *moving) wantUntouched(before map[string]*unstructured.Unstructured) {
	m.t.Helper()
	now := m.live()
	for name, is := range now {
		for _, entry := range is.GetManagedFields() {
			if entry.Manager == "holdfast" {
				m.t.Errorf("%s has fields of holdfast's", name)
			}
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(now))); diff != "" {
		m.t.Errorf("the objects are others:\n%s", diff)
	}
	m.wantSame(before)
}

// carryOver has init write the targets, names the cluster in them, and commits that.
func (m *moving) carryOver(from string) {
	m.t.Helper()
	out, errs, code := m.holdfast("init", "--from", from)
	if code != 0 {
		m.t.Fatalf("init --from %s: exit code %d\n%s%s", from, code, out, errs)
	}
	name := filepath.Join(m.repo, "holdfast.yaml")
	written, err := os.ReadFile(name)
	if err != nil {
		m.t.Fatal(err)
	}
	var text strings.Builder
	settings := false
	for line := range strings.Lines(string(written)) {
		switch {
		case strings.HasPrefix(line, "    settings:"):
			settings = true
			fmt.Fprintf(&text, "%s      context: prod\n      inventoryNamespace: %s\n", line, m.namespace)
			continue
		case strings.HasPrefix(line, "    # settings.context:") && !settings:
			fmt.Fprintf(&text, "    settings: {context: prod, inventoryNamespace: %s}\n", m.namespace)
		case strings.HasPrefix(line, "  - name: "):
			settings = false
		}
		text.WriteString(line)
	}
	m.commit(map[string]string{"holdfast.yaml": text.String()})
}

func (m *moving) mode(from, to string) {
	m.t.Helper()
	text, err := os.ReadFile(filepath.Join(m.repo, "holdfast.yaml"))
	if err != nil {
		m.t.Fatal(err)
	}
	m.commit(map[string]string{"holdfast.yaml": strings.ReplaceAll(string(text), "mode: "+from, "mode: "+to)})
}

// wantPlan asserts that a plan of the targets updates these fields of these
// objects, by "target object", and does nothing else.
func (m *moving) wantPlan(want map[string][]string) {
	m.t.Helper()
	out, errs, code := m.holdfast("plan", "--config", m.config, "--format", "json")
	var plan struct{ Targets []reconcile.Run }
	if err := json.Unmarshal([]byte(out), &plan); err != nil || code != exitClean {
		m.t.Fatalf("plan: exit code %d: %v\n%s%s", code, err, out, errs)
	}
	got := map[string][]string{}
	for _, run := range plan.Targets {
		for _, change := range run.Changes {
			fields := []string{}
			if change.Action != "update" {
				fields = append(fields, string(change.Action))
			}
			for _, diff := range change.Diff {
				fields = append(fields, diff.Path.String())
			}
			slices.Sort(fields)
			got[run.Target+" "+change.Resource.Name] = fields
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		m.t.Errorf("the plan (-want +got):\n%s", diff)
	}
}

// wantMarks asserts which labels and annotations the object has.
func (m *moving) wantMarks(name string, labels, annotations map[string]string) {
	m.t.Helper()
	object := m.live()[name]
	if object == nil {
		m.t.Fatalf("%s is gone", name)
	}
	has := object.GetAnnotations()
	delete(has, "deployment.kubernetes.io/revision")
	if diff := cmp.Diff([]map[string]string{labels, annotations}, []map[string]string{merged(object.GetLabels()), merged(has)}); diff != "" {
		m.t.Errorf("labels and annotations of %s (-want +got):\n%s", name, diff)
	}
}

func (m *moving) wantData(name string, want map[string]string) {
	m.t.Helper()
	if diff := cmp.Diff(want, m.maps()[name].Data); diff != "" {
		m.t.Errorf("data of %s (-want +got):\n%s", name, diff)
	}
}
