// Package drivers is the port through which holdfast acts.
//
// A Driver observes, plans and applies for one kind of target. The port is
// shaped for drivers that differ widely: one object at a time (a host's
// files), all or nothing (Terraform), many hosts in batches (a fleet), or in
// another process. What a driver can do beyond the core it says by
// implementing a further interface: Atomic, Healther, Watcher, Dependencies,
// Staged, Ending, Placer, Lister, Keeper. drivertest is the conformance suite that every driver runs.
package drivers

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"math"
	"time"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Errors that drivers wrap.
var (
	// ErrStale: a precondition no longer holds. Nothing was done to that
	// resource; planning and judging start again.
	ErrStale = errors.New("changed since it was planned")
	// ErrRunning: what is there runs to an end of its own, has not come to it, and is
	// not cut short. Nothing was done to that resource; Apply may be given the
	// change again.
	ErrRunning = errors.New("what was begun before still runs, and is not cut short")
	// ErrUnreachable: the destination cannot be read or written now.
	ErrUnreachable = errors.New("destination cannot be reached")
	// ErrSettings: the settings lead nowhere, as to a file that is not there. It is
	// the user's mistake, but one that may be mended outside of the repository.
	ErrSettings = errors.New("the settings cannot be used")
)

// Mistake is the error of a change that the destination does not take for what is
// asked for: the user's to mend, where it is written.
type Mistake struct {
	Path resource.Path // into the resource, as far as that is known
	Err  error
}

func (m *Mistake) Error() string { return m.Err.Error() }
func (m *Mistake) Unwrap() error { return m.Err }

// Kind is one entry of the list of drivers.
type Kind struct {
	Name string
	// Schema is the JSON Schema (draft 2020-12) of the target's settings. What
	// it does not allow never reaches Open.
	Schema []byte
	// Permits reports whether settings stay within allowed, an entry of the
	// operator's list of destinations for this driver.
	Permits func(settings, allowed map[string]any) bool
	// Validate finds what is wrong with a target's desired resources without looking at
	// a destination, so that a check before merge can say it. dir is the
	// target's path within the snapshot.
	Validate func(snapshot fs.FS, dir string, resources []resource.Resource) []Invalid
	Open     func(ctx context.Context, options Options) (Driver, error)
}

// Invalid is one mistake in a desired resource.
type Invalid struct {
	Resource int // index in what was validated
	Path     resource.Path
	Msg      string // what is wrong and how to mend it
}

// Options are what a driver is opened with.
type Options struct {
	Target   string         // the target's name
	Settings map[string]any // validated against the Kind's Schema
	// Key makes digests of contents unguessable; see resource.Resource.Digest.
	Key    []byte
	Logger *slog.Logger
}

// Driver acts on one target's destination. Observe and Plan write nothing
// there. Calls on one Driver are not concurrent; Close ends it.
type Driver interface {
	// Destination names what the target writes to, the same for two targets
	// that write to the same place: "host:///srv/app".
	Destination() string

	// Observe reads the live twins of the desired and the owned resources.
	// What is absent is left out. An error means that nothing is known.
	Observe(ctx context.Context, request ObserveRequest) (*Observation, error)

	// Plan says what Apply would do. There is one change, which may be none,
	// for each desired resource and for each owned one that is no longer
	// desired and still exists, but none for what says of itself that it is not to
	// be made, which is listed as NotApplied. Deletes are proposals, as it is not the driver that decides whether
	// to prune. Where the object of an owned resource is
	// wanted under another identity, by this target or by one of Elsewhere, the
	// change is a move: a rename, or a handover, and never a delete.
	Plan(ctx context.Context, request PlanRequest) (*Plan, error)

	// Apply carries out some of the plan's changes, in the order given. Each
	// effect is preceded by journal.Intend, which has the intention on disk
	// when it returns, and followed by journal.Done. A change whose
	// precondition no longer holds is Done with ErrStale and has no effect.
	// One change's failure does not stop the others, unless the driver is
	// Atomic. When ctx ends, the change in hand is finished and no other is begun.
	// The error is for what concerns no single change.
	Apply(ctx context.Context, plan *Plan, changes []resource.Change, journal Journal) error

	Close() error
}

