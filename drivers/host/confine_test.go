package host_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// outside is a directory with a file that nothing may read or change.
func outside(t *testing.T) (dir string, check func()) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "shadow"), []byte("outside-secret"), 0o640); err != nil {
		t.Fatal(err)
	}
	before := fingerprint(t, dir, true)
	return dir, func() {
		t.Helper()
		if after := fingerprint(t, dir, true); after != before {
			t.Errorf("what is outside the root changed from\n%s\nto\n%s", before, after)
		}
	}
}

func (b *bench) symlink(target, name string) {
	b.t.Helper()
	if err := os.Symlink(target, b.path(name)); err != nil {
		b.t.Fatal(err)
	}
}

func TestLinkAboveLeadsOut(t *testing.T) {
	b := newBench(t)
	dir, check := outside(t)
	b.symlink(dir, "link")
	plan := b.mustPlan(
		file("shadow", map[string]any{"path": "/link/shadow", "content": "mine"}),
		file("new", map[string]any{"path": "/link/new", "content": "mine"}),
		file("inside", map[string]any{"path": "/inside", "content": "mine"}),
		object("Directory", "below", map[string]any{"path": "/link/below"}),
	)
	if strings.Contains(fmt.Sprintf("%+v", plan.Changes), "outside-secret") {
		t.Error("what is outside the root was read")
	}
	ended := b.apply(plan)
	for _, name := range []string{"shadow", "new", "below"} {
		if err := ended[name]; err == nil || !strings.Contains(err.Error(), "leads out of the target's root") {
			t.Errorf("%s ended with %v", name, err)
		}
	}
	if ended["inside"] != nil {
		t.Errorf("what is inside failed as well: %v", ended["inside"])
	}
	check()
}

func TestLinkInTheFilesPlace(t *testing.T) {
	b := newBench(t)
	dir, check := outside(t)
	b.symlink(filepath.Join(dir, "shadow"), "motd")
	plan := b.mustPlan(file("motd", map[string]any{"path": "/motd", "content": "mine", "mode": "0604"}))
	change := plan.Changes[0]
	if kind, _ := resource.Lookup(change.Before.Content, resource.Path{"spec", "type"}); kind != "symlink" || change.Action != resource.ActionUpdate {
		t.Errorf("live is a %v, to be a %s; want the link itself, to be updated", kind, change.Action)
	}
	if strings.Contains(fmt.Sprintf("%+v", change.Before), "outside-secret") {
		t.Error("what is outside the root was read")
	}
	if err := b.apply(plan)["motd"]; err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(b.path("motd")); err != nil || info.Mode() != 0o604 {
		t.Errorf("mode %v (%v), want a file of 0604 in the place of the link", info.Mode(), err)
	}
	b.wantContent("motd", "mine")
	check()
}

func TestLinkInTheDirectorysPlaceIsRefused(t *testing.T) {
	b := newBench(t)
	dir, check := outside(t)
	b.symlink(dir, "data")
	if err := b.apply(b.mustPlan(object("Directory", "data", map[string]any{"path": "/data", "mode": "0700"})))["data"]; err == nil {
		t.Error("a link to a directory was replaced or followed")
	}
	if target, err := os.Readlink(b.path("data")); err != nil || target != dir {
		t.Errorf("the link leads to %q (%v)", target, err)
	}
	check()
}

