package gatekeeper_test

import (
	"context"
	"io/fs"
	"os"
	"testing"

	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
)

// The suites in testdata pass with gator 3.23.1 too.
func TestSuites(t *testing.T) {
	files := os.DirFS("testdata")
	suites, err := fs.Glob(files, "*/suite.yaml")
	if err != nil || len(suites) == 0 {
		t.Fatalf("no suites: %v", err)
	}
	for _, name := range suites {
		t.Run(name, func(t *testing.T) {
			report, err := gatekeeper.RunSuite(context.Background(), files, name, gatekeeper.SuiteOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range report.Cases {
				want := gatekeeper.Passed
				if c.Test == "left for later" {
					want = gatekeeper.Skipped
				}
				if c.Status != want {
					t.Errorf("%s: %s / %s: %s: %s", c.Location, c.Test, c.Name, c.Status, c.Error)
				}
			}
		})
	}
}
