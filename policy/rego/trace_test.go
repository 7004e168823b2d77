package rego_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func trace(t *testing.T, j policy.Judge, c policy.Case, ask policy.Ask) *policy.Trace {
	t.Helper()
	if c.Now.IsZero() {
		c.Now = now
	}
	c.Phase = policy.PhaseCheck
	traced, err := j.(policy.Tracer).Trace(context.Background(), c, ask)
	if err != nil {
		t.Fatal(err)
	}
	return traced
}

// outline is a trace in few words: "+" holds, "-" does not.
func outline(bodies []policy.Body) string {
	var b strings.Builder
	var write func(indent string, bodies []policy.Body)
	sign := func(holds bool) string {
		if holds {
			return "+"
		}
		return "-"
	}
	write = func(indent string, bodies []policy.Body) {
		for _, body := range bodies {
			fmt.Fprintf(&b, "%s%s %s held %d failed %d\n", indent, body.Name, body.Location, body.Held, body.Failed)
			for _, way := range body.Ways {
				fmt.Fprintf(&b, "%s %s %s %s\n", indent, sign(way.Holds), way.Msg, way.Path)
				for _, line := range way.Lines {
					fmt.Fprintf(&b, "%s   %s %d:%d %s\n", indent, sign(line.Holds), line.Location.Line, line.Location.Column, line.Text)
					for _, v := range line.Values {
						fmt.Fprintf(&b, "%s       %s = %s\n", indent, v.Name, v.Value)
					}
					write(indent+"     ", line.Bodies)
				}
			}
		}
	}
	write("", bodies)
	return b.String()
}

const images = `# METADATA
# custom: {id: acme/images, params: {least: 80}}
package holdfast.acme.images

deny contains {"msg": msg, "path": ["containers", i]} if {
	some i, c in input.resource.containers
	not exempt(c)
	is_bad(c.image)
	every p in c.ports { p > data.holdfast.params.least }
	n := count([x | some x in c.ports; x > 100])
	msg := sprintf("%s is bad %d",
		[c.image, n])
}

deny contains {"msg": sprintf("%s has no owner", [input.resource.metadata.name])} if {
	not input.resource.metadata.labels.owner
}

exempt(c) if c.labels.exempt == true

exempt(c) if startswith(c.image, "ok")

is_bad(image) if {
	endswith(image, "latest")
}
`

// pod has one container of each image, with its ports.
func pod(images map[string][]any, order ...string) resource.Resource {
	var containers []any
	for _, image := range order {
		containers = append(containers, map[string]any{"image": image, "ports": images[image]})
	}
	return object(resource.ID{Target: "prod", APIVersion: "v1", Kind: "Pod", Name: "web"}, map[string]any{"containers": containers})
}

func of(res ...resource.Resource) policy.Case {
	var c policy.Case
	for i := range res {
		c.Subjects = append(c.Subjects, policy.Subject{ID: res[i].ID, Resource: &res[i]})
	}
	return c
}

