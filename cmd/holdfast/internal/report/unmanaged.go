package report

import (
	"fmt"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// Unmanaged is a part of a sentence on what is not managed here, "" if there is nothing.
func Unmanaged(audit *reconcile.Audit) string {
	resources, namespaces := countUnmanaged(audit)
	if resources == 0 {
		return ""
	}
	return fmt.Sprintf("; %s in %s %s not managed here", count(resources, "resource"), count(namespaces, "namespace"), plural(resources, "is", "are"))
}

// unmanagedSentence says how much there is that is not managed here. Of other
// installations and tools nothing is known.
func unmanagedSentence(audit *reconcile.Audit) string {
	resources, namespaces := countUnmanaged(audit)
	if resources == 0 {
		return ""
	}
	return fmt.Sprintf("%s in %s. No target of this holdfast wants them, and its inventory does not have them. "+
		"Another holdfast, with a state of its own, or another tool may manage them.", countVerb(resources, "live resource", "is there", "are there"), count(namespaces, "namespace"))
}

func countUnmanaged(audit *reconcile.Audit) (resources, namespaces int) {
	for i := range audit.Unmanaged {
		if n := audit.Unmanaged[i].Count; n > 0 {
			resources += n
			namespaces++
		}
	}
	return resources, namespaces
}

// moreUnmanaged is how many there are beside those that are named, 0 for none.
func moreUnmanaged(u reconcile.AuditUnmanaged) int { return u.Count - len(u.Resources) }

func (m *markdown) unmanaged(audit *reconcile.Audit) {
	sentence := unmanagedSentence(audit)
	if sentence == "" {
		return
	}
	m.line("## Not managed here\n")
	m.line("%s\n", sentence)
	for i := range audit.Unmanaged {
		u := &audit.Unmanaged[i]
		if u.Count == 0 {
			continue
		}
		namespace := "what is in no namespace"
		if u.Namespace != "" {
			namespace = escape(u.Namespace)
		}
		m.line("### %s at %s\n", namespace, code(u.Destination))
		for j := range u.Resources {
			m.line("- %s", escape(name(&u.Resources[j])))
		}
		if more := moreUnmanaged(*u); more > 0 {
			m.line("- and %d more", more)
		}
		m.line("")
	}
}
