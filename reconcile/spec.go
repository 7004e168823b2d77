package reconcile

import (
	"cmp"
	"time"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// DefaultTarget is the name under which resources are judged that no target names.
const DefaultTarget = "default"

// Mode says whether a target's changes are made. The zero value flags.
type Mode string

// The modes.
const (
	ModeFlag  Mode = "flag"
	ModeApply Mode = "apply"
)

// OnBlock says what a finding holds back. The zero value is the narrow one.
type OnBlock string

// What a finding holds back.
const (
	OnBlockResource OnBlock = "resource" // the resource, and what depends on it
	OnBlockTarget   OnBlock = "target"   // every change of the target
)

// Target is a named place to keep in line.
type Target struct {
	Name      string
	Driver    string
	Path      string // within the source; "." for all of it
	DependsOn []string
	Mode      Mode
	Prune     bool
	OnBlock   OnBlock
	Suspend   bool
	// Rollback takes the target back to the last revision that was healthy
	// where a newer one turns out not to be, until there is a newer one still.
	Rollback bool
	Build    sources.Build
	Settings map[string]any
	// HealthTimeout bounds the wait for health after an apply, and Interval
	// the time until live state is looked at again. Zero is a finite default.
	HealthTimeout time.Duration
	Interval      time.Duration
	Exclude       func(path string) bool // nil excludes nothing
}

// Defaults of Target and Limits.
const (
	DefaultHealthTimeout = 5 * time.Minute
	DefaultInterval      = 3 * time.Minute
	DefaultRunTimeout    = 10 * time.Minute
)

// Limit is a share of a target's resources, in percent, or a plain number.
// The zero value is the default of 10 percent. At least one is always allowed.
type Limit struct {
	Percent int
	Count   int
}

// Of is how many of total the limit allows.
func (l Limit) Of(total int) int {
	if l.Count > 0 {
		return l.Count
	}
	return max(1, total*cmp.Or(l.Percent, 10)/100)
}

// Spec is what one revision asks for, within what the operator allows.
type Spec struct {
	Targets    []Target
	Policy     policy.Input
	Waivers    []policy.Waiver
	Approvals  []policy.Approval
	MaxDelete  Limit
	RunTimeout time.Duration
	// Exclude are the paths that hold no resources in any target: policies,
	// waivers, the configuration itself.
	Exclude func(path string) bool
}

// Unfit is a revision, or a part of one, that cannot be enforced: it does not
// parse, render, compile or validate. What it concerns is held at the last good revision.
type Unfit struct {
	Problems resource.Problems
}

func (u *Unfit) Error() string { return u.Problems.Error() }
func (u *Unfit) Unwrap() error { return u.Problems }