// A rule that fires: the lines that led to each finding, what their variables
// stood for, and the helpers that decided them.
func TestTraceOfWhatHolds(t *testing.T) {
	res := pod(map[string][]any{"ok:latest": {int64(1)}, "x:latest": {int64(90), int64(101)}}, "ok:latest", "x:latest")
	c := of(deployment("other", 1), res)
	traced := trace(t, own(t, images), c, policy.Ask{Rule: "acme/images", Subject: 1})
	const want = `deny a.rego:5:1 held 1 failed 1
 + x:latest is bad 1 containers[1]
   + 6:2 some i, c in input.resource.containers
       c = {"image": "x:latest", "ports": [90, 101]}
       i = 1
   + 7:2 not exempt(c)
     exempt a.rego:19:1 held 0 failed 1
      -  
        - 19:14 c.labels.exempt == true
            c.labels.exempt = undefined
     exempt a.rego:21:1 held 0 failed 1
      -  
        - 21:14 startswith(c.image, "ok")
            c.image = "x:latest"
   + 8:2 is_bad(c.image)
       c.image = "x:latest"
     is_bad a.rego:23:1 held 1 failed 0
      +  
        + 24:2 endswith(image, "latest")
            image = "x:latest"
   + 9:2 every p in c.ports { p > data.holdfast.params.least }
       c.ports = [90, 101]
       data.holdfast.params.least = 80
   + 10:2 n := count([x | some x in c.ports; x > 100])
       n = 1
   + 11:2 msg := sprintf("%s is bad %d", [c.image, n])
       msg = "x:latest is bad 1"
deny a.rego:15:1 held 1 failed 0
 + web has no owner 
   + 16:2 not input.resource.metadata.labels.owner
       input.resource.metadata.labels.owner = undefined
`
	if got := outline(traced.Bodies); got != want {
		t.Errorf("the trace is\n%s\nwant\n%s", got, want)
	}
	var input struct {
		Resource struct{ Metadata struct{ Name string } }
		Phase    string
	}
	if err := json.Unmarshal(traced.Input, &input); err != nil || input.Resource.Metadata.Name != "web" || input.Phase != "check" {
		t.Errorf("%v: the rule saw %s", err, traced.Input)
	}
}

// A rule that does not fire: the way that came furthest, and the line where it ended.
func TestTraceOfWhatDoesNotHold(t *testing.T) {
	res := pod(map[string][]any{"ok:latest": {int64(1)}, "x:latest": {int64(90), int64(5)}, "y:1": nil}, "ok:latest", "x:latest", "y:1")
	traced := trace(t, own(t, images), of(res), policy.Ask{Rule: "acme/images"})
	got, _, _ := strings.Cut(outline(traced.Bodies), "deny a.rego:15")
	if !strings.HasPrefix(got, "deny a.rego:5:1 held 0 failed 3\n") {
		t.Errorf("the trace is\n%s", got)
	}
	const end = `
   - 9:2 every p in c.ports { p > data.holdfast.params.least }
       c.ports = [90, 5]
       data.holdfast.params.least = 80
       p = 5
`
	if !strings.HasSuffix(got, end) {
		t.Errorf("the trace is\n%s\nwant at its end%s", got, end)
	}
	// A body that the evaluator's index would pass over.
	indexed := own(t, `package holdfast.acme.pods
deny contains {"msg": "a service"} if input.resource.kind == "Service"`)
	const want = `deny a.rego:2:1 held 0 failed 1
 -  
   - 2:39 input.resource.kind == "Service"
       input.resource.kind = "Pod"
`
	if got := outline(trace(t, indexed, of(res), policy.Ask{Rule: "acme/pods"}).Bodies); got != want {
		t.Errorf("the trace is\n%s\nwant\n%s", got, want)
	}
}

func TestTraceOfOneFinding(t *testing.T) {
	res := pod(map[string][]any{"x:latest": {int64(90)}, "z:latest": {int64(90)}}, "x:latest", "z:latest")
	j, c := own(t, images), of(res)
	for _, f := range judge(t, j, c).Findings {
		traced := trace(t, j, c, policy.Ask{Rule: "acme/images", Answer: &f})
		var ways []policy.Way
		for _, body := range traced.Bodies {
			for _, way := range body.Ways {
				if way.Holds {
					ways = append(ways, way)
				}
			}
		}
		if len(ways) != 1 || ways[0].Msg != f.Msg || !ways[0].Path.Equal(f.Path) {
			t.Errorf("of %q: %s", f.Msg, outline(traced.Bodies))
		}
	}
}

