package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// tellsData warns of each ConfigMap with what it holds.
const tellsData = `# METADATA
# title: Tell
# description: tells what it is given
# custom:
#   id: acme/tell
package holdfast.acme.tell

warn contains {"msg": sprintf("%s/%s is %s", [input.resource.metadata.namespace, input.resource.metadata.name, input.resource.data.value])} if {
	input.resource.kind == "ConfigMap"
}
`

// A chart of a Helm repository is fetched by the digest of its
// archive, within the operator's remotes, and built with the target's values.
func TestChartOfAHelmRepository(t *testing.T) {
	archive := tarball(t, map[string]string{
		"web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.4.2\n", "web/values.yaml": "value: none\n",
		"web/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-web}\ndata: {value: {{ .Values.value }}}\n",
	})
	repository, ca := policyServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/stable/web-1.4.2.tgz" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(archive) // a client that is gone needs no answer
	}))
	t.Setenv("SSL_CERT_FILE", ca)
	digest := "sha256:" + sum(archive)
	s := newSite(t, "")
	write(t, filepath.Join(s.repo, "policies", "tell.rego"), tellsData)
	write(t, filepath.Join(s.repo, "web", "README.md"), "The chart is elsewhere.\n")
	url := repository.URL + "/stable/web-1.4.2.tgz"
	for name, test := range map[string]struct {
		digest, remotes string
		code            int
		says            string
	}{
		"pinned and allowed": {digest, repository.URL + "/stable", exitClean, "shop/site-web is set"},
		"another digest":     {"sha256:" + sum(nil), repository.URL + "/stable", exitMistake, digest},
		"not allowed":        {digest, repository.URL + "/unstable", exitMistake, "to allow it, add to remotes"},
	} {
		t.Run(name, func(t *testing.T) {
			write(t, filepath.Join(s.repo, "holdfast.yaml"), `policies: {builtin: false, paths: [policies]}
remotes: ["`+test.remotes+`"]
targets:
  - name: web
    driver: kubernetes
    path: web
    render: {chart: {url: "`+url+`", digest: "`+test.digest+`", release: site, namespace: shop, values: {value: set}}}
`)
			t.Setenv("HOLDFAST_CACHE", t.TempDir())
			out, errs, code := s.holdfast("check", "--config", "holdfast.yaml")
			if code != test.code || !strings.Contains(out+errs, test.says) {
				t.Errorf("exit code %d, want %d, and %q in\n%s%s", code, test.code, test.says, out, errs)
			}
		})
	}
}

// A chart's hooks that are no part of an apply are told by each run, and not only by a check.
func TestHooksOfAChartThatAreNotRunAreTold(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{
		"web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "web/templates/a.yaml": aFile("a", "one"),
		"web/templates/try.yaml": aFile("try", "two", "  annotations: {helm.sh/hook: test}"),
	})
	told := "web/templates/try.yaml, document 1: a Helm hook for test, which is not run"
	wantWords(t, s.command(exitClean, "plan"), "not evaluated: "+told)
	s.command(exitClean, "apply")
	s.files(map[string]string{"a": "one"})
	if left := only(t, s.pass(), "web").NotEvaluated; len(left) != 1 || left[0].What+": "+left[0].Reason != told {
		t.Errorf("the run says %+v", left)
	}
}
