package health

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/holdfast-dev/holdfast/drivers/kubernetes/kubetest"
)

var server *kubetest.Server

func TestMain(m *testing.M) {
	os.Exit(kubetest.Main(m, &server, kubetest.Options{Controllers: true}))
}

var deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}

func newChecker(t *testing.T) Checker {
	t.Helper()
	client, err := dynamic.NewForConfig(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	return Checker{client}
}

func (c Checker) create(t *testing.T, resource schema.GroupVersionResource, namespace, text string) *unstructured.Unstructured {
	t.Helper()
	made, err := c.Client.Resource(resource).Namespace(namespace).Create(t.Context(), object(t, text), metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// warn writes an event as a kubelet or a controller would.
func (c Checker) warn(t *testing.T, about *unstructured.Unstructured, reason, message string, count int, at time.Time) {
	t.Helper()
	c.create(t, eventResource, about.GetNamespace(), fmt.Sprintf(`
apiVersion: v1
kind: Event
metadata: {generateName: test-}
type: Warning
reason: %s
message: %q
count: %d
lastTimestamp: %s
involvedObject: {kind: %s, namespace: %s, name: %s, uid: %s}`,
		reason, message, count, at.UTC().Format(time.RFC3339), about.GetKind(), about.GetNamespace(), about.GetName(), about.GetUID()))
}

// pods waits until a deployment has as many.
func (c Checker) pods(t *testing.T, namespace, selector string, count int) []unstructured.Unstructured {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		list, err := c.Client.Resource(podResource).Namespace(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: selector})
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Items) == count {
			return list.Items
		}
	}
	t.Fatalf("there are no %d pods %s", count, selector)
	return nil
}

func (c Checker) setStatus(t *testing.T, pod *unstructured.Unstructured, status string) {
	t.Helper()
	_, err := c.Client.Resource(podResource).Namespace(pod.GetNamespace()).
		Patch(t.Context(), pod.GetName(), types.MergePatchType, []byte(`{"status":`+status+`}`), metav1.PatchOptions{}, "status")
	if err != nil {
		t.Fatal(err)
	}
}

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  strategy: {type: Recreate}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1"}]}`

// A deployment that does not come up is explained by what its newest pods and the events say.
func TestExplainWorkload(t *testing.T) {
	c, namespace := newChecker(t), server.Namespace(t)
	deployment := c.create(t, deployments, namespace, web)
	pods := c.pods(t, namespace, "app=web", 3)
	crash := `{"phase":"Running","containerStatuses":[{"name":"web","image":"web:1","imageID":"","ready":false,"restartCount":4,
		"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 1m20s"}},
		"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}`
	c.setStatus(t, &pods[0], crash)
	c.setStatus(t, &pods[1], crash)
	c.setStatus(t, &pods[2], `{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}`)
	now := time.Now()
	c.warn(t, &pods[0], "Unhealthy", "Liveness probe failed:\n\tconnection refused", 12, now)
	c.warn(t, deployment, "Older", "of no interest", 1, now.Add(-3*time.Hour))
	c.warn(t, deployment, "Old", "the one before the last", 1, now.Add(-2*time.Hour))
	c.warn(t, deployment, "Latest", "quota is nearly used up", 1, now.Add(-time.Hour))
	c.warn(t, &pods[2], "Fine", "about a pod that is well", 1, now)

	live, err := c.Client.Resource(deployments).Namespace(namespace).Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := c.Explain(t.Context(), live, "")
	for _, want := range []string{
		"(and 1 more): container web: CrashLoopBackOff, OOMKilled (exit code 137), 4 restarts: back-off 1m20s",
		"Liveness probe failed: connection refused (12 times)", "; Latest: quota is nearly used up; Old: the one before the last", "Pod " + pods[0].GetName() + ": Unhealthy: ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q: %s", want, got)
		}
	}
	for _, not := range []string{"of no interest", "a pod that is well", "\n"} {
		if strings.Contains(got, not) {
			t.Errorf("it says %q: %s", not, got)
		}
	}
}

// What is said already is not said again by an event, in the words of another.
func TestExplainRepeatsNothing(t *testing.T) {
	c, namespace := newChecker(t), server.Namespace(t)
	scalers := schema.GroupVersionResource{Group: "autoscaling", Version: "v2", Resource: "horizontalpodautoscalers"}
	scaler := c.create(t, scalers, namespace, "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: absent}}}")
	const point = "the server could not find the requested resource (get pods.metrics.k8s.io)"
	c.warn(t, scaler, "FailedGetResourceMetric", "failed to get cpu utilization: "+point, 13, time.Now().Add(time.Minute))
	c.warn(t, scaler, "Other", "another thing", 1, time.Now().Add(time.Minute))
	if got, want := c.Explain(t.Context(), scaler, "FailedGetResourceMetric: unable to compute the replica count: "+point), "Other: another thing"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := c.Explain(t.Context(), scaler, "FailedGetScale: not found"); !strings.Contains(got, "failed to get cpu utilization: "+point+" (13 times)") {
		t.Errorf("got %s", got)
	}
}

