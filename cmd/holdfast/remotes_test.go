package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	helmregistry "helm.sh/helm/v4/pkg/registry"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
)

// fileChart is the archive of a chart that makes one File, with a content.
func fileChart(t *testing.T, version, content string) []byte {
	t.Helper()
	return tarball(t, map[string]string{
		"web/Chart.yaml":       "apiVersion: v2\nname: web\nversion: " + version + "\n",
		"web/values.yaml":      "suffix: ''\n",
		"web/templates/a.yaml": aFile("a", content+"{{ .Values.suffix }}"),
	})
}

// chartHub is an OCI registry in plain HTTP on this machine, to which charts
// are pushed by Helm's own library. With trouble set, that answers.
type chartHub struct {
	*httptest.Server
	trouble atomic.Pointer[http.HandlerFunc]
}

func newChartHub(t *testing.T) *chartHub {
	t.Helper()
	h := &chartHub{}
	honest := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if trouble := h.trouble.Load(); trouble != nil {
			(*trouble)(w, r)
			return
		}
		honest.ServeHTTP(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *chartHub) url(path string) string {
	return "oci://" + strings.TrimPrefix(h.URL, "http://") + path
}

func (h *chartHub) fails(how http.HandlerFunc) { h.trouble.Store(&how) }

func (h *chartHub) recovers() { h.trouble.Store(nil) }

// push gives the digests of the manifest and of the archive in it.
func (h *chartHub) push(t *testing.T, version string, archive []byte) (manifest, layer string) {
	t.Helper()
	client, err := helmregistry.NewClient(helmregistry.ClientOptPlainHTTP(), helmregistry.ClientOptWriter(io.Discard),
		helmregistry.ClientOptCredentialsFile(filepath.Join(t.TempDir(), "none.json")))
	if err != nil {
		t.Fatal(err)
	}
	pushed, err := client.Push(archive, strings.TrimPrefix(h.url("/charts/web:"+version), "oci://"))
	if err != nil {
		t.Fatal(err)
	}
	return pushed.Manifest.Digest, pushed.Chart.Digest
}

// status is what a pass of its own would answer all with.
func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// chartTarget is a target that is made of a chart elsewhere.
const chartTarget = `
remotes: [%s]
targets:
  - name: web
    driver: host
    path: web
    mode: apply
    prune: true
    settings: {root: ROOT}
    render:
      chart: {%s}
`

// A chart of a registry or of a server is applied only as what it is pinned to.
// What is wrong with how it is named, or with what comes, is told at its place;
// a server that is away is no mistake. Either way nothing is changed.
func TestRemoteCharts(t *testing.T) {
	t.Setenv("HOLDFAST_CACHE", "")
	hub := newChartHub(t)
	archive := fileChart(t, "1.4.2", "from the hub")
	manifest, layer := hub.push(t, "1.4.2", archive)
	hub.push(t, "1.4.3", fileChart(t, "1.4.3", "newer"))
	other := "sha256:" + sum(nil)
	listed := fileChart(t, "2.0.0", "from the shop")
	server, ca := policyServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		plain := "http://" + strings.TrimPrefix(hub.URL, "http://") + "/x"
		switch r.URL.Path {
		case "/stable/web.tgz":
			w.Write(listed)
		case "/stable/index.yaml":
			fmt.Fprintf(w, "entries: {web: [{version: 2.0.0, digest: %s, urls: [web.tgz]}, {version: 2.1.0, digest: %s, urls: ['https://elsewhere.example.com/web.tgz']}]}\n", sum(listed), sum(listed))
		case "/stable/broken.tgz":
			w.WriteHeader(http.StatusInternalServerError)
		case "/stable/hangs-up.tgz":
			panic(http.ErrAbortHandler)
		case "/stable/plain.tgz":
			http.Redirect(w, r, plain, http.StatusFound)
		case "/stable/huge.tgz":
			part := make([]byte, 1<<20)
			for range 65 {
				w.Write(part)
			}
		default:
			http.NotFound(w, r)
		}
	}))
	t.Setenv("SSL_CERT_FILE", ca)
	allowed := `"` + hub.url("/charts") + `", "` + server.URL + `/stable"`
	const hubbed, shopped = "from the hub", "from the shop"
	oci := func(rest string) string { return `url: "` + hub.url("/charts/web") + rest }
	https := func(rest string) string { return `url: "` + server.URL + "/stable" + rest }
	for name, test := range map[string]struct {
		chart string
		code  int
		says  string // the content of the file, or a part of what is said
		audit bool
	}{
		"manifest":             {oci(`", digest: "` + manifest + `"`), exitClean, hubbed, true},
		"tag and manifest":     {oci(`:1.4.2", digest: "` + manifest + `"`), exitClean, hubbed, false},
		"tag and archive":      {oci(`:1.4.2", digest: "` + layer + `"`), exitClean, hubbed, false},
		"version":              {oci(`", version: "1.4.2"`), exitClean, hubbed, false},
		"version and digest":   {oci(`", version: "1.4.2", digest: "` + layer + `"`), exitClean, hubbed, false},
		"archive":              {https(`/web.tgz", digest: "sha256:` + sum(listed) + `"`), exitClean, shopped, false},
		"listed":               {https(`", name: web, version: "2.0.0"`), exitClean, shopped, false},
		"listed and digest":    {https(`", name: web, version: "v2.0.0", digest: "sha256:` + sum(listed) + `"`), exitClean, shopped, false},
		"another manifest":     {oci(`:1.4.3", digest: "` + manifest + `"`), exitMistake, "yaml:14:20", false},
		"another digest":       {https(`/web.tgz", digest: "` + other + `"`), exitMistake, "yaml:14:20: the chart " + server.URL + "/stable/web.tgz cannot be had", true},
		"a digest of nothing":  {oci(`", digest: "` + other + `"`), exitMistake, "yaml:14:20", false},
		"no such version":      {oci(`", version: "1.4.4"`), exitMistake, "yaml:14:20", false},
		"no such listed":       {https(`", name: web, version: "2.0.1"`), exitMistake, "no version 2.0.1 of chart web", false},
		"listed elsewhere":     {https(`", name: web, version: "2.1.0"`), exitMistake, "https://elsewhere.example.com/web.tgz, which is not allowed", false},
		"not there":            {https(`/none.tgz", digest: "` + other + `"`), exitMistake, "404", false},
		"a tag alone":          {oci(`:1.4.2"`), exitMistake, "yaml:14:20: targets[0].render.chart: what comes over the network is pinned", false},
		"a range":              {oci(`", version: "^1.4"`), exitMistake, "expected an exact version", false},
		"half a version":       {oci(`", version: "1.4"`), exitMistake, "expected an exact version", false},
		"a range in a shop":    {https(`", name: web, version: ">=2.0.0"`), exitMistake, "expected an exact version", false},
		"elsewhere":            {`url: "` + server.URL + `/stable2/web.tgz", digest: "` + other + `"`, exitMistake, "yaml:14:20: targets[0].render.chart.url: it is not within", false},
		"another registry":     {`url: "oci://127.0.0.1:1/charts/web", digest: "` + other + `"`, exitMistake, "is not within", false},
		"a server error":       {https(`/broken.tgz", digest: "` + other + `"`), exitFault, "500", true},
		"a server that is cut": {https(`/hangs-up.tgz", digest: "` + other + `"`), exitFault, "yaml:14:20", false},
		"a way out of TLS":     {https(`/plain.tgz", digest: "` + other + `"`), exitFault, "redirect", false},
		"too large":            {https(`/huge.tgz", digest: "` + other + `"`), exitFault, "larger than the limit", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("HOLDFAST_CACHE", t.TempDir())
			s := newSite(t, fmt.Sprintf(chartTarget, allowed, test.chart))
			s.commit(map[string]string{"web/readme.txt": "a chart from elsewhere\n"})
			out, errs, code := s.check()
			if code != test.code {
				t.Errorf("check: exit code %d\n%s%s", code, out, errs)
			}
			if test.code != exitClean && !strings.Contains(strings.ReplaceAll(out, "  error\n    ", ": "), test.says) {
				t.Errorf("check does not say %q:\n%s%s", test.says, out, errs)
			}
			out, errs, code = s.holdfast("apply", "--config", s.config)
			if code != test.code {
				t.Errorf("apply: exit code %d\n%s%s", code, out, errs)
			}
			after := map[string]string{}
			if test.code == exitClean {
				after["a"] = test.says
			} else if !strings.Contains(out+errs, test.says) {
				t.Errorf("apply does not say %q:\n%s%s", test.says, out, errs)
			}
			s.files(after)
			if !test.audit {
				return
			}
			if _, _, code = s.holdfast("audit", "--config", s.config, "--format", "json"); code != test.code {
				t.Errorf("audit: exit code %d", code)
			}
		})
	}
}

