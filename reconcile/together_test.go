package reconcile

import (
	"testing"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// What one attempt of an atomic target applied does not hold the next one, and
// nothing is taken for applied that was not.
func TestHoldTogether(t *testing.T) {
	for _, test := range []struct{ other, want State }{
		{StateApplied, StatePlanned}, {StatePlanned, StatePlanned}, {StateBlocked, StateBlocked}, {StateFlagged, StateFlagged},
	} {
		planned := &ChangeRecord{State: StatePlanned}
		pass := targetPass{changes: map[resource.Key]*ChangeRecord{
			{Name: "a"}: planned, {Name: "b"}: {State: test.other},
		}}
		pass.holdTogether()
		if planned.State != test.want {
			t.Errorf("beside one that is %s: %s, want %s", test.other, planned.State, test.want)
		}
	}
}
