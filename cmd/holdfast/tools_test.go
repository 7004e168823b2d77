package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// curious makes all sorts of things of what it sees, and so shows them in its traces.
const curious = `# METADATA
# custom: {id: acme/curious}
package holdfast.acme.curious

deny contains {"msg": "curious", "path": ["metadata", "name"]} if {
	all := input.resource
	texts := [text | walk(all, [_, text]); is_string(text)]
	big := [upper(text) | some text in texts]
	backwards := [strings.reverse(text) | some text in texts]
	hexed := [hex.encode(text) | some text in texts]
	encoded := [base64.encode(text) | some text in texts]
	joined := concat("+", texts)
	words := split(joined, "-")
	decoded := [base64.decode(text) | some text in texts; base64.is_valid(text)]
	lengths := {text: count(text) | some text in texts}
	long(texts)
	count(big) + count(backwards) + count(hexed) + count(encoded) + count(words) + count(decoded) + count(lengths) > 0
}

long(texts) if {
	some text in texts
	cut := substring(text, 0, 12)
	startswith(text, cut)
}
`

// A secret is neither in a trace nor in an explanation, whatever the rule made
// of it, and wherever the secret stands: in a Secret, in a sensitive file, or in
// clear, where another rule finds it.
func TestCanaryOfTraces(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	var canaries []string
	secret := func(name string) string {
		value := "kanarie-" + name + "-7f3e9c58"
		canaries = append(canaries, value)
		return value
	}
	write(t, filepath.Join(s.repo, "policies", "curious.rego"), curious)
	write(t, filepath.Join(s.repo, "deploy", "a.yaml"), "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\ndata:\n  key: "+
		base64.StdEncoding.EncodeToString([]byte(secret("encoded")))+"\nstringData:\n  other: |\n    "+secret("block")+"\n    "+secret("second")+"\n")
	write(t, filepath.Join(s.repo, "deploy", "b.yaml"), aFile("b", "user "+secret("file")+" and more")+"  sensitive: true\n")
	write(t, filepath.Join(s.repo, "deploy", "c.yaml"), "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  containers:\n"+
		"  - {name: web, image: web, env: [{name: DB_PASSWORD, value: "+secret("clear")+"}]}\n")

	var shown bytes.Buffer
	holdfast := func(args ...string) string {
		out, errs, code := s.holdfast(args...)
		if code > exitBlocked {
			t.Errorf("%v: exit code %d\n%s", args, code, errs)
		}
		shown.WriteString(out + errs)
		return out
	}
	for _, flags := range [][]string{{"deploy", "--policy", "policies"}, {"deploy", "--policy", "policies", "--no-builtin"}} {
		var report reconcile.Report
		if err := json.Unmarshal([]byte(holdfast(slices.Concat([]string{"check", "--format", "json"}, flags)...)), &report); err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			out := holdfast(slices.Concat([]string{"explain", f.Fingerprint}, flags)...)
			if !strings.Contains(out, "Why it fired") {
				t.Errorf("%s is not explained:\n%s", f.Rule, out)
			}
		}
	}
	for _, rule := range []string{"acme/curious", "security/plaintext-secret", "security/sensitive-file", "security/image-tag", "dr/single-replica"} {
		holdfast("policy", "eval", rule, "deploy", "--policy", "policies", "--trace")
	}
	holdfast("policy", "eval", "acme/curious", "deploy", "--policy", "policies", "--trace", "--format", "json")
	for _, picked := range []string{"Secret/s", "File/b", "Pod/web"} { // with its input
		holdfast("policy", "eval", "acme/curious", "deploy", "--policy", "policies", "--resource", picked)
	}
	text := shown.String()
	if strings.Count(text, "curious") < 20 || strings.Count(text, "(sensitive)") < 20 {
		t.Fatalf("the commands did not do their part:\n%s", text)
	}
	for _, canary := range canaries {
		reversed := []byte(canary)
		slices.Reverse(reversed)
		for form, value := range map[string]string{
			"plain": canary, "its beginning": canary[:12], "big": strings.ToUpper(canary), "backwards": string(reversed[:12]),
			"base64": base64.StdEncoding.EncodeToString([]byte(canary))[:12], "hex": hex.EncodeToString([]byte(canary))[:16], "a word": "kanarie",
		} {
			if at := strings.Index(text, value); at >= 0 {
				t.Errorf("%s is shown (%s): …%q…", canary, form, text[max(0, at-200):min(len(text), at+60)])
			}
		}
	}
}

func TestFindingByItsFingerprint(t *testing.T) {
	t.Parallel()
	report := &reconcile.Report{Findings: []reconcile.FindingRecord{{Fingerprint: "aaaaaa11"}, {Fingerprint: "aaaaaa22"}, {Fingerprint: "bbbbbb11"}}}
	for begins, want := range map[string]int{"aaaaaa1": 0, "aaaaaa22": 1, "bbbbbb": 2, "aaaaaa": -1, "cccccc": -1} {
		at, err := findingOf(report, begins)
		if err != nil {
			at = -1
			if exitCode(err) != exitMistake {
				t.Errorf("%s: exit code %d", begins, exitCode(err))
			}
		}
		if at != want {
			t.Errorf("%s is finding %d, %v; want %d", begins, at, err, want)
		}
	}
	for text, want := range map[string]bool{"3f9a1c04": true, "3f9a1": false, "dr/single-replica": false, "decade": true, "DECADE": false} {
		if isFingerprint(text) != want {
			t.Errorf("%s is taken for a fingerprint: %v", text, !want)
		}
	}
}

// Of every rule of the library, on every resource of the samples: the ways that
// the trace shows are those that the findings are from.
func TestTraceAgreesWithTheFindings(t *testing.T) {
	t.Parallel()
	var f evalFlags
	w, err := openWorkspace(t.Context(), view{paths: []string{"../../testdata/shop", "../../testdata/demo"}, read: readFolder})
	if err != nil {
		t.Fatal(err)
	}
	x, err := f.examine(t.Context(), w, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	f.trace = true
	findings := 0
	for _, rule := range x.judge.Rules() {
		evaluation, err := f.evaluate(t.Context(), x, rule.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range evaluation.Evaluated {
			shown, holds := map[string]bool{}, false
			if one.Trace != nil {
				for _, body := range one.Trace.Bodies {
					for _, way := range body.Ways {
						if way.Holds {
							shown[way.Msg], holds = true, true
						}
					}
				}
			}
			found := map[string]bool{}
			for _, f := range one.Findings {
				found[f.Msg] = true
				findings++
			}
			maps.DeleteFunc(shown, func(msg string, _ bool) bool { return len(found) > 0 && msg == resource.Mask })
			if len(shown) > 0 && !maps.Equal(shown, found) || len(one.Findings) > 0 != holds {
				t.Errorf("%s on %+v: the trace has %v, the findings are %v", rule.ID, one.Resource, shown, found)
			}
		}
	}
	if findings < 5 {
		t.Errorf("only %d findings were traced", findings)
	}
}
