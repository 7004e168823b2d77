package reconcile

import (
	"context"
	"errors"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// ErrLocked: another process works with the same state.
var ErrLocked = errors.New("the state is in use by another holdfast")

// Store keeps what must outlive the process. What it accepts is durable when
// the call returns. Nothing that reaches it may hold a sensitive value, and its
// implementations need not look for any. It is safe for concurrent use.
type Store interface {
	// Identity names this installation, the same for as long as the state is
	// kept in the same place; it is what Keeper.Hold writes as the holder. Key is made at random when the state is made, and
	// never leaves it but for keyed digests.
	Identity() string
	Key() []byte

	// Target is what is kept of a target; the zero TargetState where it is new.
	Target(ctx context.Context, name string) (TargetState, error)
	// Targets are the names of all targets that anything is kept of, sorted.
	Targets(ctx context.Context) ([]string, error)
	SetTarget(ctx context.Context, name string, state TargetState) error
	// Forget removes all that is kept of a target. It is refused where the
	// target owns anything or an intent of it is not Resolved.
	Forget(ctx context.Context, name string) error

	// Owned is the inventory of a target, sorted by ID.
	Owned(ctx context.Context, target string) ([]drivers.Owned, error)
	// Count is how many entries the inventory has.
	Count(ctx context.Context, target string) (int, error)
	// Own adds or replaces entries by key, Disown removes them.
	Own(ctx context.Context, target string, entries ...drivers.Owned) error
	Disown(ctx context.Context, target string, keys ...resource.Key) error
	// Transfer moves an entry from one target's inventory to another's in one
	// step; entry is what it becomes there.
	Transfer(ctx context.Context, from string, key resource.Key, entry drivers.Owned) error

	// Intend records that a change is about to be made, and with the same
	// stroke writes entry to the inventory, unless entry is nil.
	Intend(ctx context.Context, intent Intent, entry *drivers.Owned) error
	// Pending are the intents of a target that were never Resolved: those of a
	// process that ended in between.
	Pending(ctx context.Context, target string) ([]Intent, error)
	// Resolve records how an intent ended, and with the same stroke updates
	// the inventory: entry is put in, unless nil; with disown the entry of the
	// intent's resource is taken out.
	Resolve(ctx context.Context, intent Intent, outcome string, entry *drivers.Owned, disown bool) error
	// Deletions counts the deletes and replaces of a target that took effect
	// at or after since, and those that did at the revision at any time.
	Deletions(ctx context.Context, target, revision string, since time.Time) (recent, atRevision int, err error)

	// SaveRun adds a run, or replaces the one of the same ID. Runs beyond a
	// bounded number for each target are dropped, the oldest first.
	SaveRun(ctx context.Context, run Run) error
	// Runs are a target's newest runs, the newest first; target "" for all targets.
	Runs(ctx context.Context, target string, limit int) ([]Run, error)

	Close() error
}

// TargetState is what is kept of one target.
type TargetState struct {
	// Good is the last revision that could be rendered and applied without error.
	Good string `json:"good,omitempty"`
	// Seen is the last revision that was looked at.
	Seen string `json:"seen,omitempty"`
	// Signer of it, where it was verified.
	Signer string `json:"signer,omitempty"`
	// Destination at which the inventory is.
	Destination string `json:"destination,omitempty"`
	Driver      string `json:"driver,omitempty"`
	// Place within it of what does not name one itself, such as a default namespace.
	Place string `json:"place,omitempty"`
	// Orphaned: no target of the configuration has this name any more; what it
	// owns is left in place, and reported.
	Orphaned bool `json:"orphaned,omitempty"`
	// Begun is the approved act that was begun last.
	Begun Act `json:"begun,omitzero"`
	// Healthy is the last revision of which all was in effect and healthy.
	Healthy string `json:"healthy,omitempty"`
	// Rollout is the last one of which changes were made.
	Rollout Rollout `json:"rollout,omitzero"`
	// Bad is the revision in quarantine here. It stays so until it turns out to
	// be healthy, or a newer one is.
	Bad Quarantine `json:"bad,omitzero"`
	// Ended is what came to its end as it is asked for, by name: what is gone, and
	// what ended ill.
	Ended map[string]Ended `json:"ended,omitempty"`
}

// Intent is a change about to be made.
type Intent struct {
	ID       string // unique
	Run      string // the run's ID
	Target   string
	Revision string
	Resource resource.ID
	Action   resource.Action
	At       time.Time
}

// Outcome of a run. The zero value is a run that has not ended.
type Outcome string

// The outcomes.
const (
	OutcomeRunning Outcome = ""
	OutcomeOK      Outcome = "ok"      // in line, or brought in line
	OutcomeFlagged Outcome = "flagged" // changes are due that mode flag, or a missing approval, keeps back
	OutcomeBlocked Outcome = "blocked" // a finding holds changes back
	OutcomeHeld    Outcome = "held"    // the revision is unfit, or in quarantine: held at an earlier one
	OutcomeFailed  Outcome = "failed"  // the world did not allow it
	OutcomeWaiting Outcome = "waiting" // for a target that it depends on, for health, or it is suspended
)

// Run is one pass of the loop over a target, recorded. It holds no sensitive value.
type Run struct {
	ID     string `json:"id"`
	Target string `json:"target"`
	Driver string `json:"driver"`
	// Destination is what the target writes to; "" where the run did not get so far.
	Destination string    `json:"destination,omitempty"`
	Mode        string    `json:"mode"`
	Revision    string    `json:"revision"` // the one that was enforced
	Ref         string    `json:"ref,omitempty"`
	Started     time.Time `json:"started"`
	Ended       time.Time `json:"ended,omitzero"`
	Outcome     Outcome   `json:"outcome"`
	Message     string    `json:"message,omitempty"` // why, where the outcome is not ok
	// Mistake: it failed for something that is the user's to mend, and was not the world's fault.
	Mistake bool   `json:"mistake,omitempty"`
	Plan    string `json:"plan,omitempty"` // digest
	// Quarantined is the revision that is bad here, "" if none is.
	Quarantined string `json:"quarantined,omitempty"`
	// Changes other than none, with what became of each.
	Changes  []ChangeRecord  `json:"changes"`
	Findings []FindingRecord `json:"findings"`
	// Health is that of what is not healthy, and of what nobody can tell it of.
	Health []HealthRecord `json:"health,omitempty"`
	// NotApplied are the desired resources that are not made, as they say themselves.
	NotApplied []NotApplied `json:"notApplied,omitempty"`
	// NotEvaluated is what was passed over in rendering, such as a chart's hooks for tests.
	NotEvaluated []policy.NotEvaluated `json:"notEvaluated,omitempty"`
	// Resources is how many are desired but for NotApplied, InLine how many of them are so at the end.
	Resources int `json:"resources"`
	InLine    int `json:"inLine"`
}

// State of a change within a run.
type State string

// The states.
const (
	StatePlanned State = "planned" // would be done, but for mode flag or a dry run
	StateApplied State = "applied"
	StateBlocked State = "blocked" // by a finding, or by what it needs, which is not in effect or not healthy
	StateFlagged State = "flagged" // waits for an approval, for leave to prune, or because someone else changes it back
	StateKept    State = "kept"    // a delete that is not made, as the target or the resource says: nothing waits for it
	StateBegun   State = "begun"   // a delete that was begun before, and what it deletes is still there
	StateStale   State = "stale"
	StateFailed  State = "failed"
	StateSkipped State = "skipped" // not begun when the run was stopped, or gave way to something newer
)

// ChangeRecord is a change and what became of it. The diff is masked.
type ChangeRecord struct {
	Resource  ResourceRef          `json:"resource"`
	Action    resource.Action      `json:"action"`
	State     State                `json:"state"`
	Reason    string               `json:"reason,omitempty"`
	Drift     bool                 `json:"drift,omitempty"`
	ChangedBy string               `json:"changedBy,omitempty"`
	Diff      []resource.FieldDiff `json:"diff,omitempty"`
	Location  resource.Location    `json:"location,omitzero"`
	// Refused: it was only planned, and would fail as things are at the destination.
	Refused bool `json:"refused,omitempty"`
	// Mistake: it failed, or would, for what is asked for at Location, which is the user's to mend.
	Mistake bool `json:"mistake,omitempty"`
	// Approval is the digest that an approval must name to allow it.
	Approval string `json:"approval,omitempty"`
	// Retry is when it is tried again, where someone else changes the resource back each time.
	Retry time.Time `json:"retry,omitzero"`
}

// NotApplied is a desired resource that is not made, and why.
type NotApplied struct {
	Resource ResourceRef       `json:"resource"`
	Reason   string            `json:"reason"`
	Location resource.Location `json:"location,omitzero"`
}

// ResourceRef is an ID as it stands in JSON.
type ResourceRef struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
	Scope      string `json:"scope,omitempty"`
}

