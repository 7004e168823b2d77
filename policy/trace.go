package policy

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Tracer is a Judge that can show how a rule comes to its answer.
type Tracer interface {
	// Trace evaluates one rule on one subject of the case, as Judge does. A
	// rule that cannot be evaluated has its reason in the Trace; an error means
	// that there is no such subject, that ctx ended, or wraps ErrNoTrace.
	Trace(ctx context.Context, c Case, ask Ask) (*Trace, error)
}

// ErrNoTrace is that there is no such rule, or one of a kind that leaves no trace.
var ErrNoTrace = errors.New("how it comes to its answers cannot be shown")

// Ask says which rule is asked, and about what.
type Ask struct {
	Rule    string // its id
	Subject int    // index in the case's Subjects; of no meaning for a wider scope
	Target  string // for a rule of scope target
	// Answer leaves only the ways that lead to this finding; nil leaves all.
	Answer *Finding
}

// Trace is how one evaluation went. It holds no sensitive value, nor anything
// that was made of one.
type Trace struct {
	Input json.RawMessage `json:"input"` // what the rule saw
	// Bodies are the rule's definitions in the order in which they were evaluated.
	Bodies []Body `json:"bodies"`
	// WaitsFor are the values, known only after apply, for which nothing was evaluated.
	WaitsFor []resource.Path `json:"waitsFor,omitempty"`
	Error    string          `json:"error,omitempty"` // why there is no answer
	// Cut is set where only the beginning of a long evaluation is shown.
	Cut bool `json:"cut,omitempty"`
}

// Body is one definition of a rule, or of a helper that it calls.
type Body struct {
	Name     string            `json:"name"` // "deny"; that of another package with its path
	Location resource.Location `json:"location"`
	// Ways are those through the body that gave an answer, the first of them;
	// where there is none, the one way that came furthest.
	Ways   []Way `json:"ways"`
	Held   int   `json:"held"`   // how many ways gave an answer
	Failed int   `json:"failed"` // how many did not
}

// Way is one way through a body: its lines, each with what it saw.
type Way struct {
	Holds bool          `json:"holds"`
	Msg   string        `json:"msg,omitempty"` // of the finding that it makes
	Path  resource.Path `json:"path,omitempty"`
	Lines []TraceLine   `json:"lines"`
}

// TraceLine is one expression of a body. Only the last one of a way does not hold.
type TraceLine struct {
	Location resource.Location `json:"location"`
	Text     string            `json:"text"`
	Holds    bool              `json:"holds"`
	Values   []TraceValue      `json:"values,omitempty"` // what is new in this line
	Bodies   []Body            `json:"bodies,omitempty"` // of the helpers that decided it, the first few
	More     int               `json:"more,omitempty"`   // how often it called others
}

// TraceValue is a variable or a part of input or data, as Rego writes it.
type TraceValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