// ObserveRequest says what to look at.
type ObserveRequest struct {
	Desired []resource.Resource
	Owned   []Owned
}

// Observation is what is there.
type Observation struct {
	Live []resource.Resource
	// Unreachable are scopes that could not be observed, with the reason. The
	// changes to their resources are left out of the plan.
	Unreachable map[string]error
	// Made has the UIDs of those of Owned that are Pending without one, as a create was
	// under way of which the end is not known, where that create has made what is there
	// now: it can have been nobody else.
	Made map[resource.Key]string
}

// PlanRequest is what a plan is made from.
type PlanRequest struct {
	Snapshot fs.FS  // the whole tree of the revision
	Dir      string // the target's path within it
	Desired  []resource.Resource
	Owned    []Owned
	Observed *Observation
	// Elsewhere are the other targets at the same destination, also those that
	// want nothing there.
	Elsewhere []Neighbour
	// Ended has the Desired of the change by which each was made that has ended and is
	// gone; see Ending. Of what is in Owned too, the inventory counts.
	Ended map[resource.Key]string
}

// Neighbour is another target, and what it wants at the same destination.
type Neighbour struct {
	Target string
	Place  string // as its own driver says, where that is a Placer
	// Settings are the target's; nil where the configuration does not name it any more.
	Settings  map[string]any
	Resources []resource.Resource
}

// Owned is an entry of the inventory: a resource that holdfast made or adopted.
type Owned struct {
	ID resource.ID
	// UID is what tells this very object from another of the same name: a
	// Kubernetes UID, a keyed hash of a file's content. It is the driver's own
	// and is checked before a delete.
	UID string
	// Digest is the keyed digest of the desired content that was last applied, and
	// Revision the one it was applied at.
	Digest   string
	Revision string
	// Prune is the value of the annotation holdfast.dev/prune when it was last applied.
	Prune string
	// Pending is set from the intention to create until the effect is known.
	Pending bool
	// Tombstone is when its deletion was begun; zero if it was not. The entry
	// stays until the resource is seen to be absent.
	Tombstone time.Time
}

// Plan is data: what would be done, and a digest over it to which a verdict is bound.
type Plan struct {
	// Changes, sorted by resource.Compare of their IDs.
	Changes []resource.Change
	// NotApplied are the desired resources that say of themselves that they are not
	// to be made, in the order of what is desired.
	NotApplied []NotApplied
	// Beyond are those resources of Elsewhere that the settings of their targets do not
	// let these have: they will not be there, and are in nobody's way.
	Beyond map[resource.Key]bool
	// Digest covers changes and preconditions. It reveals no secret.
	Digest string
	// Artifact is the driver's own, such as a saved plan file; nil if it needs none.
	Artifact any
}

// NotApplied is a desired resource that is not made, and why.
type NotApplied struct {
	ID     resource.ID
	Reason string
}

// Journal records what Apply does; the caller keeps it durably. It may be called
// for several changes at once.
type Journal interface {
	// Intend is called before the effect. uid is what the resource will be
	// known by afterwards; where that cannot be told beforehand, what it is
	// known by as long as the effect is not there, "" if it is not there at all.
	// If it fails, the change must not be made.
	Intend(ctx context.Context, change *resource.Change, uid string) error
	// Done is called once for each change that Apply was given and got to.
	Done(ctx context.Context, change *resource.Change, result Result) error
}

// Result is how one change ended.
type Result struct {
	UID string // as in Owned, after the effect
	Err error  // nil if the change is in effect; else it says what was being done, and to what; see Mistake
}

// Atomic is a Driver whose Apply does all changes of a plan or none: one
// blocked change holds back the others.
type Atomic interface {
	Atomic() bool
}

// Dependencies is a Driver that knows which of its resources need others
// first: a file its directory, an object its namespace.
type Dependencies interface {
	// DependsOn gives for each resource, by key, those that must be there, and
	// healthy where the driver is a Healther, before it.
	DependsOn(resources []resource.Resource) map[resource.Key][]resource.Key
}

