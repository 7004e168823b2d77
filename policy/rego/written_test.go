package rego_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// A rule about what is written in the source gives the same answer whether what
// is encrypted there was decrypted or is unknown; others judge what becomes of it.
func TestWritten(t *testing.T) {
	looks := "deny contains key if {\n\tsome key, value in input.resource.data\n\tvalue != \"$(encrypted)\"\n}\n"
	j := own(t,
		custom("judges: written")+"package holdfast.written\n\n"+looks,
		"package holdfast.result\n\n"+looks,
	)
	secret := func(password string, unknown ...resource.Path) policy.Subject {
		r := object(resource.ID{Target: "prod", APIVersion: "v1", Kind: "Secret", Namespace: "shop", Name: "db"}, map[string]any{
			"data": map[string]any{"password": password, "user": "shop"},
		})
		r.Sensitive, r.Unknown = []resource.Path{{"data"}}, unknown
		r.Written = resource.ReplacePaths(r.Content, []resource.Path{{"data", "password"}}, resource.Encrypted)
		return policy.Subject{ID: r.ID, Resource: &r}
	}
	about := func(rule string, findings []policy.Finding) (keys []string) {
		for _, f := range findings {
			if f.Rule == rule {
				keys = append(keys, f.Msg)
			}
		}
		return keys
	}
	memory := &remembering{kept: map[[32]byte][]byte{}}
	for name, test := range map[string]struct {
		subject policy.Subject
		result  []string
		waits   []string
	}{
		"with the key":    {secret("opened"), []string{"password", "user"}, nil},
		"without the key": {secret("ENC[x]", resource.Path{"data", "password"}), nil, []string{"result"}},
		// What is unknown for another reason stays so.
		"unknown beside it": {secret("ENC[x]", resource.Path{"data", "password"}, resource.Path{"data", "user"}), nil, []string{"result", "written"}},
	} {
		report := judgedAnew(t, j, policy.Case{Phase: policy.PhaseCheck, Subjects: []policy.Subject{test.subject}}, memory)
		want := []string{"user"}
		if len(test.waits) == 2 {
			want = nil
		}
		if diff := cmp.Diff(want, about("written", report.Findings)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
		if diff := cmp.Diff(test.result, about("result", report.Findings)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
		var waits []string
		for _, u := range report.Undecided {
			waits = append(waits, u.Rule)
		}
		if diff := cmp.Diff(test.waits, waits); diff != "" {
			t.Errorf("%s: undecided -want +got:\n%s", name, diff)
		}
	}

	// The same object of a source in which less is encrypted is another case.
	plain := secret("opened")
	plain.Resource.Written = nil
	report := judgedAnew(t, j, policy.Case{Phase: policy.PhaseCheck, Subjects: []policy.Subject{plain}}, memory)
	if got := about("written", report.Findings); len(got) != 2 {
		t.Errorf("remembered of another source: %v", got)
	}

	trace, err := j.(policy.Tracer).Trace(t.Context(), policy.Case{Phase: policy.PhaseCheck, Subjects: []policy.Subject{secret("opened")}},
		policy.Ask{Rule: "written"})
	if err != nil || !strings.Contains(string(trace.Input), `"(sensitive)"`) || len(trace.Bodies) == 0 {
		t.Error(err, string(trace.Input))
	}
}
