package main

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

const twoUnready = `
targets:
  - {name: broken, driver: kubernetes, path: broken, mode: apply, healthTimeout: 15s, settings: SETTINGS}
  - {name: slow, driver: kubernetes, path: slow, mode: apply, healthTimeout: 15s, settings: SETTINGS}
`

func aClaim(name, spec string) string {
	return "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: " + name + "}\nspec: {" + spec + "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n"
}

// notReady are objects of which none gets ready, each for a reason of its own.
func notReady(group string) map[string]string {
	return map[string]string{
		"broken/fails.yaml":  aJob("fails", ""),
		"broken/always.yaml": aDeployment("always", "1.0", 1, ""),
		"slow/pending.yaml":  aDeployment("pending", "1.0", 2, ""),
		"slow/claim.yaml":    aClaim("claim", ""),
		"slow/classy.yaml":   aClaim("classy", "storageClassName: fast, "),
		"slow/scaler.yaml": `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: scaler}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: pending}
  minReplicas: 2
  maxReplicas: 3
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
`,
		"slow/kind.yaml":   strings.Replace(definition(group, "size"), "          type: object\n", "          type: object\n          x-kubernetes-preserve-unknown-fields: true\n", 1) + "      subresources: {status: {}}\n",
		"slow/widget.yaml": "apiVersion: " + group + "/v1\nkind: Widget\nmetadata: {name: widget}\nspec: {size: large}\n",
	}
}

// What is not ready is named, with what a person would look up.
func TestWhatIsNotReadyIsNamedWithItsReason(t *testing.T) {
	server := cluster.get(t)
	s := newClusterSite(t, server, twoUnready)
	s.kubelet(func(string) bool { return true })
	group := s.namespace + ".example.com"
	s.commit(notReady(group))
	client, err := dynamic.NewForConfig(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	widgets := client.Resource(schema.GroupVersionResource{Group: group, Version: "v1", Resource: "widgets"}).Namespace(s.namespace)
	go func() { // the controller of widgets
		for ; t.Context().Err() == nil; time.Sleep(100 * time.Millisecond) {
			_, _ = widgets.Patch(t.Context(), "widget", types.MergePatchType, []byte(`{"status": {"conditions": [
				{"type": "Ready", "status": "False", "reason": "NoQuota", "message": "the account has no quota left for size large"}]}}`), metav1.PatchOptions{}, "status")
		}
	}()
	code, applied := cli(t, s.folder, "apply", "--config", s.config)
	if code != exitFault {
		t.Errorf("apply: exit code %d", code)
	}
	_, status := cli(t, s.folder, "status", "--config", s.config)
	for _, want := range []string{
		"Job fails is degraded: it failed: BackoffLimitExceeded",
		"degraded: Job fails: it failed: BackoffLimitExceeded: Job has reached the specified backoff limit; pod fails-",
		": container main: exit code 3: no route to the database\n",
		"progressing: Deployment pending: available: 0/2; pod pending-",
		" (and 1 more): it has no node, and no scheduler has said why\n",
		"progressing: HorizontalPodAutoscaler scaler: FailedGetResourceMetric: ",
		"the server could not find the requested resource (get pods.metrics.k8s.io)\n",
		"progressing: PersistentVolumeClaim claim: it is not bound to a volume yet: it names no storage class, and the cluster has no default one\n",
		"progressing: PersistentVolumeClaim classy: it is not bound to a volume yet: there is no storage class fast; ProvisioningFailed",
		"progressing: Widget widget: Ready is false: NoQuota: the account has no quota left for size large\n",
	} {
		if !strings.Contains(applied, want) || !strings.Contains(status, want) {
			t.Errorf("it is not said %q", want)
		}
	}
	if t.Failed() {
		t.Logf("apply:\n%s\nstatus:\n%s", applied, status)
	}
}