func TestLinkThatStaysInside(t *testing.T) {
	b := newBench(t)
	if err := os.MkdirAll(b.path("usr/bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	b.symlink("usr/bin", "bin")
	b.bring(file("tool", map[string]any{"path": "/bin/tool", "content": "x"}))
	b.wantContent("usr/bin/tool", "x")
}

func TestLinkToTheReservedDirectory(t *testing.T) {
	b := newBench(t)
	if err := b.driver.(drivers.Keeper).Hold(t.Context(), drivers.Holding{Holder: "one", Target: "web"}); err != nil {
		t.Fatal(err)
	}
	b.symlink(".holdfast", "alias")
	if b.apply(b.mustPlan(file("x", map[string]any{"path": "/alias/web.json", "content": "{}"})))["x"] == nil {
		t.Error("the inventory was written over through a link")
	}
	if holding, err := b.driver.(drivers.Keeper).Holding(t.Context()); err != nil || holding.Holder != "one" {
		t.Errorf("held by %+v (%v)", holding, err)
	}
}

// TestLinkAppearsDuringApply puts links in the way after the driver looked.
func TestLinkAppearsDuringApply(t *testing.T) {
	t.Run("in the file's place", func(t *testing.T) {
		b := newBench(t)
		dir, check := outside(t)
		b.atIntend = func(*resource.Change) error {
			b.symlink(filepath.Join(dir, "shadow"), "motd")
			return nil
		}
		ended := b.apply(b.mustPlan(file("motd", map[string]any{"path": "/motd", "content": "mine"})))
		if !errors.Is(ended["motd"], drivers.ErrStale) {
			t.Errorf("it ended with %v, want ErrStale", ended["motd"])
		}
		check()
	})
	t.Run("in the parent's place", func(t *testing.T) {
		b := newBench(t)
		dir, check := outside(t)
		b.write("etc/motd", "old")
		b.atIntend = func(*resource.Change) error {
			if err := os.Rename(b.path("etc"), b.path("moved")); err != nil {
				t.Fatal(err)
			}
			b.symlink(dir, "etc")
			return nil
		}
		b.apply(b.mustPlan(file("motd", map[string]any{"path": "/etc/motd", "content": "mine"})))
		check()
	})
	t.Run("in the directory's place", func(t *testing.T) {
		b := newBench(t)
		dir, check := outside(t)
		if err := os.Mkdir(b.path("data"), 0o755); err != nil {
			t.Fatal(err)
		}
		b.atIntend = func(*resource.Change) error {
			if err := os.Remove(b.path("data")); err != nil {
				t.Fatal(err)
			}
			b.symlink(dir, "data")
			return nil
		}
		b.apply(b.mustPlan(object("Directory", "data", map[string]any{"path": "/data", "mode": "0711"})))
		check()
	})
}

func TestPipeInTheFilesPlaceHangsNothing(t *testing.T) {
	b := newBench(t)
	if err := syscall.Mkfifo(b.path("pipe"), 0o644); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
	if b.apply(b.mustPlan(file("pipe", map[string]any{"path": "/pipe", "content": "x"})))["pipe"] == nil {
		t.Error("a pipe that holdfast did not make was taken away")
	}
	if info, err := os.Lstat(b.path("pipe")); err != nil || info.Mode().Type() != os.ModeNamedPipe {
		t.Errorf("there is %v (%v), want the pipe", info.Mode(), err)
	}
}

// TestNothingOutsideChanges puts links everywhere and writes, updates and
// deletes through them.
func TestNothingOutsideChanges(t *testing.T) {
	dir, check := outside(t)
	targets := []string{
		dir, filepath.Join(dir, "shadow"), filepath.Join(dir, "new"), "..", "../..", ".", "/", "a", "../a", "a/../..", "l1", "l2",
	}
	step := rapid.SampledFrom([]string{"a", "b", "l1", "l2", "shadow", "new"})
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t)
		relative, err := filepath.Rel(b.root, dir)
		if err != nil {
			rt.Fatal(err)
		}
		if err := os.MkdirAll(b.path("a/b"), 0o755); err != nil {
			rt.Fatal(err)
		}
		target := rapid.SampledFrom(append(targets, relative, "../"+relative, "a/../"+relative))
		for _, name := range []string{"l1", "l2", "a/l1", "a/b/l2"} {
			b.symlink(target.Draw(rt, name), name)
		}
		var desired []resource.Resource
		seen := map[string]bool{}
		for _, steps := range rapid.SliceOfN(rapid.SliceOfN(step, 1, 3), 1, 5).Draw(rt, "paths") {
			path := "/" + strings.Join(steps, "/")
			if seen[path] {
				continue
			}
			seen[path] = true
			if rapid.Bool().Draw(rt, "directory") {
				desired = append(desired, object("Directory", path, map[string]any{"path": path, "mode": "0700"}))
			} else {
				desired = append(desired, file(path, map[string]any{"path": path, "content": "mine"}))
			}
		}
		for _, wanted := range [][]resource.Resource{desired, nil} {
			plan, err := b.plan(wanted...)
			if err != nil {
				return // one path below a File
			}
			if strings.Contains(fmt.Sprintf("%+v", plan.Changes), "outside-secret") {
				rt.Fatal("what is outside the root was read")
			}
			b.apply(plan)
			check()
		}
	})
}
