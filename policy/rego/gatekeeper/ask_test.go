package gatekeeper_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
)

// ruleOf is the rule of a template with the code and a constraint with the spec.
func ruleOf(t testing.TB, schema, code, spec string) *gatekeeper.Rule {
	t.Helper()
	return load(t, policy.File{Name: "f.yaml", Content: []byte(template(schema, code) + "---\n" + constraint(spec))})[0]
}

// says is a template's code with one violation for each message that the body
// binds to msg.
func says(body string) string { return rego("package a\nviolation[{\"msg\": msg}] { " + body + " }") }

// ask is the messages that the rule has for the review.
func ask(t testing.TB, rule *gatekeeper.Rule, q gatekeeper.Query) []string {
	t.Helper()
	violations, err := rule.Ask(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	messages := []string{}
	for _, v := range violations {
		messages = append(messages, v.Msg)
	}
	return messages
}

// input.review has the shape that Gatekeeper gives it.
func TestReviewInput(t *testing.T) {
	rule := ruleOf(t, "", says("msg := json.marshal(input)"), "match: {}")
	object, old := pod("shop", "web", "new"), pod("shop", "web", "old")
	admission := map[string]any{
		"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
		"request": map[string]any{
			"uid": "u", "kind": map[string]any{"group": "", "version": "v1", "kind": "Pod"},
			"resource": map[string]any{"group": "", "version": "v1", "resource": "pods"}, "subResource": "status",
			"name": "web", "namespace": "shop", "operation": "DELETE", "dryRun": true,
			"userInfo": map[string]any{"username": "ann", "groups": []any{"admins"}}, "oldObject": old,
		},
	}
	plain := func(operation string, object, old, namespace any) map[string]any {
		return map[string]any{
			"uid": "", "kind": map[string]any{"group": "", "version": "v1", "kind": "Pod"},
			"resource": map[string]any{"group": "", "version": "", "resource": ""},
			"name":     "web", "namespace": "shop", "operation": operation, "userInfo": map[string]any{}, "options": nil,
			"object": object, "oldObject": old, "namespaceObject": namespace,
		}
	}
	home := namespace("shop", map[string]any{"env": "prod"})
	tests := []struct {
		name    string
		request gatekeeper.ReviewRequest
		want    map[string]any
	}{
		{"create", gatekeeper.ReviewRequest{Object: object}, plain("CREATE", object, nil, map[string]any{})},
		{"update", gatekeeper.ReviewRequest{Object: object, Old: old, Namespace: home}, plain("UPDATE", object, old, home)},
		{"delete", gatekeeper.ReviewRequest{Old: old}, plain("DELETE", old, old, map[string]any{})},
		{"said to be deleted", gatekeeper.ReviewRequest{Object: object, Operation: "DELETE"}, plain("DELETE", object, object, map[string]any{})},
		{"said to be connected to", gatekeeper.ReviewRequest{Object: object, Operation: "CONNECT"}, plain("CONNECT", object, nil, map[string]any{})},
		{"an AdmissionReview", gatekeeper.ReviewRequest{Object: admission}, map[string]any{
			"uid": "u", "kind": map[string]any{"group": "", "version": "v1", "kind": "Pod"},
			"resource": map[string]any{"group": "", "version": "v1", "resource": "pods"}, "subResource": "status",
			"name": "web", "namespace": "shop", "operation": "DELETE", "dryRun": true, "options": nil,
			"userInfo": map[string]any{"username": "ann", "groups": []any{"admins"}}, "object": old, "oldObject": old, "namespaceObject": map[string]any{},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got map[string]any
			if err := json.Unmarshal([]byte(ask(t, rule, gatekeeper.Query{Review: newReview(t, test.request)})[0]), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]any{"review": test.want, "parameters": map[string]any{}}, got); diff != "" {
				t.Errorf("input (-want +got):\n%s", diff)
			}
		})
	}
}

