package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// daemon is holdfast in a process of its own.
type daemon struct {
	*exec.Cmd
	t    *testing.T
	log  *lockedBuffer
	done chan struct{}
	code int
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs the command line in a child; the test binary becomes holdfast by
// the name that testscript registered it under.
func (s *site) start(args ...string) *daemon {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	d := &daemon{t: s.t, log: &lockedBuffer{}, done: make(chan struct{})}
	d.Cmd = &exec.Cmd{Path: self, Args: append([]string{"holdfast"}, args...), Dir: s.folder, Stdout: d.log, Stderr: d.log}
	if err := d.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		defer close(d.done)
		_ = d.Wait()
		d.code = d.ProcessState.ExitCode()
	}()
	s.t.Cleanup(func() {
		_ = d.Process.Kill()
		<-d.done
		if s.t.Failed() {
			s.t.Logf("log of %v:\n%s", args, d.log)
		}
	})
	return d
}

func (d *daemon) stop(signal os.Signal) int {
	d.t.Helper()
	if err := d.Process.Signal(signal); err != nil {
		d.t.Fatal(err)
	}
	select {
	case <-d.done:
	case <-time.After(time.Minute):
		d.t.Fatal("the daemon does not end")
	}
	return d.code
}

// eventually waits until the condition holds; the bound is far above what it needs.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for: %s", what)
		}
	}
}

func (s *site) holds(name, content string) func() bool {
	return func() bool {
		got, err := os.ReadFile(filepath.Join(s.root, name))
		return err == nil && string(got) == content
	}
}

func TestDaemonFollowsCommitsAndHealsDrift(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	d := s.start("run", "--config", s.config)
	eventually(t, "the first apply", s.holds("a", "one"))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "two")})
	eventually(t, "a commit is seen", s.holds("a", "two"))
	// The watch for drift begins when the pass has ended.
	eventually(t, "the pass is recorded", func() bool { return strings.Count(d.log.String(), `"run ended"`) >= 2 })
	eventually(t, "drift is healed", func() bool {
		write(t, filepath.Join(s.root, "a"), "by hand")
		time.Sleep(500 * time.Millisecond)
		return s.holds("a", "two")()
	})
	if code := d.stop(syscall.SIGTERM); code != exitClean {
		t.Errorf("exit code %d", code)
	}
	for _, line := range strings.Split(strings.TrimSpace(d.log.String()), "\n") {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if entry["msg"] == "change" && (entry["target"] != "web" || entry["run"] == "" || entry["revision"] == "") {
			t.Errorf("a line of a run lacks its keys: %s", line)
		}
	}
}

func TestDaemonServesOnLoopback(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, s.config, strings.Replace(string(text), `"off"`, `"127.0.0.1:0"`, 1))
	d := s.start("run", "--config", s.config)
	address := ""
	eventually(t, "the address in the log", func() bool {
		_, after, found := strings.Cut(d.log.String(), `"address":"`)
		address, _, _ = strings.Cut(after, `"`)
		return found
	})
	get := func(path string) (int, string) {
		response, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
	eventually(t, "readiness", func() bool { code, _ := get("/readyz"); return code == http.StatusOK })
	if code, body := get("/healthz"); code != http.StatusOK {
		t.Errorf("/healthz: %d %s", code, body)
	}
	if _, body := get("/metrics"); !strings.Contains(body, `holdfast_target_in_line{target="web"} 1`) || !strings.Contains(body, `holdfast_source_fetch_total{result="ok"}`) {
		t.Errorf("/metrics:\n%s", body)
	}
	var status reconcile.Status
	_, body := get("/status")
	if err := json.Unmarshal([]byte(body), &status); err != nil || len(status.Targets) != 1 || status.Targets[0].Outcome != reconcile.OutcomeOK {
		t.Errorf("/status: %v %s", err, body)
	}
	d.stop(syscall.SIGTERM)
}

