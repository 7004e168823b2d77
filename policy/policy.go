// Package policy is the port through which resources are judged.
//
// A Judge takes a Case, the resources and what is known about them, and
// answers with a Report: the findings, what was left undecided, and what was
// not evaluated. The engine is in rego below this folder. Waivers are here,
// because they are applied to findings whatever engine made them.
package policy

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Judge evaluates rules. It is pure: the same case gives the same report, in
// the same order, on any machine. It is safe for concurrent use.
type Judge interface {
	// Judge evaluates every selected rule over the case. A rule that fails or
	// takes too long is a finding of rule RuleError with decision deny, so an
	// error means that the judging itself could not go on: ctx ended.
	Judge(ctx context.Context, c Case) (*Report, error)
	// Open begins to judge a case whose subjects come batch after batch, so
	// that they need not all be held: Subjects of the case are left out. With a
	// memory, what an earlier session found of the same batch is used again;
	// nil is none. The answer is the same as Judge's.
	Open(ctx context.Context, c Case, memory Memory) (Session, error)
	// Rules are those selected, in the order of their ids.
	Rules() []Rule
	// Digest covers everything a verdict depends on besides the case: the
	// rules, their parameters, the data and the engine's version.
	Digest() string
}

// Session judges one case. It keeps of its subjects what other evaluations may
// read, and no more.
type Session interface {
	// Judge takes in a batch. It may be called from several goroutines.
	Judge(ctx context.Context, b *Batch) error
	// Report ends the session.
	Report(ctx context.Context) (*Report, error)
}

// Batch is subjects that come together, such as those of one file.
type Batch struct {
	Index    int // its place among the session's batches, whatever the order in which they come
	Subjects []Subject
	// Key tells, with the case and the rules, all that the contents of the
	// subjects follow from; "" where that is not known. Of a batch without a
	// key whose contents are there to stay, a session with a memory looks at these.
	Key string
	// Load fills in the contents of the subjects' Resources, and Unload says
	// that they are not needed any more. Both are nil where the contents are
	// there to stay.
	Load   func() error
	Unload func()
}

// Memory keeps what sessions found. Nothing in it can be trusted to be there
// tomorrow, and no secret may be put into it. It is safe for concurrent use.
type Memory interface {
	Get(key [32]byte) (value []byte, found bool) // value is not to be changed
	Put(key [32]byte, value []byte)
	// Secret is a key for digests of what could be guessed by trying.
	Secret() []byte
}

// Compiler makes Judges. It is the engine as the rest of holdfast sees it.
type Compiler interface {
	// Compile parses, checks and selects. The user's mistakes come back
	// together as resource.Problems, each with its file and line.
	Compile(ctx context.Context, input Input) (Judge, error)
}

// Input is what a Judge is made from, at one revision.
type Input struct {
	// Builtin takes in the embedded library: all of it, or the Categories.
	Builtin    bool
	Categories []string
	// Profile chooses among the built-in rules: starter, recommended or
	// strict, each with the rules of those before it. "" is starter.
	Profile string
	// Select, where it is not empty, takes the place of the profile.
	Select Selection
	// Policies are the team's own modules, Data its documents under data.*.
	// Constraints are its files of Gatekeeper's templates and constraints.
	Policies    []File
	Constraints []File
	Data        []File
	// Params override the rules' defaults under data.holdfast.params, and
	// ParamsAt says where each is written, for mistakes.
	Params   map[string]any
	ParamsAt map[string]resource.Location
	// TargetParams are those of a target, by its name: they stand over Params
	// for what is asked about the target or a resource of it, and are not seen
	// by rules of scope snapshot. TargetParamsAt says where each is written.
	TargetParams   map[string]map[string]any
	TargetParamsAt map[string]map[string]resource.Location
	// Namespaces, where there are any, are the packages of conftest's dialect
	// whose rules are taken; * stands for any text. Combine asks these rules
	// once, about all documents, instead of about each.
	Namespaces []string
	Combine    bool
	// Read gets a file that policies of conftest's dialect name, by a path in
	// the form of the Policies' names; nil permits none.
	Read func(name string) ([]byte, error)
	// Expected are the kinds that the case's resources may have, as patterns of
	// group/kind with * for any; nil for all. Built-in rules about none of them
	// are described, but not made ready. A session that meets a kind which one
	// of these is about ends with ErrUnexpected.
	Expected []string
	// AllowEmpty permits that no rule is loaded or selected.
	AllowEmpty bool
}

