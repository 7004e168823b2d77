// Package statetest holds a reconcile.Store to its contract. Every store runs
// the same suite: start with Run.
package statetest

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Open opens the state at place, making it where it is new. A place is an
// empty folder to begin with; what was kept under one is there when it is
// opened again.
type Open func(t *testing.T, place string) reconcile.Store

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, Open){
		"identity":            testIdentity,
		"targets":             testTargets,
		"owned":               testOwned,
		"owned of another":    testOwnedOfAnother,
		"transfer":            testTransfer,
		"intend":              testIntend,
		"intend twice":        testIntendTwice,
		"resolve":             testResolve,
		"resolve refuses":     testResolveRefuses,
		"deletions":           testDeletions,
		"runs":                testRuns,
		"run round trip":      testRunRoundTrip,
		"awkward text":        testAwkwardText,
		"ended context":       testEndedContext,
		"concurrent use":      testConcurrent,
		"agrees with a model": testModel,
	} {
		t.Run(name, func(t *testing.T) { test(t, open) })
	}
}

// noon is the suite's clock. Stores keep times to the microsecond at least.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

func start(t *testing.T, open Open) reconcile.Store {
	t.Helper()
	store := open(t, t.TempDir())
	t.Cleanup(func() { must(t, store.Close()) })
	return store
}

// reporter is what testing.T and rapid.T have in common.
type reporter interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func must(t reporter, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same compares by content: an empty list is as good as none, and one instant
// is the same in every zone.
func same(t reporter, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

func file(target, name string) resource.ID {
	return resource.ID{Target: target, APIVersion: "host.holdfast.dev/v1", Kind: "File", Name: name}
}

func entry(target, name string) drivers.Owned {
	return drivers.Owned{ID: file(target, name), UID: "uid of " + name, Digest: "digest of " + name, Revision: "r1"}
}

func intent(id string, at resource.ID, action resource.Action) reconcile.Intent {
	return reconcile.Intent{ID: id, Run: "run", Target: at.Target, Revision: "r1", Resource: at, Action: action, At: noon}
}

func owned(t reporter, store reconcile.Store, target string) []drivers.Owned {
	t.Helper()
	got, err := store.Owned(context.Background(), target)
	must(t, err)
	count, err := store.Count(context.Background(), target)
	must(t, err)
	same(t, "how many are owned", len(got), count)
	return got
}

func pending(t reporter, store reconcile.Store, target string) []reconcile.Intent {
	t.Helper()
	got, err := store.Pending(context.Background(), target)
	must(t, err)
	return got
}

func runIDs(t reporter, store reconcile.Store, target string, limit int) []string {
	t.Helper()
	runs, err := store.Runs(context.Background(), target, limit)
	must(t, err)
	var ids []string
	for _, run := range runs {
		ids = append(ids, run.ID)
	}
	return ids
}

// filled is a T in which every field is set, each text to another value, so
// that a field that a store forgets is missed.
func filled[T any]() T {
	var value T
	count := 0
	fill(reflect.ValueOf(&value).Elem(), &count)
	return value
}

func fill(v reflect.Value, count *int) {
	*count++
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(noon.Add(time.Duration(*count) * time.Second)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", *count))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(*count))
	case reflect.Interface:
		v.Set(reflect.ValueOf(fmt.Sprintf("value %d", *count)))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), count)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), count)
		fill(v.Index(1), count)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, count)
		fill(value, count)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), count)
		}
	default:
		panic("statetest: a field of kind " + v.Kind().String() + " is new: teach fill to set it")
	}
}
