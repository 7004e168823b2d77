package rego_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Rules about kinds that are not expected are there for all to see, but not
// ready; a resource that they are about is noticed.
func TestExpected(t *testing.T) {
	t.Parallel()
	tree := library(map[string]string{
		"security/pod.rego":    fires(custom("kinds: [core/Pod]"), "holdfast.security.pod"),
		"security/deploy.rego": fires(custom("kinds: [apps/Deployment]"), "holdfast.security.deploy"),
		"security/bucket.rego": fires(custom("kinds: [terraform/aws_s3_bucket]"), "holdfast.security.bucket"),
		"security/any.rego":    fires("", "holdfast.security.any"),
	})
	pod := object(resource.ID{Target: "prod", APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "web"}, nil)
	for name, test := range map[string]struct {
		expected []string
		subject  resource.Resource
		want     error
		findings int
		idle     []string
	}{
		"all":             {nil, pod, nil, 2, []string{"security/bucket", "security/deploy"}},
		"the kind":        {[]string{"*/Pod"}, pod, nil, 2, []string{"security/bucket", "security/deploy"}},
		"another kind":    {[]string{"*/Deployment"}, pod, policy.ErrUnexpected, 0, nil},
		"nothing":         {[]string{}, pod, policy.ErrUnexpected, 0, nil},
		"another group":   {[]string{"terraform/*"}, pod, policy.ErrUnexpected, 0, nil},
		"a kind of none":  {[]string{}, object(resource.ID{Target: "prod", APIVersion: "v1", Kind: "Secret", Name: "s"}, nil), nil, 1, []string{"security/bucket", "security/deploy", "security/pod"}},
		"any of a group":  {[]string{"core/*"}, pod, nil, 2, []string{"security/bucket", "security/deploy"}},
		"of any group":    {[]string{"*/*"}, pod, nil, 2, []string{"security/bucket", "security/deploy"}},
		"one and another": {[]string{"terraform/*", "*/Pod"}, pod, nil, 2, []string{"security/bucket", "security/deploy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := compile(t, rego.Options{Library: tree}, policy.Input{Builtin: true, Expected: test.expected})
			if n := len(j.Rules()); n != 4 {
				t.Errorf("%d rules are described", n)
			}
			report, err := j.Judge(t.Context(), policy.Case{Phase: policy.PhaseCheck, Now: now, Subjects: subjects(test.subject)})
			if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
				t.Fatalf("error %v, want %v", err, test.want)
			}
			if err == nil && (len(report.Findings) != test.findings || !slices.Equal(report.IdleRules, test.idle)) {
				t.Errorf("findings %q, idle %q", lines(report), report.IdleRules)
			}
		})
	}
}