// Selection picks from the whole library, whatever the profile. A rule is
// taken if any of the lists names it; the team's own rules are picked alike.
type Selection struct {
	Rules, Categories, Controls []string
}

// Empty reports whether nothing is picked.
func (s Selection) Empty() bool {
	return len(s.Rules)+len(s.Categories)+len(s.Controls) == 0
}

// File is a file's name, as it is to be shown, and its content.
type File struct {
	Name    string
	Content []byte
}

// ErrUnexpected is that a resource is of a kind that was not expected.
var ErrUnexpected = errors.New("a resource is of a kind that was not expected")

// RuleError is the id under which a rule that could not be evaluated is reported.
const RuleError = "holdfast/rule-error"

// Phase says at which point of a resource's life it is judged.
type Phase string

// The phases.
const (
	PhaseCheck Phase = "check" // as written, before merge
	PhasePlan  Phase = "plan"  // as it would be, before apply
	PhaseLive  Phase = "live"  // as it is
)

// Decision is what a rule says should happen. The zero value denies.
type Decision string

// The decisions. Any other value is treated as Deny.
const (
	Deny Decision = "deny"
	Warn Decision = "warn"
)

// Severity is how much a finding matters; it never changes what blocks.
type Severity string

// The severities, in rising order.
const (
	Low      Severity = "low"
	Medium   Severity = "medium"
	High     Severity = "high"
	Critical Severity = "critical"
)

// Rank orders severities: 0 for an unknown one, 4 for critical.
func (s Severity) Rank() int {
	return slices.Index([]Severity{Low, Medium, High, Critical}, s) + 1
}

// The Dialects of rules that are written for other tools.
const (
	Conftest   = "conftest"
	Gatekeeper = "gatekeeper"
)

// Scope is how often a rule is evaluated.
type Scope string

// The scopes.
const (
	ScopeResource Scope = "resource" // once for each resource of its kinds
	ScopeTarget   Scope = "target"   // once for each target
	ScopeSnapshot Scope = "snapshot" // once
)

// Rule is what a policy judges by, as its METADATA describes it.
type Rule struct {
	ID          string         `json:"id"`
	Policy      string         `json:"policy"` // the Rego package: "holdfast.security.privileged"
	Title       string         `json:"title"`
	Description string         `json:"description,omitempty"`
	Category    string         `json:"category"`
	Severity    Severity       `json:"severity"`
	Controls    []string       `json:"controls,omitempty"`
	Remediation string         `json:"remediation,omitempty"`
	Kinds       []string       `json:"kinds,omitempty"` // group/kind; empty for all
	Scope       Scope          `json:"scope"`
	Dialect     string         `json:"dialect,omitempty"` // the tool for which it is written, such as conftest; "" for holdfast
	Decisions   []Decision     `json:"decisions"`         // which of deny and warn it has
	Profile     string         `json:"profile,omitempty"` // the first profile that has it; "" for a team's own rule
	Params      map[string]any `json:"params,omitempty"`  // its parameters with their defaults
	Builtin     bool           `json:"builtin"`
	// Sensitive is set where what the rule points at must not be shown, as with credentials.
	Sensitive bool `json:"sensitive,omitempty"`
	// Location of the package clause. For an embedded rule the file is
	// "policies/…" as in holdfast's own repository.
	Location resource.Location `json:"location"`
	// Example is set where documentation is made, of rules whose tests have one.
	Example *Example `json:"example,omitempty"`
}

