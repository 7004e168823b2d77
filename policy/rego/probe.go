package rego

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// probing finds out which values, known only after apply, an evaluation reads.
// It hands the evaluator objects that OPA makes terms of only as far as they
// are read, and in the place of each such value a probe, which notes that it
// was made a term. A list becomes a term as a whole. That there is such a value
// counts as known: object.keys and count do not read it. It is for one
// evaluation at a time.
type probing struct {
	read  []resource.Path
	plain map[*branch]any // what was made of parts of the forest
}

func newProbing() *probing { return &probing{plain: map[*branch]any{}} }

// paths are those that were read since the last call.
func (p *probing) paths() []resource.Path {
	paths := p.read
	p.read = nil
	slices.SortFunc(paths, resource.Path.Compare)
	return slices.CompactFunc(paths, resource.Path.Equal)
}

// probe stands for a value. OPA turns it into a term by way of JSON.
type probe struct {
	of    *probing
	paths []resource.Path // what reading the value reads
	value any
}

// MarshalJSON implements json.Marshaler.
func (p probe) MarshalJSON() ([]byte, error) {
	p.of.read = append(p.of.read, p.paths...)
	return json.Marshal(p.value)
}

// in puts a probe at the path within value, or where the path breaks off. It
// changes copies, and of value itself nothing.
func (p *probing) in(value any, path, whole resource.Path) any {
	here := probe{of: p, paths: []resource.Path{whole}, value: value}
	if before, isProbe := value.(probe); isProbe {
		here.value, here.paths = before.value, append(slices.Clone(before.paths), whole)
		return here
	}
	if len(path) == 0 {
		return here
	}
	switch step := path[0].(type) {
	case string:
		if object, ok := value.(map[string]any); ok {
			object = maps.Clone(object)
			object[step] = p.in(object[step], path[1:], whole)
			return object
		}
	case int:
		if list, ok := value.([]any); ok && step >= 0 && step < len(list) {
			list = slices.Clone(list)
			list[step] = p.in(list[step], path[1:], whole)
			return list
		}
	}
	return here
}

// all puts probes at the unknown paths of what lies at a place within value.
func (p *probing) all(value any, place resource.Path, unknown []resource.Path) any {
	for _, path := range unknown {
		value = p.in(value, place.Append(path...), path)
	}
	return value
}

// input is what the evaluation has as its input, with probes.
func (p *probing) input(e *evaluation, subject *policy.Subject, d dialect) (*ast.Term, error) {
	plain, err := ast.JSON(e.input.Value)
	if err != nil || subject == nil {
		return e.input, err
	}
	unknownOf := func(r *resource.Resource) []resource.Path {
		if r == nil {
			return nil
		}
		return r.Unknown
	}
	if d == conftest {
		plain = p.all(plain, nil, unknownOf(subject.Resource))
	} else {
		plain = p.all(plain, resource.Path{"resource"}, unknownOf(subject.Resource))
		plain = p.all(plain, resource.Path{"live"}, unknownOf(subject.Live))
		if subject.Change != nil {
			// The diff of a change holds what the resource holds.
			for _, path := range unknownOf(subject.Resource) {
				plain = p.in(plain, resource.Path{"change", "diff"}, path)
			}
		}
	}
	if object, isObject := plain.(map[string]any); isObject {
		return ast.NewTerm(ast.LazyObject(object)), nil
	}
	value, err := ast.InterfaceToValue(plain) // a list, which is read as a whole
	return ast.NewTerm(value), err
}

// of is a part of the forest with probes in it, to be read below it.
func (p *probing) of(b *branch) (any, error) {
	if made, ok := p.plain[b]; ok {
		return made, nil
	}
	if !b.unsure() {
		term, err := b.load()
		if err != nil {
			return nil, err
		}
		return term.Value, nil
	}
	var made any
	if b.leaf != nil {
		term, err := b.leaf.content()
		if err != nil {
			return nil, err
		}
		plain, err := ast.JSON(term.Value)
		if err != nil {
			return nil, err
		}
		made = p.all(plain, nil, b.leaf.unknown)
	} else {
		object := make(map[string]any, len(b.children))
		for name, child := range b.children {
			part, err := p.of(child)
			if err != nil {
				return nil, err
			}
			object[name] = part
		}
		made = object
	}
	p.plain[b] = made
	return made, nil
}

// below follows the steps into what of gave. What lies under a probe is not
// there, but asking for it is reading it.
func (p *probing) below(value any, steps []string) (any, bool) {
	for _, step := range steps {
		switch v := value.(type) {
		case map[string]any:
			child, there := v[step]
			if !there {
				return nil, false
			}
			value = child
		case probe:
			p.read = append(p.read, v.paths...)
			return nil, false
		default:
			plain, err := ast.InterfaceToValue(value)
			if err != nil {
				return nil, false
			}
			child := childOf(plain, step)
			if child == nil {
				return nil, false
			}
			value = child
		}
	}
	return value, true
}

// scalars is a virtual cache of what depends on nothing but scalars. To keep
// what depends on a whole object would be to read all of that.
type scalars struct {
	topdown.VirtualCache
}

func (c scalars) has(ref ast.Ref) bool {
	return !slices.ContainsFunc(ref, func(t *ast.Term) bool {
		switch t.Value.(type) {
		case ast.String, ast.Number, ast.Boolean, ast.Null, ast.Var:
			return false
		}
		return true
	})
}

// Get implements topdown.VirtualCache.
func (c scalars) Get(ref ast.Ref) (*ast.Term, bool) {
	if !c.has(ref) {
		return nil, false
	}
	return c.VirtualCache.Get(ref)
}

// Put implements topdown.VirtualCache.
func (c scalars) Put(ref ast.Ref, value *ast.Term) {
	if c.has(ref) {
		c.VirtualCache.Put(ref, value)
	}
}

// probe asks one rule and gives the unknown values that it read on the way to
// its answer. Where there are any, the answer means nothing yet: a rule that
// does not fire might, and one that fires might not.
func (w *worker) probe(e *evaluation) ([]resource.Path, topdown.QueryResult, error) {
	if w.probes == nil {
		w.probes = newProbing()
	}
	probed := *e
	input, err := w.probes.input(e, w.subjectOf(e), e.rule.dialect)
	if err != nil {
		return nil, nil, err
	}
	probed.input, probed.cache = input, scalars{topdown.NewVirtualCache()}
	data := w.data
	if store, isReading := w.data.store.(*reading); isReading {
		with := *store
		with.probes = w.probes
		w.data = &dataset{&with, data.txn}
		defer func() { store.fault = cmp.Or(with.fault, store.fault) }()
	}
	answer, err := w.evaluate(&probed, e.rule.alone, w.timeout(e.rule))
	w.data = data
	if errors.Is(err, errTimeout) || errors.Is(err, errStuck) {
		w.probes = nil // an evaluation that is left behind may still write to it
		return nil, nil, err
	}
	return w.probes.paths(), answer, err
}

// waitsFor are the unknown values that the rule's answer hangs on.
func (w *worker) waitsFor(e *evaluation) []resource.Path {
	paths := w.mayWaitFor(e)
	if len(paths) > 0 && e.rule.constraint == nil {
		paths, _, _ = w.probe(e) // an error is one of the evaluation itself too
	}
	return paths
}
