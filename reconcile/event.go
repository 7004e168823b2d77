package reconcile

import (
	"time"

	"github.com/holdfast-dev/holdfast/sources"
)

// Event is something that happened in a pass. Terminal, log, metrics and
// notifiers are subscribers; none of them is known here. It holds no sensitive value.
type Event struct {
	Kind     EventKind
	At       time.Time
	Run      string
	Target   string
	Revision string
	Message  string
	Err      error            // for EventFetchFailed
	Repeat   bool             // for EventEnded: nothing is different from the run before
	Change   *ChangeRecord    // for EventChange
	Ended    *Run             // for EventEnded
	Source   sources.Revision // for EventFetched
	New      bool             // for EventFetched: the revision was not the last one
	Targets  []string         // for EventTargets
}

// EventKind tells events apart.
type EventKind string

// The kinds of events.
const (
	EventFetched     EventKind = "fetched"      // the source was read
	EventFetchFailed EventKind = "fetch-failed" // the source could not be read; Message says why
	EventUnfit       EventKind = "unfit"        // a revision, or a target of it, cannot be enforced
	EventOrphaned    EventKind = "orphaned"     // a target went from the configuration; what it owns stays
	EventTargets     EventKind = "targets"      // a pass is to go over these
	EventStarted     EventKind = "started"
	EventChange      EventKind = "change" // a change came to its end
	EventEnded       EventKind = "ended"
	EventQuarantined EventKind = "quarantined" // the rollout of a revision failed health at a target; Message says of what
	EventPassed      EventKind = "passed"      // a pass over all targets came to its end
)