// Whatever a rule makes of a secret, the trace does not show it.
func TestTraceMasks(t *testing.T) {
	const module = `# METADATA
# custom: {id: acme/leaky}
package holdfast.acme.leaky

deny contains {"msg": msg} if {
	some name, value in input.resource.data
	plain := base64.decode(value)
	big := upper(plain)
	sum := crypto.sha256(plain)
	backwards := strings.reverse(plain)
	half := substring(plain, 0, 9)
	letters := split(plain, "")
	hexed := hex.encode(plain)
	parts := split(plain, "-")
	number := to_number(parts[3])
	keyed := {plain: {big: 1}}
	object.get(keyed[plain], big, 0) == 1
	input.resource.data[name] == value
	all := input.resource
	labelled := input.resource.metadata.name
	helper(value, big)
	msg := sprintf("%s is %s", [name, plain])
}

helper(given, other) if {
	lower(other) == base64.decode(given)
	made := concat("/", [other, given])
	contains(made, "/")
}
`
	const secret = "canary-value-7f3e9c-48151623"
	res := object(resource.ID{Target: "prod", APIVersion: "v1", Kind: "Secret", Name: "s"},
		map[string]any{"data": map[string]any{"password": base64.StdEncoding.EncodeToString([]byte(secret))}})
	res.Sensitive = []resource.Path{{"data"}}
	traced := trace(t, own(t, module), of(res), policy.Ask{Rule: "acme/leaky"})
	text := outline(traced.Bodies) + string(traced.Input)
	for _, want := range []string{"(sensitive)", `name = "password"`, `labelled = "s"`, "helper a.rego:25", "password is (sensitive)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the trace does not have %s", want)
		}
	}
	sum := sha256.Sum256([]byte(secret))
	for _, leak := range []string{
		secret, strings.ToUpper(secret), "canary", "CANARY", "48151623", "32615184", "c9e3f7", hex.EncodeToString([]byte(secret))[:12],
		hex.EncodeToString(sum[:])[:12], base64.StdEncoding.EncodeToString([]byte(secret))[:12], `"c", "a"`,
	} {
		if strings.Contains(text, leak) {
			t.Errorf("the trace holds %s", leak)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

// What a rule that looks for secrets points at is masked in the trace of any rule.
func TestTraceMasksFoundCredentials(t *testing.T) {
	const looks = `# METADATA
# custom: {id: acme/looks, pointsAt: secrets}
package holdfast.acme.looks

deny contains {"msg": "a password in clear", "path": ["spec", "env", i, "value"]} if {
	input.resource.spec.env[i].name == "PASSWORD"
}
`
	const shows = `# METADATA
# custom: {id: acme/shows}
package holdfast.acme.shows

deny contains {"msg": "env"} if {
	some e in input.resource.spec.env
	pair := concat("=", [e.name, e.value])
	contains(pair, "=")
}
`
	res := object(resource.ID{Target: "prod", APIVersion: "v1", Kind: "Pod", Name: "web"}, map[string]any{
		"spec": map[string]any{"env": []any{map[string]any{"name": "PASSWORD", "value": "hunter2-canary"}}},
	})
	for _, id := range []string{"acme/looks", "acme/shows"} {
		traced := trace(t, own(t, looks, shows), of(res), policy.Ask{Rule: id})
		text := outline(traced.Bodies) + string(traced.Input)
		if strings.Contains(text, "hunter2") || !strings.Contains(text, "PASSWORD") {
			t.Errorf("%s: %s", id, text)
		}
	}
}

// A rule of conftest's dialect, with what its input and its findings are.
func TestTraceOfConftest(t *testing.T) {
	j := own(t, `package main
deny_many contains {"msg": "too many", "path": ["not", "one"]} if {
	input.spec.replicas > 5
	endswith(data.conftest.file.name, ".yaml")
}
exception contains ["none"] if input.metadata.name == "other"`)
	res := deployment("web", 9)
	res.Origin.File = "deploy/web.yaml"
	c := of(res)
	findings := judge(t, j, c).Findings
	if len(findings) == 0 {
		t.Fatal("no finding")
	}
	traced := trace(t, j, c, policy.Ask{Rule: "main.deny_many", Answer: &findings[0]})
	const want = `deny_many a.rego:2:1 held 1 failed 0
 + too many 
   + 3:2 input.spec.replicas > 5
       input.spec.replicas = 9
   + 4:2 endswith(data.conftest.file.name, ".yaml")
       data.conftest.file.name = "web.yaml"
`
	if got := outline(traced.Bodies); !strings.HasSuffix(got, want) {
		t.Errorf("the trace is\n%s\nwant\n%s", got, want)
	}
}

const labelled = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: labelled}
spec:
  crd: {spec: {names: {kind: Labelled}, validation: {openAPIV3Schema: {type: object, properties: {label: {type: string}}}}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      CODE
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Labelled
metadata: {name: owners}
spec:
  match: {kinds: [{apiGroups: ["apps"], kinds: ["*"]}], excludedNamespaces: [kube-system]}
  parameters: {label: owner}
`

// A Gatekeeper constraint: its places are those of the template's file.
func TestTraceOfAConstraint(t *testing.T) {
	inRego := strings.Replace(labelled, "CODE", `rego: |
        package labelled
        violation[{"msg": msg}] {
          not has(input.review.object, input.parameters.label)
          msg := sprintf("has no label %v", [input.parameters.label])
        }
        has(object, label) { object.metadata.labels[label] }`, 1)
	j := compile(t, rego.Options{}, policy.Input{Constraints: []policy.File{file("labelled.yaml", inRego)}})
	secret, other := deployment("web", 1), deployment("system", 1)
	secret.Content.(map[string]any)["spec"].(map[string]any)["password"] = "canary-7f3e"
	secret.Sensitive = []resource.Path{{"spec", "password"}}
	other.ID.Namespace = "kube-system"
	other.Content.(map[string]any)["metadata"].(map[string]any)["namespace"] = "kube-system"
	c := of(secret, other)
	findings := judge(t, j, c).Findings
	if len(findings) != 1 {
		t.Fatalf("%d findings", len(findings))
	}
	traced := trace(t, j, c, policy.Ask{Rule: "Labelled/owners", Answer: &findings[0]})
	const want = `violation labelled.yaml:10:9 held 1 failed 0
 + has no label owner 
   + 11:11 not has(input.review.object, input.parameters.label)
       input.review.object = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"password": "(sensitive)", "replicas": 1}}
       input.parameters.label = "owner"
     has labelled.yaml:14:9 held 0 failed 1
      -  
        - 14:30 object.metadata.labels[label]
            label = "owner"
            object.metadata.labels.owner = undefined
   + 12:11 msg := sprintf("has no label %v", [input.parameters.label])
       msg = "has no label owner"
`
	if got := outline(traced.Bodies); got != want {
		t.Errorf("the trace is\n%s\nwant\n%s", got, want)
	}
	if strings.Contains(string(traced.Input), "canary") || !strings.Contains(string(traced.Input), `"review"`) {
		t.Errorf("input is %s", traced.Input)
	}
	if traced := trace(t, j, c, policy.Ask{Rule: "Labelled/owners", Subject: 1}); !strings.Contains(traced.Error, "match leaves this resource out") {
		t.Errorf("%+v", traced)
	}

	inCEL := strings.Replace(labelled, "CODE", `code: [{engine: K8sNativeValidation, source: {validations: [{expression: "false", message: never}]}}]`, 1)
	j = compile(t, rego.Options{}, policy.Input{Constraints: []policy.File{file("labelled.yaml", inCEL)}})
	if _, err := j.(policy.Tracer).Trace(t.Context(), c, policy.Ask{Rule: "Labelled/owners"}); !errors.Is(err, policy.ErrNoTrace) {
		t.Errorf("a constraint in CEL: %v", err)
	}
}

// A rule whose value is a list of findings.
func TestTraceOfAList(t *testing.T) {
	j, c := own(t, `package main
deny := [sprintf("one %d", [n]), sprintf("two %d", [n])] if {
	n := input.spec.replicas
	n > 5
}`), of(deployment("web", 9))
	findings := judge(t, j, c).Findings
	if len(findings) != 2 {
		t.Fatalf("%d findings", len(findings))
	}
	for _, f := range findings {
		if got := outline(trace(t, j, c, policy.Ask{Rule: "main.deny", Answer: &f}).Bodies); !strings.Contains(got, "+ "+f.Msg) || !strings.Contains(got, "n = 9") {
			t.Errorf("of %q: %s", f.Msg, got)
		}
	}
}

// Rules of a wider scope see all resources, and are traced like others.
func TestTraceOfScopes(t *testing.T) {
	const module = `# METADATA
# custom: {id: acme/total, scope: SCOPE}
package holdfast.acme.total

deny contains {"msg": sprintf("%d in all", [total])} if {
	total := sum([d.spec.replicas | some d in data.holdfast.resources[_]["apps/Deployment"].shop])
	total > 3
}
`
	for _, scope := range []string{"target", "snapshot", "resource"} {
		j := own(t, strings.ReplaceAll(module, "SCOPE", scope))
		traced := trace(t, j, of(deployment("a", 2), deployment("b", 3)), policy.Ask{Rule: "acme/total", Target: "prod"})
		if got := outline(traced.Bodies); !strings.Contains(got, "total = 5") || !strings.Contains(got, "+ 5 in all") {
			t.Errorf("scope %s: %s", scope, got)
		}
		if scope == "target" && !strings.Contains(string(traced.Input), `"name": "prod"`) {
			t.Errorf("input is %s", traced.Input)
		}
	}
}

func TestTraceOfWhatCannotBeEvaluated(t *testing.T) {
	broken := own(t, `package holdfast.acme.broken
deny contains {"msg": "x"} if {
	n := input.resource.spec.replicas
	n / 0 > 1
}`)
	traced := trace(t, broken, of(deployment("a", 2)), policy.Ask{Rule: "acme/broken"})
	if traced.Error != "a.rego:4:2: div: divide by zero" {
		t.Errorf("error %q", traced.Error)
	}
	endless := compile(t, rego.Options{Timeout: 50 * time.Millisecond}, policy.Input{Policies: files(`package holdfast.acme.endless
deny contains {"msg": "x"} if {
	some i in numbers.range(1, 100000)
	some j in numbers.range(1, 100000)
	i * j == -1
}`)})
	if traced := trace(t, endless, of(deployment("a", 2)), policy.Ask{Rule: "acme/endless"}); !strings.Contains(traced.Error, "longer than") {
		t.Errorf("error %q", traced.Error)
	}
	waits := deployment("a", 2)
	waits.Unknown = []resource.Path{{"spec", "replicas"}}
	if traced := trace(t, broken, of(waits), policy.Ask{Rule: "acme/broken"}); len(traced.WaitsFor) != 1 || len(traced.Bodies) > 0 {
		t.Errorf("what is unknown was evaluated: %+v", traced)
	}
	for _, ask := range []policy.Ask{{Rule: "acme/nothing"}, {Rule: "acme/broken", Subject: 1}, {Rule: "acme/broken", Subject: -1}} {
		if _, err := broken.(policy.Tracer).Trace(t.Context(), of(waits), ask); err == nil {
			t.Errorf("%+v is no error", ask)
		}
	}
}

// An evaluation of many steps is recorded in a bounded room.
func TestTraceIsBounded(t *testing.T) {
	// It is the room that ends it, however slow the machine is.
	j := compile(t, rego.Options{Timeout: time.Hour}, policy.Input{Policies: files(`package holdfast.acme.many
deny contains {"msg": sprintf("%d", [i])} if {
	some i in numbers.range(1, 30000)
	even(i)
}
even(i) if i % 2 == 0`)})
	traced := trace(t, j, of(deployment("a", 2)), policy.Ask{Rule: "acme/many"})
	if !traced.Cut || len(traced.Bodies) != 1 || len(traced.Bodies[0].Ways) != 20 || traced.Bodies[0].Held < 5000 {
		t.Errorf("cut %v: %.2000s", traced.Cut, outline(traced.Bodies))
	}
}
