package health

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/holdfast-dev/holdfast/drivers"
)

func object(t testing.TB, text string) *unstructured.Unstructured {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	obj := &unstructured.Unstructured{}
	if err := obj.UnmarshalJSON(raw); err != nil {
		t.Fatal(err)
	}
	return obj
}

const (
	healthy     = drivers.StatusHealthy
	progressing = drivers.StatusProgressing
	degraded    = drivers.StatusDegraded
	unknown     = drivers.StatusUnknown
)

type healthCase struct {
	name, object string
	want         drivers.Status
	reason       string // a part of it
}

func check(t *testing.T, cases []healthCase) {
	t.Helper()
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			got, reason := Of(object(t, test.object))
			if got != test.want || !strings.Contains(reason, test.reason) || got != healthy && reason == "" {
				t.Errorf("got %q (%s), want %q (%s)", got, reason, test.want, test.reason)
			}
		})
	}
}

func TestWorkloads(t *testing.T) {
	const web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, generation: 2}\n"
	const settled = "replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2, observedGeneration: 2"
	check(t, []healthCase{
		{"rolled out", web + "spec: {replicas: 2, progressDeadlineSeconds: 600}\nstatus: {" + settled + ", conditions: [{type: Available, status: 'True'}, {type: Progressing, status: 'True', reason: NewReplicaSetAvailable}]}", healthy, ""},
		{"not seen by its controller yet", web + "spec: {replicas: 2}\nstatus: {observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2}", progressing, "has not seen its generation 2 yet, only 1"},
		{"no status at all", web + "spec: {replicas: 2}", progressing, "replicas: 0/2"},
		{"too few are available", web + "spec: {replicas: 2}\nstatus: {observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 1, availableReplicas: 1}", progressing, "available: 1/2"},
		{"past its deadline", web + "spec: {replicas: 2}\nstatus: {observedGeneration: 2, replicas: 2, updatedReplicas: 1, conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded, message: 'ReplicaSet \"web-1\" has timed out progressing.'}]}", degraded, "ReplicaSet \"web-1\" has timed out"},
		{"its pods are refused", web + "spec: {replicas: 2}\nstatus: {observedGeneration: 2, conditions: [{type: ReplicaFailure, status: 'True', reason: FailedCreate, message: 'exceeded quota: small'}]}", progressing, "exceeded quota: small"},
		{"paused within a rollout", web + "spec: {replicas: 2, paused: true}\nstatus: {observedGeneration: 2, replicas: 2, updatedReplicas: 1}", progressing, "paused"},
		{"stateful set between revisions", "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, generation: 1}, spec: {replicas: 1}, status: {observedGeneration: 1, replicas: 1, readyReplicas: 1, currentReplicas: 1, currentRevision: a, updateRevision: b}}", progressing, "revision"},
		{"daemon set with a node behind", "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent, generation: 1}, status: {observedGeneration: 1, desiredNumberScheduled: 3, currentNumberScheduled: 3, updatedNumberScheduled: 2, numberAvailable: 3, numberReady: 3}}", progressing, "updated: 2/3"},
		{"the same, updated by hand", "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent, generation: 1}, spec: {updateStrategy: {type: OnDelete}}, status: {observedGeneration: 1, desiredNumberScheduled: 3, currentNumberScheduled: 3, updatedNumberScheduled: 2, numberAvailable: 3, numberReady: 3}}", healthy, ""},
		{"job that runs", "{apiVersion: batch/v1, kind: Job, metadata: {name: migrate}, spec: {completions: 2}, status: {startTime: '2026-11-27T10:00:00Z', active: 1, succeeded: 1}}", progressing, "1 active, 1 of 2 succeeded"},
		{"job that is complete", "{apiVersion: batch/v1, kind: Job, metadata: {name: migrate}, status: {conditions: [{type: SuccessCriteriaMet, status: 'True'}, {type: Complete, status: 'True'}]}}", healthy, ""},
		{"job that failed", "{apiVersion: batch/v1, kind: Job, metadata: {name: migrate}, status: {conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded, message: Job has reached the specified backoff limit}]}}", degraded, "BackoffLimitExceeded: Job has reached"},
		{"job that is suspended", "{apiVersion: batch/v1, kind: Job, metadata: {name: migrate}, spec: {suspend: true}}", progressing, "suspended"},
		{"cron job that is suspended", "{apiVersion: batch/v1, kind: CronJob, metadata: {name: nightly}, spec: {suspend: true}}", healthy, "suspended"},
		{"replication controller", "{apiVersion: v1, kind: ReplicationController, metadata: {name: old}, spec: {replicas: 2}, status: {replicas: 2, readyReplicas: 1}}", progressing, "ready: 1/2"},
	})
}

