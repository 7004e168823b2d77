package health

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// stuck are the reasons for which a container waits that do not go away by waiting.
var stuck = []string{
	"CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName",
	"CreateContainerConfigError", "CreateContainerError", "RunContainerError",
}

// container is the state of one container of a pod, as far as it is amiss.
type container struct {
	name     string
	waiting  string // the reason
	message  string
	ended    string // how it, or the last one in its place, came to its end
	restarts int64
	ready    bool
}

// text is what a person would want to know of it; "" where nothing is amiss.
func (c container) text() string {
	var parts []string
	if c.waiting != "" && c.waiting != "PodInitializing" && c.waiting != "ContainerCreating" {
		parts = append(parts, c.waiting)
	}
	if c.ended != "" {
		parts = append(parts, c.ended)
	}
	if len(parts) == 0 {
		return ""
	}
	if c.restarts > 0 {
		parts = append(parts, fmt.Sprintf("%d restarts", c.restarts))
	}
	text := "container " + c.name + ": " + strings.Join(parts, ", ")
	if c.message != "" {
		text += ": " + c.message
	}
	return text
}

// containers are a pod's, those that come first first.
func containers(pod content) []container {
	var all []container
	for _, list := range []string{"initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"} {
		for _, status := range pod.list("status", list) {
			c := container{
				name: status.text("name"), waiting: status.text("state", "waiting", "reason"),
				message: status.text("state", "waiting", "message"), restarts: status.count(0, "restartCount"), ready: status.flag("ready"),
			}
			for _, state := range []string{"state", "lastState"} {
				if c.ended == "" && !c.ready {
					c.ended = ended(status, state)
				}
			}
			if end := status.text("state", "terminated", "message"); c.message == "" && !c.ready {
				c.message = cmp.Or(end, status.text("lastState", "terminated", "message"))
			}
			all = append(all, c)
		}
	}
	return all
}

// ended says how a container came to its end, "" if it did not, or well.
func ended(status content, state string) string {
	code, terminated := status.number(state, "terminated", "exitCode")
	reason := status.text(state, "terminated", "reason")
	switch {
	case !terminated || code == 0 && (reason == "" || reason == "Completed"):
		return ""
	case reason == "" || reason == "Error":
		return fmt.Sprintf("exit code %d", code)
	}
	return fmt.Sprintf("%s (exit code %d)", reason, code)
}

// unstarted says how far a pod has come that has not begun to run.
func unstarted(pod content) string {
	node := pod.text("spec", "nodeName")
	switch {
	case pod.text("status", "phase") != "Pending":
	case node != "":
		return "its containers are not started yet on node " + node
	case len(pod.list("status", "containerStatuses")) == 0:
		return "it has no node, and no scheduler has said why"
	}
	return ""
}

// podTrouble is what is amiss with a pod, "" where it says nothing of the kind.
func podTrouble(pod content) string {
	var parts []string
	if reason := pod.text("status", "reason"); reason != "" {
		parts = append(parts, condition{reason: reason, message: pod.text("status", "message")}.text())
	}
	if scheduled := pod.condition("PodScheduled"); scheduled.status == "False" {
		parts = append(parts, scheduled.text())
	}
	for _, c := range containers(pod) {
		if text := c.text(); text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		for _, kind := range []string{"ContainersReady", "Ready"} {
			if found := pod.condition(kind); found.status == "False" && found.message != "" {
				return found.message
			}
		}
		return unstarted(pod)
	}
	return strings.Join(slices.Compact(parts), "; ")
}
