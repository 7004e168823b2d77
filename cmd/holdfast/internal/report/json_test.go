package report

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// contract is the schema of `check --format json`.
func contract(t testing.TB) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("report.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// auditKeys are what an audit's JSON has beside a check's.
var auditKeys = []string{"title", "generated", "tool", "source", "commit", "uncommitted", "targets", "unmanaged", "rules", "waivers", "trend", "excerpts"}

// validateAudit holds the part of an audit that is a check's to the contract.
func validateAudit(t *testing.T, schema *jsonschema.Schema, raw []byte) {
	t.Helper()
	var document map[string]json.RawMessage
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	for _, key := range auditKeys {
		if _, there := document[key]; !there {
			t.Errorf("the audit has no %s", key)
		}
		delete(document, key)
	}
	rest, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	validate(t, schema, rest)
}

func validate(t *testing.T, schema *jsonschema.Schema, raw []byte) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(document); err != nil {
		t.Errorf("%v in:\n%s", err, raw)
	}
}

func TestJSONKeepsTheContract(t *testing.T) {
	sample := sampleAudit().Report
	for name, report := range map[string]*reconcile.Report{
		"empty":  {},
		"sample": &sample,
		"bare finding": {
			Findings:  []reconcile.FindingRecord{{Rule: "main.deny", Msg: "no"}},
			Undecided: []reconcile.UndecidedRecord{{Rule: "a/b"}},
		},
		"conftest exception": {Findings: []reconcile.FindingRecord{{Rule: "main.deny", Msg: "no", Path: resource.Path{}, Waived: &policy.Waived{By: "exception"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := JSON(&b, report); err != nil {
				t.Fatal(err)
			}
			validate(t, contract(t), b.Bytes())
		})
	}
}

// The schema itself must refuse what the contract excludes.
func TestContractRefuses(t *testing.T) {
	for name, edit := range map[string]func(document map[string]any){
		"null findings":    func(d map[string]any) { d["findings"] = nil },
		"no version":       func(d map[string]any) { delete(d, "version") },
		"null controls":    func(d map[string]any) { d["findings"].([]any)[0].(map[string]any)["controls"] = nil },
		"another decision": func(d map[string]any) { d["findings"].([]any)[0].(map[string]any)["decision"] = "" },
		"an unknown key":   func(d map[string]any) { d["extra"] = 1 },
		"one of a finding": func(d map[string]any) { d["findings"].([]any)[0].(map[string]any)["extra"] = "" },
		"a path of floats": func(d map[string]any) { d["findings"].([]any)[0].(map[string]any)["path"] = []any{1.5} },
		"no place":         func(d map[string]any) { d["findings"].([]any)[0].(map[string]any)["location"] = nil },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			sample := sampleAudit().Report
			if err := JSON(&b, &sample); err != nil {
				t.Fatal(err)
			}
			document, err := jsonschema.UnmarshalJSON(&b)
			if err != nil {
				t.Fatal(err)
			}
			edit(document.(map[string]any))
			if contract(t).Validate(document) == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestJSONRoundTrip(t *testing.T) {
	want := sampleAudit().Report
	var b bytes.Buffer
	if err := JSON(&b, &want); err != nil {
		t.Fatal(err)
	}
	var got reconcile.Report
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want.Version = reconcile.ReportVersion
	if diff := cmp.Diff(want, got, decoded); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// decoded compares what holds numbers as JSON has them: each is a float64 then.
var decoded = cmp.Options{
	cmpopts.EquateEmpty(),
	cmp.FilterValues(func(x, y resource.Path) bool { return len(x)+len(y) > 0 }, cmp.Comparer(func(x, y resource.Path) bool {
		return sameJSON(x, y)
	})),
	cmp.FilterValues(func(x, y any) bool {
		_, xIsNumber := x.(float64)
		_, yIsNumber := y.(float64)
		return xIsNumber || yIsNumber
	}, cmp.Comparer(sameJSON)),
}

func sameJSON(x, y any) bool {
	a, _ := json.Marshal(x)
	b, _ := json.Marshal(y)
	return bytes.Equal(a, b)
}

func TestAuditJSONRoundTrip(t *testing.T) {
	want := sampleAudit()
	want.Targets[0].LastRun.Findings = []reconcile.FindingRecord{{Rule: "a/b", Decision: policy.Deny}}
	var b bytes.Buffer
	if err := AuditJSON(&b, want); err != nil {
		t.Fatal(err)
	}
	validateAudit(t, contract(t), b.Bytes())
	var got struct {
		reconcile.Audit
		Excerpts map[int][]sources.Line `json:"excerpts"`
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	got.Audit.Excerpts = got.Excerpts
	want.Version = reconcile.ReportVersion
	if diff := cmp.Diff(*want, got.Audit, decoded); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// An unset decision denies; JSON must not make it less.
func TestJSONWritesAnUnsetDecisionAsDeny(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, &reconcile.Report{Findings: []reconcile.FindingRecord{{}, {Decision: "block"}, {Decision: policy.Warn}}}); err != nil {
		t.Fatal(err)
	}
	var got reconcile.Report
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for i, want := range []policy.Decision{policy.Deny, policy.Deny, policy.Warn} {
		if got.Findings[i].Decision != want {
			t.Errorf("finding %d is written as %q, want %q", i, got.Findings[i].Decision, want)
		}
	}
}

func TestJSONLeavesItsInputAlone(t *testing.T) {
	audit := sampleAudit()
	audit.Findings[0].Decision = ""
	audit.Targets[0].LastRun.Findings = nil
	if err := AuditJSON(io.Discard, audit); err != nil {
		t.Fatal(err)
	}
	if audit.Findings[0].Decision != "" || audit.Targets[0].LastRun.Findings != nil || audit.Version != 0 {
		t.Error("the audit was changed")
	}
}

func TestJSONGolden(t *testing.T) {
	audit := sampleAudit()
	audit.Findings = audit.Findings[len(audit.Findings)-2:]
	audit.Excerpts = map[int][]sources.Line{0: {{Number: 55, Text: `  mode: "0666"`}}}
	golden(t, "check.json", func(w io.Writer) error { return JSON(w, &audit.Report) })
	golden(t, "audit.json", func(w io.Writer) error { return AuditJSON(w, audit) })
	golden(t, "empty.json", func(w io.Writer) error { return AuditJSON(w, emptyAudit()) })
}