func TestPods(t *testing.T) {
	const shell = "apiVersion: v1\nkind: Pod\nmetadata: {name: shell}\n"
	check(t, []healthCase{
		{"ready", shell + "status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}", healthy, ""},
		{"done", shell + "status: {phase: Succeeded}", healthy, ""},
		{"failed", shell + "status: {phase: Failed, reason: Evicted, message: The node was low on memory}", degraded, "Evicted: The node was low on memory"},
		{"crash loop", shell + "status: {phase: Running, containerStatuses: [{name: web, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff, message: back-off 1m}}, lastState: {terminated: {exitCode: 137, reason: OOMKilled}}}]}", degraded, "container web: CrashLoopBackOff, OOMKilled (exit code 137), 4 restarts: back-off 1m"},
		{"no image, of a container that comes first", shell + "status: {phase: Pending, initContainerStatuses: [{name: setup, state: {waiting: {reason: ImagePullBackOff, message: 'no such image'}}}]}", degraded, "container setup: ImagePullBackOff: no such image"},
		{"between two restarts", shell + "status: {phase: Running, containerStatuses: [{name: web, restartCount: 1, state: {running: {}}, lastState: {terminated: {exitCode: 2, reason: Error}}}]}", progressing, "container web: exit code 2, 1 restarts"},
		{"nowhere to run", shell + "status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: 0/3 nodes are available}]}", progressing, "0/3 nodes are available"},
		{"starting", shell + "status: {phase: Pending, containerStatuses: [{name: web, state: {waiting: {reason: ContainerCreating}}}]}", progressing, "not ready yet"},
	})
}

func TestOtherBuiltInKinds(t *testing.T) {
	const hpa = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
	check(t, []healthCase{
		{"claim, bound", "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, status: {phase: Bound}}", healthy, ""},
		{"claim, pending", "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, status: {phase: Pending}}", progressing, "not bound"},
		{"claim, lost", "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {volumeName: pv-1}, status: {phase: Lost}}", degraded, "pv-1"},
		{"volume, failed", "{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv}, status: {phase: Failed, message: no such disk}}", degraded, "no such disk"},
		{"service within the cluster", "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: ClusterIP}}", healthy, ""},
		{"load balancer without address", "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer, clusterIP: 10.0.0.1}, status: {loadBalancer: {}}}", progressing, "no address"},
		{"load balancer", "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer}, status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}}", healthy, ""},
		{"ingress without address", "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web}}", progressing, "address"},
		{"ingress", "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web}, status: {loadBalancer: {ingress: [{hostname: lb.example.com}]}}}", healthy, ""},
		{"autoscaler", hpa + "status: {currentReplicas: 2, conditions: [{type: AbleToScale, status: 'True'}, {type: ScalingActive, status: 'True'}, {type: ScalingLimited, status: 'True'}]}", healthy, ""},
		{"autoscaler not looked at", hpa, progressing, "not looked at"},
		{"autoscaler without metrics", hpa + "status: {conditions: [{type: ScalingActive, status: 'False', reason: FailedGetResourceMetric, message: no metrics returned}]}", progressing, "no metrics returned"},
		{"autoscaler that never can", hpa + "status: {conditions: [{type: ScalingActive, status: 'False', reason: InvalidMetricSourceType, message: what is this}]}", degraded, "what is this"},
		{"autoscaler of nothing", hpa + "status: {conditions: [{type: ScalingActive, status: 'False', reason: ScalingDisabled, message: scaled to zero}]}", healthy, ""},
		{"autoscaler of the first version", `{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, metadata: {name: web, annotations: {autoscaling.alpha.kubernetes.io/conditions: '[{"type":"AbleToScale","status":"False","reason":"FailedGetScale","message":"not found"}]'}}}`, progressing, "FailedGetScale: not found"},
		{"API service", "{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: v1.x}, status: {conditions: [{type: Available, status: 'False', reason: MissingEndpoints, message: no endpoints}]}}", progressing, "no endpoints"},
		{"definition", "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: x}, status: {conditions: [{type: NamesAccepted, status: 'False', reason: ListKindConflict, message: in use}]}}", degraded, "in use"},
		{"definition in the making", "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: x}}", progressing, "install"},
		{"flow schema of nothing", "{apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: FlowSchema, metadata: {name: x}, status: {conditions: [{type: Dangling, status: 'True', reason: NotFound, message: no such level}]}}", degraded, "no such level"},
		{"disruption budget", "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web, generation: 1}, status: {observedGeneration: 1, conditions: [{type: DisruptionAllowed, status: 'False'}]}}", healthy, ""},
		{"role", "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: x}}", healthy, ""},
		{"webhook", "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: x}}", healthy, ""},
		{"settings", "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}}", healthy, ""},
		{"namespace", "{apiVersion: v1, kind: Namespace, metadata: {name: x}, status: {phase: Active}}", healthy, ""},
		{"namespace that does not end", "{apiVersion: v1, kind: Namespace, metadata: {name: x, deletionTimestamp: '2026-11-27T10:00:00Z'}, status: {phase: Terminating, conditions: [{type: NamespaceDeletionDiscoveryFailure, status: 'False', message: fine}, {type: NamespaceContentRemaining, status: 'True', reason: SomeResourcesRemain, message: 'widgets.example.com has 1 resource instances'}]}}", progressing, "being deleted; SomeResourcesRemain: widgets.example.com has 1"},
		{"what waits for a finalizer", "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, deletionTimestamp: '2026-11-27T10:00:00Z', finalizers: [example.com/a, example.com/b]}}", progressing, "finalizers example.com/a, example.com/b"},
	})
	if got, reason := Of(nil); got != degraded || reason != "it is not there" {
		t.Errorf("of nothing: %q (%s)", got, reason)
	}
}

