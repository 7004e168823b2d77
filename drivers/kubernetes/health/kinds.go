package health

import (
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/holdfast-dev/holdfast/drivers"
)

// exists reports whether an object of a kind is healthy by being there: no
// controller tells of it in a status.
func exists(kind schema.GroupKind) bool {
	switch kind.Group {
	case "rbac.authorization.k8s.io", "admissionregistration.k8s.io", "storage.k8s.io", "scheduling.k8s.io",
		"node.k8s.io", "coordination.k8s.io", "discovery.k8s.io":
		return true
	case "networking.k8s.io":
		return kind.Kind == "NetworkPolicy" || kind.Kind == "IngressClass" || kind.Kind == "IPAddress"
	case "flowcontrol.apiserver.k8s.io":
		return kind.Kind == "PriorityLevelConfiguration"
	case "apps":
		return kind.Kind == "ControllerRevision"
	case "resource.k8s.io":
		return kind.Kind == "DeviceClass"
	case "":
		switch kind.Kind {
		case "ConfigMap", "Secret", "ServiceAccount", "Endpoints", "LimitRange", "ResourceQuota", "PodTemplate", "Event":
			return true
		}
	}
	return false
}

func claim(c content) (drivers.Status, string) {
	switch c.text("status", "phase") {
	case "Bound":
		return drivers.StatusHealthy, ""
	case "Lost":
		return drivers.StatusDegraded, "its volume is lost: " + c.text("spec", "volumeName")
	}
	return drivers.StatusProgressing, "it is not bound to a volume yet"
}

func volume(c content) (drivers.Status, string) {
	switch phase := c.text("status", "phase"); phase {
	case "Available", "Bound", "Released":
		return drivers.StatusHealthy, ""
	case "Failed":
		return drivers.StatusDegraded, "it could not be reclaimed: " + c.text("status", "message")
	}
	return drivers.StatusProgressing, "it is not available yet"
}

// service waits for the address of a load balancer, which kstatus does not.
func service(c content) (drivers.Status, string) {
	if c.text("spec", "type") == "LoadBalancer" && len(c.list("status", "loadBalancer", "ingress")) == 0 {
		return drivers.StatusProgressing, "its load balancer has no address yet"
	}
	return drivers.StatusHealthy, ""
}

func ingress(c content) (drivers.Status, string) {
	if len(c.list("status", "loadBalancer", "ingress")) == 0 {
		return drivers.StatusProgressing, "no ingress controller has given it an address yet"
	}
	return drivers.StatusHealthy, ""
}

func namespace(c content) (drivers.Status, string) {
	if c.text("status", "phase") == "Terminating" {
		return drivers.StatusProgressing, "it is being deleted"
	}
	return drivers.StatusHealthy, ""
}

// autoscaler is degraded where it can never scale. Metrics that are not there
// yet come with the first pods, most often.
func autoscaler(c content) (drivers.Status, string) {
	from := c
	if len(c.conditions()) == 0 { // autoscaling/v1 has them elsewhere
		from = c.annotated("autoscaling.alpha.kubernetes.io/conditions")
	}
	for _, kind := range []string{"AbleToScale", "ScalingActive"} {
		found := from.condition(kind)
		switch {
		case found.status != "False" || found.reason == "ScalingDisabled": // its target has no replicas
		case strings.HasPrefix(found.reason, "Invalid") || strings.HasSuffix(found.reason, "Selector"):
			return drivers.StatusDegraded, found.text()
		default:
			return drivers.StatusProgressing, found.text()
		}
	}
	if len(from.conditions()) == 0 && c.count(0, "status", "currentReplicas") == 0 {
		return drivers.StatusProgressing, "its controller has not looked at it yet"
	}
	return drivers.StatusHealthy, ""
}

func apiService(c content) (drivers.Status, string) {
	available := c.condition("Available")
	switch {
	case available.status == "True":
		return drivers.StatusHealthy, ""
	case available.status == "":
		return drivers.StatusProgressing, "the API server has not looked for it yet"
	}
	return drivers.StatusProgressing, available.text()
}

func flowSchema(c content) (drivers.Status, string) {
	if dangling := c.condition("Dangling"); dangling.status == "True" {
		return drivers.StatusDegraded, dangling.text()
	}
	return drivers.StatusHealthy, ""
}

// route is accepted or not by each of the gateways that it names.
func route(c content) (drivers.Status, string) {
	parents := c.list("status", "parents")
	for _, parent := range parents {
		for _, found := range parent.conditions("conditions") {
			if (found.kind == "Accepted" || found.kind == "ResolvedRefs") && found.status != "True" {
				return drivers.StatusProgressing, found.text()
			}
		}
	}
	if len(parents) == 0 {
		return drivers.StatusProgressing, "no gateway has taken it up yet"
	}
	return drivers.StatusHealthy, ""
}

// application says itself how what it deploys is doing.
func application(c content) (drivers.Status, string) {
	message := c.text("status", "health", "message")
	switch health := c.text("status", "health", "status"); health {
	case "Healthy", "Suspended":
		return drivers.StatusHealthy, message
	case "Degraded", "Missing":
		return drivers.StatusDegraded, strings.TrimSuffix("it is "+strings.ToLower(health)+": "+message, ": ")
	case "Progressing", "":
		return drivers.StatusProgressing, strings.TrimSuffix("it is progressing: "+message, ": ")
	}
	return drivers.StatusUnknown, "what it deploys has no known health"
}
