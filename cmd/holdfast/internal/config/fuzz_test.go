package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
)

// seed adds every input among the golden tests.
func seed(f *testing.F) {
	files, err := filepath.Glob("testdata/errors/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(txtar.Parse(raw).Files[0].Data)
	}
	f.Add([]byte("targets:\n- {name: a, driver: host, path: x, settings: {root: /srv}}\n"))
	f.Add([]byte("remotes: ['oci://a.b/c']\ntargets:\n- {name: a, driver: kubernetes, path: x, render: {substitute: {A: b}, substituteFrom: [c], chart: {url: 'oci://a.b/c/d:1', digest: 'sha256:" +
		strings.Repeat("0", 64) + "', valuesFiles: [v], values: {n: 1}}}}\n"))
	f.Add([]byte("targets:\n- {name: a, driver: kubernetes, path: x, render: {excludeKinds: [core/*], kustomize: {components: [c], patches: [{patch: p}]}}}\n"))
	f.Add([]byte("waivers:\n- {rule: a, resource: {name: b}, reason: c, owner: d, expires: 2026-01-01}\n"))
}

// Whatever a file holds, Parse does not panic, and what it refuses it refuses
// at a place that exists.
func FuzzParse(f *testing.F) {
	seed(f)
	kinds := testDrivers()
	operator := parse(f, config.Operator, source+"destinations: [{driver: host, root: /srv}]\npolicies: {params: {a: 1, b: {c: 2}}}\n")
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, role := range []config.Role{config.Repository, config.Operator} {
			c, err := config.Parse("c.yaml", content, config.ParseOptions{Role: role, Drivers: kinds})
			if err != nil {
				checkFuzzed(t, err, "c.yaml", content)
				continue
			}
			for _, target := range c.Targets {
				build := target.Build
				components, _ := build.Kustomize["components"].([]string)
				for _, name := range slices.Concat(build.SubstituteFrom, build.Chart.ValuesFiles, components) {
					if !filepath.IsLocal(name) {
						t.Errorf("a path that leads out came through: %q", name)
					}
				}
				if url := build.Chart.URL; url != "" && (len(build.Chart.Digest) != 71 && build.Chart.Version == "" || strings.ContainsAny(url, "?#")) {
					t.Errorf("an unfit chart came through: %+v", build.Chart)
				}
				if target.Name == "" || target.Driver == "" || !filepath.IsLocal(target.Path) || target.Interval <= 0 || target.HealthTimeout <= 0 {
					t.Errorf("an unfit target came through: %+v", target)
				}
			}
			if role == config.Repository {
				if _, err := config.Merge(operator, c); err != nil {
					checkFuzzed(t, err, "c.yaml", content)
				}
			}
		}
	})
}

func FuzzExceptions(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		waivers, err := config.ParseWaivers("c.yaml", content)
		if err != nil {
			checkFuzzed(t, err, "c.yaml", content)
		}
		for _, w := range waivers {
			if w.Rule == "" || w.Ends.IsZero() || w.File == "" {
				t.Errorf("an unfit waiver came through: %+v", w)
			}
		}
		if _, err := config.ParseApprovals("c.yaml", content); err != nil {
			checkFuzzed(t, err, "c.yaml", content)
		}
	})
}
