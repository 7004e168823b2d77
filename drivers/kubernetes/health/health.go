// Package health tells how one object of a cluster is doing, and why.
//
// Of is pure: it looks at the object alone. kstatus answers for what it knows;
// kinds of which it is too kind or too blunt have a rule here; of the others what
// they say of themselves in their conditions counts. What nothing is known of
// is unknown, which is not healthy. Checker adds what takes a look at other
// objects: Check a status, Explain what a person would look up next.
package health

import (
	"fmt"
	"strings"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/holdfast-dev/holdfast/drivers"
)

// rule tells how an object of one kind is doing.
type rule func(content) (drivers.Status, string)

// Of tells how a live object is doing; nil is one that is not there. The
// reason is one short line, and is empty only for what is plainly healthy.
//
// Progressing is what may come right by itself, degraded what has failed for
// good: a wait for health goes on for the one and ends with the other.
func Of(obj *unstructured.Unstructured) (drivers.Status, string) {
	if obj == nil {
		return drivers.StatusDegraded, "it is not there"
	}
	c := content{obj.Object}
	if obj.GetDeletionTimestamp() != nil {
		return drivers.StatusProgressing, terminating(obj, c)
	}
	if behind, reason := behindGeneration(obj, c); behind {
		return drivers.StatusProgressing, reason
	}
	health, reason := byKind(obj.GroupVersionKind().GroupKind())(c)
	return health, Clean(reason)
}

func byKind(kind schema.GroupKind) rule {
	if r := ruleOf(kind); r != nil {
		return r
	}
	if exists(kind) {
		return func(content) (drivers.Status, string) { return drivers.StatusHealthy, "" }
	}
	return byItself
}

// ruleOf is the rule for kinds that say how they are in a way of their own.
func ruleOf(kind schema.GroupKind) rule {
	switch kind.String() {
	case "Pod":
		return pod
	case "Job.batch":
		return job
	case "CronJob.batch":
		return cronJob
	case "Deployment.apps":
		return deployment
	case "DaemonSet.apps":
		return daemonSet
	case "StatefulSet.apps", "ReplicaSet.apps", "PodDisruptionBudget.policy", "CustomResourceDefinition.apiextensions.k8s.io":
		return byStatusLibrary
	case "ReplicationController":
		return replicationController
	case "PersistentVolumeClaim":
		return claim
	case "PersistentVolume":
		return volume
	case "Service":
		return service
	case "Ingress.networking.k8s.io":
		return ingress
	case "Namespace":
		return namespace
	case "HorizontalPodAutoscaler.autoscaling":
		return autoscaler
	case "APIService.apiregistration.k8s.io":
		return apiService
	case "FlowSchema.flowcontrol.apiserver.k8s.io":
		return flowSchema
	case "HTTPRoute.gateway.networking.k8s.io", "GRPCRoute.gateway.networking.k8s.io", "TLSRoute.gateway.networking.k8s.io",
		"TCPRoute.gateway.networking.k8s.io", "UDPRoute.gateway.networking.k8s.io":
		return route
	case "Application.argoproj.io":
		return application
	}
	return nil
}

// byStatusLibrary is what kstatus says.
func byStatusLibrary(c content) (drivers.Status, string) {
	result, err := status.Compute(&unstructured.Unstructured{Object: c.object})
	if err != nil {
		return drivers.StatusUnknown, "its status cannot be read: " + err.Error()
	}
	switch result.Status {
	case status.CurrentStatus:
		return drivers.StatusHealthy, ""
	case status.FailedStatus:
		return drivers.StatusDegraded, lower(result.Message)
	case status.InProgressStatus, status.TerminatingStatus:
		return drivers.StatusProgressing, lower(result.Message)
	case status.NotFoundStatus, status.UnknownStatus:
	}
	return drivers.StatusUnknown, lower(result.Message)
}

// lower begins a sentence of kstatus as a part of a sentence begins.
func lower(message string) string {
	if len(message) > 1 && message[1] >= 'a' && message[1] <= 'z' {
		return strings.ToLower(message[:1]) + message[1:]
	}
	return message
}

// terminating says what an object that is being deleted waits for.
func terminating(obj *unstructured.Unstructured, c content) string {
	reason := "it is being deleted"
	if finalizers := obj.GetFinalizers(); len(finalizers) > 0 {
		reason += "; it waits for the finalizers " + strings.Join(finalizers, ", ")
	}
	// A namespace says itself what remains in it.
	for _, found := range c.conditions() {
		if obj.GetKind() == "Namespace" && found.status == "True" {
			reason += "; " + found.text()
		}
	}
	return Clean(reason)
}

// behindGeneration reports whether what the status says is of an older
// generation of the object, as a whole or in all of its conditions.
func behindGeneration(obj *unstructured.Unstructured, c content) (bool, string) {
	generation, observed := obj.GetGeneration(), int64(0)
	if seen, ok := c.number("status", "observedGeneration"); ok {
		observed = seen
	} else {
		for _, found := range c.conditions() {
			observed = max(observed, found.generation)
		}
	}
	if generation == 0 || observed == 0 || observed >= generation {
		return false, ""
	}
	return true, fmt.Sprintf("its controller has not seen its generation %d yet, only %d", generation, observed)
}
