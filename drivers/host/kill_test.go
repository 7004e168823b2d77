package host_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// The tests of this file run an apply in a process of its own, which kills
// itself on the way, as no defer or recover can soften.

const childEnv = "HOLDFAST_HOST_TEST_CHILD"

func TestMain(m *testing.M) {
	if setting := os.Getenv(childEnv); setting != "" {
		if err := child(setting); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// order is what the child is to do.
type order struct {
	Root, Source, Inventory string
	// Kill is where the process ends: "intend 2", before the second intention
	// is recorded, "intended 2", after it, "done 2" and "recorded 2" likewise,
	// or "read", in the middle of a large source.
	Kill string
	// Limit is the size in bytes above which the process may write no file.
	Limit uint64
}

func killSelf() {
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		panic(err)
	}
	select {}
}

func child(setting string) error {
	var o order
	if err := json.Unmarshal([]byte(setting), &o); err != nil {
		return err
	}
	if o.Limit > 0 {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: o.Limit, Max: o.Limit}); err != nil {
			return err
		}
	}
	driver, err := host.Kind().Open(context.Background(), drivers.Options{
		Target: "web", Settings: map[string]any{"root": o.Root}, Key: key, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	j := &childJournal{order: o, owned: map[string]drivers.Owned{}}
	if err := j.load(); err != nil {
		return err
	}
	isApplying := false
	snapshot := limited{os.DirFS(o.Source), func() error {
		if isApplying && o.Kill == "read" {
			killSelf()
		}
		return nil
	}}
	request := drivers.PlanRequest{Snapshot: snapshot, Dir: ".", Desired: killDesired(2), Owned: j.list()}
	if request.Observed, err = driver.Observe(context.Background(), drivers.ObserveRequest{Desired: request.Desired, Owned: request.Owned}); err != nil {
		return err
	}
	plan, err := driver.Plan(context.Background(), request)
	if err != nil {
		return err
	}
	isApplying = true
	if err := driver.Apply(context.Background(), plan, killOrder(plan), j); err != nil {
		return err
	}
	return errors.Join(j.failed...)
}

// killDesired creates, updates, moves and deletes between its two versions.
func killDesired(version int) []resource.Resource {
	if version == 1 {
		return []resource.Resource{
			directory("dir", "/dir"),
			file("big", map[string]any{"path": "/dir/big", "content": "small at first"}),
			file("moved", map[string]any{"path": "/old", "content": "x"}),
			file("gone", map[string]any{"path": "/dir/gone", "content": "x"}),
		}
	}
	return []resource.Resource{
		object("Directory", "dir", map[string]any{"path": "/dir", "mode": "0711"}),
		object("Directory", "new", map[string]any{"path": "/new", "mode": "0700"}),
		file("big", map[string]any{"path": "/dir/big", "source": "big", "mode": "0600"}),
		file("moved", map[string]any{"path": "/new/path", "content": "x"}),
	}
}

func killOrder(plan *drivers.Plan) []resource.Change {
	var writes, deletes []resource.Change
	for _, change := range plan.Changes {
		switch change.Action {
		case resource.ActionNone, resource.ActionMove:
		case resource.ActionDelete:
			deletes = append(deletes, change)
		default:
			writes = append(writes, change)
		}
	}
	return append(writes, deletes...)
}

// childJournal keeps the inventory in a file, on disk at each return.
type childJournal struct {
	order
	owned       map[string]drivers.Owned
	intents, no int
	failed      []error
}

func (j *childJournal) load() error {
	raw, err := os.ReadFile(j.Inventory)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, &j.owned)
}

func (j *childJournal) save() error {
	raw, err := json.Marshal(j.owned)
	if err != nil {
		return err
	}
	return os.WriteFile(j.Inventory, raw, 0o600)
}

func (j *childJournal) list() []drivers.Owned {
	var owned []drivers.Owned
	for _, entry := range j.owned {
		owned = append(owned, entry)
	}
	return owned
}

func (j *childJournal) at(point string, n int) {
	if j.Kill == fmt.Sprintf("%s %d", point, n) {
		killSelf()
	}
}

