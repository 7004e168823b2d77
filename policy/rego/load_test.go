package rego_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// remembering is a policy.Memory in a map.
type remembering struct {
	mu   sync.Mutex
	kept map[[32]byte][]byte
	puts int
}

func (r *remembering) Get(key [32]byte) ([]byte, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	value, found := r.kept[key]
	return value, found
}

func (r *remembering) Put(key [32]byte, value []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept[key] = value
	r.puts++
}

func (r *remembering) Secret() []byte { return []byte("secret") }

// A file is loaded for all that rules want of it, however many resources it
// holds: to load it for each would be the square of that.
func TestFilesAreLoadedOnce(t *testing.T) {
	t.Parallel()
	for name, input := range map[string]policy.Input{
		"a rule that looks at others": {Policies: files(custom("kinds: [apps/Deployment]") + `package holdfast.a
deny contains {"msg": "twin"} if {
	some name, other in data.holdfast.resources.prod["apps/Deployment"].shop
	name != input.resource.metadata.name
	other.spec.replicas == input.resource.spec.replicas
}`)},
		"a rule about the snapshot": {Policies: files(custom("scope: snapshot") + `package holdfast.a
deny contains {"msg": sprintf("%d", [total])} if total := sum([d.spec.replicas | some d in data.holdfast.resources.prod["apps/Deployment"].shop])`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := compile(t, rego.Options{}, input)
			const size = 40
			whole := make([]resource.Resource, size)
			for i := range whole {
				whole[i] = deployment(fmt.Sprintf("d%d", i), int64(i))
			}
			memory := &remembering{kept: map[[32]byte][]byte{}}
			look := func(changed int64) (loads int, found []string) {
				last := deployment("other", changed) // so that what was found of the others does not hold any more
				session, err := j.Open(t.Context(), policy.Case{Phase: policy.PhaseCheck, Now: now}, memory)
				if err != nil {
					t.Fatal(err)
				}
				shown := make([]resource.Resource, size)
				subjects := make([]policy.Subject, size)
				for i := range whole {
					shown[i].ID = whole[i].ID
					subjects[i] = policy.Subject{ID: whole[i].ID, Resource: &shown[i]}
				}
				var mu sync.Mutex
				holders := 0
				batch := &policy.Batch{Subjects: subjects, Key: "whole",
					Load: func() error {
						mu.Lock()
						defer mu.Unlock()
						if holders++; holders == 1 {
							loads++
							for i := range shown {
								shown[i].Content = whole[i].Content
							}
						}
						return nil
					},
					Unload: func() {
						mu.Lock()
						defer mu.Unlock()
						if holders--; holders == 0 {
							for i := range shown {
								shown[i].Content = nil
							}
						}
					}}
				alone := &policy.Batch{Index: 1, Subjects: []policy.Subject{{ID: last.ID, Resource: &last}}, Key: fmt.Sprint(changed)}
				for _, b := range []*policy.Batch{batch, alone} {
					if err := session.Judge(t.Context(), b); err != nil {
						t.Fatal(err)
					}
				}
				report, err := session.Report(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				return loads, lines(report)
			}
			look(size)
			loads, found := look(3)
			if loads > 2 {
				t.Errorf("the file was loaded %d times", loads)
			}
			if len(found) == 0 {
				t.Error("nothing was found")
			}
		})
	}
}

// What is found of resources is recalled beside others of which something is
// not known yet, as long as no rule about the former looks at the latter.
func TestRecalledBesideTheUnknown(t *testing.T) {
	j := own(t, custom("kinds: [apps/Deployment]")+`package holdfast.a

deny contains {"msg": "alone"} if count(data.holdfast.resources.prod["apps/Deployment"].shop) == 1
`)
	memory := &remembering{kept: map[[32]byte][]byte{}}
	look := func() (loads int, found []string) {
		session, err := j.Open(t.Context(), policy.Case{Phase: policy.PhaseCheck, Now: now}, memory)
		if err != nil {
			t.Fatal(err)
		}
		whole, shown := deployment("web", 1), resource.Resource{}
		shown.ID = whole.ID
		bucket := object(resource.ID{Target: "prod", APIVersion: "terraform/v1", Kind: "bucket", Name: "b"}, map[string]any{})
		bucket.Unknown = []resource.Path{{"name"}}
		load := func() error {
			loads++
			shown.Content = whole.Content
			return nil
		}
		for _, b := range []*policy.Batch{
			{Subjects: []policy.Subject{{ID: shown.ID, Resource: &shown}}, Key: "web", Load: load, Unload: func() { shown.Content = nil }},
			{Index: 1, Subjects: []policy.Subject{{ID: bucket.ID, Resource: &bucket}}},
		} {
			if err := session.Judge(t.Context(), b); err != nil {
				t.Fatal(err)
			}
		}
		report, err := session.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return loads, lines(report)
	}
	first, found := look()
	second, again := look()
	if first == 0 || second > 0 {
		t.Errorf("the file was loaded %d times at first, and %d times then", first, second)
	}
	equal(t, again, found)
	equal(t, found, []string{"a deny Deployment shop/web : alone"})
}
