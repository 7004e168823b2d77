package rego

import (
	"context"
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// world is what rules find under data beside the packages: the same for every
// case that a Judge judges.
type world struct {
	data   ast.Object // from the data files
	params parameters // data.holdfast.params
	// functions are those beside the evaluator's own.
	functions map[string]*topdown.Builtin
}

// dataset is what rules find under data. Its transaction is left as it is: an
// evaluation that cannot be stopped may still be reading.
type dataset struct {
	store storage.Store
	txn   storage.Transaction
}

func (w world) dataset(ctx context.Context) (*dataset, error) {
	root := [][2]*ast.Term{{ast.StringTerm("holdfast"), ast.ObjectTerm([2]*ast.Term{ast.StringTerm("params"), toTerm(w.params.values)})}}
	w.data.Foreach(func(key, value *ast.Term) { root = append(root, [2]*ast.Term{key, value}) })
	store := inmem.NewFromASTObject(ast.NewObject(root...))
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare the data: %w", err)
	}
	return &dataset{store, txn}, nil
}

// with is the data with the forest in it.
func (d *dataset) with(f *forest) *dataset {
	return &dataset{&reading{Store: d.store, forest: f}, d.txn}
}

// paramsAt is where rules find parameters.
var paramsAt = storage.Path{"holdfast", "params"}

// ofTarget is a store in which data.holdfast.params are those of a target.
type ofTarget struct {
	storage.Store
	params ast.Value
}

// Read implements storage.Store.
func (s *ofTarget) Read(ctx context.Context, txn storage.Transaction, path storage.Path) (any, error) {
	if len(path) < len(paramsAt) {
		return s.readAround(ctx, txn, path)
	}
	if !path.HasPrefix(paramsAt) {
		return s.Store.Read(ctx, txn, path)
	}
	value := s.params
	for _, step := range path[len(paramsAt):] {
		if value = childOf(value, step); value == nil {
			return nil, &storage.Error{Code: storage.NotFoundErr}
		}
	}
	return value, nil
}

// readAround reads data or data.holdfast as a whole.
func (s *ofTarget) readAround(ctx context.Context, txn storage.Transaction, path storage.Path) (any, error) {
	whole, err := s.Store.Read(ctx, txn, path)
	object, isObject := whole.(ast.Object)
	if err != nil || !isObject || !paramsAt.HasPrefix(path) {
		return whole, err
	}
	return put(object, paramsAt[len(path):], s.params), nil
}

// put is the object with the value at the path.
func put(object ast.Object, path []string, value ast.Value) ast.Object {
	key := ast.StringTerm(path[0])
	if len(path) > 1 {
		inner := ast.NewObject()
		if there := object.Get(key); there != nil {
			if o, ok := there.Value.(ast.Object); ok {
				inner = o
			}
		}
		value = put(inner, path[1:], value)
	}
	changed := ast.NewObject([2]*ast.Term{key, ast.NewTerm(value)})
	object.Foreach(func(k, v *ast.Term) {
		if !k.Equal(key) {
			changed.Insert(k, v)
		}
	})
	return changed
}

// plantLive adds data.holdfast.live to the forest where a rule may read it.
func (s *session) plantLive(f *forest) {
	if s.c.Phase != policy.PhaseLive || !slices.ContainsFunc(s.rules, func(r *rule) bool { return r.reads.live }) {
		return
	}
	f.plant(liveAt)
	for i := range s.c.Live {
		f.put(s.leafOf(&s.c.Live[i]), liveAt)
	}
}

// plantResources adds data.holdfast.resources: the subjects and the context,
// as far as a rule may read them. A subject shadows its twin in the context,
// and a resource that is to be deleted is gone.
func (s *session) plantResources(f *forest) {
	f.plant(resourcesAt)
	put := func(l *leaf) { f.put(l, resourcesAt) }
	if s.readsInventory() {
		f.plant(inventoryAt)
		put = func(l *leaf) {
			f.put(l, resourcesAt)
			f.plantInventory(l)
		}
	}
	shadowed := map[resource.Key]bool{}
	for _, b := range s.batches {
		for i := range b.Subjects {
			subject := &b.Subjects[i]
			if !s.planOf(subject).kept {
				continue
			}
			shadowed[subject.ID.Key()] = true
			if subject.Resource != nil {
				put(&leaf{
					id:      subject.ID,
					unknown: subject.Resource.Unknown,
					content: func() (*ast.Term, error) { return s.content(b, i) },
					digest:  func() (string, error) { return s.contentDigest(b, i) },
				})
			}
		}
	}
	s.plantContext(f, shadowed, put)
}

func (s *session) readsInventory() bool {
	return slices.ContainsFunc(s.rules, func(r *rule) bool { return r.inventory })
}

// leafOf is a resource whose content is at hand.
func (s *session) leafOf(r *resource.Resource) *leaf {
	var term *ast.Term
	return &leaf{
		id:      r.ID,
		unknown: r.Unknown,
		content: func() (*ast.Term, error) {
			if term == nil {
				term = toTerm(r.Content)
			}
			return term, nil
		},
		digest: func() (string, error) { return s.memory.digest(r) },
	}
}
