package state_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/reconcile/state"
	"github.com/holdfast-dev/holdfast/reconcile/state/statetest"
)

func open(t *testing.T, path string) *state.Store {
	t.Helper()
	store, err := state.Open(t.Context(), state.Options{Path: path, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestConformance(t *testing.T) {
	statetest.Run(t, func(t *testing.T, place string) reconcile.Store {
		return open(t, filepath.Join(place, "state.db"))
	})
}
