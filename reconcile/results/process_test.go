package results_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile/results"
)

// childEnv makes the test binary a child process that works in the folder it names.
const childEnv = "HOLDFAST_RESULTS_TEST_CHILD"

// entriesOfChild are put and saved together, so that the file holds all of a
// child's save or nothing of it.
const entriesOfChild = 300

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child saves, once for each line that it is sent, what another save before it
// surely has not, and says so.
func child(dir string) error {
	lines := bufio.NewScanner(os.Stdin)
	for i := 0; lines.Scan(); i++ {
		s := results.Open(options(dir))
		if notice := s.Notice(); strings.Contains(notice, "not used") {
			return fmt.Errorf("save %d: %s", i, notice)
		}
		version := fmt.Sprintf("%d:%d", os.Getpid(), i)
		for n := range entriesOfChild {
			s.Put(key(fmt.Sprint(n)), []byte(strings.Repeat(version+" ", 50)))
		}
		if err := s.Save(context.Background()); err != nil {
			return err
		}
		fmt.Println("saved", i)
	}
	return nil
}

// start runs a child that has a number of saves to make.
func start(t *testing.T, dir string, saves int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	cmd.Stdin = strings.NewReader(strings.Repeat("go on\n", saves))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill() // it may have ended
		cmd.Wait()
	})
	return cmd, bufio.NewScanner(out)
}

// whole wants all entries to be of one and the same save.
func whole(t *testing.T, dir string) {
	t.Helper()
	s := fresh(t, options(dir))
	first, _ := s.Get(key("0"))
	if len(first) == 0 {
		t.Fatal("nothing was kept")
	}
	for n := range entriesOfChild {
		want(t, s, fmt.Sprint(n), string(first))
	}
}

// Whenever a process is killed, the store is that of one of its saves.
func TestKilledWhileSaving(t *testing.T) {
	for _, after := range []int{1, 2, 5, 17, 40} {
		dir := t.TempDir()
		cmd, out := start(t, dir, 10_000)
		for range after {
			if !out.Scan() {
				t.Fatal("the child ended")
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for out.Scan() { // what it had said before the kill reached it
		}
		cmd.Wait()
		whole(t, dir)
		s := fresh(t, options(dir))
		s.Put(key("after"), []byte("goes on"))
		save(t, s)
		want(t, fresh(t, options(dir)), "after", "goes on")
	}
}

// Runs at once never see half of each other, and none has to wait.
func TestRunsAtOnce(t *testing.T) {
	dir := t.TempDir()
	var commands []*exec.Cmd
	for range 3 {
		cmd, out := start(t, dir, 40)
		if !out.Scan() {
			t.Fatal("the child ended")
		}
		go func() {
			for out.Scan() {
			}
		}()
		commands = append(commands, cmd)
	}
	for range 20 {
		whole(t, dir)
	}
	for _, cmd := range commands {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	whole(t, dir)
	if left, err := filepath.Glob(filepath.Join(dir, "*.tmp")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}
