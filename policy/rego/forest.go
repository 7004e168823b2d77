package rego

import (
	"context"
	"crypto/sha256"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// forest is what rules find of resources under data. Contents are loaded when
// an evaluation reads them, and what an evaluation read can be told, and
// compared with what is there another time, without loading anything.
type forest struct {
	mu   sync.Mutex
	root *branch
}

// branch is a part of data: an object of branches, or a resource. Once nothing
// is planted in it any more it may be part of several forests.
type branch struct {
	children map[string]*branch
	leaf     *leaf

	mu     sync.Mutex // guards what follows
	term   *ast.Term  // once it was read
	digest string     // once it was asked for
	gaps   gaps       // once it was asked for
}

// gaps is whether something below is known only after apply.
type gaps int

const (
	gapsUnasked gaps = iota
	gapsNone
	gapsSome
)

// leaf is a resource. content gives what Rego sees of it; digest is that of its
// content, "" where the session has no memory.
type leaf struct {
	id      resource.ID
	unknown []resource.Path
	content func() (*ast.Term, error)
	digest  func() (string, error)
}

func newForest() *forest { return &forest{root: &branch{}} }

// put adds a resource below one of the places where rules expect such.
func (f *forest) put(l *leaf, place []string) {
	f.set(l, slices.Concat(place, []string{l.id.Target, l.id.GroupKind(), l.id.Namespace, l.id.Name}))
}

// set adds a resource unless another one stands in its place. Documents
// without identity are left out: nothing could ask for them.
func (f *forest) set(l *leaf, path []string) {
	if l.id.Kind == "" || l.id.Name == "" {
		return
	}
	at := f.plant(path)
	if at.leaf == nil || resource.Compare(l.id, at.leaf.id) < 0 {
		at.leaf = l
	}
}

// plant makes a branch at the path, for a start an empty object.
func (f *forest) plant(path []string) *branch {
	at := f.root
	for _, step := range path {
		next := at.children[step]
		if next == nil {
			next = &branch{}
			if at.children == nil {
				at.children = map[string]*branch{}
			}
			at.children[step] = next
		}
		at = next
	}
	return at
}

// graft puts a branch that is part of other forests too below the place. Nothing
// is to be planted in it.
func (f *forest) graft(b *branch, place []string, name string) {
	if b == nil {
		return
	}
	at := f.plant(place)
	if at.children == nil {
		at.children = map[string]*branch{}
	}
	at.children[name] = b
}

// find is the branch at the path, or the leaf that the path leads into, and
// how far that is. It is nil where there is nothing.
func (f *forest) find(path []string) (found *branch, depth int) {
	at := f.root
	for i, step := range path {
		if at.leaf != nil {
			return at, i
		}
		if at = at.children[step]; at == nil {
			return nil, i
		}
	}
	return at, len(path)
}

func (b *branch) load() (*ast.Term, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.term != nil {
		return b.term, nil
	}
	if b.leaf != nil {
		return b.leaf.content() // who keeps it knows for how long
	}
	pairs := make([][2]*ast.Term, 0, len(b.children))
	for _, name := range slices.Sorted(maps.Keys(b.children)) {
		child, err := b.children[name].load()
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, [2]*ast.Term{ast.StringTerm(name), child})
	}
	b.term = ast.ObjectTerm(pairs...)
	return b.term, nil
}

// release lets go of the terms.
func (b *branch) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.term = nil
	for _, child := range b.children {
		child.release()
	}
}

// unsure reports whether something below is known only after apply.
func (b *branch) unsure() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gaps == gapsUnasked {
		b.gaps = gapsNone
		if b.leaf != nil && len(b.leaf.unknown) > 0 {
			b.gaps = gapsSome
		}
		for _, child := range b.children {
			if child.unsure() {
				b.gaps = gapsSome
			}
		}
	}
	return b.gaps == gapsSome
}

