package health

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
)

// How much is looked at, and told.
const (
	maxListed     = 100 // objects in one answer
	maxTold       = 3   // kinds of trouble with pods
	maxWarnedPods = 2   // pods whose events are read
	maxWarnings   = 2   // events of one object
	minCause      = 20  // characters of what a message comes to
)

// troubledPod is a pod that is not well, and why.
type troubledPod struct {
	pod     unstructured.Unstructured
	trouble string
}

func fromUnstructured(value map[string]any, into any) error {
	return runtime.DefaultUnstructuredConverter.FromUnstructured(value, into)
}

// newestReplicaSet is the one that a deployment rolls out, nil if that cannot be told.
func (c Checker) newestReplicaSet(ctx context.Context, deployment *unstructured.Unstructured, selector string) *unstructured.Unstructured {
	sets, err := c.Client.Resource(replicaSets).Namespace(deployment.GetNamespace()).List(ctx, metav1.ListOptions{LabelSelector: selector, Limit: maxListed})
	if err != nil {
		return nil
	}
	var newest *unstructured.Unstructured
	for i := range sets.Items {
		set := &sets.Items[i]
		if metav1.IsControlledBy(set, deployment) && (newest == nil || rollout(set) > rollout(newest)) {
			newest = set
		}
	}
	return newest
}

// rollout is the number of a replica set in the row of its deployment's.
func rollout(set *unstructured.Unstructured) int {
	number, err := strconv.Atoi(set.GetAnnotations()["deployment.kubernetes.io/revision"])
	if err != nil {
		return 0
	}
	return number
}

// troubledPods are those of a workload that are not well, newest first.
func (c Checker) troubledPods(ctx context.Context, owner *unstructured.Unstructured, selector string) []troubledPod {
	pods, err := c.Client.Resource(podResource).Namespace(owner.GetNamespace()).List(ctx, metav1.ListOptions{LabelSelector: selector, Limit: maxListed})
	if err != nil {
		return nil
	}
	var troubled []troubledPod
	for _, found := range pods.Items {
		read := content{found.Object}
		if !metav1.IsControlledBy(&found, owner) || read.condition("Ready").status == "True" || read.text("status", "phase") == "Succeeded" {
			continue
		}
		troubled = append(troubled, troubledPod{found, podTrouble(read)})
	}
	slices.SortStableFunc(troubled, func(a, b troubledPod) int {
		return b.pod.GetCreationTimestamp().Compare(a.pod.GetCreationTimestamp().Time)
	})
	return troubled
}

// describe tells each kind of trouble once, with a pod that has it.
func describe(troubled []troubledPod) []string {
	counts := map[string]int{}
	var order []troubledPod
	for _, t := range troubled {
		if t.trouble == "" {
			continue
		}
		if counts[t.trouble]++; counts[t.trouble] == 1 {
			order = append(order, t)
		}
	}
	var told []string
	for _, t := range order[:min(len(order), maxTold)] {
		which := "pod " + t.pod.GetName()
		if more := counts[t.trouble] - 1; more > 0 {
			which += fmt.Sprintf(" (and %d more)", more)
		}
		told = append(told, which+": "+t.trouble)
	}
	return told
}

// warning is an event that a person would look up.
type warning struct {
	condition
	count int64
}

func (w warning) text() string {
	if w.count > 1 {
		return fmt.Sprintf("%s (%d times)", w.condition.text(), w.count)
	}
	return w.condition.text()
}

// cause is where the message comes to its point: what follows the last colon,
// unless that is too short to be one.
func (w warning) cause() string {
	message := strings.Join(strings.Fields(w.condition.text()), " ")
	if at := strings.LastIndex(message, ": "); at >= 0 && len(message)-at > minCause {
		return message[at+2:]
	}
	return message
}

// warnings are the newest warning events about an object. Of a claim they are also
// those that say what it waits for, which are no warnings.
func (c Checker) warnings(ctx context.Context, about *unstructured.Unstructured) []warning {
	if about.GetUID() == "" {
		return nil
	}
	where := fields.Set{"involvedObject.uid": string(about.GetUID())}
	if about.GetKind() != "PersistentVolumeClaim" {
		where["type"] = "Warning"
	}
	events, err := c.Client.Resource(eventResource).Namespace(cmp.Or(about.GetNamespace(), metav1.NamespaceDefault)).
		List(ctx, metav1.ListOptions{FieldSelector: where.String(), Limit: maxListed})
	if err != nil {
		return nil
	}
	slices.SortStableFunc(events.Items, func(a, b unstructured.Unstructured) int { return happened(&b).Compare(happened(&a)) })
	var told []warning
	seen := map[condition]bool{}
	for _, item := range events.Items {
		event := content{item.Object}
		said := condition{reason: event.text("reason"), message: event.text("message")}
		normal := event.text("type") != "Warning" && said.reason != "ExternalProvisioning"
		if normal || seen[said] || len(told) == maxWarnings {
			continue
		}
		seen[said] = true
		told = append(told, warning{said, max(event.count(0, "count"), event.count(0, "series", "count"))})
	}
	return told
}

// happened is when an event was last seen: by what its writer says, if it does.
func happened(event *unstructured.Unstructured) time.Time {
	read := content{event.Object}
	for _, path := range [][]any{{"series", "lastObservedTime"}, {"lastTimestamp"}, {"eventTime"}} {
		if at, err := time.Parse(time.RFC3339, read.text(path...)); err == nil {
			return at
		}
	}
	return event.GetCreationTimestamp().Time
}
