package server_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/server"
	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func metrics(t *testing.T, targets ...string) (*server.Metrics, *prometheus.Registry) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	m, err := server.NewMetrics(registry, "v1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	m.SetTargets(targets)
	return m, registry
}

// has compares whole families, but for those that depend on the machine.
func has(t *testing.T, registry *prometheus.Registry, want string, families ...string) {
	t.Helper()
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), families...); err != nil {
		t.Error(err)
	}
}

var started = time.Unix(1_700_000_000, 0)

func blockedRun() reconcile.Run {
	return reconcile.Run{
		ID: "1", Target: "web", Quarantined: "abc", Started: started, Ended: started.Add(3 * time.Second), Outcome: reconcile.OutcomeBlocked,
		Changes: []reconcile.ChangeRecord{
			{Action: resource.ActionCreate, State: reconcile.StateBlocked},
			{Action: resource.ActionUpdate, State: reconcile.StateApplied, Drift: true},
			{Action: resource.ActionUpdate, State: reconcile.StateApplied},
		},
		Findings: []reconcile.FindingRecord{
			{Severity: policy.High, Decision: policy.Deny},
			{Severity: policy.High}, // the zero decision denies
			{Severity: policy.Low, Decision: policy.Warn},
			{Severity: policy.Critical, Decision: policy.Deny, Waived: &policy.Waived{By: "waiver"}},
		},
		Health: []reconcile.HealthRecord{{Status: drivers.StatusDegraded}, {Status: drivers.StatusUnknown}, {Status: drivers.StatusUnknown}},
	}
}

func TestObserve(t *testing.T) {
	m, registry := metrics(t, "web")
	m.Observe(blockedRun())
	has(t, registry, `
# HELP holdfast_changes_total Changes that runs found due, by what became of them; each run counts anew.
# TYPE holdfast_changes_total counter
holdfast_changes_total{action="create",state="blocked",target="web"} 1
holdfast_changes_total{action="update",state="applied",target="web"} 2
# HELP holdfast_drift_total Changes due to drift that runs found; each run counts anew.
# TYPE holdfast_drift_total counter
holdfast_drift_total{target="web"} 1
# HELP holdfast_findings Findings of the last run that no waiver covers.
# TYPE holdfast_findings gauge
holdfast_findings{decision="deny",severity="high",target="web"} 2
holdfast_findings{decision="warn",severity="low",target="web"} 1
# HELP holdfast_health Resources that the last run left in another state than healthy, by status.
# TYPE holdfast_health gauge
holdfast_health{status="degraded",target="web"} 1
holdfast_health{status="progressing",target="web"} 0
holdfast_health{status="unknown",target="web"} 2
# HELP holdfast_runs_total Runs that ended, by outcome.
# TYPE holdfast_runs_total counter
holdfast_runs_total{outcome="blocked",target="web"} 1
# HELP holdfast_target_in_line 1 if the last run left the target in line, else 0.
# TYPE holdfast_target_in_line gauge
holdfast_target_in_line{target="web"} 0
# HELP holdfast_target_last_success_timestamp_seconds When the last run ended that left the target in line.
# TYPE holdfast_target_last_success_timestamp_seconds gauge
holdfast_target_last_success_timestamp_seconds{target="web"} 0
# HELP holdfast_target_quarantined 1 if a revision is bad for the target, else 0.
# TYPE holdfast_target_quarantined gauge
holdfast_target_quarantined{target="web"} 1
`, "holdfast_target_quarantined", "holdfast_changes_total", "holdfast_drift_total", "holdfast_findings", "holdfast_health", "holdfast_runs_total",
		"holdfast_target_in_line", "holdfast_target_last_success_timestamp_seconds")

	mended := reconcile.Run{ID: "2", Target: "web", Started: started, Ended: started.Add(1500 * time.Millisecond), Outcome: reconcile.OutcomeOK}
	m.Observe(mended)
	has(t, registry, `
# HELP holdfast_runs_total Runs that ended, by outcome.
# TYPE holdfast_runs_total counter
holdfast_runs_total{outcome="blocked",target="web"} 1
holdfast_runs_total{outcome="ok",target="web"} 1
# HELP holdfast_target_in_line 1 if the last run left the target in line, else 0.
# TYPE holdfast_target_in_line gauge
holdfast_target_in_line{target="web"} 1
# HELP holdfast_target_last_success_timestamp_seconds When the last run ended that left the target in line.
# TYPE holdfast_target_last_success_timestamp_seconds gauge
holdfast_target_last_success_timestamp_seconds{target="web"} 1.7000000015e+09
# HELP holdfast_target_quarantined 1 if a revision is bad for the target, else 0.
# TYPE holdfast_target_quarantined gauge
holdfast_target_quarantined{target="web"} 0
`, "holdfast_target_quarantined", "holdfast_findings", "holdfast_runs_total", "holdfast_target_in_line", "holdfast_target_last_success_timestamp_seconds")

	// Not in line any more, but the time of the last success stays.
	m.Observe(blockedRun())
	has(t, registry, `
# HELP holdfast_target_in_line 1 if the last run left the target in line, else 0.
# TYPE holdfast_target_in_line gauge
holdfast_target_in_line{target="web"} 0
# HELP holdfast_target_last_success_timestamp_seconds When the last run ended that left the target in line.
# TYPE holdfast_target_last_success_timestamp_seconds gauge
holdfast_target_last_success_timestamp_seconds{target="web"} 1.7000000015e+09
`, "holdfast_target_in_line", "holdfast_target_last_success_timestamp_seconds")
}

