package rego

import (
	"context"
	"io/fs"

	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
)

// TestSuite runs a suite of tests of Gatekeeper's constraints, a file of the
// tree, under the same restrictions as when they judge. Of the options Run and
// Timeout count. Each case is a test of the suite as its package. A suite that
// is mistaken is resource.Problems.
func TestSuite(ctx context.Context, files fs.FS, name string, opts TestOptions) ([]TestResult, error) {
	report, err := gatekeeper.RunSuite(ctx, files, name, gatekeeper.SuiteOptions{
		Options: gatekeeper.Options{Capabilities: capabilities(), Impure: impure},
		Run:     opts.Run, Timeout: opts.Timeout,
	})
	if err != nil {
		return nil, err
	}
	results := make([]TestResult, len(report.Cases))
	for i, c := range report.Cases {
		results[i] = TestResult{
			Package: report.Suite, Name: c.Test, Status: Status(c.Status),
			Duration: c.Duration, Location: c.Location, Error: c.Error,
		}
		if c.Name != "" {
			results[i].Name += "/" + c.Name
		}
	}
	return results, nil
}