func TestDaemonReadsItsConfigurationAnew(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "db/b.yaml": aFile("b", "two")})
	d := s.start("run", "--config", s.config)
	eventually(t, "the first apply", s.holds("a", "one"))
	write(t, s.config, "tragets: []")
	if err := d.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a faulty configuration is refused", func() bool { return strings.Contains(d.log.String(), "not taken up") })
	s.commit(map[string]string{"web/a.yaml": aFile("a", "three")})
	eventually(t, "the one before goes on", s.holds("a", "three"))
	s.configure(oneTarget + "  - {name: db, driver: host, path: db, mode: apply, settings: {root: ROOT}}\n")
	if err := d.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the new target", s.holds("b", "two"))
	d.stop(syscall.SIGTERM)
}

// A sync by signal or over HTTP is a pass at once, where the next would be far off.
func TestDaemonSyncsWhenItIsAsked(t *testing.T) {
	s := newSite(t, oneTarget+"    interval: 1h\n")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, s.config, strings.Replace(string(text), `"off"`, `"127.0.0.1:0", tokenFile: token`, 1))
	write(t, filepath.Join(s.folder, "token"), "sesame\n")
	d := s.start("run", "--config", s.config, "--log-level", "debug")
	passes := func() int { return strings.Count(d.log.String(), "run ended") }
	settled := func() int {
		for before := -1; ; {
			if now := passes(); now == before && now > 0 {
				return now
			} else {
				before = now
			}
			time.Sleep(time.Second)
		}
	}
	before := settled()
	if err := d.Process.Signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a pass by the signal", func() bool { return passes() > before })
	before = settled()
	_, after, _ := strings.Cut(d.log.String(), `"address":"`)
	address, _, _ := strings.Cut(after, `"`)
	for target, want := range map[string]int{"web": http.StatusAccepted, "nothing": http.StatusNotFound} {
		request, err := http.NewRequest(http.MethodPost, "http://"+address+"/sync?target="+target, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer sesame")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if response.Body.Close(); response.StatusCode != want {
			t.Errorf("%s: %d, want %d", target, response.StatusCode, want)
		}
	}
	eventually(t, "a pass by the request", func() bool { return passes() > before })
	if strings.Contains(d.log.String(), "sesame") {
		t.Error("the log tells the token")
	}
	if code := d.stop(syscall.SIGTERM); code != exitClean {
		t.Errorf("exit code %d", code)
	}
}

func TestTwoDaemonsOnOneState(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	d := s.start("run", "--config", s.config)
	eventually(t, "the first apply", s.holds("a", "one"))
	second := s.start("run", "--config", s.config)
	<-second.done
	if second.code != exitFault || !strings.Contains(second.log.String(), "in use by another holdfast") {
		t.Errorf("exit code %d: %s", second.code, second.log)
	}
	// Who only looks is let in.
	for _, command := range []string{"status", "plan"} {
		looking := s.start(command, "--config", s.config)
		<-looking.done
		if looking.code != exitClean {
			t.Errorf("%s: exit code %d: %s", command, looking.code, looking.log)
		}
	}
	d.stop(syscall.SIGTERM)
}

// A process that is killed at any instant resumes to the same end. The kills
// fall where they fall; drivers/host and reconcile/state try each step by name.
func TestKilledInMidApply(t *testing.T) {
	s := newSite(t, oneTarget)
	const files = 60
	for round, delay := range []time.Duration{5, 20, 40, 60, 80, 120, 160, 250} {
		content := strings.Repeat("x", round+1)
		s.commit(map[string]string{"web/a.yaml": strings.ReplaceAll(many(files), `"x"`, `"`+content+`"`)})
		d := s.start("run", "--once", "--config", s.config)
		time.Sleep(delay * time.Millisecond)
		_ = d.Process.Kill()
		<-d.done
		for name := range contents(files) { // each file is whole: of this round or of an earlier one
			got, err := os.ReadFile(filepath.Join(s.root, name))
			if err == nil && (strings.Trim(string(got), "x") != "" || len(got) == 0 || len(got) > round+1) {
				t.Errorf("round %d: %s holds %q", round, name, got)
			}
		}
	}
	s.commit(map[string]string{"web/a.yaml": many(files)})
	run := only(t, s.pass(), "web")
	if run.Outcome != reconcile.OutcomeOK {
		t.Errorf("%s: %s", run.Outcome, run.Message)
	}
	s.files(contents(files)) // and no temporary file is left
	// Everything is owned: what goes from the source is deleted.
	s.commit(map[string]string{"web/a.yaml": many(files - 3)})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "delete a57 applied", "delete a58 applied", "delete a59 applied")
}

