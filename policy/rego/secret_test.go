package rego_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Rules see secrets, and nothing that comes out of them shows one.
func TestSecretsStayIn(t *testing.T) {
	canary := "canary-4f1d-secret"
	encoded := base64.StdEncoding.EncodeToString([]byte(canary))
	secret := func(name, value string) resource.Resource {
		r := object(resource.ID{Target: "prod", APIVersion: "v1", Kind: "Secret", Namespace: "shop", Name: name}, map[string]any{"data": map[string]any{"password": value}})
		r.Sensitive = []resource.Path{{"data"}}
		return r
	}
	leaks := `package holdfast.leaks

deny contains sprintf("value %s", [input.resource.data.password])

deny contains sprintf("decoded %s", [base64.decode(input.resource.data.password)])

deny contains {"msg": "path", "path": ["data", base64.decode(input.resource.data.password), 0]}

deny contains {"msg": json.marshal(input)}

warn contains sprintf("live %v", [input.live.data])

warn contains sprintf("other %v", [data.holdfast.resources.prod["core/Secret"].shop.other.data.password])

warn contains sprintf("live other %v", [data.holdfast.live.prod["core/Secret"].shop.far.data.password])
`
	fails := "package holdfast.fails\n\ndeny contains \"x\" if to_number(base64.decode(input.resource.data.password)) > 1\n"
	malformed := "package holdfast.malformed\n\ndeny contains {input.resource.data.password: 1}\n"
	prints := "package holdfast.prints\n\ndeny contains \"x\" if print(input.resource.data.password)\n"
	before := secret("db", base64.StdEncoding.EncodeToString([]byte("live-canary-secret")))
	now := secret("db", encoded)
	c := policy.Case{
		Phase:    policy.PhaseLive,
		Subjects: []policy.Subject{{ID: now.ID, Resource: &now, Live: &before}},
		Context:  policy.NewContext([]resource.Resource{secret("other", "context-canary-secret")}),
		Live:     []resource.Resource{secret("far", "far-canary-secret")},
	}
	report := judge(t, own(t, leaks, fails, malformed, prints), c)
	for _, f := range report.Findings {
		f.Subject, f.Resource = nil, nil
		if text := fmt.Sprintf("%+v", f); strings.Contains(text, "canary") || strings.Contains(text, encoded) {
			t.Errorf("a secret shows: %s", text)
		}
	}
	if n := len(report.Findings); n != 10 {
		t.Errorf("%d findings, want 10:\n%s", n, strings.Join(lines(report), "\n"))
	}
}

func TestLongMessage(t *testing.T) {
	j := own(t, "package holdfast.a\n\ndeny contains concat(\"\", [\"é\" | some i in numbers.range(1, 100000)])\n")
	msg := judge(t, j, policy.Case{Subjects: subjects(deployment("web", 1))}).Findings[0].Msg
	if len(msg) > 17000 || !strings.HasSuffix(msg, "é…") {
		t.Errorf("the message has %d bytes and ends in %q", len(msg), msg[len(msg)-6:])
	}
}
