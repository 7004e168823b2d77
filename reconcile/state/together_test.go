package state_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Changes that are made side by side are written side by side: each is on disk
// when its caller is told so, and one that fails takes no other with it.
func TestWritesSideBySide(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	store := open(t, path)
	const many = 64
	intent := func(i int) reconcile.Intent {
		id := resource.ID{Target: "web", APIVersion: "v1", Kind: "ConfigMap", Namespace: "shop", Name: fmt.Sprintf("c%d", i)}
		return reconcile.Intent{ID: fmt.Sprintf("run-%d", i), Run: "run", Target: "web", Resource: id, Action: resource.ActionCreate, At: time.Unix(int64(i), 0)}
	}
	taken := intent(7)
	if err := store.Intend(t.Context(), taken, nil); err != nil {
		t.Fatal(err)
	}
	errs := make([]error, many)
	var writing sync.WaitGroup
	for i := range many {
		writing.Go(func() {
			one := intent(i)
			entry := &drivers.Owned{ID: one.Resource, UID: one.ID, Pending: true}
			if errs[i] = store.Intend(t.Context(), one, entry); errs[i] == nil && i%2 == 0 {
				entry.Pending = false
				errs[i] = store.Resolve(t.Context(), one, reconcile.OutcomeApplied, entry, false)
			}
		})
	}
	writing.Wait()
	for i, err := range errs {
		if i == 7 && (err == nil || !strings.Contains(err.Error(), "recording an intent in "+path)) || i != 7 && err != nil {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = open(t, path)
	defer store.Close()
	owned, err := store.Owned(t.Context(), "web")
	if err != nil || len(owned) != many-1 {
		t.Errorf("%d entries are in the inventory: %v", len(owned), err)
	}
	pending, err := store.Pending(t.Context(), "web")
	if err != nil || len(pending) != many/2 {
		t.Errorf("%d intents are pending: %v", len(pending), err)
	}
}
