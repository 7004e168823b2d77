package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// tarball is a gzipped tar archive of the files.
func tarball(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	archive := tar.NewWriter(compressed)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(files[name])), Mode: 0o644})
		if _, writeErr := io.WriteString(archive, files[name]); errors.Join(err, writeErr) != nil {
			t.Fatal(err, writeErr)
		}
	}
	if err := errors.Join(archive.Close(), compressed.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sum(content []byte) string {
	digest := sha256.Sum256(content)
	return hex.EncodeToString(digest[:])
}

// signed adds the signature of a bundle of Rego files, as OPA documents it: a
// JSON Web Signature (RFC 7515) over the digests of the files.
func signed(t *testing.T, key *rsa.PrivateKey, files map[string]string) map[string]string {
	t.Helper()
	type hashed struct {
		Name      string `json:"name"`
		Hash      string `json:"hash"`
		Algorithm string `json:"algorithm"`
	}
	var payload struct {
		Files []hashed `json:"files"`
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		payload.Files = append(payload.Files, hashed{name, sum([]byte(files[name])), "SHA-256"})
	}
	raw, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"RS256"}`)) + "." + encode(raw)
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	all := maps.Clone(files)
	all[".signatures.json"] = `{"signatures": ["` + text + "." + encode(signature) + `"]}`
	return all
}

func newKey(t *testing.T) (private *rsa.PrivateKey, publicPEM string) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return private, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: raw}))
}

// policyServer serves over TLS, with its certificate in a file.
func policyServer(t *testing.T, handler http.Handler) (s *httptest.Server, ca string) {
	t.Helper()
	s = httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.StartTLS()
	t.Cleanup(s.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))
	return s, ca
}

// bundledSite is a folder that the rules of the bundle find something in.
func bundledSite(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("HOLDFAST_CACHE", filepath.Join(t.TempDir(), "cache"))
	write(t, filepath.Join(dir, "web", "a.yaml"), aFile("a", "bad"))
	return dir
}

// A bundle from a server is held against its key and its digest, and each way
// in which it fails has its exit code.
func TestRemoteBundles(t *testing.T) {
	private, public := newKey(t)
	_, otherKey := newKey(t)
	content := tarball(t, signed(t, private, map[string]string{"bad.rego": denyBad}))
	var token string
	server, ca := policyServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch token = r.Header.Get("Authorization"); r.URL.Path {
		case "/base.tar.gz":
			w.Write(content)
		case "/down":
			w.WriteHeader(http.StatusBadGateway)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	dir := bundledSite(t)
	keys := t.TempDir()
	write(t, filepath.Join(keys, "key.pem"), public)
	write(t, filepath.Join(keys, "other.pem"), otherKey)
	t.Setenv("POLICY_TOKEN", "correct-horse")
	check := func(entry string) (int, string) {
		t.Helper()
		file := filepath.Join(dir, "config.yaml")
		write(t, file, "policies:\n  builtin: false\n  bundles:\n    - {caFile: "+ca+", "+entry+"}\n")
		return cli(t, dir, "check", "web", "--config", file)
	}
	quoted := `"` + strings.ReplaceAll(public, "\n", `\n`) + `"`
	pin := "sha256:" + sum(content)
	for name, test := range map[string]struct {
		entry string
		code  int
		says  string
	}{
		"signed":                {`url: "` + server.URL + `/base.tar.gz", key: ` + keys + `/key.pem, tokenEnv: POLICY_TOKEN`, exitBlocked, "acme/bad"},
		"signed, the key here":  {`url: "` + server.URL + `/base.tar.gz", key: ` + quoted, exitBlocked, ""},
		"signed by another":     {`url: "` + server.URL + `/base.tar.gz", key: ` + keys + `/other.pem`, exitMistake, "the signature is not accepted"},
		"a key that is missing": {`url: "` + server.URL + `/base.tar.gz", key: ` + keys + `/none.pem`, exitMistake, "there is no file"},
		"another digest":        {`url: "` + server.URL + `/base.tar.gz", digest: "sha256:` + sum(nil) + `"`, exitMistake, pin + ", and sha256:" + sum(nil) + " is pinned"},
		"not there":             {`url: "` + server.URL + `/none.tar.gz", key: ` + keys + `/key.pem`, exitMistake, "404"},
		"down":                  {`url: "` + server.URL + `/down", key: ` + keys + `/key.pem`, exitFault, "502"},
		"pinned":                {`url: "` + server.URL + `/base.tar.gz", digest: "` + pin + `"`, exitBlocked, ""},
	} {
		token = ""
		code, output := check(test.entry)
		if code != test.code || !strings.Contains(output, test.says) {
			t.Errorf("%s: exit code %d:\n%s", name, code, output)
		}
		if want := map[bool]string{true: "Bearer correct-horse"}[strings.Contains(test.entry, "tokenEnv")]; token != want {
			t.Errorf("%s: sent %q", name, token)
		}
		if strings.Contains(output, "correct-horse") {
			t.Errorf("%s: the token is shown:\n%s", name, output)
		}
	}
	server.Close()
	if code, output := check(`url: "` + server.URL + `/base.tar.gz", digest: "` + pin + `"`); code != exitBlocked {
		t.Errorf("pinned, without a network: exit code %d:\n%s", code, output)
	}
	if code, output := check(`url: "` + server.URL + `/base.tar.gz", key: ` + keys + `/key.pem`); code != exitFault {
		t.Errorf("signed, without a network: exit code %d:\n%s", code, output)
	}
}

// A registry on this machine, by the digest of the manifest on the command line.
func TestBundleOfARegistry(t *testing.T) {
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	send := func(method, path, mediaType string, content []byte) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", mediaType)
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if response.Body.Close(); response.StatusCode != http.StatusCreated {
			t.Fatalf("%s %s: %s", method, path, response.Status)
		}
	}
	content := tarball(t, map[string]string{"bad.rego": denyBad})
	layer := "sha256:" + sum(content)
	send(http.MethodPost, "/v2/acme/base/blobs/uploads/?digest="+layer, "application/octet-stream", content)
	manifest := []byte(`{"schemaVersion": 2, "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "` + layer + `", "size": ` + jsonOf(t, len(content)) + `}]}`)
	send(http.MethodPut, "/v2/acme/base/manifests/v1", "application/vnd.oci.image.manifest.v1+json", manifest)
	dir := bundledSite(t)
	url := "oci://" + strings.TrimPrefix(server.URL, "http://") + "/acme/base"
	for name, test := range map[string]struct {
		policy string
		code   int
	}{
		"digest":            {url + "@sha256:" + sum(manifest), exitBlocked},
		"tag and bundle":    {url + ":v1@" + layer, exitBlocked},
		"tag alone":         {url + ":v1", exitMistake},
		"another digest":    {url + ":v1@sha256:" + sum(nil), exitMistake},
		"nothing like that": {url + "@sha256:" + sum(nil), exitMistake},
	} {
		if code, output := cli(t, dir, "check", "web", "--no-builtin", "--policy", test.policy); code != test.code {
			t.Errorf("%s: exit code %d:\n%s", name, code, output)
		}
	}
}

func jsonOf(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// A change does not weaken a bundle that the base has, nor does it hide what it
// brings by taking the bundle away; and a run goes by it as a check does.
func TestBundleBeforeMerge(t *testing.T) {
	t.Setenv("HOLDFAST_CACHE", t.TempDir())
	s := newSite(t, "")
	settings := "targets:\n  - {name: web, driver: host, path: web, mode: apply, settings: {root: " + s.root + "}}\n"
	write(t, filepath.Join(s.repo, "holdfast.yaml"), "policies: {builtin: false, bundles: [vendor/base.tar.gz]}\n"+settings)
	write(t, filepath.Join(s.repo, "vendor", "base.tar.gz"), string(tarball(t, map[string]string{"bad.rego": denyBad})))
	write(t, filepath.Join(s.repo, "web", "a.yaml"), aFile("a", "good"))
	s.git("add", "-A")
	s.git("commit", "-q", "-m", "The base")
	write(t, filepath.Join(s.repo, "web", "a.yaml"), aFile("a", "bad"))
	harmless := strings.Replace(denyBad, "deny contains", "warn contains", 1)
	if harmless == denyBad {
		t.Fatal("the rule is as it was")
	}
	for name, change := range map[string]func(){
		"as it was": func() {},
		"weakened": func() {
			write(t, filepath.Join(s.repo, "vendor", "base.tar.gz"), string(tarball(t, map[string]string{"bad.rego": harmless})))
		},
		"taken away": func() {
			write(t, filepath.Join(s.repo, "holdfast.yaml"), "policies: {builtin: true}\n"+settings)
			if err := os.RemoveAll(filepath.Join(s.repo, "vendor")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		s.git("checkout", "-q", "--", "vendor", "holdfast.yaml")
		change()
		if code, output := cli(t, s.repo, "check", "--base", "HEAD"); code != exitBlocked || !strings.Contains(output, "web/a.yaml:") {
			t.Errorf("%s: exit code %d:\n%s", name, code, output)
		}
	}
	s.git("checkout", "-q", "--", "vendor", "holdfast.yaml")
	if out, errs, code := s.holdfast("run", "--once"); code != exitBlocked {
		t.Errorf("run: exit code %d\n%s%s", code, out, errs)
	}
	if _, err := os.Stat(filepath.Join(s.root, "a")); err == nil {
		t.Error("what the bundle's rule blocks was applied")
	}
}

// What the base's configuration may not name is not fetched either, and the
// change that mends it gets in.
func TestBundleThatTheBaseMayNotName(t *testing.T) {
	asked := 0
	server, ca := policyServer(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	s := newSite(t, "")
	pin := "sha256:" + sum(nil)
	write(t, filepath.Join(s.repo, "holdfast.yaml"), "policies:\n  bundles:\n    - {url: '"+server.URL+"', digest: '"+pin+"', caFile: "+ca+"}\n")
	write(t, filepath.Join(s.repo, "web", "a.yaml"), aFile("a", "good"))
	s.git("add", "-A")
	s.git("commit", "-q", "-m", "The base")
	if code, output := cli(t, s.repo, "check"); code != exitMistake || !strings.Contains(output, "the operator's") {
		t.Errorf("as it is: exit code %d:\n%s", code, output)
	}
	write(t, filepath.Join(s.repo, "holdfast.yaml"), "policies: {}\n")
	if code, output := cli(t, s.repo, "check", "--base", "HEAD"); code != exitClean {
		t.Errorf("mended: exit code %d:\n%s", code, output)
	}
	if asked != 0 {
		t.Errorf("the server was asked %d times", asked)
	}
}

// Two bundles that are shown alike are not taken for one.
func TestBundlesThatAreCalledTheSame(t *testing.T) {
	dir := newSite(t, "").repo
	write(t, filepath.Join(dir, "web", "a.yaml"), aFile("a", "bad"))
	write(t, filepath.Join(dir, "holdfast.yaml"), "policies: {builtin: false, bundles: [base.tar.gz, base.tar.gz]}\n")
	bad := tarball(t, map[string]string{"bad.rego": denyBad})
	write(t, filepath.Join(dir, "base.tar.gz"), string(bad))
	write(t, filepath.Join(dir, "web", "base.tar.gz"), string(bad))
	if code, output := cli(t, filepath.Join(dir, "web"), "check", "--policy", "base.tar.gz"); code != exitBlocked {
		t.Errorf("the same twice: exit code %d:\n%s", code, output)
	}
	write(t, filepath.Join(dir, "web", "base.tar.gz"), string(tarball(t, map[string]string{"bad.rego": "package holdfast.acme.other\n"})))
	if code, output := cli(t, filepath.Join(dir, "web"), "check", "--policy", "base.tar.gz"); code != exitMistake || !strings.Contains(output, "called the same") {
		t.Errorf("two: exit code %d:\n%s", code, output)
	}
}

const labelTemplate = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: needslabel}
spec:
  crd: {spec: {names: {kind: NeedsLabel}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package needslabel
        violation[{"msg": "it has no owner"}] { not input.review.object.metadata.labels.owner }
`

const labelConstraint = `apiVersion: constraints.gatekeeper.sh/v1beta1
kind: NeedsLabel
metadata: {name: owner}
`

// A bundle may hold rules of each dialect, and they judge as such.
func TestBundleOfAllDialects(t *testing.T) {
	dir := bundledSite(t)
	write(t, filepath.Join(dir, "all.tar.gz"), string(tarball(t, map[string]string{
		"native/bad.rego":         denyBad,
		"conftest/main.rego":      "package main\n\ndeny contains \"no files\" if input.kind == \"File\"\n",
		"gatekeeper/label.yaml":   labelTemplate,
		"gatekeeper/owner.yaml":   labelConstraint,
		"docs/not-a-policy.yaml":  "title: a page\n",
		"conftest/main_test.rego": "package main\n\ntest_deny if deny with input as {\"kind\": \"File\"}\n",
	})))
	for range 2 { // named twice, it is taken once
		code, output := cli(t, dir, "check", "web", "--no-builtin", "--policy", "all.tar.gz", "--policy", "./all.tar.gz")
		if code != exitBlocked {
			t.Errorf("exit code %d:\n%s", code, output)
		}
		for _, rule := range []string{"acme/bad", "main.deny", "NeedsLabel/owner"} {
			if n := strings.Count(output, rule); n != 1 {
				t.Errorf("%s is there %d times:\n%s", rule, n, output)
			}
		}
	}
}

// While the server of a bundle is away, a new revision waits, and the last good
// one is kept in line; then the new one is taken up.
func TestARevisionWaitsForItsBundle(t *testing.T) {
	t.Setenv("HOLDFAST_CACHE", "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	private, public := newKey(t)
	content := tarball(t, signed(t, private, map[string]string{"bad.rego": denyBad}))
	away := false
	server, ca := policyServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if away {
			w.WriteHeader(http.StatusGatewayTimeout)
			return
		}
		w.Write(content)
	}))
	write(t, filepath.Join(filepath.Dir(ca), "key.pem"), public)
	s := newSite(t, "policies: {builtin: false, bundles: [{url: '"+server.URL+"/base', key: "+filepath.Dir(ca)+"/key.pem, caFile: "+ca+"}]}\n"+oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	p := s.open()
	defer p.close()
	p.pass()
	s.files(map[string]string{"a": "one"})

	away = true
	s.commit(map[string]string{"web/a.yaml": aFile("a", "two")})
	write(t, filepath.Join(s.root, "a"), "by hand")
	result := p.pass()
	expect(t, only(t, result, "web"), reconcile.OutcomeHeld, "update a applied")
	if result.FetchErr == nil || !strings.Contains(result.FetchErr.Error(), "504") || passCode(result) != exitFault {
		t.Errorf("exit code %d: %v", passCode(result), result.FetchErr)
	}
	s.files(map[string]string{"a": "one"})

	away = false
	p.pass()
	s.files(map[string]string{"a": "two"})
	s.commit(map[string]string{"web/a.yaml": aFile("a", "bad")})
	expect(t, only(t, p.pass(), "web"), reconcile.OutcomeBlocked, "update a blocked")
}