func TestKindsThatAreNotKnown(t *testing.T) {
	const widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w, generation: 3}\n"
	check(t, []healthCase{
		{"says nothing", widget, unknown, "no conditions to go by"},
		{"says what nobody understands", widget + "status: {conditions: [{type: Sparkling, status: 'True'}]}", unknown, "none of its conditions is known here"},
		{"ready", widget + "status: {conditions: [{type: Ready, status: 'True'}]}", healthy, ""},
		{"not ready", widget + "status: {conditions: [{type: Ready, status: 'False', reason: Waiting, message: for the DNS}]}", progressing, "Ready is false: Waiting: for the DNS"},
		{"ready, it does not know whether", widget + "status: {conditions: [{type: Ready, status: Unknown, reason: Starting}]}", progressing, "Starting"},
		{"ready, but not in line with what is wanted", widget + "status: {conditions: [{type: Ready, status: 'True'}, {type: Synced, status: 'False', reason: ReconcileError, message: access denied}]}", progressing, "access denied"},
		{"stalled", widget + "status: {conditions: [{type: Ready, status: 'False'}, {type: Stalled, status: 'True', reason: BadSpec, message: no such chart}]}", degraded, "no such chart"},
		{"failed", widget + "status: {conditions: [{type: Failed, status: 'True', message: too bad}]}", degraded, "too bad"},
		{"at work", widget + "status: {conditions: [{type: Ready, status: 'True'}, {type: Reconciling, status: 'True', reason: Progressing, message: new revision}]}", progressing, "new revision"},
		{"ready once, of an older generation", widget + "status: {observedGeneration: 2, conditions: [{type: Ready, status: 'True'}]}", progressing, "generation 3"},
		{"the same, said by the condition", widget + "status: {conditions: [{type: Ready, status: 'True', observedGeneration: 2}]}", progressing, "generation 3"},
		{"ready in this generation", widget + "status: {conditions: [{type: Ready, status: 'True', observedGeneration: 3}]}", healthy, ""},
		{"phase, good", widget + "status: {phase: Running}", healthy, "its phase is Running"},
		{"phase, bad", widget + "status: {phase: Failed}", degraded, "Failed"},
		{"phase, under way", widget + "status: {phase: Provisioning}", progressing, "Provisioning"},
		{"phase, who knows", widget + "status: {phase: Blue}", unknown, ""},
		{"state", widget + "status: {state: ready}", healthy, "its state is ready"},
		{"route that is not accepted", "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r}, status: {parents: [{conditions: [{type: Accepted, status: 'False', reason: NoMatchingParent, message: no listener}]}]}}", progressing, "no listener"},
		{"application", "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a}, status: {health: {status: Degraded, message: two are down}}}", degraded, "two are down"},
	})
}

// A status can be anything where a schema does not forbid it, and messages are
// put on a terminal.
func TestStatusesThatAreNoStatuses(t *testing.T) {
	check(t, []healthCase{
		{"conditions are no list", "{apiVersion: example.com/v1, kind: Widget, metadata: {name: w}, status: {conditions: yes}}", unknown, ""},
		{"conditions of no form", "{apiVersion: example.com/v1, kind: Widget, metadata: {name: w}, status: {conditions: [7, {type: [], status: {}}]}}", unknown, ""},
		{"status is a text", "{apiVersion: apps/v1, kind: Deployment, metadata: {name: w}, status: good}", unknown, ""},
		{"containers of no form", "{apiVersion: v1, kind: Pod, metadata: {name: w}, status: {phase: Running, containerStatuses: [1, {state: 3}]}}", progressing, ""},
		{"control characters", "{apiVersion: example.com/v1, kind: Widget, metadata: {name: w}, status: {conditions: [{type: Failed, status: 'True', message: \"one\\u001b[31m\\n\\ttwo\\u202e\"}]}}", degraded, "one [31m two"},
	})
	long := "{apiVersion: example.com/v1, kind: Widget, metadata: {name: w}, status: {conditions: [{type: Failed, status: 'True', message: " + strings.Repeat("é", 5000) + "}]}}"
	if _, reason := Of(object(t, long)); len([]rune(reason)) > maxText+1 {
		t.Errorf("a reason of %d characters", len([]rune(reason)))
	}
}
