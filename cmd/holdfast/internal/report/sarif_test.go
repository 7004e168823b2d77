package report

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// sarifStandard is OASIS' own schema of SARIF 2.1.0, as the library that reads
// our output in these tests brings it along.
var sarifStandard = sync.OnceValues(func() (*jsonschema.Schema, error) {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(out)), "schema.go"), nil, 0)
	if err != nil {
		return nil, err
	}
	literal := ""
	ast.Inspect(file, func(node ast.Node) bool {
		if value, ok := node.(*ast.BasicLit); ok && value.Kind == token.STRING && len(value.Value) > len(literal) {
			literal = value.Value // the file's only long one
		}
		return true
	})
	text, err := strconv.Unquote(literal)
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif.json", document); err != nil {
		return nil, err
	}
	return compiler.Compile("sarif.json")
})

// parseSARIF validates a log against the standard and reads it with a library that is not ours.
func parseSARIF(t testing.TB, out string) *sarif.Run {
	t.Helper()
	schema, err := sarifStandard()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, out)
	}
	if err := schema.Validate(document); err != nil {
		t.Errorf("not SARIF 2.1.0: %v in:\n%s", err, out)
	}
	log, err := sarif.FromBytes([]byte(out))
	if err != nil {
		t.Fatal(err)
	}
	if len(log.Runs) != 1 {
		t.Fatalf("%d runs", len(log.Runs))
	}
	return log.Runs[0]
}

func sarifFailed(t testing.TB, out string) bool {
	run := parseSARIF(t, out)
	for _, n := range run.Invocations[0].ToolConfigurationNotifications {
		if n.Level == "error" {
			return true
		}
	}
	for _, result := range run.Results {
		if result.Level == "error" && len(result.Suppressions) == 0 && (result.BaselineState == nil || *result.BaselineState != "unchanged") {
			return true
		}
	}
	return !*run.Invocations[0].ExecutionSuccessful
}

func TestSARIF(t *testing.T) {
	run := parseSARIF(t, render(t, "sarif", oneOfEach()))
	driver := run.Tool.Driver
	if *driver.Name != "holdfast" || *driver.Version != "v0.1.0" || *driver.SemanticVersion != "0.1.0" {
		t.Errorf("the tool is %s %s", *driver.Name, *driver.Version)
	}
	type row struct{ kind, level, baseline string }
	want := []row{
		{"fail", "error", "new"}, {"fail", "error", "new"}, {"fail", "note", "new"}, {"fail", "error", "new"}, {"fail", "error", "unchanged"},
		{"open", "none", "new"}, {"fail", "error", "new"},
	}
	if len(run.Results) != len(want) {
		t.Fatalf("%d results, want %d", len(run.Results), len(want))
	}
	for i, result := range run.Results {
		if got := (row{result.Kind, result.Level, *result.BaselineState}); got != want[i] {
			t.Errorf("result %d is %v, want %v", i, got, want[i])
		}
		if rule := driver.Rules[result.RuleIndex]; *rule.ID != *result.RuleID {
			t.Errorf("result %d is of rule %s, its index leads to %s", i, *result.RuleID, *rule.ID)
		}
	}
	first := run.Results[0]
	place := first.Locations[0].PhysicalLocation
	if *place.ArtifactLocation.URI != "deploy/web.yaml" || *place.ArtifactLocation.URIBaseID != "%SRCROOT%" || *place.Region.StartLine != 7 || *place.Region.StartColumn != 3 {
		t.Errorf("the first is at %+v", place)
	}
	if logical := first.Locations[0].LogicalLocations; *logical[0].FullyQualifiedName != "shop: Pod shop/web" || *logical[1].Name != "spec.containers[0]" {
		t.Errorf("the first is about %+v", logical)
	}
	if first.PartialFingerprints["holdfastFinding/v1"] != oneOfEach().Findings[0].Fingerprint {
		t.Errorf("its fingerprints are %v", first.PartialFingerprints)
	}
	suppression := run.Results[3].Suppressions[0]
	if *suppression.Kind != "external" || *suppression.Status != "accepted" || !strings.Contains(*suppression.Justification, "until the move") ||
		*suppression.Location.PhysicalLocation.ArtifactLocation.URI != "waivers/b.yaml" || *suppression.Location.PhysicalLocation.Region.StartLine != 8 {
		t.Errorf("the waived one is suppressed by %+v", suppression)
	}
	ports := driver.Rules[4-1]
	if *ports.ID != "acme/ports" || ports.Properties.Properties["security-severity"] != "8.0" || ports.DefaultConfiguration.Level != "error" ||
		!strings.Contains(*ports.Help.Markdown, "**To mend it:** Close the port.") || strings.Join(ports.Properties.Tags, " ") != "acme/1 security" {
		t.Errorf("the rule is %+v", ports)
	}
	if clean := driver.Rules[1]; *clean.ID != "acme/clean" || clean.DefaultConfiguration.Level != "warning" || clean.Properties.Properties["security-severity"] != nil {
		t.Errorf("the rule is %+v", clean)
	}
}

