package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// tapPoint is a test point as a harness understands it.
type tapPoint struct {
	ok                      bool
	description             string
	directive, reason       string
	message, file, severity string
}

var (
	tapLine      = regexp.MustCompile(`^(not )?ok (\d+) - (.*)$`)
	tapDirective = regexp.MustCompile(`(?i)^(SKIP|TODO)\S*\s+(.*)$`)
)

// parseTAP reads a document by the rules of the specification: the version, one
// plan, test points numbered in order, YAML blocks, comments, and nothing else.
func parseTAP(t testing.TB, out string) []tapPoint {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) < 2 || lines[0] != "TAP version 14" {
		t.Fatalf("not TAP 14:\n%s", out)
	}
	planned, err := strconv.Atoi(strings.TrimPrefix(lines[1], "1.."))
	if err != nil || planned == 0 {
		t.Fatalf("the plan is %q", lines[1])
	}
	var points []tapPoint
	for i := 2; i < len(lines); i++ {
		match := tapLine.FindStringSubmatch(lines[i])
		switch {
		case match != nil:
			if match[2] != fmt.Sprint(len(points)+1) {
				t.Fatalf("point %s comes after %d", match[2], len(points))
			}
			points = append(points, tapPointOf(match[1] == "", match[3]))
		case lines[i] == "  ---" && len(points) > 0:
			end := i + 1
			for ; end < len(lines) && lines[end] != "  ..."; end++ {
				if !strings.HasPrefix(lines[end], "  ") {
					t.Fatalf("a block is left by %q", lines[end])
				}
			}
			readDiagnostics(t, &points[len(points)-1], lines[i+1:end])
			i = end
		case strings.HasPrefix(lines[i], "# "):
		default:
			t.Fatalf("no TAP: %q in:\n%s", lines[i], out)
		}
	}
	if len(points) != planned {
		t.Fatalf("%d points of %d", len(points), planned)
	}
	return points
}

// tapPointOf splits a description from its directive, and unescapes both.
func tapPointOf(ok bool, rest string) tapPoint {
	point := tapPoint{ok: ok}
	var parts [2]strings.Builder
	at := 0
	for i := 0; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && i+1 < len(rest) && (rest[i+1] == '\\' || rest[i+1] == '#'):
			i++
			parts[at].WriteByte(rest[i])
		case rest[i] == '#' && at == 0 && strings.HasPrefix(rest[i:], "# ") && i > 0 && rest[i-1] == ' ':
			at = 1
			i++
		default:
			parts[at].WriteByte(rest[i])
		}
	}
	point.description = strings.TrimSuffix(parts[0].String(), " ")
	if match := tapDirective.FindStringSubmatch(parts[1].String()); match != nil {
		point.directive, point.reason = strings.ToUpper(match[1]), match[2]
	} else if at == 1 {
		point.description = rest
	}
	return point
}

func readDiagnostics(t testing.TB, point *tapPoint, lines []string) {
	t.Helper()
	var block struct {
		Message, Severity string
		At                struct{ File string }
	}
	if err := yaml.Unmarshal([]byte(strings.Join(lines, "\n")), &block); err != nil {
		t.Fatalf("%v in:\n%s", err, strings.Join(lines, "\n"))
	}
	point.message, point.file, point.severity = block.Message, block.At.File, block.Severity
}

func TestTAP(t *testing.T) {
	points := parseTAP(t, render(t, "tap", oneOfEach()))
	got := map[string]tapPoint{}
	for _, p := range points {
		got[p.description] = p
	}
	for description, want := range map[string]tapPoint{
		"acme/ports: Pod shop/web spec.containers[0]":     {message: "the first that blocks", file: "deploy/web.yaml", severity: "low"},
		"acme/ports: Pod shop/web spec.containers[0] (3)": {directive: "TODO", reason: "warning", message: "one that warns", file: "deploy/web.yaml", severity: "low"},
		"acme/ports: Pod shop/web spec.containers[0] (4)": {directive: "TODO", reason: "waived: until the move (ops@example.com, expires 2026-12-31, waivers/b.yaml:8)",
			message: "one that is waived", file: "deploy/web.yaml", severity: "high"},
		"acme/ports: Pod shop/later":           {ok: true, directive: "SKIP", reason: "undecided: known only after apply: spec.address", message: "undecided: known only after apply: spec.address", file: "deploy/later.yaml"},
		"acme/bucket: Pod shop/never":          {message: "undecided: known only after apply: spec.size", file: "deploy/never.yaml"},
		"acme/clean: Nothing to see":           {ok: true},
		"acme/idle: Nobody asks":               {ok: true, directive: "SKIP", reason: "there was nothing for this rule to look at"},
		"holdfast/not-evaluated: deploy/chart": {ok: true, directive: "SKIP", reason: "not evaluated: a chart is not rendered"},
	} {
		want.description = description
		if got[description] != want {
			t.Errorf("%s\n is %+v\nwant %+v", description, got[description], want)
		}
	}
}

// No text of others passes for a directive.
func TestTAPEscapes(t *testing.T) {
	check := oneOfEach()
	check.Findings = check.Findings[:1]
	check.Findings[0].Resource.Name = `web # SKIP \# TODO me`
	check.Undecided = nil
	point := parseTAP(t, render(t, "tap", check))[2]
	if point.ok || point.directive != "" || !strings.Contains(point.description, `Pod shop/web # SKIP \# TODO me`) {
		t.Errorf("the point is %+v", point)
	}
}
