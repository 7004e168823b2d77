package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
)

func keeper(driver drivers.Driver) drivers.Keeper { return driver.(drivers.Keeper) }

func TestInventoryIsForTheProcessAlone(t *testing.T) {
	b := newBench(t)
	if err := keeper(b.driver).Hold(t.Context(), drivers.Holding{Holder: "one", Target: "web"}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{".holdfast": os.ModeDir | 0o700, ".holdfast/web.json": 0o600} {
		if info, err := os.Lstat(b.path(name)); err != nil || info.Mode() != want {
			t.Errorf("%s: mode %v (%v), want %v", name, info.Mode(), err, want)
		}
	}
}

// TestInventoryThatCannotBeTrusted: what may name another holder is never
// taken for nothing.
func TestInventoryThatCannotBeTrusted(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "cut off": `{"holder": "one", "target": "we`, "not JSON": "\x00\x01", "two": `{"target": "web"} {}`,
		"another target's": `{"holder": "one", "target": "db"}`, "null": "null", "with strange fields": `{"target": "web", "owner": "x"}`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.write(".holdfast/web.json", text)
			holding, err := keeper(b.driver).Holding(t.Context())
			if err == nil || !strings.Contains(err.Error(), "web.json is damaged: move it away") {
				t.Errorf("held by %+v (%v), want an error that says what to do", holding, err)
			}
		})
	}
	t.Run("a directory", func(t *testing.T) {
		b := newBench(t)
		if err := os.MkdirAll(b.path(".holdfast/web.json"), 0o755); err != nil {
			t.Fatal(err)
		}
		if holding, err := keeper(b.driver).Holding(t.Context()); err == nil {
			t.Errorf("held by %+v, want an error", holding)
		}
	})
}

func TestInventoryStaysInsideTheRoot(t *testing.T) {
	t.Run("whatever the target's name", func(t *testing.T) {
		b := newBench(t)
		names := []string{"..", "../../x", "a/b", "web", ".", "ä b"}
		for _, name := range names {
			driver := openWith(t, b.root, name, key)
			if err := keeper(driver).Hold(t.Context(), drivers.Holding{Holder: name, Target: name}); err != nil {
				t.Fatalf("%q: %v", name, err)
			}
		}
		for _, name := range names {
			if holding, err := keeper(openWith(t, b.root, name, key)).Holding(t.Context()); err != nil || holding.Holder != name {
				t.Errorf("%q is held by %+v (%v)", name, holding, err)
			}
		}
		if kept, err := os.ReadDir(b.path(".holdfast")); err != nil || len(kept) != len(names) {
			t.Errorf("%d inventories (%v), want %d", len(kept), err, len(names))
		}
	})
	t.Run("through a link", func(t *testing.T) {
		b := newBench(t)
		if err := os.Mkdir(b.path("elsewhere"), 0o755); err != nil {
			t.Fatal(err)
		}
		b.symlink("elsewhere", ".holdfast")
		if err := keeper(b.driver).Hold(t.Context(), drivers.Holding{Target: "web"}); err == nil {
			t.Error("the inventory was written through a link")
		}
		if left, err := filepath.Glob(b.path("elsewhere/*")); err != nil || len(left) > 0 {
			t.Errorf("left are %v (%v)", left, err)
		}
	})
}