func TestFullDisk(t *testing.T) {
	s := newSite(t, oneTarget)
	mount(t, s.root, "size=64k")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	s.pass()
	s.commit(map[string]string{"web/a.yaml": aFile("a", strings.Repeat("large ", 20_000)), "web/b.yaml": aFile("b", "three")})
	result := s.pass()
	expect(t, only(t, result, "web"), reconcile.OutcomeFailed, "update a failed", "update b applied")
	if message := only(t, result, "web").Message; !strings.Contains(message, "no space left") || passCode(result) != exitFault {
		t.Errorf("%s, exit code %d", message, passCode(result))
	}
	s.files(map[string]string{"a": "one", "b": "three"})
	s.commit(map[string]string{"web/a.yaml": aFile("a", "small")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "update a applied")
}

func TestReadOnlyTarget(t *testing.T) {
	s := newSite(t, oneTarget)
	mount(t, s.root, "size=1m")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	s.pass()
	if err := unix.Mount("", s.root, "", unix.MS_REMOUNT|unix.MS_RDONLY, "size=1m"); err != nil {
		t.Fatal(err)
	}
	s.commit(map[string]string{"web/a.yaml": aFile("a", "two")})
	result := s.pass()
	expect(t, only(t, result, "web"), reconcile.OutcomeFailed, "update a failed")
	if message := only(t, result, "web").Message; !strings.Contains(message, "read-only file system") || passCode(result) != exitFault {
		t.Errorf("%s, exit code %d", message, passCode(result))
	}
	s.files(map[string]string{"a": "one"})
}

// mount puts a small file system of its own over the folder.
func mount(t *testing.T, dir, options string) {
	t.Helper()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("a file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
}

func TestSIGTERMFinishesTheChangeInHandAndRecordsIt(t *testing.T) {
	s := newSite(t, oneTarget)
	const files = 2000
	s.commit(map[string]string{"web/a.yaml": many(files)})
	d := s.start("run", "--config", s.config)
	eventually(t, "the apply is under way", func() bool { return strings.Count(d.log.String(), `"state":"applied"`) > 5 })
	looking := s.start("status", "--config", s.config, "--format", "json")
	<-looking.done
	if !strings.Contains(looking.log.String(), `"runningSince"`) {
		t.Errorf("the status does not show that a run is under way: %s", looking.log)
	}
	if code := d.stop(syscall.SIGTERM); code != exitClean {
		t.Errorf("exit code %d", code)
	}
	p := s.open()
	runs, err := p.store.Runs(t.Context(), "web", 1)
	if err != nil || len(runs) != 1 {
		t.Fatalf("%v %v", runs, err)
	}
	pending, err := p.store.Pending(t.Context(), "web")
	if err != nil || len(pending) > 0 {
		t.Errorf("left under way: %v %v", pending, err)
	}
	owned, err := p.store.Owned(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	states := map[reconcile.State]int{}
	for _, change := range runs[0].Changes {
		states[change.State]++
	}
	if states[reconcile.StateSkipped] == 0 || states[reconcile.StateApplied] != len(owned) || len(runs[0].Changes) != files {
		t.Errorf("%v of %d changes, and %d owned: %s %s", states, len(runs[0].Changes), len(owned), runs[0].Outcome, runs[0].Message)
	}
	p.close()
	expect(t, reconcile.Run{Target: "web", Outcome: only(t, s.pass(), "web").Outcome}, reconcile.OutcomeOK)
	s.files(contents(files))
}
