package rego

import (
	"context"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// world is what rules find under data beside the packages: the same for every
// case that a Judge judges.
type world struct {
	data   ast.Object     // from the data files
	params map[string]any // data.holdfast.params
}

// store is the world with a case in it. resources and live are nil where no
// rule reads them.
func (w world) store(ctx context.Context, resources, live ast.Object) (storage.Store, storage.Transaction, error) {
	holdfast := [][2]*ast.Term{{ast.StringTerm("params"), toTerm(w.params)}}
	if resources != nil {
		holdfast = append(holdfast, [2]*ast.Term{ast.StringTerm("resources"), ast.NewTerm(resources)})
	}
	if live != nil {
		holdfast = append(holdfast, [2]*ast.Term{ast.StringTerm("live"), ast.NewTerm(live)})
	}
	root := [][2]*ast.Term{{ast.StringTerm("holdfast"), ast.ObjectTerm(holdfast...)}}
	w.data.Foreach(func(key, value *ast.Term) { root = append(root, [2]*ast.Term{key, value}) })
	store := inmem.NewFromASTObject(ast.NewObject(root...))
	txn, err := store.NewTransaction(ctx)
	return store, txn, err
}

// tree is resources as [target][group_kind][namespace][name].
type tree map[string]map[string]map[string]map[string]placed

type placed struct {
	id   resource.ID
	term *ast.Term
}

// put adds a resource unless another one stands in its place. Documents
// without identity are left out: nothing could ask for them.
func (t tree) put(id resource.ID, term *ast.Term) {
	if id.Kind == "" || id.Name == "" {
		return
	}
	kinds := child(t, id.Target)
	names := child(child(kinds, id.GroupKind()), id.Namespace)
	if first, taken := names[id.Name]; !taken || resource.Compare(id, first.id) < 0 {
		names[id.Name] = placed{id, term}
	}
}

func child[M ~map[string]V, V ~map[string]W, W any](m M, key string) V {
	if m[key] == nil {
		m[key] = V{}
	}
	return m[key]
}

func (t tree) object() ast.Object {
	return object(t, func(kinds map[string]map[string]map[string]placed) *ast.Term {
		return ast.NewTerm(object(kinds, func(namespaces map[string]map[string]placed) *ast.Term {
			return ast.NewTerm(object(namespaces, func(names map[string]placed) *ast.Term {
				return ast.NewTerm(object(names, func(p placed) *ast.Term { return p.term }))
			}))
		}))
	})
}

func object[M ~map[string]V, V any](m M, term func(V) *ast.Term) ast.Object {
	pairs := make([][2]*ast.Term, 0, len(m))
	for key, value := range m {
		pairs = append(pairs, [2]*ast.Term{ast.StringTerm(key), term(value)})
	}
	return ast.NewObject(pairs...)
}

// resourceTree is data.holdfast.resources: the subjects, whose terms are at
// hand, and the context. A subject shadows its twin in the context, and a
// resource that is to be deleted is gone.
func resourceTree(c policy.Case, terms []*ast.Term) ast.Object {
	t := tree{}
	shadowed := make(map[resource.Key]bool, len(c.Subjects))
	for i := range c.Subjects {
		shadowed[c.Subjects[i].ID.Key()] = true
		if c.Subjects[i].Resource != nil {
			t.put(c.Subjects[i].ID, terms[i])
		}
	}
	for i := range c.Context {
		if !shadowed[c.Context[i].ID.Key()] {
			t.put(c.Context[i].ID, toTerm(c.Context[i].Content))
		}
	}
	return t.object()
}

// liveTree is data.holdfast.live.
func liveTree(live []resource.Resource) ast.Object {
	t := tree{}
	for i := range live {
		t.put(live[i].ID, toTerm(live[i].Content))
	}
	return t.object()
}

// redactorOf knows the sensitive values of the whole case; nil if it has none.
func redactorOf(c policy.Case) *resource.Redactor {
	var redactor *resource.Redactor
	add := func(r *resource.Resource) {
		if r == nil || len(r.Sensitive) == 0 {
			return
		}
		if redactor == nil {
			redactor = &resource.Redactor{}
		}
		redactor.Add(r)
	}
	for i := range c.Subjects {
		add(c.Subjects[i].Resource)
		add(c.Subjects[i].Live)
		if change := c.Subjects[i].Change; change != nil {
			add(change.Before)
			add(change.After)
		}
	}
	for i := range c.Context {
		add(&c.Context[i])
	}
	for i := range c.Live {
		add(&c.Live[i])
	}
	return redactor
}

// targetsOf are the targets of the case by name, with those that only its
// subjects name, and the names in order.
func targetsOf(c policy.Case) (map[string]policy.Target, []string) {
	targets := map[string]policy.Target{}
	for i := range c.Subjects {
		name := c.Subjects[i].ID.Target
		targets[name] = policy.Target{Name: name}
	}
	for _, t := range c.Targets {
		targets[t.Name] = t
	}
	names := make([]string, 0, len(targets))
	for name := range targets {
		names = append(names, name)
	}
	slices.Sort(names)
	return targets, names
}