// Ref is id without its target.
func Ref(id resource.ID) ResourceRef {
	return ResourceRef{id.APIVersion, id.Kind, id.Namespace, id.Name, id.Scope}
}

// FindingRecord is a finding as it stands in JSON: the contract of
// `check --format json`, and what is kept of a run.
type FindingRecord struct {
	Rule        string            `json:"rule"`
	Policy      string            `json:"policy"`
	Category    string            `json:"category"`
	Severity    policy.Severity   `json:"severity"`
	Decision    policy.Decision   `json:"decision"`
	Msg         string            `json:"msg"`
	Target      string            `json:"target,omitempty"`
	Resource    *ResourceRef      `json:"resource"`
	Location    resource.Location `json:"location"`
	Path        resource.Path     `json:"path"`
	Waived      *policy.Waived    `json:"waived"`
	Existing    bool              `json:"existing"`
	Remediation string            `json:"remediation"`
	Controls    []string          `json:"controls"`
	Phase       policy.Phase      `json:"phase,omitempty"`
	// Fingerprint names the finding in every report of a check that has it,
	// however its lines move: 32 hexadecimal digits. A run's findings have none.
	Fingerprint string `json:"fingerprint,omitempty"`
}

// HealthRecord is the status of one resource.
type HealthRecord struct {
	Resource ResourceRef    `json:"resource"`
	Status   drivers.Status `json:"status"`
	Reason   string         `json:"reason,omitempty"`
}
