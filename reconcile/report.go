package reconcile

import (
	"time"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// ReportVersion is the version of the JSON that reports are written as.
const ReportVersion = 1

// Report is what a check or an audit found. It holds no sensitive value, and
// every renderer (text, JSON, HTML …) is made from it alone.
type Report struct {
	Version      int                   `json:"version"`
	Revision     string                `json:"revision"`
	Summary      Summary               `json:"summary"`
	Findings     []FindingRecord       `json:"findings"`
	Undecided    []UndecidedRecord     `json:"undecided"`
	NotEvaluated []policy.NotEvaluated `json:"notEvaluated"`
	Errors       []resource.Problem    `json:"errors"`   // the user's mistakes: exit code 2
	Warnings     []resource.Problem    `json:"warnings"` // what deserves a look and stops nothing
	Coverage     Coverage              `json:"coverage"`
	// Base is the revision that findings were held against, "" without --base.
	Base string `json:"base,omitempty"`
}

// Summary counts. Findings counts all, waived and existing ones too.
type Summary struct {
	Resources    int `json:"resources"`
	Rules        int `json:"rules"`
	Findings     int `json:"findings"`
	Blocking     int `json:"blocking"`
	Waived       int `json:"waived"`
	Existing     int `json:"existing"`
	Undecided    int `json:"undecided"`
	NotEvaluated int `json:"notEvaluated"`
}

// UndecidedRecord is a rule whose answer hangs on what is known only after apply.
type UndecidedRecord struct {
	Rule     string            `json:"rule"`
	Target   string            `json:"target,omitempty"`
	Resource *ResourceRef      `json:"resource"`
	Location resource.Location `json:"location"`
	WaitsFor []resource.Path   `json:"waitsFor"`
	Blocks   bool              `json:"blocks"`
}

// Coverage says what was looked at by nothing.
type Coverage struct {
	Uncovered []ResourceRef `json:"uncovered"` // resources that no rule looked at
	IdleRules []string      `json:"idleRules"` // rules that looked at no resource
}

// Audit is a Report with what an auditor wants beside it.
type Audit struct {
	Report
	Title     string           `json:"title"`
	Generated time.Time        `json:"generated"`
	Tool      string           `json:"tool"`   // "holdfast v1.2.3"
	Source    string           `json:"source"` // without credentials
	Commit    sources.Revision `json:"commit"`
	// Uncommitted are the judged files that are not as Commit has them.
	Uncommitted []string      `json:"uncommitted"`
	Targets     []AuditTarget `json:"targets"`
	// Unmanaged is what is at the destinations and no target here manages, by namespace.
	Unmanaged []AuditUnmanaged `json:"unmanaged"`
	Rules     []policy.Rule    `json:"rules"` // all that ran
	Waivers   []AuditWaiver    `json:"waivers"`
	// Excerpts are source lines around findings, masked, by the finding's
	// index in Findings. A finding without a known line has none.
	Excerpts map[int][]sources.Line `json:"-"`
	// Trend is the number of findings of earlier runs, the oldest first;
	// empty where no state is at hand.
	Trend []TrendPoint `json:"trend"`
}

// AuditTarget is one target's standing.
type AuditTarget struct {
	Name        string `json:"name"`
	Driver      string `json:"driver"` // "" for a folder that no target names
	Path        string `json:"path"`
	Mode        string `json:"mode,omitempty"`
	Destination string `json:"destination,omitempty"`
	Resources   int    `json:"resources"`
	Findings    int    `json:"findings"`
	Blocking    int    `json:"blocking"`
	// Observed is false where live state was not looked at; Reason says why.
	Observed bool           `json:"observed"`
	Reason   string         `json:"reason,omitempty"`
	InLine   int            `json:"inLine"`
	Changes  []ChangeRecord `json:"changes"` // what differs from live: drift and what is not applied yet
	LastRun  *Run           `json:"lastRun,omitempty"`
}

// AuditUnmanaged is what no target here manages in one namespace of a destination. Where
// it cannot be told there is a Reason, and one entry for the destination.
type AuditUnmanaged struct {
	Driver      string `json:"driver"`
	Destination string `json:"destination"`
	Namespace   string `json:"namespace"` // "" for what is in none
	Count       int    `json:"count"`
	Findings    int    `json:"findings"`
	// Resources are some of them, if there are very many.
	Resources []ResourceRef `json:"resources"`
	Reason    string        `json:"reason,omitempty"`
}

// AuditWaiver is a waiver and whether it was of use.
type AuditWaiver struct {
	policy.Waived
	Rule     string `json:"rule"`
	Resource string `json:"resource"`
	State    string `json:"state"` // "used", "unused", "expiring" or "expired"
	Findings int    `json:"findings"`
}

// TrendPoint is one earlier run's count.
type TrendPoint struct {
	At       time.Time `json:"at"`
	Revision string    `json:"revision"`
	Findings int       `json:"findings"`
	Blocking int       `json:"blocking"`
}
