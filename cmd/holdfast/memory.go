package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// How far the heap may grow over what is in use before it is collected. Up to
// the first collection it counts from 4 MiB: most commands end before that, and
// a check that has little to do anew spends a quarter of its time otherwise.
const (
	garbageAtFirst = 500 // percent
	garbagePercent = 120 // more than this saves little time and takes memory
	// garbageOfDaemon is for a process that is there for long, and waits for
	// others while it works.
	garbageOfDaemon = 40
)

// collectionsAreSet reports whether the user has a say of his own.
func collectionsAreSet() bool { return os.Getenv("GOGC") != "" }

// spareCollections sets the first of these, and the second once there was a
// collection, unless something else was set meanwhile.
func spareCollections() {
	if collectionsAreSet() {
		return
	}
	debug.SetGCPercent(garbageAtFirst)
	first := new([64]byte)
	runtime.SetFinalizer(first, func(*[64]byte) {
		if now := debug.SetGCPercent(garbagePercent); now != garbageAtFirst {
			debug.SetGCPercent(now)
		}
	})
}

// spareMemory is for a daemon.
func spareMemory() {
	if !collectionsAreSet() {
		debug.SetGCPercent(garbageOfDaemon)
	}
}

// idleAfter is how long no pass is made before what the last one took is given
// back. That takes time itself, and is not worth it between two passes.
const idleAfter = 5 * time.Second

// idle gives memory back to the system when the loop has nothing to do.
type idle struct{ timer *time.Timer }

func newIdle() *idle { return &idle{time.AfterFunc(idleAfter, debug.FreeOSMemory)} }

// take looks at what goes on.
func (i *idle) take(e reconcile.Event) {
	switch e.Kind {
	case reconcile.EventTargets:
		i.timer.Stop()
	case reconcile.EventPassed:
		i.timer.Reset(idleAfter)
	}
}

func (i *idle) stop() { i.timer.Stop() }
