package server

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// other stands for each label value that is not among the known ones, so that
// the number of series has a bound: targets times a constant.
const other = "other"

// Metrics counts what the loop does, for Prometheus. Its methods may be called
// from several goroutines.
type Metrics struct {
	mu       sync.Mutex
	targets  []string // sorted; those that have series
	runs     *prometheus.CounterVec
	duration *prometheus.HistogramVec
	changes  *prometheus.CounterVec
	drift    *prometheus.CounterVec
	findings *prometheus.GaugeVec
	health   *prometheus.GaugeVec
	bad      *prometheus.GaugeVec
	inLine   *prometheus.GaugeVec
	success  *prometheus.GaugeVec
	fetches  *prometheus.CounterVec
}

// NewMetrics registers the metrics, and those of the process and of Go's runtime.
func NewMetrics(registry prometheus.Registerer, version string) (*Metrics, error) {
	m := &Metrics{
		runs:     counter("runs_total", "Runs that ended, by outcome.", "target", "outcome"),
		changes:  counter("changes_total", "Changes that runs found due, by what became of them; each run counts anew.", "target", "action", "state"),
		drift:    counter("drift_total", "Changes due to drift that runs found; each run counts anew.", "target"),
		fetches:  counter("source_fetch_total", "Attempts to fetch the source, by result.", "result"),
		findings: gauge("findings", "Findings of the last run that no waiver covers.", "target", "severity", "decision"),
		health:   gauge("health", "Resources that the last run left in another state than healthy, by status.", "target", "status"),
		bad:      gauge("target_quarantined", "1 if a revision is bad for the target, else 0.", "target"),
		inLine:   gauge("target_in_line", "1 if the last run left the target in line, else 0.", "target"),
		success:  gauge("target_last_success_timestamp_seconds", "When the last run ended that left the target in line.", "target"),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "holdfast", Name: "run_duration_seconds", Help: "How long runs took.",
			Buckets: []float64{0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600},
		}, []string{"target"}),
	}
	build := gauge("build_info", "The build that is running; always 1.", "version", "goversion")
	build.WithLabelValues(version, runtime.Version()).Set(1)
	for _, collector := range []prometheus.Collector{
		m.runs, m.duration, m.changes, m.drift, m.findings, m.health, m.bad, m.inLine, m.success, m.fetches, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := registry.Register(collector); err != nil {
			return nil, fmt.Errorf("registering metrics: %w", err)
		}
	}
	for _, result := range []string{"ok", "unverified", "rewritten", "error"} {
		m.fetches.WithLabelValues(result)
	}
	return m, nil
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "holdfast", Name: name, Help: help}, labels)
}

func gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "holdfast", Name: name, Help: help}, labels)
}

// SetTargets says which targets there are. Those that have gone lose their
// series; new ones begin with zeros, so that an alert on a target that was
// never in line has something to look at. Runs of other targets are not counted.
func (m *Metrics) SetTargets(names []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	names = slices.Sorted(slices.Values(names))
	for _, gone := range m.targets {
		if _, found := slices.BinarySearch(names, gone); !found {
			m.forget(gone)
		}
	}
	m.targets = names
	for _, name := range names {
		m.drift.WithLabelValues(name)
		m.inLine.WithLabelValues(name)
		m.success.WithLabelValues(name)
		m.duration.WithLabelValues(name)
	}
}

func (m *Metrics) forget(target string) {
	labels := prometheus.Labels{"target": target}
	for _, vector := range []interface{ DeletePartialMatch(prometheus.Labels) int }{
		m.runs, m.duration, m.changes, m.drift, m.findings, m.health, m.bad, m.inLine, m.success,
	} {
		vector.DeletePartialMatch(labels)
	}
}

// Observe takes in a run that has ended.
func (m *Metrics) Observe(run reconcile.Run) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, known := slices.BinarySearch(m.targets, run.Target)
	if !known || run.Outcome == reconcile.OutcomeRunning {
		return
	}
	m.runs.WithLabelValues(run.Target, outcomeLabel(run.Outcome)).Inc()
	// A clock that was set back in between is no duration.
	m.duration.WithLabelValues(run.Target).Observe(max(0, run.Ended.Sub(run.Started).Seconds()))
	for _, change := range run.Changes {
		m.changes.WithLabelValues(run.Target, actionLabel(change.Action), stateLabel(change.State)).Inc()
		if change.Drift {
			m.drift.WithLabelValues(run.Target).Inc()
		}
	}
	m.findings.DeletePartialMatch(prometheus.Labels{"target": run.Target})
	for _, finding := range run.Findings {
		if finding.Waived == nil {
			m.findings.WithLabelValues(run.Target, severityLabel(finding.Severity), decisionLabel(finding.Decision)).Inc()
		}
	}
	statuses := map[string]float64{}
	for _, health := range run.Health {
		statuses[statusLabel(health.Status)]++
	}
	for _, status := range []drivers.Status{drivers.StatusProgressing, drivers.StatusDegraded, drivers.StatusUnknown} {
		m.health.WithLabelValues(run.Target, status.String()).Set(statuses[status.String()])
	}
	bad := 0.0
	if run.Quarantined != "" {
		bad = 1
	}
	m.bad.WithLabelValues(run.Target).Set(bad)
	inLine := 0.0
	if run.Outcome == reconcile.OutcomeOK {
		inLine = 1
		m.success.WithLabelValues(run.Target).Set(float64(run.Ended.UnixMilli()) / 1000)
	}
	m.inLine.WithLabelValues(run.Target).Set(inLine)
}

// ObserveFetch takes in how an attempt to fetch the source ended, nil if well.
func (m *Metrics) ObserveFetch(err error) {
	result := "error"
	switch {
	case err == nil:
		result = "ok"
	case errors.Is(err, sources.ErrUnverified):
		result = "unverified"
	case errors.Is(err, sources.ErrRewritten):
		result = "rewritten"
	}
	m.fetches.WithLabelValues(result).Inc()
}

func outcomeLabel(outcome reconcile.Outcome) string {
	switch outcome {
	case reconcile.OutcomeOK, reconcile.OutcomeFlagged, reconcile.OutcomeBlocked,
		reconcile.OutcomeHeld, reconcile.OutcomeFailed, reconcile.OutcomeWaiting:
		return string(outcome)
	}
	return other
}

func actionLabel(action resource.Action) string {
	switch action {
	case resource.ActionNone, resource.ActionCreate, resource.ActionUpdate,
		resource.ActionReplace, resource.ActionDelete, resource.ActionMove:
		return string(action)
	}
	return other
}

func stateLabel(state reconcile.State) string {
	switch state {
	case reconcile.StatePlanned, reconcile.StateApplied, reconcile.StateBlocked, reconcile.StateFlagged,
		reconcile.StateStale, reconcile.StateFailed, reconcile.StateSkipped, reconcile.StateKept, reconcile.StateBegun:
		return string(state)
	}
	return other
}

// statusLabel treats what is not known to be one of the port's as unknown.
func statusLabel(status drivers.Status) string {
	if status == drivers.StatusProgressing || status == drivers.StatusDegraded {
		return string(status)
	}
	return drivers.StatusUnknown.String()
}

func severityLabel(severity policy.Severity) string {
	if severity.Rank() == 0 {
		return other
	}
	return string(severity)
}

// decisionLabel treats all but warn as deny, as the gate does.
func decisionLabel(decision policy.Decision) string {
	if decision == policy.Warn {
		return string(policy.Warn)
	}
	return string(policy.Deny)
}
