package host_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
)

func TestPermits(t *testing.T) {
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"srv/app", "srv-other", "etc"} {
		if err := os.MkdirAll(filepath.Join(base, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"srv/out": "../etc", "srv/in": "app", "alias": "srv", "srv/dangling": "../nowhere", "srv/loop": "loop",
	} {
		if err := os.Symlink(target, filepath.Join(base, link)); err != nil {
			t.Fatal(err)
		}
	}
	srv := base + "/srv"
	for _, test := range []struct {
		name          string
		root, allowed any
		want          bool
	}{
		{"the same", srv, srv, true},
		{"below", srv + "/app", srv, true},
		{"below, not there yet", srv + "/app/new/deep", srv, true},
		{"everything is allowed", srv, "/", true},
		{"above", base, srv, false},
		{"beside, with the same beginning", base + "/srv-other", srv, false},
		{"climbing out", srv + "/../etc", srv, false},
		{"a link that leads out", srv + "/out", srv, false},
		{"below a link that leads out", srv + "/out/new", srv, false},
		{"a link that stays inside", srv + "/in", srv, true},
		{"a link to what is allowed", base + "/alias/app", srv, true},
		{"what is allowed is a link", srv + "/app", base + "/alias", true},
		{"a link that leads nowhere yet", srv + "/dangling", srv, false},
		{"a link in a circle", srv + "/loop", srv, false},
		{"relative", "srv", srv, false},
		{"a NUL byte", srv + "/a\x00", srv, false},
		{"no root", nil, srv, false},
		{"nothing allowed", srv, nil, false},
		{"relative is allowed", srv, "srv", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			settings, allowed := map[string]any{}, map[string]any{}
			if test.root != nil {
				settings["root"] = test.root
			}
			if test.allowed != nil {
				allowed["root"] = test.allowed
			}
			if got := host.Kind().Permits(settings, allowed); got != test.want {
				t.Errorf("permits %v under %v: %t, want %t", test.root, test.allowed, got, test.want)
			}
		})
	}
}

func TestSchema(t *testing.T) {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(host.Kind().Schema)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("settings.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("settings.json")
	if err != nil {
		t.Fatal(err)
	}
	for settings, want := range map[string]bool{
		`{"root": "/srv"}`: true, `{}`: false, `{"root": "srv"}`: false, `{"root": 1}`: false, `{"root": "/srv", "user": "x"}`: false,
	} {
		var value any
		if err := json.Unmarshal([]byte(settings), &value); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err == nil) != want {
			t.Errorf("%s: %v, want it to be valid: %t", settings, err, want)
		}
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"absent", "file"} {
		_, err := host.Kind().Open(t.Context(), drivers.Options{Target: "web", Settings: map[string]any{"root": filepath.Join(dir, name)}})
		if !errors.Is(err, drivers.ErrUnreachable) || !strings.Contains(err.Error(), name) {
			t.Errorf("open a root that is %s: %v, want ErrUnreachable and the path", name, err)
		}
	}
}

func TestDestinationIsTheSameThroughALink(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if a, b := openDriver(t, dir).Destination(), openDriver(t, link+"/.").Destination(); a != b {
		t.Errorf("destinations %s and %s of the same directory", a, b)
	}
}

func TestRootGoneIsUnreachable(t *testing.T) {
	b := newBench(t)
	plan := b.mustPlan(file("a", map[string]any{"path": "/a", "content": "a"}))
	if err := os.Remove(b.root); err != nil {
		t.Fatal(err)
	}
	if _, err := b.driver.Observe(t.Context(), drivers.ObserveRequest{}); !errors.Is(err, drivers.ErrUnreachable) {
		t.Errorf("observe: %v, want ErrUnreachable and not an empty observation", err)
	}
	if err := b.driver.Apply(t.Context(), plan, plan.Changes, &journal{bench: b}); !errors.Is(err, drivers.ErrUnreachable) {
		t.Errorf("apply: %v, want ErrUnreachable", err)
	}
}
