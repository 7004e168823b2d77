package host_test

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"
	"syscall"
	"testing"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

func ids(t *testing.T, name string) (uid, gid int) {
	t.Helper()
	info, err := os.Lstat(name)
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	return int(stat.Uid), int(stat.Gid)
}

func TestOwnerByNameAndNumberAreTheSame(t *testing.T) {
	me, err := user.Current()
	if err != nil {
		t.Skipf("this user has no name: %v", err)
	}
	b := newBench(t)
	spec := func(owner, group string) resource.Resource {
		return file("x", map[string]any{"path": "/x", "content": "x", "owner": owner, "group": group})
	}
	b.bring(spec(me.Username, me.Gid))
	if got := actions(b.mustPlan(spec(me.Uid, me.Gid)))["x"]; got != resource.ActionNone {
		t.Errorf("it is to be a %s when the owner is written as a number", got)
	}
}

func TestUnknownOwner(t *testing.T) {
	for field, want := range map[string]string{"owner": "is not a user", "group": "is not a group"} {
		b := newBench(t)
		plan := b.mustPlan(
			file("x", map[string]any{"path": "/x", "content": "x", field: "nobody-by-this-name"}),
			file("y", map[string]any{"path": "/y", "content": "y"}))
		ended := b.apply(plan)
		if err := ended["x"]; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: it ended with %v", field, err)
		}
		b.wantAbsent("x")
		b.wantContent("y", "y")
	}
}

// TestOwner gives files away, which takes root; without it the attempt fails
// and leaves no trace.
func TestOwner(t *testing.T) {
	b := newBench(t)
	const uid, gid = 54321, 54322
	desired := []resource.Resource{
		file("f", map[string]any{"path": "/f", "content": "new", "owner": fmt.Sprint(uid), "group": fmt.Sprint(gid), "mode": "6755"}),
		object("Directory", "d", map[string]any{"path": "/d", "owner": fmt.Sprint(uid), "group": fmt.Sprint(gid)}),
	}
	b.write("f", "old")
	ended := b.apply(b.mustPlan(desired...))
	if os.Geteuid() != 0 {
		if err := ended["f"]; !errors.Is(err, syscall.EPERM) || !strings.Contains(err.Error(), "/f: set its owner") {
			t.Errorf("it ended with %v, want that it is not permitted, and what", err)
		}
		b.wantContent("f", "old")
		return
	}
	for _, name := range []string{"f", "d"} {
		if ended[name] != nil {
			t.Errorf("%s: %v", name, ended[name])
		}
		if u, g := ids(t, b.path(name)); u != uid || g != gid {
			t.Errorf("%s belongs to %d:%d, want %d:%d", name, u, g, uid, gid)
		}
	}
	// chown(2) clears these bits, so they must be set after it.
	if info, err := os.Stat(b.path("f")); err != nil || info.Mode() != os.ModeSetuid|os.ModeSetgid|0o755 {
		t.Errorf("mode %v (%v), want setuid and setgid", info.Mode(), err)
	}

	t.Run("an owner that is not named stays", func(t *testing.T) {
		b.bring(file("f", map[string]any{"path": "/f", "content": "newer"}), directory("d", "/d"))
		for _, name := range []string{"f", "d"} {
			if u, g := ids(t, b.path(name)); u != uid || g != gid {
				t.Errorf("%s belongs to %d:%d, want %d:%d still", name, u, g, uid, gid)
			}
		}
	})
	t.Run("a changed owner is drift", func(t *testing.T) {
		b.bring(desired...)
		if err := os.Chown(b.path("f"), 0, gid); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(b.path("f"), os.ModeSetuid|os.ModeSetgid|0o755); err != nil { // lost by chown
			t.Fatal(err)
		}
		got := change(t, b.bring(desired...), "f")
		if want := fmt.Sprintf("spec.owner: root -> %d", uid); diffs(got) != want || !got.Drift {
			t.Errorf("diff %q, drift %t; want %q", diffs(got), got.Drift, want)
		}
	})
	t.Run("a group from a setgid directory is not inherited", func(t *testing.T) {
		if err := os.Chmod(b.path("d"), os.ModeSetgid|0o755); err != nil {
			t.Fatal(err)
		}
		b.bring(append(desired[:1:1], object("Directory", "d", map[string]any{"path": "/d", "mode": "2755"}),
			file("g", map[string]any{"path": "/d/g", "content": ""}), directory("e", "/d/e"))...)
		for _, name := range []string{"d/g", "d/e"} {
			if _, g := ids(t, b.path(name)); g != os.Getegid() {
				t.Errorf("%s has group %d, want the process's own as planned", name, g)
			}
		}
		if got := actions(b.mustPlan(file("g", map[string]any{"path": "/d/g", "content": ""})))["g"]; got != resource.ActionNone {
			t.Errorf("it is to be a %s once it is done", got)
		}
	})
}

// TestUnreadableIsItsOwnFailure: it does not hide the others.
func TestUnreadableIsItsOwnFailure(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	b := newBench(t)
	b.write("x", "secret")
	b.write("dir/x", "secret")
	for name, mode := range map[string]os.FileMode{"x": 0, "dir": 0} {
		if err := os.Chmod(b.path(name), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(b.path("dir"), 0o700) })
	ended := b.apply(b.mustPlan(
		file("a", map[string]any{"path": "/x", "content": "x"}),
		file("b", map[string]any{"path": "/dir/x", "content": "x"}),
		file("c", map[string]any{"path": "/c", "content": "x"})))
	for _, name := range []string{"a", "b"} {
		if err := ended[name]; err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s ended with %v", name, err)
		}
	}
	if ended["c"] != nil {
		t.Errorf("another one failed as well: %v", ended["c"])
	}
}
