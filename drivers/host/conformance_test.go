package host_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/drivertest"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func TestConformance(t *testing.T) { drivertest.Run(t, harness) }

// harness has a Directory, two Files in it, one of them binary and from the
// repository, and a File beside it.
func harness(t *testing.T) drivertest.Harness {
	root := t.TempDir()
	snapshot := fstest.MapFS{}
	for version := 1; version <= 3; version++ {
		snapshot[fmt.Sprintf("web/files/v%d.bin", version)] = &fstest.MapFile{Data: []byte{0xff, 0, byte(version)}}
	}
	at := map[string]string{"dir": "/app", "text": "/app/app.conf", "binary": "/app/logo", "motd": "/motd", "secret": "/key", "failing": "/absent/file", "other": "/app"}
	h := drivertest.Harness{Snapshot: snapshot, Dir: "web"}
	h.Open = func(t testing.TB, logger *slog.Logger) drivers.Driver {
		driver, err := host.Kind().Open(t.Context(), drivers.Options{
			Target: "web", Settings: map[string]any{"root": root}, Key: key, Logger: logger,
		})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		return driver
	}
	h.Resource = func(n, version int) resource.Resource {
		name := []string{"dir", "text", "binary", "motd"}[n]
		switch name {
		case "dir":
			return object("Directory", name, map[string]any{"path": at[name], "mode": fmt.Sprintf("07%d0", 4+version%4)})
		case "binary":
			return file(name, map[string]any{"path": at[name], "source": fmt.Sprintf("files/v%d.bin", version)})
		}
		return file(name, map[string]any{"path": at[name], "content": fmt.Sprintf("version %d\n", version)})
	}
	h.Secret = func(canary string) resource.Resource {
		return file("secret", map[string]any{"path": at["secret"], "content": "password=" + canary, "sensitive": true})
	}
	h.Failing = func(canary string) resource.Resource {
		return file("failing", map[string]any{"path": at["failing"], "content": canary, "sensitive": true})
	}
	h.Renamed = func(res resource.Resource) resource.Resource {
		spec, _ := resource.Lookup(res.Content, resource.Path{"spec"})
		return object(res.ID.Kind, "other", spec.(map[string]any))
	}
	h.Disturb = func(t testing.TB, id resource.ID) {
		name := filepath.Join(root, at[id.Name])
		if id.Kind == "Directory" {
			if err := os.Chmod(name, 0o711); err != nil {
				t.Fatal(err)
			}
			return
		}
		old, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, append(old, "changed by hand"...), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	h.Live = func(t testing.TB, id resource.ID) string {
		return fingerprint(t, filepath.Join(root, at[id.Name]), false)
	}
	h.Holds = func(t testing.TB, res *resource.Resource) bool { return holds(t, root, snapshot, res) }
	h.Fingerprint = func(t testing.TB) string { return fingerprint(t, root, true) }
	return h
}

// fingerprint covers names, types, modes and contents, below top as well if deep.
func fingerprint(t testing.TB, top string, deep bool) string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(top, func(name string, entry fs.DirEntry, err error) error {
		if os.IsNotExist(err) && name == top {
			return nil
		}
		if err != nil {
			return err
		}
		if entry.Name() == ".holdfast" {
			return fs.SkipDir
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		line := strings.TrimPrefix(name, top) + " " + info.Mode().String()
		if info.Mode().IsRegular() {
			raw, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" %x", sha256.Sum256(raw))
		}
		lines = append(lines, line)
		if entry.IsDir() && !deep {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

func holds(t testing.TB, root string, snapshot fs.FS, res *resource.Resource) bool {
	t.Helper()
	content := res.Content.(map[string]any)["spec"].(map[string]any)
	name := filepath.Join(root, content["path"].(string))
	info, err := os.Lstat(name)
	if err != nil {
		return false
	}
	if res.ID.Kind == "Directory" {
		return info.IsDir() && fmt.Sprintf("%04o", info.Mode().Perm()) == content["mode"]
	}
	mode := fs.FileMode(0o644)
	if content["sensitive"] == true {
		mode = 0o600
	}
	want, isInline := content["content"].(string)
	if !isInline {
		raw, err := fs.ReadFile(snapshot, "web/"+content["source"].(string))
		if err != nil {
			t.Fatal(err)
		}
		want = string(raw)
	}
	got, err := os.ReadFile(name)
	return err == nil && info.Mode() == mode && string(got) == want
}