// sum is a digest over the names and the contents below.
func (b *branch) sum() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.digest != "" {
		return b.digest, nil
	}
	if b.leaf != nil {
		digest, err := b.leaf.digest()
		b.digest = digest
		return digest, err
	}
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(b.children)) {
		child, err := b.children[name].sum()
		if err != nil {
			return "", err
		}
		for _, part := range []string{name, child} {
			io.WriteString(hash, strconv.Itoa(len(part))+":"+part) // a hash never fails
		}
	}
	b.digest = string(hash.Sum(nil))[:digestSize]
	return b.digest, nil
}

// digestSize is how much of a digest is kept, in bytes.
const digestSize = 16

// digest is that of what is at the path now; that of nothing is "".
func (f *forest) digest(path []string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	found, _ := f.find(path)
	if found == nil {
		return "", nil
	}
	return found.sum()
}

// The places in data where the forest stands.
var (
	resourcesAt = []string{"holdfast", "resources"}
	liveAt      = []string{"holdfast", "live"}
	inventoryAt = []string{"inventory"}
)

// planted reports whether the path is within a place of the forest, and
// whether it leads to what stands around one.
func planted(path []string) (within, around bool) {
	for _, place := range [][]string{resourcesAt, liveAt, inventoryAt} {
		n := min(len(path), len(place))
		if slices.Equal(path[:n], place[:n]) {
			within, around = within || len(path) >= len(place), around || len(path) < len(place)
		}
	}
	return within, around
}

// reading is a store with a forest in it, which notes what of the forest is
// read. It is for one evaluation at a time.
type reading struct {
	storage.Store
	forest *forest
	seen   map[string]struct{} // paths, joined by pathSeparator; nil to note nothing
	probes *probing            // put in the place of what is known only after apply; nil for none
	fault  error               // what kept the forest from being read
}

const pathSeparator = "\x00"

// paths are what was read so far. An evaluation that was left behind may still
// be reading.
func (r *reading) paths() []string {
	r.forest.mu.Lock()
	defer r.forest.mu.Unlock()
	return slices.Collect(maps.Keys(r.seen))
}

// Read implements storage.Store.
func (r *reading) Read(ctx context.Context, txn storage.Transaction, path storage.Path) (any, error) {
	within, around := planted(path)
	if !within && !around {
		return r.Store.Read(ctx, txn, path)
	}
	value, err := r.read(path)
	if within || err != nil && !storage.IsNotFound(err) {
		return value, err
	}
	outer, outerErr := r.Store.Read(ctx, txn, path)
	object, isObject := outer.(ast.Object)
	switch {
	case err != nil:
		return outer, outerErr
	case outerErr != nil || !isObject:
		return value, nil
	}
	inner, err := ast.InterfaceToValue(value)
	if err != nil {
		return nil, err
	}
	merged, _ := object.Merge(inner.(ast.Object))
	return merged, nil
}

// read is an ast.Value or, with probes, what OPA makes one of.
func (r *reading) read(path []string) (any, error) {
	r.forest.mu.Lock()
	defer r.forest.mu.Unlock()
	found, depth := r.forest.find(path)
	if found == nil {
		depth = len(path) // that there is nothing was read too
	}
	if r.seen != nil {
		r.seen[strings.Join(path[:depth], pathSeparator)] = struct{}{}
	}
	if found == nil {
		return nil, &storage.Error{Code: storage.NotFoundErr}
	}
	if r.probes != nil && found.unsure() {
		value, err := r.probes.of(found)
		if err != nil {
			r.fault = err
			return nil, err
		}
		value, there := r.probes.below(value, path[depth:])
		if !there {
			return nil, &storage.Error{Code: storage.NotFoundErr}
		}
		return value, nil
	}
	term, err := found.load()
	if err != nil {
		r.fault = err
		return nil, err
	}
	value := term.Value
	for _, step := range path[depth:] {
		if value = childOf(value, step); value == nil {
			return nil, &storage.Error{Code: storage.NotFoundErr}
		}
	}
	return value, nil
}

// childOf is the element of a collection under a step of a path, nil for none.
func childOf(value ast.Value, step string) ast.Value {
	switch v := value.(type) {
	case ast.Object:
		if child := v.Get(ast.StringTerm(step)); child != nil {
			return child.Value
		}
	case *ast.Array:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < v.Len() {
			return v.Elem(i).Value
		}
	}
	return nil
}
