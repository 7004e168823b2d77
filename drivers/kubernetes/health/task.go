package health

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Runs says what an object is at that runs to an end, such as a Job: "" once it
// has ended, and as long as no container of its pods is at work, so that nothing
// is cut short if it goes. An image that cannot be pulled would else be waited
// for without an end. Of other kinds than Job and Pod what they say of
// themselves counts.
func (c Checker) Runs(ctx context.Context, obj *unstructured.Unstructured) string {
	if obj.GetDeletionTimestamp() != nil {
		return ""
	}
	read := content{obj.Object}
	status, reason := Of(obj)
	switch obj.GroupVersionKind().GroupKind().String() {
	case "Job.batch":
		if read.condition("Complete").status == "True" || read.condition("Failed").status == "True" || !c.podsRun(ctx, obj) {
			return ""
		}
		return reason
	case "Pod":
		if !containersRun(read) {
			return ""
		}
		return "its containers run"
	}
	if status != drivers.StatusProgressing {
		return ""
	}
	return reason
}

// podsRun reports whether a container of a job's pods is at work. Where they may
// not be listed, a pod that is there counts.
func (c Checker) podsRun(ctx context.Context, job *unstructured.Unstructured) bool {
	active := content{job.Object}.count(0, "status", "active") > 0
	selector, ok := podSelector(job)
	if !ok {
		return active
	}
	pods, err := c.Client.Resource(podResource).Namespace(job.GetNamespace()).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return active
	}
	for i := range pods.Items {
		if metav1.IsControlledBy(&pods.Items[i], job) && containersRun(content{pods.Items[i].Object}) {
			return true
		}
	}
	return false
}

func containersRun(pod content) bool {
	if phase := pod.text("status", "phase"); phase == "Succeeded" || phase == "Failed" {
		return false
	}
	for _, list := range []string{"initContainerStatuses", "containerStatuses"} {
		for _, status := range pod.list("status", list) {
			if _, running := resource.Lookup(status.object, resource.Path{"state", "running"}); running {
				return true
			}
		}
	}
	return false
}
