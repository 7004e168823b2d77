package statetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func testRuns(t *testing.T, open Open) {
	ctx := context.Background()
	store := start(t, open)
	same(t, "none", []string(nil), runIDs(t, store, "", 10))
	for _, run := range []struct {
		id, target string
		minute     int
	}{{"late", "web", 9}, {"early", "web", 1}, {"between", "app", 5}, {"again", "web", 9}} {
		must(t, store.SaveRun(ctx, reconcile.Run{ID: run.id, Target: run.target, Started: noon.Add(time.Duration(run.minute) * time.Minute)}))
	}
	same(t, "web", []string{"again", "late", "early"}, runIDs(t, store, "web", 10))
	same(t, "all", []string{"again", "late", "between", "early"}, runIDs(t, store, "", 10))
	same(t, "limited", []string{"again", "late"}, runIDs(t, store, "", 2))
	same(t, "no limit", []string{"again", "late", "early"}, runIDs(t, store, "web", 0))
	same(t, "unknown", []string(nil), runIDs(t, store, "other", 10))

	must(t, store.SaveRun(ctx, reconcile.Run{ID: "late", Target: "web", Started: noon.Add(9 * time.Minute), Outcome: reconcile.OutcomeOK}))
	same(t, "replaced in place", []string{"again", "late", "early"}, runIDs(t, store, "web", 10))
	runs, err := store.Runs(ctx, "web", 2)
	must(t, err)
	same(t, "the new one", reconcile.OutcomeOK, runs[1].Outcome)
}

func testRunRoundTrip(t *testing.T, open Open) {
	ctx := context.Background()
	store := start(t, open)
	full := filled[reconcile.Run]()
	path := resource.Path{"spec", "containers", 0, "image"}
	full.Changes[0].Diff = []resource.FieldDiff{{Path: path, Before: int64(1 << 60), After: map[string]any{"a": []any{0.5, nil}}}}
	full.Findings[0].Path = path
	full.Findings[1].Resource, full.Findings[1].Waived, full.Findings[1].Path = nil, nil, nil
	must(t, store.SaveRun(ctx, full))
	runs, err := store.Runs(ctx, full.Target, 1)
	must(t, err)
	same(t, "run", []reconcile.Run{full}, runs)

	unended := reconcile.Run{ID: "unended", Target: "web", Started: noon}
	must(t, store.SaveRun(ctx, unended))
	runs, err = store.Runs(ctx, "web", 1)
	must(t, err)
	same(t, "a run that has not ended", []reconcile.Run{unended}, runs)
}

// Text that quoting, patterns or encodings might trip over comes back as it was.
func testAwkwardText(t *testing.T, open Open) {
	ctx := context.Background()
	store := start(t, open)
	for i, text := range []string{"'; DROP TABLE runs; --", `"quoted"`, "50%_?$1\\", "two\nlines\r\n", " spaces ", "tab\t", "ünï\u2028\u202e🔒", "<&>"} {
		id := resource.ID{Target: text, Scope: text, APIVersion: text + "/v1", Kind: text, Namespace: text, Name: text}
		want := drivers.Owned{ID: id, UID: text, Digest: text, Revision: text, Prune: text}
		must(t, store.Own(ctx, text, want))
		same(t, "owned", []drivers.Owned{want}, owned(t, store, text))
		must(t, store.SetTarget(ctx, text, reconcile.TargetState{Destination: text}))
		state, err := store.Target(ctx, text)
		must(t, err)
		same(t, "target", reconcile.TargetState{Destination: text}, state)
		run := reconcile.Run{ID: text, Target: text, Started: noon.Add(time.Duration(i) * time.Second), Message: text}
		must(t, store.SaveRun(ctx, run))
		runs, err := store.Runs(ctx, text, 1)
		must(t, err)
		same(t, "run", []reconcile.Run{run}, runs)
		must(t, store.Disown(ctx, text, id.Key()))
		same(t, "disowned", []drivers.Owned(nil), owned(t, store, text))
	}
}

func testEndedContext(t *testing.T, open Open) {
	store := start(t, open)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	made := entry("web", "a")
	for what, err := range map[string]error{
		"Own":       store.Own(ended, "web", made),
		"Intend":    store.Intend(ended, intent("1", made.ID, resource.ActionCreate), &made),
		"SetTarget": store.SetTarget(ended, "web", reconcile.TargetState{Good: "r1"}),
		"SaveRun":   store.SaveRun(ended, reconcile.Run{ID: "1", Target: "web", Started: noon}),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s with an ended context: %v", what, err)
		}
	}
	names, err := store.Targets(context.Background())
	must(t, err)
	same(t, "targets", []string(nil), names)
}

func testConcurrent(t *testing.T, open Open) {
	ctx := context.Background()
	store := start(t, open)
	const workers, rounds = 6, 8
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			target := fmt.Sprint("target", w)
			for r := range rounds {
				made := entry(target, fmt.Sprint(r))
				change := intent(fmt.Sprintf("%d-%d", w, r), made.ID, resource.ActionCreate)
				if err := store.Intend(ctx, change, nil); err != nil {
					t.Error(err)
				}
				// An intent and its entry appear by one stroke, to every reader.
				if err := store.Resolve(ctx, change, applied, &made, false); err != nil {
					t.Error(err)
				}
				all, err := store.Owned(ctx, target)
				if err != nil || len(all) != r+1 {
					t.Errorf("%s has %d entries after %d, %v", target, len(all), r+1, err)
				}
				if err := store.SaveRun(ctx, reconcile.Run{ID: change.ID, Target: target, Started: noon}); err != nil {
					t.Error(err)
				}
				if _, err := store.Runs(ctx, "", 3); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	for w := range workers {
		same(t, "runs kept", rounds, len(runIDs(t, store, fmt.Sprint("target", w), 0)))
	}
}