// A pod that nobody has looked at says so.
func TestExplainPodsWithoutAScheduler(t *testing.T) {
	c, namespace := newChecker(t), server.Namespace(t)
	c.create(t, deployments, namespace, web)
	c.pods(t, namespace, "app=web", 3)
	live, err := c.Client.Resource(deployments).Namespace(namespace).Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Explain(t.Context(), live, ""); !strings.HasSuffix(got, "(and 2 more): it has no node, and no scheduler has said why") {
		t.Errorf("got %s", got)
	}
}

// Pods of the rollout before are not what keeps the new one from coming up.
func TestExplainLooksAtTheNewestRollout(t *testing.T) {
	c, namespace := newChecker(t), server.Namespace(t)
	c.create(t, deployments, namespace, strings.Replace(web, "{type: Recreate}", "{type: RollingUpdate, rollingUpdate: {maxSurge: 3, maxUnavailable: 0}}", 1))
	old := c.pods(t, namespace, "app=web", 3)
	for i := range old {
		c.setStatus(t, &old[i], `{"phase":"Running","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"the old ones"}]}`)
	}
	live, err := c.Client.Resource(deployments).Namespace(namespace).Patch(t.Context(), "web", types.MergePatchType,
		[]byte(`{"spec":{"template":{"metadata":{"labels":{"rollout":"second"}}}}}`), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, pod := range c.pods(t, namespace, "rollout=second", 3) {
		c.setStatus(t, &pod, `{"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes are available"}]}`)
	}
	got := c.Explain(t.Context(), live, "")
	if !strings.Contains(got, "(and 2 more): Unschedulable: 0/3 nodes are available") || strings.Contains(got, "the old ones") {
		t.Errorf("got %s", got)
	}
}

// What has no pods is explained by its events; of nothing that is not there is anything said.
func TestExplainByEvents(t *testing.T) {
	c, namespace := newChecker(t), server.Namespace(t)
	claims := schema.GroupVersionResource{Version: "v1", Resource: "persistentvolumeclaims"}
	claim := c.create(t, claims, namespace, "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}")
	if got := c.Explain(t.Context(), claim, ""); got != "" {
		t.Errorf("of what nothing is known: %s", got)
	}
	c.warn(t, claim, "ProvisioningFailed", "storageclass \"fast\" not found", 1, time.Now())
	c.warn(t, claim, "ProvisioningFailed", strings.Repeat("long ", 1000), 1, time.Now().Add(-time.Minute))
	got := c.Explain(t.Context(), claim, "")
	if !strings.HasPrefix(got, "ProvisioningFailed: storageclass \"fast\" not found; ") {
		t.Errorf("got %s", got)
	}
	if len([]rune(got)) > maxExplained {
		t.Errorf("an explanation of %d characters", len([]rune(got)))
	}
}

// A claim that waits for its first pod is not waited for: the pod may come after it.
func TestClaimsThatBindLate(t *testing.T) {
	c, namespace := newChecker(t), server.Namespace(t)
	for name, mode := range map[string]string{"late": "WaitForFirstConsumer", "soon": "Immediate"} {
		c.create(t, storageClasses, "", "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: "+name+"}, provisioner: example.com/disk, volumeBindingMode: "+mode+"}")
	}
	for _, test := range []healthCase{
		{"late", "{storageClassName: late}", healthy, "first pod"},
		{"soon", "{storageClassName: soon}", progressing, "not bound"},
		{"no such class", "{storageClassName: none}", progressing, "there is no storage class none"},
		{"no class", "{}", progressing, "the cluster has no default one"},
		{"by hand", `{storageClassName: ""}`, progressing, "none is free that fits"},
		{"chosen", "{volumeName: pv-1}", progressing, "it is not bound to a volume yet"},
	} {
		claim := object(t, "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: "+namespace+"}, spec: "+test.object+", status: {phase: Pending}}")
		if got, reason := c.Check(t.Context(), claim); got != test.want || !strings.Contains(reason, test.reason) {
			t.Errorf("%s: got %q (%s), want %q (%s)", test.name, got, reason, test.want, test.reason)
		}
	}
	claim := object(t, "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: "+namespace+", annotations: {volume.kubernetes.io/selected-node: n1}}, spec: {storageClassName: late}, status: {phase: Pending}}")
	if got, _ := c.Check(t.Context(), claim); got != progressing {
		t.Errorf("a claim whose pod is there: got %q, want progressing", got)
	}
}