// check judges the work tree by the operator's file, but for its source.
func (s *site) check() (stdout, stderr string, code int) {
	s.t.Helper()
	text, err := os.ReadFile(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	write(s.t, filepath.Join(s.repo, "check.yaml"), "#"+string(text)) // the source is in its first line
	return s.holdfast("check", "--config", "check.yaml", "--no-builtin", "--allow-empty")
}

// statusOf is what `holdfast status` says of the only target.
func (s *site) statusOf() reconcile.TargetStatus {
	s.t.Helper()
	out, errs, _ := s.holdfast("status", "--config", s.config, "--format", "json")
	var status reconcile.Status
	if err := json.Unmarshal([]byte(out), &status); err != nil || len(status.Targets) != 1 {
		s.t.Fatalf("%v: %s%s", err, out, errs)
	}
	return status.Targets[0]
}

// While a registry is away the daemon keeps the last good revision in line,
// marks nothing as bad, says why, and takes the new revision up by itself.
func TestDaemonWaitsForARegistry(t *testing.T) {
	t.Setenv("HOLDFAST_CACHE", t.TempDir())
	hub := newChartHub(t)
	one, _ := hub.push(t, "1.0.0", fileChart(t, "1.0.0", "one"))
	two, _ := hub.push(t, "2.0.0", fileChart(t, "2.0.0", "two"))
	s := newSite(t, "remotes: ['"+hub.url("/charts")+"']\ndestinations: [{driver: host, root: ROOT}]\n")
	targets := func(digest string) string {
		return "targets:\n  - {name: web, driver: host, path: web, mode: apply, rollback: true, settings: {root: " + s.root + "}, render: {chart: {url: '" +
			hub.url("/charts/web") + "', digest: '" + digest + "'}}}\n"
	}
	s.commit(map[string]string{"holdfast.yaml": targets(one), "web/x.txt": "x"})
	d := s.start("run", "--config", s.config)
	eventually(t, "the first apply", s.holds("a", "one"))
	hub.fails(status(http.StatusServiceUnavailable))
	bad := s.commit(map[string]string{"holdfast.yaml": targets(two)})
	eventually(t, "the fault is told", func() bool { return strings.Contains(d.log.String(), "503") })
	eventually(t, "drift is corrected meanwhile", func() bool {
		write(t, filepath.Join(s.root, "a"), "by hand")
		time.Sleep(300 * time.Millisecond)
		return s.holds("a", "one")()
	})
	eventually(t, "it is tried again", func() bool { return strings.Count(d.log.String(), "503") >= 3 })
	told := s.statusOf()
	if told.Outcome != reconcile.OutcomeFailed || !strings.Contains(told.Message, "holdfast.yaml:2:") || !strings.Contains(told.Message, "503") ||
		told.Bad != nil || told.Good == bad {
		t.Errorf("status %+v", told)
	}
	hub.recovers()
	eventually(t, "the new revision is taken up", s.holds("a", "two"))
	// What was fetched needs no registry any more: not for another revision, nor in a new process.
	hub.Close()
	s.commit(map[string]string{"holdfast.yaml": strings.Replace(targets(two), "digest:", "values: {suffix: ' again'}, digest:", 1)})
	eventually(t, "a revision without the registry", s.holds("a", "two again"))
	if code := d.stop(syscall.SIGTERM); code != exitClean {
		t.Errorf("exit code %d", code)
	}
	write(t, filepath.Join(s.root, "a"), "by hand")
	if out, errs, code := s.holdfast("run", "--once", "--config", s.config); code != exitClean {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	s.files(map[string]string{"a": "two again"})
}

// A chart that was not there yet, or was another, is a mistake that may mend
// itself: the loop sees it without a new commit.
func TestAChartThatComesLate(t *testing.T) {
	t.Setenv("HOLDFAST_CACHE", t.TempDir())
	hub := newChartHub(t)
	hub.push(t, "1.0.0", fileChart(t, "1.0.0", "one"))
	s := newSite(t, fmt.Sprintf(chartTarget, `"`+hub.url("/charts")+`"`, `url: "`+hub.url("/charts/web")+`", version: "2.0.0"`))
	s.commit(map[string]string{"web/x.txt": "x"})
	p := s.open()
	defer p.close()
	if result := p.pass(); only(t, result, "web").Outcome != reconcile.OutcomeHeld || passCode(result) != exitMistake {
		t.Errorf("got %+v", result)
	}
	hub.push(t, "2.0.0", fileChart(t, "2.0.0", "two"))
	expect(t, only(t, p.pass(), "web"), reconcile.OutcomeOK, "create a applied")
	s.files(map[string]string{"a": "two"})
}

// A server that says nothing costs its time once, and not for each target.
func TestRemotesThatHang(t *testing.T) {
	t.Setenv("HOLDFAST_CACHE", t.TempDir())
	hub := newChartHub(t)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	hub.fails(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	r := newRemotes(&config.Config{Remotes: []config.Remote{{URL: hub.url("/charts")}, {URL: "https://" + hub.Listener.Addr().String()}}})
	ask := func() (allowed, err error) {
		ctx, cancel := context.WithTimeout(t.Context(), remoteTimeout)
		defer cancel()
		_, err = r.chart(ctx, &sources.Chart{URL: hub.url("/charts/web"), Version: "1.0.0"})
		return ctx.Err(), err
	}
	r.late[hub.Listener.Addr().String()] = time.Now()
	if allowed, err := ask(); allowed != nil || !errors.Is(err, sources.ErrAway) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, with the time that it was allowed: %v", err, allowed)
	}
	hub.recovers()
	hub.push(t, "1.0.0", fileChart(t, "1.0.0", "one"))
	if _, err := ask(); err != nil || len(r.late) != 0 {
		t.Errorf("it is not forgiven: %v", err)
	}
}

// gitBackend is Git's own server for the repositories below a folder.
func gitBackend(s *site, folder string) *cgi.Handler {
	s.t.Helper()
	return &cgi.Handler{
		Path: filepath.Join(s.git("--exec-path"), "git-http-backend"), Dir: folder,
		Env: []string{"GIT_PROJECT_ROOT=" + folder, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1",
			"GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*", "GIT_CONFIG_NOSYSTEM=1"},
		Logger: log.New(io.Discard, "", 0), Stderr: io.Discard,
	}
}

// gitServer is git http-backend behind TLS, for the repositories below a folder.
func gitServer(t *testing.T, s *site, folder string) (server *httptest.Server, asked *atomic.Int64, trouble *atomic.Bool) {
	t.Helper()
	asked, trouble = &atomic.Int64{}, &atomic.Bool{}
	backend := gitBackend(s, folder)
	server, ca := policyServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if trouble.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	t.Setenv("SSL_CERT_FILE", ca)
	return server, asked, trouble
}

// A base of another repository is built at the commit that is named, and
// nothing else of what a kustomization may name is.
func TestRemoteBases(t *testing.T) {
	t.Setenv("HOLDFAST_CACHE", t.TempDir())
	s := newSite(t, "")
	upstream := &site{t: t, repo: filepath.Join(s.folder, "git", "acme", "base"), root: s.root}
	s.git("init", "-q", "-b", "main", upstream.repo)
	first := upstream.commit(map[string]string{
		"deploy/kustomization.yaml": "resources: [a.yaml]\n", "deploy/a.yaml": aFile("a", "one"),
	})
	second := upstream.commit(map[string]string{"deploy/a.yaml": aFile("a", "two")})
	upstream.commit(map[string]string{"deploy/a.yaml": aFile("a", "newest")})
	server, asked, trouble := gitServer(t, s, filepath.Join(s.folder, "git"))
	base := func(ref string) string { return server.URL + "/acme/base/.git//deploy?ref=" + ref }
	configure := func(remotes string) { s.configure("remotes: [" + remotes + "]\n" + oneTarget) }
	configure(`"` + server.URL + `/acme/base"`)
	write := func(entry string) string {
		return s.commit(map[string]string{"web/kustomization.yaml": "resources:\n- own.yaml\n- " + entry + "\n", "web/own.yaml": aFile("own", "here")})
	}
	pass := func(want int, says string) {
		t.Helper()
		out, errs, code := s.holdfast("apply", "--config", s.config)
		if code != want || !strings.Contains(out+errs, says) {
			t.Errorf("exit code %d, want %d with %q\n%s%s", code, want, says, out, errs)
		}
	}
	write(base(first))
	pass(exitClean, "")
	s.files(map[string]string{"a": "one", "own": "here"})
	if out, errs, code := s.check(); code != exitClean {
		t.Errorf("check: exit code %d\n%s%s", code, out, errs)
	}

	for name, test := range map[string]struct{ entry, says string }{
		"a branch":             {base("main"), "web/kustomization.yaml:3:3: " + base("main") + " is not pinned"},
		"half a hash":          {base(first[:12]), "is not pinned"},
		"another repository":   {server.URL + "/acme/other//deploy?ref=" + first, "it is not within the remotes of"},
		"no such commit":       {base(strings.Repeat("0", 39) + "1"), "web/kustomization.yaml:3:3"},
		"a file by its URL":    {server.URL + "/acme/base/deploy/a.yaml", "is not pinned"},
		"a folder not there":   {server.URL + "/acme/base/.git//none?ref=" + first, "is not there"},
		"what is not over TLS": {"http://" + server.Listener.Addr().String() + "/acme/base//deploy?ref=" + first, "only Git over https"},
	} {
		write(test.entry)
		pass(exitMistake, test.says)
		s.files(map[string]string{"a": "one", "own": "here"})
		if t.Failed() {
			t.Fatal(name)
		}
	}

	// The server is away: for what was fetched nobody asks it, for the rest it is waited.
	trouble.Store(true)
	before := asked.Load()
	write(base(first) + " # again")
	pass(exitClean, "")
	if asked.Load() != before {
		t.Errorf("the server was asked %d times for what is there", asked.Load()-before)
	}
	held := write(base(second))
	pass(exitFault, "502")
	s.files(map[string]string{"a": "one", "own": "here"})
	if told := s.statusOf(); told.Outcome != reconcile.OutcomeFailed || told.Bad != nil || told.Good == held || !strings.Contains(told.Message, "web/kustomization.yaml:3:3") {
		t.Errorf("status %+v", told)
	}
	trouble.Store(false)
	pass(exitClean, "")
	s.files(map[string]string{"a": "two", "own": "here"})

	// A configuration that is found may be that of a change under review: nothing is fetched for it.
	found := "remotes: ['" + server.URL + "/acme/base']\ntargets: [{name: web, driver: host, path: web, settings: {root: /}}]\n"
	if err := os.WriteFile(filepath.Join(s.repo, "holdfast.yaml"), []byte(found), 0o600); err != nil {
		t.Fatal(err)
	}
	before = asked.Load()
	out, errs, code := s.holdfast("check", "--no-builtin", "--allow-empty", "--format", "json")
	if code != exitClean || !strings.Contains(out, "nothing may be fetched here") || asked.Load() != before {
		t.Errorf("exit code %d, asked %d times\n%s%s", code, asked.Load()-before, out, errs)
	}
	if err := os.Remove(filepath.Join(s.repo, "holdfast.yaml")); err != nil {
		t.Fatal(err)
	}

	// Nobody allowed it any more.
	configure("")
	pass(exitMistake, "web/kustomization.yaml:3:3: "+base(second)+" is remote, and nothing may be fetched here")
}
