package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// listing is the host driver that tells which files are there and not owned.
type listing struct {
	*host.Driver
	root  string
	fails error
	asked *int
}

func (l *listing) Unmanaged(_ context.Context, owned []drivers.Owned) (*drivers.Listing, error) {
	*l.asked++
	if l.fails != nil {
		return nil, l.fails
	}
	entries, err := os.ReadDir(l.root)
	var found []resource.Resource
	for _, entry := range entries {
		id := resource.ID{Target: "whoever", APIVersion: "host.holdfast.dev/v1", Kind: "File", Name: entry.Name()}
		if entry.IsDir() || slices.ContainsFunc(owned, func(o drivers.Owned) bool { return o.ID.Name == id.Name }) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(l.root, entry.Name()))
		if err != nil {
			return nil, err
		}
		found = append(found, resource.Resource{ID: id, Content: map[string]any{
			"apiVersion": id.APIVersion, "kind": id.Kind, "metadata": map[string]any{"name": id.Name},
			"spec": map[string]any{"content": string(content)},
		}})
	}
	left := drivers.LeftOut{Reason: "the account may not list them"}
	for i := range 70 {
		left.What = append(left.What, fmt.Sprintf("Kind%d", i))
	}
	return &drivers.Listing{Resources: found, LeftOut: []drivers.LeftOut{left}}, err
}

func TestAnAuditListsWhatNobodyManages(t *testing.T) {
	s := newSite(t, "policies: {paths: [policies/]}\n"+twoTargets)
	s.commit(map[string]string{"policies/bad.rego": denyBad, "web/a.yaml": aFile("a", "one"), "slow/b.yaml": aFile("b", "two")})
	s.pass()
	// An orphan's files are somebody's, and so is what is wanted and was there before.
	s.configure("policies: {paths: [policies/]}\n" + strings.Replace(twoTargets, "name: slow", "name: other", 1))
	s.commit(map[string]string{"slow/b.yaml": aFile("c", "three"), "web/d.yaml": aFile("d", "four")})
	for name, content := range map[string]string{"c": "not yet ours", "d": "nor this", "theirs": "good", "worse": "bad"} {
		write(t, filepath.Join(s.root, name), content)
	}
	asked := 0
	var fails error
	wrap := func(d *host.Driver) drivers.Driver { return &listing{d, s.root, fails, &asked} }
	audit := func(t *testing.T) *reconcile.Audit {
		own := *s
		own.t = t
		r := own.withDriver(map[string]func(*host.Driver) drivers.Driver{"web": wrap, "other": wrap})
		result, err := r.Pass(t.Context(), reconcile.PassOptions{DryRun: true, JudgeLive: true, Unmanaged: true})
		if err != nil {
			t.Fatal(err)
		}
		return reconcile.NewAudit(&reconcile.Checked{}, render.New(render.Options{}), result, "")
	}
	t.Run("listed", func(t *testing.T) {
		a := audit(t)
		if len(a.Unmanaged) != 1 || a.Unmanaged[0].Count != 2 || a.Unmanaged[0].Findings != 1 || a.Unmanaged[0].Destination != "host://"+s.root {
			t.Fatalf("unmanaged: %+v", a.Unmanaged)
		}
		if got := a.Unmanaged[0].Resources; got[0].Name != "theirs" || got[1].Name != "worse" {
			t.Errorf("unmanaged: %+v", got)
		}
		at := slices.IndexFunc(a.Findings, func(f reconcile.FindingRecord) bool { return f.Resource != nil && f.Resource.Name == "worse" })
		if at < 0 {
			t.Fatalf("findings: %+v", a.Findings)
		}
		// There is no change for it to block.
		if f := a.Findings[at]; f.Rule != "acme/bad" || f.Phase != policy.PhaseLive || f.Decision != policy.Warn || f.Location.File != "" || a.Summary.Blocking != 0 {
			t.Errorf("%+v, %d blocking", f, a.Summary.Blocking)
		}
		// What could not be listed is in the report, in one bounded line.
		if n := a.NotEvaluated; len(n) != 1 || a.Summary.NotEvaluated != 1 || n[0].Reason != "the account may not list them" ||
			!strings.HasPrefix(n[0].What, "what is not managed here at host://"+s.root+", of 70 kinds: Kind0, Kind1, ") || !strings.HasSuffix(n[0].What, ", Kind59 and 10 more") {
			t.Errorf("not evaluated: %+v", n)
		}
		if asked != 1 {
			t.Errorf("two targets of one place with one way to look at it were asked %d times", asked)
		}
	})
	fails = errors.New("the server said no")
	t.Run("not listed", func(t *testing.T) {
		a := audit(t)
		if len(a.Unmanaged) != 1 || a.Unmanaged[0].Count != 0 || !strings.Contains(a.Unmanaged[0].Reason, "the server said no") {
			t.Errorf("unmanaged: %+v", a.Unmanaged)
		}
		if len(a.Errors) != 1 || !a.Errors[0].Fault || len(a.NotEvaluated) != 1 || !strings.Contains(a.NotEvaluated[0].Reason, "the server said no") {
			t.Errorf("errors: %+v, not evaluated: %+v", a.Errors, a.NotEvaluated)
		}
	})
}
