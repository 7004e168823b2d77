package reconcile

import (
	"errors"
	"fmt"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func TestAVeiledErrorIsStillTheSame(t *testing.T) {
	var v veil
	v.add([]resource.Resource{{
		Content:   map[string]any{"data": map[string]any{"password": "hunter2-of-old"}},
		Sensitive: []resource.Path{{"data"}},
	}})
	err := v.of(fmt.Errorf("the webhook refused %q: %w", "hunter2-of-old", drivers.ErrStale))
	wrapped := fmt.Errorf("apply: %w", err)
	if want := `apply: the webhook refused "` + resource.Mask + `": ` + drivers.ErrStale.Error(); wrapped.Error() != want {
		t.Errorf("%s, want %s", wrapped, want)
	}
	if !errors.Is(wrapped, drivers.ErrStale) {
		t.Error("it is not stale any more")
	}
	if v.of(nil) != nil || v.of(drivers.ErrStale) != drivers.ErrStale {
		t.Error("what needs no veil has one")
	}
}
