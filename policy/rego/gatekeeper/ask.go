package gatekeeper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/holdfast-dev/holdfast/policy"
)

// Query is what a rule is asked.
type Query struct {
	Review *Review
	// Point is where the answer is to hold; "" is ShiftLeft.
	Point Point
	// Store holds data.inventory, in Txn. A rule that does not read the
	// inventory can do without.
	Store storage.Store
	Txn   storage.Transaction
	// Now is what Rego sees as the time.
	Now time.Time
	// Cancel, where it is set, can end the evaluation of Rego; CEL ends with
	// the context, and is bounded by its cost.
	Cancel topdown.Cancel
}

// Violation is what a rule has against the object under review.
type Violation struct {
	Msg      string
	Details  any // as encoding/json reads it, with json.Number; {} where the template gives none
	Decision policy.Decision
}

// Ask evaluates the rule, whether or not it applies, and gives its violations
// in the order of their messages; none if it is not enforced at the point. It
// is an error if the evaluation could not be brought to its end.
func (r *Rule) Ask(ctx context.Context, q Query) (violations []Violation, err error) {
	decision, enforced := r.Decision(cmp.Or(q.Point, ShiftLeft))
	if !enforced {
		return nil, nil
	}
	defer func() {
		if fault := recover(); fault != nil {
			violations, err = nil, fmt.Errorf("the evaluator failed: %v", fault)
		}
	}()
	if r.template.cel != nil {
		violations, err = r.askCEL(ctx, q.Review)
	} else {
		violations, err = r.askRego(ctx, q)
	}
	for i := range violations {
		violations[i].Decision = decision
	}
	return violations, err
}

func (r *Rule) askRego(ctx context.Context, q Query) ([]Violation, error) {
	p := r.template.rego
	query, err := r.query(q)
	if err != nil {
		return nil, err
	}
	var answer *ast.Term
	err = query.Iter(ctx, func(result topdown.QueryResult) error {
		answer = result[answerVar]
		return nil
	})
	if err != nil {
		return nil, p.evaluationError(err)
	}
	if answer == nil {
		return nil, nil // a violation that is no set, and is undefined
	}
	return violationsOf(answer.Value)
}

// query is what Rego is asked.
func (r *Rule) query(q Query) (*topdown.Query, error) {
	input, err := r.Input(q.Review)
	if err != nil {
		return nil, err
	}
	p := r.template.rego
	query := topdown.NewQuery(p.body).
		WithCompiler(p.compiler).
		WithInput(input).
		WithTime(q.Now).
		WithCancel(q.Cancel).
		WithMetrics(metrics.NoOp())
	switch {
	case q.Store == nil && p.reads.inventory:
		return nil, errors.New("it reads data.inventory, and there is none")
	case q.Store != nil:
		query = query.WithStore(q.Store).WithTransaction(q.Txn)
	}
	return query, nil
}

// Input is what a rule in Rego sees of an object under review.
func (r *Rule) Input(review *Review) (*ast.Term, error) {
	term, err := review.term()
	if err != nil {
		return nil, err
	}
	return ast.ObjectTerm(
		[2]*ast.Term{ast.InternedTerm("review"), term},
		[2]*ast.Term{ast.InternedTerm("parameters"), r.parameters},
	), nil
}

// violationsOf reads the elements of violation. Two that differ in neither
// message nor details are one, as in Gatekeeper.
func violationsOf(answer ast.Value) ([]Violation, error) {
	var elements []*ast.Term
	switch v := answer.(type) {
	case ast.Set:
		elements = v.Slice()
	case ast.Object:
		elements = v.Keys()
	default:
		return nil, fmt.Errorf("violation is a %s where a set is needed", ast.ValueName(answer))
	}
	if len(elements) == 0 {
		return nil, nil
	}
	type element struct {
		msg     string
		details ast.Value
	}
	var kept []element
	for _, term := range elements {
		object, ok := term.Value.(ast.Object)
		if !ok {
			return nil, fmt.Errorf("a violation is a %s where {\"msg\": …} is needed", ast.ValueName(term.Value))
		}
		msg := object.Get(ast.InternedTerm("msg"))
		if msg == nil {
			return nil, errors.New("a violation has no msg")
		}
		text, ok := msg.Value.(ast.String)
		if !ok {
			return nil, fmt.Errorf("the msg of a violation is a %s where a text is needed", ast.ValueName(msg.Value))
		}
		e := element{string(text), ast.NewObject()}
		if details := object.Get(ast.InternedTerm("details")); details != nil {
			e.details = details.Value
		}
		kept = append(kept, e)
	}
	slices.SortFunc(kept, func(a, b element) int { return cmp.Or(strings.Compare(a.msg, b.msg), a.details.Compare(b.details)) })
	kept = slices.CompactFunc(kept, func(a, b element) bool { return a.msg == b.msg && a.details.Compare(b.details) == 0 })
	violations := make([]Violation, len(kept))
	for i, e := range kept {
		details, err := ast.JSON(e.details)
		if err != nil {
			return nil, fmt.Errorf("the details of a violation: %w", err)
		}
		violations[i] = Violation{Msg: e.msg, Details: details}
	}
	return violations, nil
}

// evaluationError is OPA's error with its place in the YAML file first, and
// without its code. An error that says that the evaluation was cancelled is
// left as it is, for topdown.IsCancel.
func (p *program) evaluationError(err error) error {
	var e *topdown.Error
	if !errors.As(err, &e) || topdown.IsCancel(err) {
		return err
	}
	// What follows the first line shows values, which help nobody at this place.
	msg, _, _ := strings.Cut(e.Message, "\n")
	msg = strings.TrimSuffix(msg, ":")
	if e.Location == nil {
		return errors.New(msg)
	}
	return fmt.Errorf("%s: %s", p.place(e.Location), msg)
}
