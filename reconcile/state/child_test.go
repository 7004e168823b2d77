package state_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/reconcile/state"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// childEnv makes the test binary a child process that works with the state
// file it names.
const childEnv = "HOLDFAST_STATE_TEST_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		if err := child(path, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// Each step of a property waits for the disk; the command line may ask for more.
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// child opens the state, says "open", and for each line that it is sent makes
// and resolves one intent, saying so after each of the two calls has returned.
func child(path string, in io.Reader, out io.Writer) error {
	ctx := context.Background()
	store, err := state.Open(ctx, state.Options{Path: path, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "open")
	lines := bufio.NewScanner(in)
	for i := 0; lines.Scan(); i++ {
		made, before, after := childIntent(i)
		if err := store.Intend(ctx, made, &before); err != nil {
			return err
		}
		fmt.Fprintln(out, "intended", i)
		if err := store.Resolve(ctx, made, "applied", &after, false); err != nil {
			return err
		}
		fmt.Fprintln(out, "resolved", i)
	}
	return store.Close()
}

func childIntent(i int) (made reconcile.Intent, before, after drivers.Owned) {
	id := resource.ID{Target: "web", APIVersion: "host.holdfast.dev/v1", Kind: "File", Name: fmt.Sprintf("%06d", i)}
	made = reconcile.Intent{ID: fmt.Sprint(i), Run: "run", Target: "web", Revision: "r1", Resource: id,
		Action: resource.ActionReplace, At: time.Unix(int64(i), 0).UTC()}
	before = drivers.Owned{ID: id, Pending: true}
	after = drivers.Owned{ID: id, UID: "uid", Revision: "r1"}
	return made, before, after
}

// process is a running child.
type process struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func startChild(t *testing.T, path string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+path)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: cmd, in: in, out: bufio.NewScanner(out)}
	t.Cleanup(func() {
		cmd.Process.Kill() // it may have ended
		cmd.Wait()
	})
	if !p.out.Scan() || p.out.Text() != "open" {
		t.Fatalf("the child said %q", p.out.Text())
	}
	return p
}