// Case is what is to be judged.
type Case struct {
	Phase   Phase
	Now     time.Time // the run's clock; what rules see as the time
	Targets []Target
	// Subjects are judged, Context may be looked at. Both are found under
	// data.holdfast.resources; a subject shadows its twin in Context.
	Subjects []Subject
	Context  *Context
	// Live are the observed resources, found under data.holdfast.live in phase live.
	Live []resource.Resource
}

// Target is what rules see as input.target.
type Target struct {
	Name   string `json:"name"`
	Driver string `json:"driver"`
	Path   string `json:"path"`
	Mode   string `json:"mode"`
}

// Subject is one resource under judgement: what rules see as input.resource,
// input.live and input.change. Resource is nil for a delete, Live and Change
// are nil where there is none. Its Target is that of the ID.
type Subject struct {
	ID       resource.ID
	Resource *resource.Resource
	Live     *resource.Resource
	Change   *resource.Change
	// File is where the resource is written, as it is shown; "" is its Origin's.
	File string
}

// WrittenIn is the file that the resource is written in, as it is shown.
func (s *Subject) WrittenIn() string {
	if s.File == "" && s.Resource != nil {
		return s.Resource.Origin.File
	}
	return s.File
}

// Finding is a rule that fired.
type Finding struct {
	Rule     string
	Policy   string
	Category string
	Severity Severity
	Decision Decision
	Msg      string       // redacted
	Target   string       // "" for a finding of scope snapshot without a resource
	Resource *resource.ID // nil where the finding is about no single resource, or one without identity
	// Subject is the resource as the case gave it, from which its place is
	// found; nil where the finding is about no single resource of the case.
	Subject     *resource.Resource
	Location    resource.Location // as the engine gives it, only a line that the rule named
	Path        resource.Path     // nil where the rule gave none
	Remediation string
	Controls    []string
	Phase       Phase
	// Waived is set where an exception covers the finding; Existing where it
	// was there before the change under review. Neither kind blocks.
	Waived   *Waived
	Existing bool
}

// Waived says what covers a finding.
type Waived struct {
	By      string `json:"by"` // "waiver"
	Reason  string `json:"reason"`
	Owner   string `json:"owner"`
	Expires string `json:"expires"`        // RFC 3339 date
	File    string `json:"file,omitempty"` // where the waiver is written: file:line
}

// Blocks reports whether the finding holds back what it is about.
func (f *Finding) Blocks() bool {
	return f.Decision != Warn && f.Waived == nil && !f.Existing
}

// Undecided is a rule whose answer hangs on a value known only after apply.
type Undecided struct {
	Rule     string
	Target   string
	Resource *resource.ID
	WaitsFor []resource.Path // the unknown paths that it read
	Blocks   bool            // custom.undecided: deny
}

// NotEvaluated is something that was passed over, and why.
type NotEvaluated struct {
	What   string `json:"what"`
	Reason string `json:"reason"`
}

// Report is the answer to a Case. Findings are sorted with Compare; Location,
// Waived and Existing are not yet set.
type Report struct {
	Findings  []Finding
	Undecided []Undecided
	// NotEvaluated are rules and resources that were passed over.
	NotEvaluated []NotEvaluated
	// Uncovered are the resources that no rule looked at, and IdleRules the
	// ids of the rules that looked at nothing.
	Uncovered []resource.ID
	IdleRules []string
}

// Compare orders findings by target, resource, rule, path and message.
func Compare(a, b Finding) int {
	var aID, bID resource.ID
	if a.Resource != nil {
		aID = *a.Resource
	}
	if b.Resource != nil {
		bID = *b.Resource
	}
	return cmp.Or(
		strings.Compare(a.Target, b.Target),
		resource.Compare(aID, bID),
		strings.Compare(a.Rule, b.Rule),
		strings.Compare(string(a.Decision), string(b.Decision)),
		a.Path.Compare(b.Path),
		strings.Compare(a.Msg, b.Msg),
	)
}