// Where one result has suppressions all have (3.27.23), which tells those that
// have none from those of which nothing is known.
func TestSARIFSuppressions(t *testing.T) {
	var log struct {
		Runs []struct {
			Results []map[string]json.RawMessage `json:"results"`
		} `json:"runs"`
	}
	if err := json.Unmarshal([]byte(render(t, "sarif", oneOfEach())), &log); err != nil {
		t.Fatal(err)
	}
	for i, result := range log.Runs[0].Results {
		if empty := string(bytes.TrimSpace(result["suppressions"])) == "[]"; empty != (i != 3) {
			t.Errorf("result %d: suppressions %s", i, result["suppressions"])
		}
	}
}

func TestSARIFMistakes(t *testing.T) {
	check := oneOfEach()
	check.Errors = mistaken().Errors
	check.UncoveredBlocks = true
	invocation := parseSARIF(t, render(t, "sarif", check)).Invocations[0]
	if *invocation.ExecutionSuccessful {
		t.Error("a check with a mistake was successful")
	}
	var got []string
	for _, n := range invocation.ToolConfigurationNotifications {
		got = append(got, n.Level+": "+*n.Message.Text)
	}
	want := []string{
		`error: the key "a" is already set`, "error: --base nowhere: no such revision", "warning: the waiver ended",
		"warning: deploy/chart was not evaluated: a chart is not rendered", "error: Pod shop/alone was looked at by no rule, which blocks",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the notifications are\n%s", strings.Join(got, "\n"))
	}
}

// Every result is somewhere, by a URI that leads there.
func TestSARIFPlaces(t *testing.T) {
	for file, want := range map[string]string{
		"a/b.yaml": "a/b.yaml", "./a.yaml": "a.yaml", "a b#c?.yaml": "a%20b%23c%3F.yaml", "a:b.yaml": "./a:b.yaml", "../up.yaml": "../up.yaml",
		"": ".", "100%.yaml": "100%25.yaml", "é.yaml": "%C3%A9.yaml", "/etc/a b.yaml": "file:///etc/a%20b.yaml",
	} {
		check := &Check{Report: &reconcile.Report{Findings: []reconcile.FindingRecord{{Rule: "a/b", Msg: "x", Location: resource.Location{File: file}}}}}
		artifact := parseSARIF(t, render(t, "sarif", check)).Results[0].Locations[0].PhysicalLocation.ArtifactLocation
		if *artifact.URI != want || (artifact.URIBaseID == nil) != strings.HasPrefix(file, "/") {
			t.Errorf("%q is at %q, want %q", file, *artifact.URI, want)
		}
	}
}

// A message is there word for word, but makes no link (3.11.6).
func TestSARIFMessages(t *testing.T) {
	for msg, want := range map[string]string{
		"spec.containers[0] is {bad}": "spec.containers[0] is {bad}",
		"see [here](https://evil)":    `see \[here\](https://evil)`,
		"\x1b[31mred":                 `\x1b[31mred`,
	} {
		if got := sarifMessage(msg).Text; got != want {
			t.Errorf("%q became %q, want %q", msg, got, want)
		}
	}
}

func TestSARIFSeverities(t *testing.T) {
	bands := map[policy.Severity][2]float64{policy.Low: {0.1, 3.9}, policy.Medium: {4, 6.9}, policy.High: {7, 8.9}, policy.Critical: {9, 10}}
	for severity, band := range bands {
		score, err := strconv.ParseFloat(securitySeverity(severity), 64)
		if err != nil || score < band[0] || score > band[1] {
			t.Errorf("%s is %v, which GitHub does not call so", severity, score)
		}
	}
	if securitySeverity("odd") != "" {
		t.Error("an unknown severity has a score")
	}
}

func TestSemantic(t *testing.T) {
	for version, want := range map[string]string{"v1.2.3": "1.2.3", "1.2.3-rc.1+5": "1.2.3-rc.1+5", "(devel)": "", "9f2c1e7-dirty": "", "": ""} {
		if got := semantic(version); got != want {
			t.Errorf("%q is %q, want %q", version, got, want)
		}
	}
}
