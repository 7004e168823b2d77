package rego

import (
	"context"
	"fmt"
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

// dataset is the world with a case in it, ready to be read. Its transaction is
// left as it is: an evaluation that cannot be stopped may still be reading.
type dataset struct {
	store storage.Store
	txn   storage.Transaction
}

// caseData is what a case adds to data.holdfast; nil where no rule reads it.
type caseData struct {
	resources, live ast.Object
}

func (w world) dataset(ctx context.Context, of caseData) (*dataset, error) {
	holdfast := [][2]*ast.Term{{ast.StringTerm("params"), toTerm(w.params)}}
	if of.resources != nil {
		holdfast = append(holdfast, [2]*ast.Term{ast.StringTerm("resources"), ast.NewTerm(of.resources)})
	}
	if of.live != nil {
		holdfast = append(holdfast, [2]*ast.Term{ast.StringTerm("live"), ast.NewTerm(of.live)})
	}
	root := [][2]*ast.Term{{ast.StringTerm("holdfast"), ast.ObjectTerm(holdfast...)}}
	w.data.Foreach(func(key, value *ast.Term) { root = append(root, [2]*ast.Term{key, value}) })
	store := inmem.NewFromASTObject(ast.NewObject(root...))
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare the data: %w", err)
	}
	return &dataset{store, txn}, nil
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
func (s *session) resourceTree() ast.Object {
	t := tree{}
	shadowed := map[resource.Key]bool{}
	for _, b := range s.batches {
		for i := range b.Subjects {
			shadowed[b.Subjects[i].ID.Key()] = true
			if b.Subjects[i].Resource != nil && b.terms[i] != nil {
				t.put(b.Subjects[i].ID, b.terms[i])
			}
		}
	}
	for i := range s.c.Context {
		if !shadowed[s.c.Context[i].ID.Key()] {
			t.put(s.c.Context[i].ID, toTerm(s.c.Context[i].Content))
		}
	}
	return t.object()
}

// liveTree is data.holdfast.live; nil where no rule reads it.
func (s *session) liveTree() ast.Object {
	if s.c.Phase != policy.PhaseLive || !slices.ContainsFunc(s.rules, func(r *rule) bool { return r.reads.live }) {
		return nil
	}
	t := tree{}
	for i := range s.c.Live {
		t.put(s.c.Live[i].ID, toTerm(s.c.Live[i].Content))
	}
	return t.object()
}
