package health

import (
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/drivers"
)

// Conditions by what they mean, as the API conventions and the controllers
// that people run have them.
var (
	good = []string{
		"Ready", "Available", "Healthy", "Synced", "Reconciled", "Succeeded", "Complete", "Completed",
		"Established", "Accepted", "Programmed", "Valid", "Initialized", "Deployed", "Issued",
	}
	bad = []string{"Failed", "Degraded", "Error", "ReconcileError", "Failure"}
)

// Phases by what they mean, in lower case.
var (
	goodPhases = []string{"ready", "running", "active", "bound", "available", "healthy", "succeeded", "complete", "completed", "deployed", "online", "valid", "synced"}
	badPhases  = []string{"failed", "failure", "error", "degraded", "lost", "invalid", "unhealthy"}
	nextPhases = []string{"pending", "creating", "provisioning", "progressing", "updating", "initializing", "starting", "deploying", "upgrading", "reconciling", "installing", "scaling"}
)

// byItself goes by what an object of a kind that is not known here says of itself.
func byItself(c content) (drivers.Status, string) {
	conditions := c.conditions()
	if health, reason, found := byAbnormal(conditions); found {
		return health, reason
	}
	known := 0
	for _, found := range conditions {
		if !slices.Contains(good, found.kind) {
			continue
		}
		known++
		if found.status != "True" {
			return drivers.StatusProgressing, found.kind + " is " + strings.ToLower(found.status) + ": " + found.text()
		}
	}
	if known > 0 {
		return drivers.StatusHealthy, ""
	}
	for _, field := range []string{"phase", "state"} {
		if health, found := byPhase(c.text("status", field)); found {
			return health, "its " + field + " is " + c.text("status", field)
		}
	}
	if len(conditions) > 0 {
		return drivers.StatusUnknown, "none of its conditions is known here: look whether it works; if its controller set a condition Ready, that would be gone by"
	}
	return drivers.StatusUnknown, "its kind is not known here and it has no conditions to go by: look whether it works; if its controller set a condition Ready, that would be gone by"
}

// byAbnormal goes by conditions that are there only where something is amiss or under way.
func byAbnormal(conditions []condition) (drivers.Status, string, bool) {
	for _, found := range conditions {
		if found.status == "True" && (found.kind == "Stalled" || slices.Contains(bad, found.kind)) {
			return drivers.StatusDegraded, found.text(), true
		}
	}
	for _, found := range conditions {
		if found.status == "True" && found.kind == "Reconciling" {
			return drivers.StatusProgressing, found.text(), true
		}
	}
	return "", "", false
}

func byPhase(phase string) (drivers.Status, bool) {
	phase = strings.ToLower(phase)
	switch {
	case slices.Contains(goodPhases, phase):
		return drivers.StatusHealthy, true
	case slices.Contains(badPhases, phase):
		return drivers.StatusDegraded, true
	case slices.Contains(nextPhases, phase):
		return drivers.StatusProgressing, true
	}
	return drivers.StatusUnknown, false
}
