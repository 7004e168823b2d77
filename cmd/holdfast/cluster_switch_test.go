package main

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/holdfast-dev/holdfast/reconcile"
)

func settingsMap(data string) string {
	return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: " + data + "\n"
}

var fluxRepository = map[string]string{
	"clusters/prod/flux-system/gotk-sync.yaml": `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1m, ref: {branch: main}, url: https://git.example.com/acme/fleet}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 10m, path: ./clusters/prod, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
`,
	"clusters/prod/apps.yaml": `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
spec:
  interval: 10m
  path: ./apps/shop
  prune: true
  targetNamespace: NAMESPACE
  postBuild: {substitute: {greeting: hello}}
  sourceRef: {kind: GitRepository, name: flux-system}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: NAMESPACE}
spec:
  interval: 10m
  dependsOn: []
  chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}}
  values: {image: "1.0"}
`,
	"apps/shop/kustomization.yaml":         "resources: [settings.yaml, extra.yaml, kept.yaml, api.yaml]\n",
	"apps/shop/settings.yaml":              settingsMap(`{greeting: "${greeting}", old: "1"}`),
	"apps/shop/kept.yaml":                  aMap("kept", "x", "  annotations: {kustomize.toolkit.fluxcd.io/prune: disabled}"),
	"apps/shop/extra.yaml":                 aMap("extra", "x"),
	"apps/shop/api.yaml":                   aDeployment("api", "1.0", 0, "progressDeadlineSeconds: 300"),
	"charts/web/Chart.yaml":                "apiVersion: v2\nname: web\nversion: 1.0.0\n",
	"charts/web/values.yaml":               "image: none\nlimit: 300\n",
	"charts/web/templates/kept.yaml":       aMap("data", "x", "  annotations: {helm.sh/resource-policy: keep}"),
	"charts/web/templates/deployment.yaml": aDeployment("{{ .Release.Name }}", "{{ .Values.image }}", 0, "progressDeadlineSeconds: {{ .Values.limit }}"),
}

