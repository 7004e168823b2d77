package host_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func change(t *testing.T, plan *drivers.Plan, name string) *resource.Change {
	t.Helper()
	for i := range plan.Changes {
		if plan.Changes[i].ID.Name == name {
			return &plan.Changes[i]
		}
	}
	t.Fatalf("no change for %s", name)
	return nil
}

func diffs(change *resource.Change) string {
	var lines []string
	for _, d := range change.Diff {
		lines = append(lines, fmt.Sprintf("%s: %v -> %v", d.Path, d.Before, d.After))
	}
	return strings.Join(lines, "\n")
}

func TestPlanRefusesWhatCannotBeSideBySide(t *testing.T) {
	motd := func(name, path string) resource.Resource {
		return file(name, map[string]any{"path": path, "content": ""})
	}
	other := motd("other", "/etc/motd")
	other.ID.Target = "db"
	for name, test := range map[string]struct {
		request drivers.PlanRequest
		want    string
	}{
		"one path twice":          {drivers.PlanRequest{Desired: []resource.Resource{motd("a", "/x"), motd("b", "/x")}}, "web/b.yaml:1:1: File b: spec.path: /x is the path of File a too (web/a.yaml:1:1)"},
		"a file below a file":     {drivers.PlanRequest{Desired: []resource.Resource{motd("b", "/x/deep/y"), motd("a", "/x")}}, "web/b.yaml:1:1: File b: spec.path: /x/deep/y lies below File a, which is a File"},
		"another target's path":   {drivers.PlanRequest{Desired: []resource.Resource{motd("a", "/etc/motd")}, Elsewhere: []drivers.Neighbour{{Target: "db", Resources: []resource.Resource{other}}}}, "target db wants /etc/motd as well"},
		"an invalid resource":     {drivers.PlanRequest{Desired: []resource.Resource{motd("a", "x")}}, "web/a.yaml:1:1: File a: spec.path: spec.path must start with a slash"},
		"a source that is absent": {drivers.PlanRequest{Desired: []resource.Resource{file("a", map[string]any{"path": "/a", "source": "gone"})}}, "web/a.yaml:1:1: File a: there is no file gone"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newBench(t).planWith(test.request)
			var problems resource.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("plan: %v, want resource.Problems", err)
			}
			if got := err.Error(); !strings.HasPrefix(got, test.want) && !strings.Contains(got, test.want) {
				t.Errorf("plan: %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestPlanShowsWhatWillBe(t *testing.T) {
	b := newBench(t)
	b.snapshot = fstest.MapFS{"web/text": {Data: []byte("from the repository")}, "web/binary": {Data: []byte{0xff, 0}}}
	b.dir = "web"
	plan := b.mustPlan(
		file("text", map[string]any{"path": "/text", "source": "text"}),
		file("binary", map[string]any{"path": "/binary", "source": "binary", "mode": "755"}),
		file("large", map[string]any{"path": "/large", "content": strings.Repeat("large", 1<<20)}),
		file("secret", map[string]any{"path": "/secret", "content": "x", "sensitive": true}),
	)
	for name, want := range map[string]map[string]any{
		"text":   {"content": "from the repository", "mode": "0644", "source": "text"},
		"binary": {"content": nil, "mode": "0755"},
		"large":  {"content": nil},
		"secret": {"content": "x", "mode": "0600"},
	} {
		after := change(t, plan, name).After
		for field, value := range want {
			if got, _ := resource.Lookup(after.Content, resource.Path{"spec", field}); got != value {
				t.Errorf("%s: %s will be %v, want %v", name, field, got, value)
			}
		}
		digest, found := resource.Lookup(after.Content, resource.Path{"spec", "contentDigest"})
		if isShown := want["content"] != nil; found == isShown {
			t.Errorf("%s: its digest is %v", name, digest)
		}
	}
	for name, err := range b.apply(plan) {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.wantContent("binary", "\xff\x00")
	b.wantContent("large", strings.Repeat("large", 1<<20))
	for name, action := range actions(b.mustPlan(
		file("large", map[string]any{"path": "/large", "content": strings.Repeat("large", 1<<20)}),
		file("binary", map[string]any{"path": "/binary", "source": "binary", "mode": "0755"}))) {
		if want := name == "large" || name == "binary"; want != (action == resource.ActionNone) {
			t.Errorf("%s is to be a %s", name, action)
		}
	}
}

func TestUpdateOfAModeAlone(t *testing.T) {
	b := newBench(t)
	b.bring(file("x", map[string]any{"path": "/x", "content": "x", "mode": "0600"}))
	plan := b.bring(file("x", map[string]any{"path": "/x", "content": "x", "mode": "4711"}))
	if got := diffs(&plan.Changes[0]); got != "spec.mode: 0600 -> 4711" {
		t.Errorf("diff %q", got)
	}
	if info, err := os.Stat(b.path("x")); err != nil || info.Mode() != os.ModeSetuid|0o711 {
		t.Errorf("mode %v (%v), want setuid and 0711", info.Mode(), err)
	}
}

func TestSourceThatChangesAfterThePlan(t *testing.T) {
	b := newBench(t)
	snapshot := fstest.MapFS{"x": {Data: []byte{0xff, 1}}}
	b.snapshot = snapshot
	plan := b.mustPlan(file("x", map[string]any{"path": "/x", "source": "x"}))
	snapshot["x"] = &fstest.MapFile{Data: []byte{0xff, 2}}
	if err := b.apply(plan)["x"]; !errors.Is(err, drivers.ErrStale) {
		t.Errorf("it ended with %v, want ErrStale: what was judged is what is applied", err)
	}
	b.wantAbsent("x")
}

func TestSourceContentIsAskedFor(t *testing.T) {
	b := newBench(t)
	b.snapshot = fstest.MapFS{"x": {Data: []byte("one")}}
	res := file("x", map[string]any{"path": "/x", "source": "x"})
	first := b.bring(res).Changes[0].Desired
	b.snapshot = fstest.MapFS{"x": {Data: []byte("two")}}
	plan := b.mustPlan(res)
	if plan.Changes[0].Desired == first {
		t.Error("a new content of the source is not something new that is asked for")
	}
	if plan.Changes[0].Drift {
		t.Error("a new content of the source is taken for drift")
	}
}

func TestChangedPath(t *testing.T) {
	at := func(path string) resource.Resource {
		return file("x", map[string]any{"path": path, "content": "x"})
	}
	t.Run("the old file goes", func(t *testing.T) {
		b := newBench(t)
		b.bring(at("/old"))
		plan := b.bring(at("/new"))
		if got := actions(plan)["x"]; got != resource.ActionReplace {
			t.Errorf("it is a %s, want a replace, as something is deleted", got)
		}
		b.wantAbsent("old")
		b.wantContent("new", "x")
		if got := actions(b.mustPlan(at("/new")))["x"]; got != resource.ActionNone {
			t.Errorf("it is to be a %s once it is done", got)
		}
	})
	t.Run("killed when the new file was there and the old one still was", func(t *testing.T) {
		b := newBench(t)
		b.bring(at("/old"))
		b.atIntend = func(*resource.Change) error { b.write("new", "x"); return nil }
		b.apply(b.mustPlan(at("/new")))
		b.atIntend = nil
		b.bring(at("/new"))
		b.wantAbsent("old")
		b.wantContent("new", "x")
	})
	t.Run("an old file that others changed stays", func(t *testing.T) {
		b := newBench(t)
		b.bring(at("/old"))
		plan := b.mustPlan(at("/new"))
		b.write("old", "changed by hand")
		if err := b.apply(plan)["x"]; !errors.Is(err, drivers.ErrStale) {
			t.Errorf("it ended with %v, want ErrStale", err)
		}
		b.wantContent("old", "changed by hand")
	})
	t.Run("what stands at the new path stays", func(t *testing.T) {
		b := newBench(t)
		b.bring(at("/old"))
		b.write("new", "somebody's")
		if err := b.apply(b.mustPlan(at("/new")))["x"]; err == nil {
			t.Error("a file that the plan does not know of was replaced")
		}
		b.wantContent("new", "somebody's")
		b.wantContent("old", "x")
	})
	t.Run("the old path is wanted by another", func(t *testing.T) {
		b := newBench(t)
		b.bring(at("/old"))
		b.bring(at("/new"), file("y", map[string]any{"path": "/old", "content": "y"}))
		b.wantContent("new", "x")
		b.wantContent("old", "y")
	})
	t.Run("the old path is wanted by another target", func(t *testing.T) {
		b := newBench(t)
		b.bring(at("/old"))
		heir := file("y", map[string]any{"path": "/old", "content": "x"})
		heir.ID.Target = "db"
		plan, err := b.planWith(drivers.PlanRequest{Desired: []resource.Resource{at("/new")}, Elsewhere: []drivers.Neighbour{{Resources: []resource.Resource{heir}}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.apply(plan)["x"]; err != nil {
			t.Fatal(err)
		}
		b.wantContent("old", "x")
		b.wantContent("new", "x")
	})
	t.Run("an old directory that is not empty stays", func(t *testing.T) {
		b := newBench(t)
		b.bring(directory("d", "/old"))
		b.write("old/somebodys", "x")
		b.bring(directory("d", "/new"))
		b.wantContent("old/somebodys", "x")
	})
}

func TestOtherTypeInThePlace(t *testing.T) {
	asFile := file("x", map[string]any{"path": "/x", "content": "x"})
	t.Run("an empty directory gives way to a file", func(t *testing.T) {
		b := newBench(t)
		if err := os.Mkdir(b.path("x"), 0o755); err != nil {
			t.Fatal(err)
		}
		if got := actions(b.bring(asFile))["x"]; got != resource.ActionReplace {
			t.Errorf("it is a %s, want a replace", got)
		}
		b.wantContent("x", "x")
	})
	t.Run("a directory that is not empty does not", func(t *testing.T) {
		b := newBench(t)
		b.write("x/somebodys", "y")
		if err := b.apply(b.mustPlan(asFile))["x"]; err == nil || !strings.Contains(err.Error(), "not empty") {
			t.Errorf("it ended with %v, want it refused", err)
		}
		b.wantContent("x/somebodys", "y")
		if left := fingerprint(t, b.root, true); strings.Contains(left, ".holdfast-tmp") {
			t.Errorf("a temporary file is left:\n%s", left)
		}
	})
	t.Run("our own file gives way to a directory", func(t *testing.T) {
		b := newBench(t)
		b.bring(asFile)
		// The same object under a new identity: the file's entry moves.
		b.owned[directory("x", "/x").ID.Key()] = drivers.Owned{ID: directory("x", "/x").ID, UID: b.owned[asFile.ID.Key()].UID}
		delete(b.owned, asFile.ID.Key())
		b.bring(directory("x", "/x"))
		if info, err := os.Stat(b.path("x")); err != nil || !info.IsDir() {
			t.Errorf("there is %v (%v), want a directory", info, err)
		}
	})
	t.Run("somebody's file does not", func(t *testing.T) {
		b := newBench(t)
		b.write("x", "somebody's")
		if err := b.apply(b.mustPlan(directory("x", "/x")))["x"]; err == nil {
			t.Error("a file was deleted for a directory")
		}
		b.wantContent("x", "somebody's")
	})
}

func TestDeleteOfADirectory(t *testing.T) {
	b := newBench(t)
	b.bring(directory("a", "/a"), directory("b", "/b"))
	b.write("b/somebodys", "x")
	ended := b.apply(b.mustPlan())
	if ended["a"] != nil {
		t.Errorf("an empty directory: %v", ended["a"])
	}
	b.wantAbsent("a")
	if ended["b"] == nil || !strings.Contains(ended["b"].Error(), "not empty") {
		t.Errorf("a directory that is not empty: %v, want it refused", ended["b"])
	}
	b.wantContent("b/somebodys", "x")
}

func TestMissingParentIsNotMadeInPassing(t *testing.T) {
	b := newBench(t)
	err := b.apply(b.mustPlan(file("x", map[string]any{"path": "/etc/app/x", "content": "x"})))["x"]
	if err == nil || !strings.Contains(err.Error(), "parent directory /etc/app does not exist: declare it as a Directory") {
		t.Errorf("it ended with %v", err)
	}
	if b.intents != 0 {
		t.Error("an intention was recorded for what could not be begun")
	}
	b.wantAbsent("etc")
}

func TestWhoChangedIt(t *testing.T) {
	b := newBench(t)
	res := file("x", map[string]any{"path": "/x", "content": "x"})
	b.bring(res)
	b.write("x", "by hand")
	at := time.Date(2026, 11, 22, 20, 37, 0, 0, time.UTC)
	if err := os.Chtimes(b.path("x"), at, at); err != nil {
		t.Fatal(err)
	}
	plan := b.mustPlan(res)
	if got := plan.Changes[0]; !got.Drift || !strings.HasSuffix(got.ChangedBy, "modified 2026-11-22T20:37:00Z") {
		t.Errorf("drift %t, changed by %q", got.Drift, got.ChangedBy)
	}
}

// TestSensitivityOutlivesTheResource: the inventory knows how to show a file
// that nothing desired describes anymore.
func TestSensitivityOutlivesTheResource(t *testing.T) {
	b := newBench(t)
	spec := func(sensitive bool) resource.Resource {
		return file("x", map[string]any{"path": "/x", "content": "canary-51", "mode": "0600", "sensitive": sensitive})
	}
	b.bring(spec(false))
	made := b.owned[spec(false).ID.Key()].UID
	marked := b.bring(spec(true)) // same content, same mode
	if got := marked.Changes[0].Precondition; got != made {
		t.Errorf("precondition %q of the very object that the inventory has as %q", got, made)
	}
	plan := b.mustPlan()
	if got := diffs(change(t, plan, "x")); strings.Contains(got, "canary-51") {
		t.Errorf("the delete shows the content: %s", got)
	}
	if masked := fmt.Sprint(plan.Changes[0].Before.Masked()); strings.Contains(masked, "canary-51") {
		t.Errorf("the live object shows the content: %s", masked)
	}
	if got := actions(b.bring(spec(true)))["x"]; got != resource.ActionNone {
		t.Errorf("it is to be a %s again", got)
	}
	open := file("x", map[string]any{"path": "/x", "content": "for all to see", "mode": "0600"})
	if got := diffs(change(t, b.mustPlan(open), "x")); strings.Contains(got, "canary-51") {
		t.Errorf("what takes its place shows the content before: %s", got)
	}
}

func TestSecretFromTheRepository(t *testing.T) {
	b := newBench(t)
	secret := file("x", map[string]any{"path": "/x", "source": "x", "sensitive": true})
	for _, content := range []string{"canary-61", "canary-62"} {
		b.snapshot = fstest.MapFS{"x": {Data: []byte(content)}}
		plan := b.bring(secret)
		if got := diffs(&plan.Changes[0]) + fmt.Sprint(plan.Changes[0].After.Masked()); strings.Contains(got, "canary") {
			t.Errorf("the plan shows it: %s", got)
		}
		b.wantContent("x", content)
	}
	// Sensitive in the eyes of the source alone, as a decrypted value is.
	b = newBench(t)
	secret = file("x", map[string]any{"path": "/x", "content": "canary-63"})
	secret.Sensitive = []resource.Path{{"spec"}}
	if got := diffs(&b.bring(secret).Changes[0]); strings.Contains(got, "canary") {
		t.Errorf("the plan shows it: %s", got)
	}
	if got := diffs(&b.mustPlan().Changes[0]); strings.Contains(got, "canary") {
		t.Errorf("the delete shows it: %s", got)
	}
}

func TestLargeLiveFile(t *testing.T) {
	b := newBench(t)
	b.write("x", "")
	if err := os.Truncate(b.path("x"), 64<<20+1); err != nil { // sparse
		t.Fatal(err)
	}
	res := file("x", map[string]any{"path": "/x", "content": "x"})
	plan := b.mustPlan(res)
	if err := os.Truncate(b.path("x"), 64<<20+2); err != nil {
		t.Fatal(err)
	}
	if err := b.apply(plan)["x"]; !errors.Is(err, drivers.ErrStale) {
		t.Errorf("it ended with %v after the file grew, want ErrStale", err)
	}
	b.bring(res)
	b.wantContent("x", "x")
}

// TestUIDsRevealNothing: the same content under two keys gives two UIDs, so
// that a short secret cannot be found by trying.
func TestUIDsRevealNothing(t *testing.T) {
	pin := file("x", map[string]any{"path": "/x", "content": "1234"})
	var uids []string
	for _, key := range []string{"one key", "another key"} {
		b := newBench(t)
		b.driver = openWith(t, b.root, "web", []byte(key))
		b.bring(pin)
		uids = append(uids, b.owned[pin.ID.Key()].UID)
	}
	if uids[0] == uids[1] {
		t.Errorf("UID %q does not depend on the key", uids[0])
	}
}

func TestDependsOnTheNearestDirectory(t *testing.T) {
	resources := []resource.Resource{
		directory("a", "/a"), directory("abc", "/a/b/c"), directory("ab-", "/a/b-"),
		file("f", map[string]any{"path": "/a/b/c/d/f", "content": ""}),
		file("g", map[string]any{"path": "/a/b-x", "content": ""}),
		file("h", map[string]any{"path": "/h", "content": ""}),
		file("broken", map[string]any{"path": "h"}),
	}
	b := newBench(t)
	edges := b.driver.(drivers.Dependencies).DependsOn(resources)
	got := map[string]string{}
	for from, to := range edges {
		for _, key := range to {
			got[from.Name] += key.Name + " "
		}
	}
	if want := "map[ab-:a  abc:a  f:abc  g:a ]"; fmt.Sprint(got) != want {
		t.Errorf("edges %v, want %s", got, want)
	}

	// What is live is deleted in the order that follows from its own edges.
	b.snapshot = fstest.MapFS{"binary": {Data: []byte{0xff}}}
	made := []resource.Resource{directory("a", "/a"), file("f", map[string]any{"path": "/a/f", "source": "binary"})}
	b.bring(made...)
	plan := b.mustPlan()
	live := []resource.Resource{*plan.Changes[0].Before, *plan.Changes[1].Before}
	if edges := b.driver.(drivers.Dependencies).DependsOn(live); len(edges[made[1].ID.Key()]) != 1 {
		t.Errorf("edges of the live resources %v", edges)
	}
}

func TestHealthOfWhatIsWritten(t *testing.T) {
	b := newBench(t)
	b.snapshot = fstest.MapFS{"x": {Data: []byte{0xff}}}
	written := file("x", map[string]any{"path": "/x", "source": "x", "owner": fmt.Sprint(os.Geteuid())})
	completed := *b.bring(written).Changes[0].After
	health := func(res resource.Resource) string {
		healths, err := b.driver.(drivers.Healther).Health(t.Context(), []resource.Resource{res})
		if err != nil {
			t.Fatal(err)
		}
		return string(healths[0].Status) + " " + healths[0].Reason
	}
	for _, res := range []resource.Resource{written, completed} {
		if got := health(res); got != "healthy " {
			t.Errorf("it is %s", got)
		}
	}
	b.write("x", "\xfe")
	if got := health(completed); got != "degraded /x differs from what is wanted in its contentDigest" {
		t.Errorf("with another content it is %s", got)
	}
	for name, content := range map[string]any{"nothing": nil, "no spec": map[string]any{}, "no path": map[string]any{"spec": map[string]any{}}} {
		if got := health(resource.Resource{ID: written.ID, Content: content}); got[:8] != "degraded" {
			t.Errorf("%s is %s", name, got)
		}
	}
}

func TestStaleIsNotIntended(t *testing.T) {
	b := newBench(t)
	res := file("x", map[string]any{"path": "/x", "content": "x"})
	for _, content := range []string{"somebody was first", "somebody was first again"} {
		plan := b.mustPlan(res)
		b.write("x", content)
		if err := b.apply(plan)["x"]; !errors.Is(err, drivers.ErrStale) || b.intents > 0 {
			t.Errorf("it ended with %v after %d intentions, want ErrStale after none", err, b.intents)
		}
		b.wantContent("x", content)
	}
}

// TestInventoryOfAnotherDriver: what cannot be understood is not forgotten.
func TestInventoryOfAnotherDriver(t *testing.T) {
	for _, uid := range []string{"", "0b5c6a52-1111", "file:open:00:relative", "file:open:00:/../etc/passwd", "file:open:00:/.holdfast/web.json"} {
		b := newBench(t)
		id := file("x", nil).ID
		b.owned[id.Key()] = drivers.Owned{ID: id, UID: uid}
		if _, err := b.plan(); err == nil || !strings.Contains(err.Error(), "File x: its UID was not given by the host driver") {
			t.Errorf("with UID %q: %v", uid, err)
		}
	}
}
