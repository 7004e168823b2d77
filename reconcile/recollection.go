package reconcile

import (
	"context"
	"crypto/rand"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/holdfast-dev/holdfast/policy"
)

// recollection is a policy.Memory of what one target's rules answered in its
// last pass, so that the next one asks about what is new, and no more. It holds
// as much as was judged, and ends with the process.
type recollection struct {
	secret []byte

	mu        sync.Mutex
	last, now map[[32]byte][]byte // of the last judgement, and of the one under way
}

// newSecret is one for all recollections of a Reconciler, so that the digest of
// what many targets look at is the same for all of them.
func newSecret() []byte {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // it never fails
	return secret
}

// Get implements policy.Memory.
func (m *recollection) Get(key [32]byte) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, found := m.now[key]
	if !found {
		if value, found = m.last[key]; found {
			m.now[key] = value
		}
	}
	return value, found
}

// Put implements policy.Memory.
func (m *recollection) Put(key [32]byte, value []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now[key] = value
}

// Secret implements policy.Memory.
func (m *recollection) Secret() []byte { return m.secret }

// turn ends a judgement: what it had no use for is forgotten.
func (m *recollection) turn() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last, m.now = m.now, map[[32]byte][]byte{}
}

// recollection is that of a target.
func (r *Reconciler) recollection(name string) *recollection {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.recollections[name]
	if m == nil {
		m = &recollection{secret: r.secret, now: map[[32]byte][]byte{}}
		r.recollections[name] = m
	}
	return m
}

// judged is the judge's report on the case, of which each subject that is as it
// was in the last pass is not asked about again.
func (t *targetPass) judged(ctx context.Context, c policy.Case) (*policy.Report, error) {
	memory := t.recollection(t.name)
	subjects := c.Subjects
	session, err := t.view.judge.Open(ctx, c, memory)
	if err != nil {
		return nil, err
	}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range subjects {
		group.Go(func() error { return session.Judge(inner, &policy.Batch{Index: i, Subjects: subjects[i : i+1]}) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	defer memory.turn()
	return session.Report(ctx)
}
