package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run the command itself as `holdfast`.
func TestMain(m *testing.M) {
	testscript.Main(secluded{m}, map[string]func(){
		"holdfast": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			code := run(ctx, os.Args[1:], os.Stdout, ownErrors())
			stop()
			os.Exit(code)
		},
	})
}

// secluded keeps the tests out of the caches of whoever runs them, but for the
// API server that is built there, and stops the cluster that they may have started.
type secluded struct{ *testing.M }

func (s secluded) Run() int {
	dir, err := os.MkdirTemp("", "holdfast-cache-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	const built = "holdfast-test"
	if cache, err := os.UserCacheDir(); err == nil {
		if err := os.Symlink(filepath.Join(cache, built), filepath.Join(dir, built)); err != nil {
			panic(err)
		}
	}
	if err := os.Setenv("XDG_CACHE_HOME", dir); err != nil {
		panic(err)
	}
	code := s.M.Run()
	if err := cluster.stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// The scripts in testdata/script are the manual of the command line: each
// begins with what it shows.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			repository, err := filepath.Abs(filepath.Join("..", ".."))
			if err != nil {
				return err
			}
			env.Setenv("REPOSITORY", repository)
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, ".state"))
			env.Setenv("NO_COLOR", "1")
			for _, setting := range []string{
				"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
				"GIT_AUTHOR_NAME=Ada Example", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z",
				"GIT_COMMITTER_NAME=Ada Example", "GIT_COMMITTER_EMAIL=ada@example.com", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z",
			} {
				name, value, _ := strings.Cut(setting, "=")
				env.Setenv(name, value)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"jsonpath": jsonpath,
			"remember": remember,
			"expand":   expand,
		},
	})
}

// exits runs a command and asserts its exit code: exits 2 holdfast check nowhere
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if failed := (*exec.ExitError)(nil); err != nil {
		var ok bool
		if failed, ok = err.(*exec.ExitError); !ok {
			ts.Fatalf("%v", err)
		}
		code = strings.TrimPrefix(failed.Error(), "exit status ")
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}