// A review that the API server would not send, and what is none of its objects.
func TestNewReviewRefuses(t *testing.T) {
	admission := func(request map[string]any) map[string]any {
		return map[string]any{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
	}
	tests := []struct {
		name   string
		object map[string]any
		want   string
	}{
		{"no object", nil, "not an object of Kubernetes: it has no apiVersion or no kind"},
		{"no kind", map[string]any{"apiVersion": "v1"}, "not an object of Kubernetes: it has no apiVersion or no kind"},
		{"no request", map[string]any{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"}, "reading the AdmissionReview: it has no request"},
		{"nothing under review", admission(map[string]any{"operation": "CREATE"}), "reading the AdmissionReview: its request has neither object nor oldObject"},
		{"a deletion of nothing", admission(map[string]any{"operation": "DELETE", "object": pod("a", "b", "c")}), "reading the AdmissionReview: a request with the operation DELETE needs oldObject"},
		{"an unknown field", admission(map[string]any{"operationn": "CREATE", "object": pod("a", "b", "c")}), `reading the AdmissionReview: strict decoding error: unknown field "request.operationn"`},
		{"an object without kind", admission(map[string]any{"object": map[string]any{"a": "b"}}), "reading the AdmissionReview: its object has no kind"},
	}
	for _, test := range tests {
		if _, err := gatekeeper.NewReview(gatekeeper.ReviewRequest{Object: test.object}); err == nil || err.Error() != test.want {
			t.Errorf("%s: the error is %v, want %s", test.name, err, test.want)
		}
	}
}

// What the parameters are, with the schema's defaults.
func TestParameters(t *testing.T) {
	tests := []struct {
		name, schema, spec, want string
	}{
		{"none", "", "match: {}", "{}"},
		{"null", "{type: object, nullable: true, properties: {a: {type: string}}}", "parameters: null", "{}"},
		{"a default", "{type: object, properties: {a: {type: integer, default: 3}}}", "parameters: {}", `{"a":3}`},
		{"no default without parameters", "{type: object, properties: {a: {type: integer, default: 3}}}", "match: {}", "{}"},
		{"a default of all parameters", "{type: object, default: {}, properties: {a: {type: integer, default: 3}}}", "match: {}", `{"a":3}`},
		{"defaults further down", "{type: object, properties: {o: {type: object, properties: {a: {type: string, default: x}}}, l: {type: array, items: {type: object, properties: {b: {type: boolean, default: true}}}}}}",
			"parameters: {o: {}, l: [{}, {b: false}]}", `{"l":[{"b":true},{"b":false}],"o":{"a":"x"}}`},
		{"its own value", "{type: object, properties: {a: {type: integer, default: 3}}}", "parameters: {a: 4}", `{"a":4}`},
		{"unknown ones, where the schema says so", "{type: object, x-kubernetes-preserve-unknown-fields: true}", "parameters: {a: {b: [1, 1.5, null]}}", `{"a":{"b":[1,1.5,null]}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rule := ruleOf(t, test.schema, says("msg := json.marshal(input.parameters)"), test.spec)
			if got := ask(t, rule, gatekeeper.Query{Review: newReview(t, gatekeeper.ReviewRequest{Object: pod("a", "b", "c")})}); got[0] != test.want {
				t.Errorf("the parameters are %s, want %s", got[0], test.want)
			}
		})
	}
}

// Templates of the versions before v1 permit parameters that they do not declare.
func TestLegacySchema(t *testing.T) {
	const spec = "parameters: {declared: [{a: x, more: 1}], other: 2}"
	const schema = "{properties: {declared: {type: array, items: {properties: {a: {type: string}}}}}}"
	for version, legacy := range map[string]string{"v1beta1": "", "v1alpha1": "", "v1": "\n        legacySchema: true"} {
		file := strings.Replace(template(schema+legacy, says("msg := json.marshal(input.parameters)")), "gatekeeper.sh/v1\n", "gatekeeper.sh/"+version+"\n", 1)
		rule := load(t, policy.File{Name: "f.yaml", Content: []byte(file + "---\n" + constraint(spec))})[0]
		got := ask(t, rule, gatekeeper.Query{Review: newReview(t, gatekeeper.ReviewRequest{Object: pod("a", "b", "c")})})
		if want := `{"declared":[{"a":"x","more":1}],"other":2}`; got[0] != want {
			t.Errorf("%s: the parameters are %s, want %s", version, got[0], want)
		}
	}
}

// What a violation is, and what becomes of one that cannot be evaluated.
func TestViolations(t *testing.T) {
	details := func(d any) gatekeeper.Violation {
		return gatekeeper.Violation{Msg: "a", Details: d, Decision: policy.Deny}
	}
	tests := []struct {
		name, code string
		want       []gatekeeper.Violation
		err        string
	}{
		{"none", `violation[{"msg": "a"}] { false }`, nil, ""},
		{"without details", `violation[{"msg": "a"}] { true }`, []gatekeeper.Violation{details(map[string]any{})}, ""},
		{"told apart by their details", `violation[{"msg": "a", "details": d}] { d := ["y", "x"][_] }`, []gatekeeper.Violation{details("x"), details("y")}, ""},
		{"not told apart by anything else", `violation[{"msg": "a", "more": d}] { d := ["y", "x"][_] }`, []gatekeeper.Violation{details(map[string]any{})}, ""},
		{"a builtin that fails is undefined", `violation[{"msg": "a"}] { to_number("x") == 1 } violation[{"msg": "a"}] { not to_number("x") }`, []gatekeeper.Violation{details(map[string]any{})}, ""},
		{"a set that is made whole", `violation = {{"msg": "a"}} { true }`, []gatekeeper.Violation{details(map[string]any{})}, ""},
		{"undefined", `violation = {{"msg": "a"}} { false }`, nil, ""},
		{"a conflict", `f(x) = 1 { true } f(x) = 2 { true } violation[{"msg": m}] { m := sprintf("%d", [f(1)]) }`, nil,
			"f.yaml:14:27: function data.gatekeeper_template.f produced conflicting values for the same inputs"},
		{"no message", `violation[x] { x := json.unmarshal("{}") }`, nil, "a violation has no msg"},
		{"a message that is no text", `violation[x] { x := json.unmarshal("{\"msg\": 1}") }`, nil, "the msg of a violation is a number where a text is needed"},
		{"no object", `violation[x] { x := json.unmarshal("1") }`, nil, `a violation is a number where {"msg": …} is needed`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rule := ruleOf(t, "", rego("package a\n"+test.code), "match: {}")
			got, err := rule.Ask(context.Background(), gatekeeper.Query{Review: newReview(t, gatekeeper.ReviewRequest{Object: pod("a", "b", "c")})})
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Fatalf("the error is %v, want %s", err, test.err)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("violations (-want +got):\n%s%v", diff, err)
			}
		})
	}
}

// Decisions by action and point. Of several actions at a point the strictest counts.
func TestActions(t *testing.T) {
	scoped := func(actions string) string {
		return "enforcementAction: scoped\nscopedEnforcementActions:\n" + actions
	}
	tests := []struct {
		name, spec       string
		shiftLeft, audit policy.Decision // "" if not enforced there
	}{
		{"by default", "match: {}", policy.Deny, policy.Deny},
		{"deny", "enforcementAction: deny", policy.Deny, policy.Deny},
		{"warn", "enforcementAction: warn", policy.Warn, policy.Warn},
		{"dryrun", "enforcementAction: dryrun", policy.Warn, policy.Warn},
		{"scoped actions of one that is not scoped", "enforcementAction: warn\nscopedEnforcementActions: [{action: deny, enforcementPoints: [{name: '*'}]}]", policy.Warn, policy.Warn},
		{"everywhere", scoped("- {action: deny, enforcementPoints: [{name: '*'}]}"), policy.Deny, policy.Deny},
		{"shift-left", scoped("- {action: deny, enforcementPoints: [{name: gator.gatekeeper.sh}]}\n- {action: warn, enforcementPoints: [{name: validation.gatekeeper.sh}]}"), policy.Deny, ""},
		{"audit", scoped("- {action: warn, enforcementPoints: [{name: audit.gatekeeper.sh}, {name: vap.k8s.io}]}"), "", policy.Warn},
		{"admission alone", scoped("- {action: deny, enforcementPoints: [{name: validation.gatekeeper.sh}, {name: vap.k8s.io}]}"), "", ""},
		{"the strictest first", scoped("- {action: deny, enforcementPoints: [{name: '*'}]}\n- {action: warn, enforcementPoints: [{name: gator.gatekeeper.sh}]}"), policy.Deny, policy.Deny},
		{"the strictest last", scoped("- {action: dryrun, enforcementPoints: [{name: '*'}]}\n- {action: deny, enforcementPoints: [{name: gator.gatekeeper.sh}]}"), policy.Deny, policy.Warn},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rule := ruleOf(t, "", says(`msg := ["b", "a"][_]`), test.spec)
			review := newReview(t, gatekeeper.ReviewRequest{Object: pod("a", "b", "c")})
			all := map[policy.Decision]bool{}
			for point, want := range map[gatekeeper.Point]policy.Decision{"": test.shiftLeft, gatekeeper.ShiftLeft: test.shiftLeft, gatekeeper.Audit: test.audit} {
				violations, err := rule.Ask(context.Background(), gatekeeper.Query{Review: review, Point: point})
				if err != nil {
					t.Fatal(err)
				}
				got := ""
				for _, v := range violations {
					got += v.Msg + string(v.Decision) + " "
				}
				if want != "" {
					all[want] = true
					want = "a" + want + " b" + want + " "
				}
				if got != string(want) {
					t.Errorf("at %q the violations are %q, want %q", point, got, want)
				}
			}
			if len(rule.Decisions) != len(all) {
				t.Errorf("its decisions are %v, want %v", rule.Decisions, all)
			}
		})
	}
}

// The inventory is what the store holds, and the clock that of the query.
func TestInventoryAndClock(t *testing.T) {
	rule := ruleOf(t, "", says(`data.inventory.cluster["v1"].Namespace[name]; msg := sprintf("%s %d", [name, time.now_ns()])`), "match: {}")
	review := newReview(t, gatekeeper.ReviewRequest{Object: pod("a", "b", "c")})
	if _, err := rule.Ask(context.Background(), gatekeeper.Query{Review: review}); err == nil || err.Error() != "it reads data.inventory, and there is none" {
		t.Errorf("without an inventory the error is %v", err)
	}
	store := inmem.NewFromObject(map[string]any{"inventory": map[string]any{"cluster": map[string]any{"v1": map[string]any{"Namespace": map[string]any{"shop": namespace("shop", nil)}}}}})
	txn, err := store.NewTransaction(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Abort(context.Background(), txn)
	got := ask(t, rule, gatekeeper.Query{Review: review, Store: store, Txn: txn, Now: time.Unix(7, 0)})
	if fmt.Sprint(got) != "[shop 7000000000]" {
		t.Errorf("the messages are %q", got)
	}
}

// An evaluation can be ended from outside.
func TestCancel(t *testing.T) {
	rule := ruleOf(t, "", says(`n := numbers.range(1, 1000); count([x | x := n[_]; y := n[_]; z := n[_]; x + y + z == 0]) == 0; msg := "x"`), "match: {}")
	cancel := topdown.NewCancel()
	cancel.Cancel()
	_, err := rule.Ask(context.Background(), gatekeeper.Query{Review: newReview(t, gatekeeper.ReviewRequest{Object: pod("a", "b", "c")}), Cancel: cancel})
	if !topdown.IsCancel(err) {
		t.Errorf("the error is %v, want one of OPA's for a cancellation", err)
	}
}