func (j *childJournal) Intend(_ context.Context, change *resource.Change, uid string) error {
	j.intents++
	j.at("intend", j.intents)
	entry := j.owned[change.ID.String()]
	if entry.ID = change.ID; change.Action != resource.ActionDelete {
		entry.UID, entry.Pending = uid, true
	}
	j.owned[change.ID.String()] = entry
	err := j.save()
	j.at("intended", j.intents)
	return err
}

func (j *childJournal) Done(_ context.Context, change *resource.Change, result drivers.Result) error {
	j.no++
	j.at("done", j.no)
	if result.Err != nil {
		j.failed = append(j.failed, result.Err)
	} else if change.Action == resource.ActionDelete {
		delete(j.owned, change.ID.String())
	} else {
		j.owned[change.ID.String()] = drivers.Owned{ID: change.ID, UID: result.UID, Digest: change.Desired}
	}
	err := j.save()
	j.at("recorded", j.no)
	return err
}

// run carries out an order in a process of its own.
func (o order) run(t *testing.T) (killed bool, output string) {
	t.Helper()
	setting, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), childEnv+"="+string(setting))
	raw, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit != nil {
		status, ok := exit.Sys().(syscall.WaitStatus)
		return ok && status.Signaled() && status.Signal() == syscall.SIGKILL, string(raw)
	}
	return false, string(raw)
}

// newOrder is a root with the first version in place, and its inventory.
func newOrder(t *testing.T) order {
	t.Helper()
	b := newBench(t)
	b.bring(killDesired(1)...)
	dir := t.TempDir()
	o := order{Root: b.root, Source: dir, Inventory: filepath.Join(dir, "inventory.json")}
	if err := os.WriteFile(filepath.Join(dir, "big"), []byte(strings.Repeat("\xff\x01", 1<<20)), 0o644); err != nil {
		t.Fatal(err)
	}
	j := childJournal{order: o, owned: map[string]drivers.Owned{}}
	for _, entry := range b.owned {
		j.owned[entry.ID.String()] = entry
	}
	if err := j.save(); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestKilledProcess(t *testing.T) {
	whole := newOrder(t)
	if killed, output := whole.run(t); killed || output != "" {
		t.Fatalf("without a kill it ends with %q", output)
	}
	want := fingerprint(t, whole.Root, true)
	if changes := len(killDesired(2)) + 1; strings.Count(want, "\n") != len(killDesired(2)) {
		t.Fatalf("%d changes lead to\n%s", changes, want)
	}
	points := []string{"read"}
	for n := 1; n <= len(killDesired(2))+1; n++ {
		for _, point := range []string{"intend", "intended", "done", "recorded"} {
			points = append(points, fmt.Sprintf("%s %d", point, n))
		}
	}
	for _, point := range points {
		t.Run(point, func(t *testing.T) {
			o := newOrder(t)
			o.Kill = point
			if killed, output := o.run(t); !killed {
				t.Fatalf("it was not killed: %s", output)
			}
			if point == "read" && len(temporary(t, filepath.Join(o.Root, "dir"))) != 1 {
				t.Error("it was not killed in the middle of a file")
			}
			o.Kill = ""
			if killed, output := o.run(t); killed || output != "" {
				t.Fatalf("once resumed it ends with %q", output)
			}
			if got := fingerprint(t, o.Root, true); got != want {
				t.Errorf("once resumed it ends as\n%s\nand not as\n%s", got, want)
			}
		})
	}
}

// TestNoRoomInAProcessOfItsOwn needs no mount and no privilege.
func TestNoRoomInAProcessOfItsOwn(t *testing.T) {
	o := newOrder(t)
	before, err := os.ReadFile(filepath.Join(o.Root, "dir/big"))
	if err != nil {
		t.Fatal(err)
	}
	o.Limit = 1 << 20
	if _, output := o.run(t); !strings.Contains(output, "/dir/big: file too large") {
		t.Errorf("it ends with %q, want the reason and the path", output)
	}
	if after, err := os.ReadFile(filepath.Join(o.Root, "dir/big")); err != nil || string(after) != string(before) {
		t.Errorf("the old file was touched: %d bytes (%v)", len(after), err)
	}
	if names := temporary(t, filepath.Join(o.Root, "dir")); len(names) > 0 {
		t.Errorf("left are %v", names)
	}
}
