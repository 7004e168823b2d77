package rego_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// The bodies of the benchmark's rules, as people write them.
var benchBodies = []string{
	`some i, c in input.resource.spec.template.spec.containers
	c.securityContext.privileged == true
	msg := sprintf("container %s is privileged", [c.name])`,
	`some c in input.resource.spec.template.spec.containers
	not c.resources.limits.memory
	msg := sprintf("container %s has no memory limit", [c.name])`,
	`some c in input.resource.spec.template.spec.containers
	endswith(c.image, ":latest")
	msg := sprintf("image %s", [c.image])`,
	`input.resource.spec.replicas < 2
	msg := "fewer than 2 replicas"`,
	`not input.resource.metadata.labels.team
	msg := "no label team"`,
	`some v in input.resource.spec.template.spec.volumes
	v.hostPath
	msg := sprintf("volume %s is a host path", [v.name])`,
	`every c in input.resource.spec.template.spec.containers { c.livenessProbe }
	input.resource.spec.template.spec.hostNetwork
	msg := "host network"`,
	`not startswith(input.resource.metadata.namespace, "team-")
	input.resource.metadata.annotations["example.com/owner"] == ""
	msg := "no owner"`,
}

func benchRules(n int) []policy.File {
	var list []policy.File
	for i := range n {
		list = append(list, file(fmt.Sprintf("r%02d.rego", i), fmt.Sprintf(
			"package holdfast.bench.r%02d\n\ndeny contains {\"msg\": msg} if {\n\t%s\n}\n", i, benchBodies[i%len(benchBodies)])))
	}
	return list
}

func benchResource(i int) resource.Resource {
	container := map[string]any{
		"name": "web", "image": fmt.Sprintf("registry.example.com/web:%d", i),
		"ports":           []any{map[string]any{"containerPort": int64(8080), "name": "http"}},
		"resources":       map[string]any{"requests": map[string]any{"cpu": "100m", "memory": "64Mi"}, "limits": map[string]any{"memory": "128Mi"}},
		"securityContext": map[string]any{"privileged": i%100 == 0, "runAsNonRoot": true},
		"env":             []any{map[string]any{"name": "MODE", "value": "production"}, map[string]any{"name": "N", "value": fmt.Sprint(i)}},
	}
	name := fmt.Sprintf("web-%04d", i)
	return object(resource.ID{Target: "prod", APIVersion: "apps/v1", Kind: "Deployment", Namespace: "team-a", Name: name}, map[string]any{
		"metadata": map[string]any{"name": name, "namespace": "team-a", "labels": map[string]any{"app": name, "team": "a"}},
		"spec": map[string]any{
			"replicas": int64(3),
			"selector": map[string]any{"matchLabels": map[string]any{"app": name}},
			"template": map[string]any{
				"metadata": map[string]any{"labels": map[string]any{"app": name}},
				"spec":     map[string]any{"containers": []any{container}, "volumes": []any{map[string]any{"name": "tmp", "emptyDir": map[string]any{}}}},
			},
		},
	})
}

// BenchmarkJudge is 40 rules over 1,000 resources of some 30 lines.
func BenchmarkJudge(b *testing.B) {
	const rules, resources = 40, 1000
	var list []resource.Resource
	for i := range resources {
		list = append(list, benchResource(i))
	}
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			j := compile(b, rego.Options{Workers: workers}, policy.Input{Policies: benchRules(rules)})
			c := policy.Case{Phase: policy.PhaseCheck, Now: now, Subjects: subjects(list...)}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := j.Judge(context.Background(), c); err != nil {
					b.Fatal(err)
				}
			}
			perPair := float64(b.Elapsed().Microseconds()) / float64(b.N*rules*resources)
			b.ReportMetric(perPair, "µs/rule·resource")
		})
	}
}

// BenchmarkCompile is what 40 rules cost before the first resource.
func BenchmarkCompile(b *testing.B) {
	input := policy.Input{Policies: benchRules(40)}
	for b.Loop() {
		if _, err := rego.New(rego.Options{}).Compile(context.Background(), input); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(strings.Join(benchBodies, ""))*5), "bytes")
}
