package reconcile

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/holdfast-dev/holdfast/sources"
)

// foresee are the kinds that the inputs may hold, nil where they cannot be
// told. The built-in library is large, and compiling what nothing calls for
// takes longer than judging a few files.
func (c *Checker) foresee(ctx context.Context, request *CheckRequest) ([]string, error) {
	foreseer, ok := c.Renderer.(sources.Foreseer)
	if !ok || !request.Policy.Builtin {
		return nil, nil
	}
	inputs := slices.Concat(request.Inputs, request.Context)
	if request.Base != nil {
		inputs = append(inputs, request.Base.Inputs...)
	}
	all := []string{}
	for i := range inputs {
		for _, part := range inputs[i].Parts {
			part.terraform = part.Target.Driver == ""
			kinds, known, err := foreseer.Foresee(ctx, inputs[i].Snapshot, part.selection())
			if errors.Is(err, fs.ErrNotExist) {
				continue // rendering will tell
			}
			if err != nil || !known {
				return nil, err
			}
			all = append(all, kinds...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// expecting is the request with the kinds that are expected.
func (r CheckRequest) expecting(kinds []string) CheckRequest {
	r.Policy.Expected = kinds
	if r.Base != nil {
		base := *r.Base
		base.Policy.Expected = kinds
		r.Base = &base
	}
	return r
}