// The switch from Flux as docs/migrate.md tells it, of a Kustomization and a
// HelmRelease, and back.
func TestSwitchFromFlux(t *testing.T) {
	m := newMoving(t)
	m.commit(fluxRepository)
	m.flux("shop", nil, m.objects(
		settingsMap(`{greeting: hello, old: "1"}`), aMap("extra", "x"), fluxRepository["apps/shop/kept.yaml"], fluxRepository["apps/shop/api.yaml"],
	)...)
	m.helm("web", m.objects(aDeployment("web", "1.0", 0, "progressDeadlineSeconds: 300"), fluxRepository["charts/web/templates/kept.yaml"])...)
	m.byHand("settings", `{"data": {"greeting": "go away"}}`)
	before := m.live()

	// Flagged: nothing but labels and annotations, and what had drifted.
	m.carryOver("flux")
	const holdfasts = `metadata.labels["holdfast.dev/target"]`
	kustomizations := []string{holdfasts, `metadata.labels["kustomize.toolkit.fluxcd.io/name"]`, `metadata.labels["kustomize.toolkit.fluxcd.io/namespace"]`}
	releases := []string{
		`metadata.annotations["meta.helm.sh/release-name"]`, `metadata.annotations["meta.helm.sh/release-namespace"]`,
		`metadata.labels["app.kubernetes.io/managed-by"]`, `metadata.labels["helm.toolkit.fluxcd.io/name"]`, `metadata.labels["helm.toolkit.fluxcd.io/namespace"]`, holdfasts,
	}
	m.wantPlan(map[string][]string{
		"shop settings": append([]string{"data.greeting"}, kustomizations...), "shop extra": kustomizations, "shop kept": kustomizations, "shop api": kustomizations,
		"web data": releases, "web web": releases,
	})
	m.pass()
	m.wantUntouched(before)

	// Adopted: the same objects, without the marks of the old controllers.
	m.mode("flag", "apply")
	result := m.pass()
	expect(t, only(t, result, "shop"), reconcile.OutcomeOK, "update api applied", "update extra applied", "update kept applied", "update settings applied")
	expect(t, only(t, result, "web"), reconcile.OutcomeOK, "update web applied", "update data applied")
	m.wantSame(before)
	m.wantData("settings", map[string]string{"greeting": "hello", "old": "1"})
	for name, target := range map[string]string{"settings": "shop", "api": "shop", "web": "web"} {
		m.wantMarks(name, map[string]string{"holdfast.dev/target": target}, map[string]string{})
	}
	m.wantPlan(map[string][]string{})
	record := types.NamespacedName{Namespace: m.namespace, Name: "sh.helm.release.v1.web.v1"}
	if err := m.client.Get(t.Context(), record, &corev1.Secret{}); err != nil {
		t.Errorf("Helm's record: %v", err)
	}

	// What goes from Git goes from the cluster: a field, a value of a chart, an object.
	m.commit(map[string]string{
		"apps/shop/kustomization.yaml": "resources: [settings.yaml, api.yaml]\n", "apps/shop/extra.yaml": "", "apps/shop/kept.yaml": "",
		"apps/shop/settings.yaml": settingsMap(`{greeting: "${greeting}"}`), "apps/shop/api.yaml": aDeployment("api", "1.0", 0, ""),
		"charts/web/templates/kept.yaml":       "",
		"charts/web/templates/deployment.yaml": aDeployment("{{ .Release.Name }}", "{{ .Values.image }}", 0, ""),
	})
	result = m.pass()
	expect(t, only(t, result, "shop"), reconcile.OutcomeOK, "update api applied", "delete extra applied", "delete kept kept", "update settings applied")
	expect(t, only(t, result, "web"), reconcile.OutcomeOK, "update web applied", "delete data kept")
	m.wantData("settings", map[string]string{"greeting": "hello"})
	for _, name := range []string{"api", "web"} {
		m.wantDefaultDeadline(name)
	}

	// And back: Flux takes the same objects over again, and holdfast only looks on.
	m.mode("apply", "flag")
	back := func(data string) {
		t.Helper()
		m.flux("shop", []string{"holdfast"}, m.objects(settingsMap(data), aDeployment("api", "1.0", 0, ""))...)
		m.pass()
	}
	back(`{greeting: hello, more: "1"}`)
	m.wantData("settings", map[string]string{"greeting": "hello", "more": "1"})
	back(`{more: "1"}`)
	m.wantData("settings", map[string]string{"more": "1"})
	for _, name := range []string{"settings", "api"} {
		if is := m.live()[name]; is.GetUID() != before[name].GetUID() || is.GetLabels()["kustomize.toolkit.fluxcd.io/name"] != "shop" {
			t.Errorf("%s is not Flux's again: %v", name, is.GetLabels())
		}
	}
}

// wantDefaultDeadline asserts that a field that Git no longer has is the server's own again.
func (m *moving) wantDefaultDeadline(name string) {
	m.t.Helper()
	if got, _, _ := unstructured.NestedInt64(m.live()[name].Object, "spec", "progressDeadlineSeconds"); got != 600 {
		m.t.Errorf("progressDeadlineSeconds of %s is %d, and was taken out of Git", name, got)
	}
}

var argoRepository = map[string]string{
	"apps/shop.yaml": `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io]}
spec:
  project: default
  source: {repoURL: https://git.example.com/acme/apps.git, path: shop}
  destination: {server: https://kubernetes.default.svc, namespace: NAMESPACE}
  syncPolicy: {automated: {prune: true, selfHeal: true}}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/acme/apps.git, path: web, helm: {parameters: [{name: image, value: "1.0"}]}}
  destination: {server: https://kubernetes.default.svc, namespace: NAMESPACE}
  syncPolicy: {automated: {prune: true, selfHeal: true}, syncOptions: [ServerSideApply=true]}
`,
	"shop/settings.yaml":            settingsMap(`{greeting: hello, old: "1"}`),
	"shop/kept.yaml":                aMap("kept", "x", "  annotations: {argocd.argoproj.io/sync-options: Prune=false}"),
	"shop/extra.yaml":               aMap("extra", "x"),
	"shop/api.yaml":                 aDeployment("api", "1.0", 0, "progressDeadlineSeconds: 300"),
	"web/Chart.yaml":                "apiVersion: v2\nname: web\nversion: 1.0.0\n",
	"web/values.yaml":               "image: none\n",
	"web/templates/deployment.yaml": aDeployment("{{ .Release.Name }}", "{{ .Values.image }}", 0, "progressDeadlineSeconds: 300"),
}

