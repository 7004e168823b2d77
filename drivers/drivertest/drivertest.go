// Package drivertest is the conformance suite of the driver port: what every
// driver promises, held against a real destination.
//
// A driver proves itself in a short test: it describes its destination in a
// Harness and calls Run. The package's own tests hold two toy drivers, one that
// does all or nothing and one that works on many hosts in batches; they show
// how a harness is written, and that the suite fits drivers of either shape.
package drivertest

import (
	"io/fs"
	"log/slog"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Resources is how many different desired resources a Harness has.
const Resources = 4

// Harness is one driver and one destination, empty at first. Its functions
// look at the destination and change it without the driver.
type Harness struct {
	// Open gives a new instance of the driver, as after a restart: on the same
	// destination, with the same key. The suite closes it.
	Open func(t testing.TB, logger *slog.Logger) drivers.Driver
	// Snapshot and Dir are what the resources refer to; nil and "" if nothing.
	Snapshot fs.FS
	Dir      string

	// Hand is how many changes the driver has in hand at once; 0 is one. What is
	// in hand may still be begun when the context ends or the journal fails.
	Hand int

	// Resource is the nth desired resource, 0 <= n < Resources, of the same
	// target. Each version from 1 asks for something else of the same identity.
	Resource func(n, version int) resource.Resource
	// Secret is a further resource, with canary at a sensitive path.
	Secret func(canary string) resource.Resource
	// Failing is a further resource, valid and with canary at a sensitive
	// path, that the destination refuses when it is applied.
	Failing func(canary string) resource.Resource
	// Renamed is a resource that asks for the same object as the given one
	// under another identity; nil if an object's identity is its own.
	Renamed func(res resource.Resource) resource.Resource

	// Disturb changes the live twin of a resource that exists.
	Disturb func(t testing.TB, id resource.ID)
	// Live is a fingerprint of a resource's live twin, "" if it is absent.
	Live func(t testing.TB, id resource.ID) string
	// Holds reports whether the live twin is as the resource asks for.
	Holds func(t testing.TB, res *resource.Resource) bool
	// Fingerprint covers all that is at the destination, but not what a Keeper
	// keeps there, nor times and generated names that differ between two
	// destinations of the same content.
	Fingerprint func(t testing.TB) string
	// Foreign makes something at the destination that nobody manages and a Lister
	// tells of. It is nil for a driver that is none.
	Foreign func(t testing.TB) resource.ID
	// Ending is a further resource that comes to an end, at a version. It is nil for
	// a driver that is no drivers.Ending.
	Ending func(version int) resource.Resource
	// CutOff makes the scope of Resource(0, …) unreachable, and of no other,
	// and gives the scope and a function that mends it. It is nil for a driver
	// without scopes.
	CutOff func(t testing.TB) (scope string, restore func())
}

// Run holds a driver against the port's promises. empty gives a harness with a
// destination of its own each time. A killed process is a panic in the
// journal, which a driver lets through on Apply's own goroutine.
func Run(t *testing.T, empty func(t *testing.T) Harness) {
	t.Helper()
	for _, test := range []struct {
		name string
		run  func(*world)
	}{
		{"observe and plan write nothing", testReadOnly},
		{"a plan has one change for each resource, sorted", testOneChangeEach},
		{"create, update and delete do what they say", testLifecycle},
		{"the same state gives the same plan", testDeterministic},
		{"the digest changes with what is asked for and what is there", testDigest},
		{"an update of something changed since is stale", testStaleUpdate},
		{"a create of something that is there by now is stale", testStaleCreate},
		{"a delete of something changed since is stale", testStaleDelete},
		{"the intention comes before the effect", testIntentFirst},
		{"without an intention nothing is done", testIntentFails},
		{"a failing record ends the apply", testDoneFails},
		{"only the given changes are applied", testSubset},
		{"a failure is its own", testFailure},
		{"nothing begins once the context has ended", testCanceledBefore},
		{"the change in hand is finished when the context ends", testCanceledMidway},
		{"a killed apply resumes to the same end", testKilled},
		{"no secret gets out", testSecret},
		{"an object that others changed is told from ours", testAltered},
		{"an object wanted under another identity moves", testMove},
		{"drift is told from a new revision", testDrift},
		{"an unreachable scope is its own failure", testUnreachable},
		{"nothing is unknown once it is applied", testUnknown},
		{"dependencies have no cycle", testDependencies},
		{"stages are the same in every form", testStaged},
		{"what has ended is cleared, and not made again", testEnding},
		{"what nobody manages is told from what is owned", testLister},
		{"health follows what is live", testHealth},
		{"what is kept at the destination comes back", testKeeper},
		{"a watch tells of outside changes and ends", testWatch},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(newWorld(t, empty(t))) })
	}
}
