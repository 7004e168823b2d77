package health

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/holdfast-dev/holdfast/drivers"
)

func deployment(c content) (drivers.Status, string) {
	health, reason := byStatusLibrary(c)
	if health == drivers.StatusHealthy {
		return health, reason
	}
	if health == drivers.StatusDegraded {
		if progress := c.condition("Progressing"); progress.message != "" {
			reason = progress.text()
		}
	}
	if c.flag("spec", "paused") {
		reason = "its rollout is paused (spec.paused); " + reason
	}
	// Pods that are refused altogether: by a quota, an admission webhook.
	if refused := c.condition("ReplicaFailure"); refused.status == "True" {
		reason += "; " + refused.text()
	}
	return health, reason
}

// daemonSet is healthy with pods of an older generation where these are
// replaced by hand only.
func daemonSet(c content) (drivers.Status, string) {
	wanted := c.count(-1, "status", "desiredNumberScheduled")
	if c.text("spec", "updateStrategy", "type") == "OnDelete" && wanted >= 0 && c.count(0, "status", "numberAvailable") >= wanted {
		return drivers.StatusHealthy, "its pods are updated when they are deleted"
	}
	return byStatusLibrary(c)
}

func replicationController(c content) (drivers.Status, string) {
	wanted, ready := c.count(1, "spec", "replicas"), c.count(0, "status", "readyReplicas")
	if refused := c.condition("ReplicaFailure"); refused.status == "True" {
		return drivers.StatusProgressing, refused.text()
	}
	if ready < wanted {
		return drivers.StatusProgressing, fmt.Sprintf("ready: %d/%d", ready, wanted)
	}
	return drivers.StatusHealthy, ""
}

// job is healthy when it is complete: what waits for a job waits for its work.
func job(c content) (drivers.Status, string) {
	for _, failed := range []string{"Failed", "FailureTarget"} {
		if found := c.condition(failed); found.status == "True" {
			return drivers.StatusDegraded, "it failed: " + found.text()
		}
	}
	if c.condition("Complete").status == "True" {
		return drivers.StatusHealthy, ""
	}
	if c.flag("spec", "suspend") || c.condition("Suspended").status == "True" {
		return drivers.StatusProgressing, "it is suspended, and goes on when spec.suspend is false"
	}
	if c.text("status", "startTime") == "" {
		return drivers.StatusProgressing, "it has not started yet"
	}
	return drivers.StatusProgressing, fmt.Sprintf("it runs: %d active, %d of %d succeeded, %d failed",
		c.count(0, "status", "active"), c.count(0, "status", "succeeded"),
		c.count(c.count(1, "spec", "parallelism"), "spec", "completions"), c.count(0, "status", "failed"))
}

// cronJob is healthy whatever its last job did: the next one may do better.
func cronJob(c content) (drivers.Status, string) {
	if c.flag("spec", "suspend") {
		return drivers.StatusHealthy, "it is suspended"
	}
	return drivers.StatusHealthy, ""
}

func pod(c content) (drivers.Status, string) {
	switch c.text("status", "phase") {
	case "Succeeded":
		return drivers.StatusHealthy, ""
	case "Failed":
		return drivers.StatusDegraded, cmp.Or(podTrouble(c), "it failed")
	case "Running":
		if c.condition("Ready").status == "True" {
			return drivers.StatusHealthy, ""
		}
	}
	for _, state := range containers(c) {
		if slices.Contains(stuck, state.waiting) {
			return drivers.StatusDegraded, podTrouble(c)
		}
	}
	return drivers.StatusProgressing, cmp.Or(podTrouble(c), "it is not ready yet")
}