// The switch from Argo CD, of an Application that is applied as by kubectl and
// one that is applied on the server, and back.
func TestSwitchFromArgoCD(t *testing.T) {
	m := newMoving(t)
	m.commit(argoRepository)
	m.argo("shop", false, m.objects(argoRepository["shop/settings.yaml"], argoRepository["shop/extra.yaml"], argoRepository["shop/kept.yaml"], argoRepository["shop/api.yaml"])...)
	m.argo("web", true, m.objects(aDeployment("web", "1.0", 0, "progressDeadlineSeconds: 300"))...)
	m.byHand("settings", `{"data": {"greeting": "go away"}}`)
	before := m.live()

	m.carryOver("argocd")
	const tracking = `metadata.annotations["argocd.argoproj.io/tracking-id"]`
	m.wantPlan(map[string][]string{
		"shop settings": {"data.greeting", "metadata.annotations", "metadata.labels"}, "shop extra": {"metadata.annotations", "metadata.labels"}, // there were no others
		"shop kept": {tracking, "metadata.labels"}, "shop api": {tracking, "metadata.labels"},
		"web web": {tracking, `metadata.labels["app.kubernetes.io/instance"]`, `metadata.labels["holdfast.dev/target"]`},
	})
	m.pass()
	m.wantUntouched(before)

	m.mode("flag", "apply")
	result := m.pass()
	expect(t, only(t, result, "shop"), reconcile.OutcomeOK, "update api applied", "update extra applied", "update kept applied", "update settings applied")
	expect(t, only(t, result, "web"), reconcile.OutcomeOK, "update web applied")
	m.wantSame(before)
	m.wantData("settings", map[string]string{"greeting": "hello", "old": "1"})
	for name, target := range map[string]string{"settings": "shop", "api": "shop", "web": "web"} {
		m.wantMarks(name, map[string]string{"holdfast.dev/target": target}, map[string]string{})
	}
	m.wantPlan(map[string][]string{})

	m.commit(map[string]string{
		"shop/extra.yaml": "", "shop/kept.yaml": "", "shop/settings.yaml": settingsMap(`{greeting: hello}`), "shop/api.yaml": aDeployment("api", "1.0", 0, ""),
		"web/templates/deployment.yaml": aDeployment("{{ .Release.Name }}", "{{ .Values.image }}", 0, ""),
	})
	result = m.pass()
	expect(t, only(t, result, "shop"), reconcile.OutcomeOK, "update api applied", "delete extra applied", "delete kept kept", "update settings applied")
	expect(t, only(t, result, "web"), reconcile.OutcomeOK, "update web applied")
	m.wantData("settings", map[string]string{"greeting": "hello"})
	for _, name := range []string{"api", "web"} {
		m.wantDefaultDeadline(name)
	}

	m.mode("apply", "flag")
	m.argo("shop", false, m.objects(settingsMap(`{greeting: welcome}`), aDeployment("api", "1.0", 0, ""))...)
	m.pass()
	m.wantData("settings", map[string]string{"greeting": "welcome"})
	if is := m.live()["settings"]; is.GetUID() != before["settings"].GetUID() || is.GetAnnotations()["argocd.argoproj.io/tracking-id"] == "" {
		t.Errorf("settings is not Argo CD's again: %v", is.GetAnnotations())
	}
}
