package gatekeeper_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
)

// Which objects a match takes in, after Gatekeeper's documentation of
// constraints (howto.md, "The match field").
func TestMatch(t *testing.T) {
	objects := map[string]map[string]any{
		"pod":         pod("shop", "web-1", "x"),
		"systemPod":   pod("kube-system", "dns", "x"),
		"lostPod":     pod("nowhere", "web-2", "x"),
		"deployment":  deployment("web", 1),
		"namespace":   namespace("shop", map[string]any{"env": "prod"}),
		"system":      namespace("kube-system", map[string]any{"env": "dev"}),
		"clusterRole": {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": map[string]any{"name": "web"}},
		"otherKind":   {"apiVersion": "example.com/v1", "kind": "Namespace", "metadata": map[string]any{"name": "other"}},
		"generated":   {"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"generateName": "job-", "namespace": "shop"}},
	}
	objects["pod"]["metadata"].(map[string]any)["labels"] = map[string]any{"app": "web", "tier": "gold"}
	objects["lostPod"]["metadata"].(map[string]any)["labels"] = map[string]any{"app": int64(1)} // not a label, so none
	tests := []struct {
		match string
		want  string // the objects taken in, in the order of their names; "!" where it cannot be told
	}{
		{"{}", "clusterRole deployment generated lostPod namespace otherKind pod system systemPod"},
		{"kinds: []", "clusterRole deployment generated lostPod namespace otherKind pod system systemPod"},
		{`kinds: [{apiGroups: ["*"], kinds: ["*"]}]`, "clusterRole deployment generated lostPod namespace otherKind pod system systemPod"},
		{`kinds: [{apiGroups: [""], kinds: [Pod]}]`, "generated lostPod pod systemPod"},
		{`kinds: [{apiGroups: [apps], kinds: ["*"]}]`, "deployment"},
		{`kinds: [{apiGroups: ["*"], kinds: [Namespace]}]`, "namespace otherKind system"},
		{`kinds: [{apiGroups: [apps]}]`, "deployment"},
		{`kinds: [{kinds: [ClusterRole]}]`, "clusterRole"},
		{`kinds: [{apiGroups: [apps], kinds: [Pod]}]`, ""},
		{`kinds: [{apiGroups: [apps], kinds: [Pod]}, {apiGroups: [apps, x], kinds: [Deployment]}]`, "deployment"},
		{`scope: "*"`, "clusterRole deployment generated lostPod namespace otherKind pod system systemPod"},
		{"scope: Cluster", "clusterRole namespace otherKind system"},
		{"scope: Namespaced", "deployment generated lostPod pod systemPod"},
		{"namespaces: [shop]", "clusterRole deployment generated namespace otherKind pod"},
		{"{scope: Namespaced, namespaces: [shop, kube-system]}", "deployment generated pod systemPod"},
		{"{scope: Namespaced, namespaces: [kube-*]}", "systemPod"},
		{`{scope: Namespaced, namespaces: ["*-system"]}`, "systemPod"},
		{`{scope: Namespaced, namespaces: ["*e*"]}`, "lostPod systemPod"},
		{`{scope: Namespaced, namespaces: ["*"]}`, "deployment generated lostPod pod systemPod"},
		{"excludedNamespaces: [shop]", "clusterRole lostPod otherKind system systemPod"},
		{"excludedNamespaces: [kube-*, nowhere]", "clusterRole deployment generated namespace otherKind pod"},
		{"{scope: Namespaced, namespaces: [shop, nowhere], excludedNamespaces: [no*]}", "deployment generated pod"},
		{"labelSelector: {}", "clusterRole deployment generated lostPod namespace otherKind pod system systemPod"},
		{"labelSelector: {matchLabels: {app: web}}", "pod"},
		{"labelSelector: {matchLabels: {app: web, tier: silver}}", ""},
		{"labelSelector: {matchExpressions: [{key: env, operator: In, values: [prod, stage]}]}", "namespace"},
		{"labelSelector: {matchExpressions: [{key: env, operator: Exists}]}", "namespace system"},
		{"{scope: Namespaced, labelSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}", "deployment generated lostPod systemPod"},
		{"{scope: Cluster, labelSelector: {matchExpressions: [{key: env, operator: NotIn, values: [prod]}]}}", "clusterRole otherKind system"},
		{"namespaceSelector: {matchLabels: {env: prod}}", "clusterRole deployment generated !lostPod namespace otherKind pod"},
		{"{namespaceSelector: {matchLabels: {env: dev}}, namespaces: [kube-system]}", "clusterRole otherKind system systemPod"},
		{"name: web", "clusterRole deployment"},
		{"name: web-*", "lostPod pod"},
		{`name: "*-2"`, "lostPod"},
		{`name: "*e*"`, "clusterRole deployment lostPod otherKind pod system"},
		{"name: job-*", "generated"},
		{"name: job-", ""},
		{"source: All", "clusterRole deployment generated lostPod namespace otherKind pod system systemPod"},
		{`{source: Original, name: web}`, "clusterRole deployment"},
		{"source: Generated", ""},
	}
	namespaces := map[string]map[string]any{"shop": objects["namespace"], "kube-system": objects["system"]}
	names := strings.Fields("clusterRole deployment generated lostPod namespace otherKind pod system systemPod")
	for _, test := range tests {
		t.Run(test.match, func(t *testing.T) {
			file := template("", rego(always)) + "---\n" + constraint("match:\n"+indent(test.match, 2))
			rule := load(t, policy.File{Name: "f.yaml", Content: []byte(file)})[0]
			var got []string
			for _, name := range names {
				object := objects[name]
				in, _ := object["metadata"].(map[string]any)["namespace"].(string)
				review := newReview(t, gatekeeper.ReviewRequest{Object: object, Namespace: namespaces[in]})
				applies, err := rule.Applies(review)
				if err != nil {
					got = append(got, "!"+name)
				} else if applies {
					got = append(got, name)
				}
				if group, kind := review.Kind(); applies && !rule.AboutKind(group, kind) {
					t.Errorf("it applies to %s, and is not about its kind", name)
				}
			}
			if got := fmt.Sprint(got); got != "["+test.want+"]" {
				t.Errorf("it applies to %s, want [%s]", got, test.want)
			}
		})
	}
}

// An update is matched by the object as it was too, and a deletion by what is deleted.
func TestMatchOfUpdates(t *testing.T) {
	file := template("", rego(always)) + "---\n" + constraint("match: {labelSelector: {matchLabels: {env: prod}}}")
	rule := load(t, policy.File{Name: "f.yaml", Content: []byte(file)})[0]
	prod, dev := namespace("shop", map[string]any{"env": "prod"}), namespace("shop", map[string]any{"env": "dev"})
	tests := []struct {
		name    string
		request gatekeeper.ReviewRequest
		want    bool
	}{
		{"created", gatekeeper.ReviewRequest{Object: prod}, true},
		{"another created", gatekeeper.ReviewRequest{Object: dev}, false},
		{"labelled", gatekeeper.ReviewRequest{Object: prod, Old: dev}, true},
		{"its label taken off", gatekeeper.ReviewRequest{Object: dev, Old: prod}, true},
		{"another updated", gatekeeper.ReviewRequest{Object: dev, Old: dev}, false},
		{"deleted", gatekeeper.ReviewRequest{Old: prod}, true},
		{"another deleted", gatekeeper.ReviewRequest{Old: dev}, false},
	}
	for _, test := range tests {
		if got, err := rule.Applies(newReview(t, test.request)); got != test.want || err != nil {
			t.Errorf("%s: it applies: %v, %v; want %v", test.name, got, err, test.want)
		}
	}
}
