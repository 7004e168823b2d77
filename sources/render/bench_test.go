package render_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// manifest is a Deployment of some thirty lines.
func manifest(file, document int) string {
	return fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-%d-%d
  namespace: team-%d
  labels:
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: web-%d
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: web
  template:
    metadata:
      labels:
        app.kubernetes.io/name: web
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.%d.0
          ports:
            - containerPort: 8080
          resources:
            requests: {cpu: 100m, memory: 128Mi}
            limits:
              memory: 256Mi
          securityContext:
            runAsNonRoot: true
            allowPrivilegeEscalation: false
`, file, document, file%50, file, document)
}

func corpus(count int) *tree {
	content := make(map[string]string, count)
	for i := range count {
		documents := make([]string, 5)
		for j := range documents {
			documents[j] = manifest(i, j)
		}
		content[fmt.Sprintf("team-%d/app-%d.yaml", i%50, i)] = strings.Join(documents, "---\n")
	}
	return files(content)
}

// BenchmarkRender is 1,000 files of 5 documents of 30 lines.
func BenchmarkRender(b *testing.B) {
	snapshot := corpus(1000)
	renderer := render.New(render.Options{})
	var kept *sources.Rendering
	b.ReportAllocs()
	for b.Loop() {
		rendering, err := renderer.Render(b.Context(), snapshot, sources.Selection{Path: "."})
		if err != nil || len(rendering.Resources) != 5000 {
			b.Fatal(err, len(rendering.Resources))
		}
		kept = rendering
	}
	b.StopTimer()
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.HeapAlloc)/float64(len(kept.Resources)), "heap-B/resource")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(kept.Resources)), "ns/resource")
	runtime.KeepAlive(kept)
}

// BenchmarkLocate is one finding in each of 1,000 files.
func BenchmarkLocate(b *testing.B) {
	snapshot := corpus(1000)
	renderer := render.New(render.Options{})
	where := resource.Path{"spec", "template", "spec", "containers", 0, "image"}
	for i := 0; b.Loop(); i++ {
		origin := resource.Origin{File: fmt.Sprintf("team-%d/app-%d.yaml", i%1000%50, i%1000), Document: 4}
		if at := renderer.Locate(snapshot, origin, where); at.Line != 145 {
			b.Fatal(at)
		}
	}
}