func TestRunDuration(t *testing.T) {
	m, registry := metrics(t, "web")
	m.Observe(blockedRun())
	backwards := blockedRun()
	backwards.Ended = backwards.Started.Add(-time.Hour)
	m.Observe(backwards)
	text, err := testutil.GatherAndFormat(registry, expfmt.TypeTextPlain, "holdfast_run_duration_seconds")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`_bucket{target="web",le="2.5"} 1`, `_bucket{target="web",le="5"} 2`, `_sum{target="web"} 3`, `_count{target="web"} 2`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
}

func TestTargetsThatHaveGoneLoseTheirSeries(t *testing.T) {
	m, registry := metrics(t, "web", "app")
	m.Observe(blockedRun())
	m.SetTargets([]string{"app", "new"})
	m.Observe(blockedRun()) // a run that ended after its target had gone
	text, err := testutil.GatherAndFormat(registry, expfmt.TypeTextPlain)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), `target="web"`) {
		t.Errorf("web still has series:\n%s", text)
	}
	has(t, registry, `
# HELP holdfast_target_in_line 1 if the last run left the target in line, else 0.
# TYPE holdfast_target_in_line gauge
holdfast_target_in_line{target="app"} 0
holdfast_target_in_line{target="new"} 0
`, "holdfast_target_in_line")
}

// Whatever words come along, the number of series has a bound.
func TestLabelsAreBounded(t *testing.T) {
	m, registry := metrics(t, "web")
	for i := range 100 {
		word := fmt.Sprint("word", i)
		m.Observe(reconcile.Run{
			Target: "web", Started: started, Ended: started, Outcome: reconcile.Outcome(word),
			Changes:  []reconcile.ChangeRecord{{Action: resource.Action(word), State: reconcile.State(word)}},
			Findings: []reconcile.FindingRecord{{Severity: policy.Severity(word), Decision: policy.Decision(word)}},
		})
		m.Observe(reconcile.Run{Target: word, Outcome: reconcile.OutcomeOK})
		m.Observe(reconcile.Run{Target: "web"}) // has not ended
	}
	has(t, registry, `
# HELP holdfast_changes_total Changes that runs found due, by what became of them; each run counts anew.
# TYPE holdfast_changes_total counter
holdfast_changes_total{action="other",state="other",target="web"} 100
# HELP holdfast_findings Findings of the last run that no waiver covers.
# TYPE holdfast_findings gauge
holdfast_findings{decision="deny",severity="other",target="web"} 1
# HELP holdfast_runs_total Runs that ended, by outcome.
# TYPE holdfast_runs_total counter
holdfast_runs_total{outcome="other",target="web"} 100
`, "holdfast_changes_total", "holdfast_findings", "holdfast_runs_total")
}

func TestObserveFetch(t *testing.T) {
	m, registry := metrics(t)
	for _, err := range []error{nil, nil, fmt.Errorf("main: %w", sources.ErrUnverified), sources.ErrRewritten, errors.New("no route"), sources.ErrNotFound} {
		m.ObserveFetch(err)
	}
	has(t, registry, `
# HELP holdfast_source_fetch_total Attempts to fetch the source, by result.
# TYPE holdfast_source_fetch_total counter
holdfast_source_fetch_total{result="error"} 2
holdfast_source_fetch_total{result="ok"} 2
holdfast_source_fetch_total{result="rewritten"} 1
holdfast_source_fetch_total{result="unverified"} 1
`, "holdfast_source_fetch_total")
}

// Names, units and help follow Prometheus' conventions.
func TestMetricsLint(t *testing.T) {
	m, registry := metrics(t, "web")
	m.Observe(blockedRun())
	problems, err := testutil.GatherAndLint(registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		if strings.HasPrefix(problem.Metric, "holdfast_") {
			t.Errorf("%s: %s", problem.Metric, problem.Text)
		}
	}
}

func TestMetricsAreServed(t *testing.T) {
	m, registry := metrics(t, "web")
	m.Observe(blockedRun())
	options := healthy()
	options.Registry = registry
	response, body := serve(t, options).ask(t, "GET", "/metrics", "")
	if response.StatusCode != 200 || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Errorf("%d %s", response.StatusCode, response.Header.Get("Content-Type"))
	}
	for _, want := range []string{`holdfast_runs_total{outcome="blocked",target="web"} 1`, `holdfast_build_info{goversion="go`, `version="v1.2.3"} 1`, "go_goroutines ", "process_open_fds "} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not served", want)
		}
	}
	if _, err := server.NewMetrics(registry, "v1.2.3"); err == nil {
		t.Error("the same metrics were registered twice")
	}
}