// Staged is a Driver whose resources come in stages: what is of a later stage
// is not begun before all that is of earlier ones is in effect and healthy.
type Staged interface {
	// Stage of a resource; most are of stage 0.
	Stage(res *resource.Resource) int
}

// Ending is a Driver with resources that come to an end, such as hooks: they are
// made once for what is asked for, and the change to one that was made as it is
// asked for, and is gone, is none. How one ended its health tells: healthy is
// well, degraded is ill.
type Ending interface {
	// End says what becomes of a resource that has ended; ok is false for one that has no end.
	End(res *resource.Resource) (end End, ok bool)
	// Clear deletes what has ended. Each change is a delete with the inventory's UID as
	// its Precondition; the journal is called as by Apply. What is gone, or is another
	// one by now, is Done without an effect and without an error.
	Clear(ctx context.Context, changes []resource.Change, journal Journal) error
}

// End says whether a resource is deleted once it has ended well, or ill. One that
// has ended well stays until all that is of stages below Before is in effect and
// healthy, and goes before anything of that stage or a later one is begun.
type End struct {
	Well, Ill bool
	Before    int
}

// LastStage is the End.Before of what stays until all is in effect and healthy.
const LastStage = math.MaxInt

// Placer is a Driver whose resources may leave it to the target's settings where
// they are, such as in its default namespace.
type Placer interface {
	// Place is what the settings say, and Unplaced whether a resource leaves it to them.
	Place() string
	Unplaced(id resource.ID) bool
}

// Lister is a Driver that can tell what else is at its destination.
type Lister interface {
	// Unmanaged is what is there and not among owned, with its content:
	// not what another controller made of something else, nor what is there by
	// itself. owned are all that any target owns at the destination.
	// What it could not list it leaves out, and says so.
	Unmanaged(ctx context.Context, owned []Owned) (*Listing, error)
}

// Listing is what a Lister found.
type Listing struct {
	Resources []resource.Resource
	LeftOut   []LeftOut
}

// LeftOut is what a Lister left out, and why.
type LeftOut struct {
	// What are kinds, as "Secret" or "Deployment.apps", or API groups of which
	// the kinds are not known; empty for resources of any kind.
	What   []string
	Reason string
}

// Status is how a resource is doing. The zero value is unknown: nobody can tell,
// which is shown and holds up nothing.
type Status string

// The statuses.
const (
	StatusUnknown     Status = ""
	StatusHealthy     Status = "healthy"
	StatusProgressing Status = "progressing"
	StatusDegraded    Status = "degraded"
)

// String is the status as people and reports write it.
func (s Status) String() string { return cmp.Or(string(s), "unknown") }

// MarshalText writes what String does, and UnmarshalText reads it.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func (s *Status) UnmarshalText(text []byte) error {
	if *s = Status(text); *s == "unknown" {
		*s = StatusUnknown
	}
	return nil
}

// Health is one resource's status, with what a person would look up.
type Health struct {
	ID     resource.ID
	Status Status
	Reason string
}

// Healther is a Driver that can tell whether what was applied works.
type Healther interface {
	Health(ctx context.Context, resources []resource.Resource) ([]Health, error)
}

// Watcher is a Driver that sees drift when it happens.
type Watcher interface {
	// Watch sends when something owned may have changed, and closes the
	// channel when ctx ends. Sends are debounced.
	Watch(ctx context.Context, owned []Owned) (<-chan struct{}, error)
}

// Holding is the inventory as it is kept at the destination.
type Holding struct {
	Holder string    `json:"holder"` // which installation of holdfast
	Target string    `json:"target"`
	Since  time.Time `json:"since"`
	Owned  []Owned   `json:"owned"`
	// Where it is, as a person would look for it. Holding sets it.
	Where string `json:"-"`
}

// Keeper is a Driver that can keep the inventory at the destination, so that a
// second holdfast with another state sees it and stands back.
type Keeper interface {
	// Holding is what is kept for this target, nil if nothing is.
	Holding(ctx context.Context) (*Holding, error)
	// Hold writes it, durably.
	Hold(ctx context.Context, holding Holding) error
}
