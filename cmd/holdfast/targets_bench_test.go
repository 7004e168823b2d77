package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// inLine is a destination at which all is as it is desired, so that a pass is
// reading and judging, and next to nothing else.
type inLine string

func (d inLine) Destination() string { return string(d) }
func (d inLine) Close() error        { return nil }

func (d inLine) Observe(_ context.Context, request drivers.ObserveRequest) (*drivers.Observation, error) {
	return &drivers.Observation{Live: request.Desired}, nil
}

func (d inLine) Plan(_ context.Context, request drivers.PlanRequest) (*drivers.Plan, error) {
	plan := &drivers.Plan{}
	for i := range request.Desired {
		res := &request.Desired[i]
		plan.Changes = append(plan.Changes, resource.Change{ID: res.ID, Action: resource.ActionNone, Before: res, After: res})
	}
	return plan, nil
}

func (d inLine) Apply(context.Context, *drivers.Plan, []resource.Change, drivers.Journal) error {
	return nil
}

// manyTargets is a folder of so many targets, each with so many objects, and a
// Reconciler for it.
func manyTargets(b *testing.B, targets, objects int) (folder string, r *reconcile.Reconciler) {
	b.Helper()
	folder = b.TempDir()
	var config strings.Builder
	fmt.Fprintf(&config, "source: {dir: {path: repo}}\nstate: %s\nserver: {listen: \"off\"}\ntargets:\n", filepath.Join(folder, "state.db"))
	for i := range targets {
		fmt.Fprintf(&config, "  - {name: t%03d, driver: kubernetes, path: t%03d, mode: flag}\n", i, i)
		if err := os.MkdirAll(filepath.Join(folder, "repo", fmt.Sprintf("t%03d", i)), 0o755); err != nil {
			b.Fatal(err)
		}
		for app := range objects / 5 {
			writeApp(b, folder, i, app, 3)
		}
	}
	file := filepath.Join(folder, "operator.yaml")
	if err := os.WriteFile(file, []byte(config.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	c, err := loadConfig(file)
	if err != nil {
		b.Fatal(err)
	}
	logger := slog.New(slog.DiscardHandler)
	parts, err := newEngine(b.Context(), c, engineOptions{logger: logger})
	if err != nil {
		b.Fatal(err)
	}
	kind := drivers.Kind{Name: "kubernetes", Open: func(_ context.Context, options drivers.Options) (drivers.Driver, error) {
		return inLine(options.Target), nil
	}}
	renderer := render.New(render.Options{MaxFileSize: c.Limits.MaxFileSize})
	r = reconcile.New(reconcile.Options{
		Source: parts.source, Renderer: renderer, Locator: renderer, Compiler: newCompiler(0, logger),
		Drivers: []drivers.Kind{kind}, Store: parts.store, Configure: configure(c), Now: time.Now, Logger: logger,
	})
	b.Cleanup(func() {
		if err := r.Close(); err != nil {
			b.Error(err)
		}
		if err := parts.Close(); err != nil {
			b.Error(err)
		}
	})
	return folder, r
}

// writeApp writes five objects of some twenty-five lines.
func writeApp(b *testing.B, folder string, target, app, replicas int) {
	b.Helper()
	name := fmt.Sprintf("app-%03d", app)
	text := fmt.Sprintf(benchApp, name, target, replicas, replicas)
	if err := os.WriteFile(filepath.Join(folder, "repo", fmt.Sprintf("t%03d", target), name+".yaml"), []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}

const benchWorkload = `metadata: {name: %[1]s, namespace: team-%[2]d, labels: {app.kubernetes.io/part-of: shop, team: platform}}
spec:
  replicas: %[3]d
  selector:
    matchLabels: {app: %[1]s}
  template:
    metadata:
      labels: {app: %[1]s, team: platform}
    spec:
      automountServiceAccountToken: false
      containers:
        - name: main
          image: registry.example.com/team/app:1.4.2@sha256:9b2cf535f27731c974343645a3985328f9b2cf535f27731c974343645a398532
          ports: [{containerPort: 8080}]
          env:
            - {name: LOG_LEVEL, value: info}
          securityContext:
            runAsNonRoot: true
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
            seccompProfile: {type: RuntimeDefault}
          readinessProbe: {httpGet: {path: /ready, port: 8080}}
          livenessProbe: {httpGet: {path: /live, port: 8080}}
          resources:
            requests: {cpu: 100m, memory: 128Mi}
            limits: {cpu: "1", memory: 128Mi}
`

const benchApp = "apiVersion: apps/v1\nkind: Deployment\n" + benchWorkload + "---\napiVersion: apps/v1\nkind: StatefulSet\n" + benchWorkload + `
---
apiVersion: v1
kind: Service
metadata:
  name: %[1]s
  namespace: team-%[2]d
  labels: {app.kubernetes.io/part-of: shop, team: platform}
  annotations:
    example.com/owner: platform
    example.com/tier: backend
    example.com/runbook: https://runbooks.example.com/shop
spec:
  type: ClusterIP
  selector: {app: %[1]s}
  ports:
    - {name: http, port: 80, protocol: TCP, targetPort: 8080}
    - {name: metrics, port: 9090, protocol: TCP, targetPort: 9090}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: %[1]s, namespace: team-%[2]d, labels: {team: platform}}
data:
  LOG_LEVEL: info
  WORKERS: "%[4]d"
  app.conf: |
    listen = 0.0.0.0:8080
    workers = 8
    access_log = on
    [upstream]
    host = upstream.example.com
    port = 443
---
apiVersion: v1
kind: Secret
metadata: {name: %[1]s, namespace: team-%[2]d, labels: {team: platform}}
stringData:
  password: the password of %[1]s in team-%[2]d
  key: the key of %[1]s in team-%[2]d
`

// BenchmarkTargets is what passes over many targets cost that find nothing to
// do: one in which nothing changed, and one with a commit that changes an object.
func BenchmarkTargets(b *testing.B) {
	for _, size := range []struct{ targets, objects int }{{50, 100}, {100, 100}, {200, 50}} {
		b.Run(fmt.Sprintf("targets=%d/objects=%d", size.targets, size.objects), func(b *testing.B) {
			folder, r := manyTargets(b, size.targets, size.objects)
			pass := func(b *testing.B) {
				b.Helper()
				result, err := r.Pass(b.Context(), reconcile.PassOptions{})
				if err != nil || len(result.Unfit) > 0 || len(result.Runs) != size.targets {
					b.Fatal(err, result.Unfit, len(result.Runs))
				}
				for _, run := range result.Runs {
					if run.Outcome != reconcile.OutcomeOK {
						b.Fatal(run.Target, run.Outcome, run.Message)
					}
				}
			}
			pass(b)
			replicas := 3
			b.Run("nothing changed", func(b *testing.B) { measured(b, func() { pass(b) }) })
			b.Run("one object changed", func(b *testing.B) {
				measured(b, func() {
					replicas++
					writeApp(b, folder, 7, 7, replicas)
					pass(b)
				})
			})
		})
	}
}

// measured is a benchmark of CPU seconds, and of what is held after it.
func measured(b *testing.B, do func()) {
	used := func() time.Duration {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			b.Fatal(err)
		}
		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	began := used()
	for b.Loop() {
		do()
	}
	b.ReportMetric((used()-began).Seconds()/float64(b.N), "CPU-s/op")
	var heap runtime.MemStats
	runtime.GC()
	runtime.GC() // what is pooled outlives the first
	runtime.ReadMemStats(&heap)
	b.ReportMetric(float64(heap.HeapAlloc)/(1<<20), "heap-MiB")
}
