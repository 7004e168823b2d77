package report

import (
	"fmt"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// Unmanaged is a part of a sentence on what nobody manages, "" if there is nothing.
func Unmanaged(audit *reconcile.Audit) string {
	resources, namespaces := countUnmanaged(audit)
	if resources == 0 {
		return ""
	}
	return fmt.Sprintf("; %s in %s %s managed by nobody", count(resources, "resource"), count(namespaces, "namespace"), plural(resources, "is", "are"))
}

// unmanagedSentence says how much there is that nobody manages.
func unmanagedSentence(audit *reconcile.Audit) string {
	resources, namespaces := countUnmanaged(audit)
	if resources == 0 {
		return ""
	}
	return fmt.Sprintf("%s in %s.", countVerb(resources, "live resource", "is there", "are there"), count(namespaces, "namespace"))
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
	m.line("## Managed by nobody\n")
	m.line("%s No target wants them, and no inventory has them.\n", sentence)
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
