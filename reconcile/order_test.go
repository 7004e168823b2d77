package reconcile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestOrder(t *testing.T) {
	tests := []struct {
		name  string
		nodes string
		needs map[string][]string
		want  [][]string
		err   string
	}{
		{"independent ones together, in the order given", "c a b", nil, [][]string{{"c", "a", "b"}}, ""},
		{"what is needed first", "app db net", map[string][]string{"app": {"db"}, "db": {"net"}}, [][]string{{"net"}, {"db"}, {"app"}}, ""},
		{"a diamond", "a b c d", map[string][]string{"a": {"b", "c"}, "b": {"d"}, "c": {"d"}}, [][]string{{"d"}, {"b", "c"}, {"a"}}, ""},
		{"needs outside of the nodes are met", "a", map[string][]string{"a": {"elsewhere"}}, [][]string{{"a"}}, ""},
		{"a need that is named twice", "a b", map[string][]string{"a": {"b", "b"}}, [][]string{{"b"}, {"a"}}, ""},
		{"nothing", "", nil, nil, ""},
		{"a cycle names its members", "a b c", map[string][]string{"a": {"b"}, "b": {"c"}, "c": {"b"}}, nil, "dependency cycle: b → c → b"},
		{"one that needs itself", "a", map[string][]string{"a": {"a"}}, nil, "dependency cycle: a → a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Order(strings.Fields(test.nodes), test.needs)
			if (err == nil) != (test.err == "") || err != nil && err.Error() != test.err {
				t.Fatalf("error %v, want %q", err, test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whatever the graph: either there is a cycle, or each node comes once, after all that it needs.
func TestOrderPlacesEachAfterItsNeeds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(0, 12).Draw(t, "count")
		var nodes []int
		needs := map[int][]int{}
		for node := range count {
			nodes = append(nodes, node)
			needs[node] = rapid.SliceOfN(rapid.IntRange(0, count), 0, 3).Draw(t, "needs")
		}
		waves, err := Order(nodes, needs)
		placed := map[int]int{}
		for at, wave := range waves {
			for _, node := range wave {
				placed[node] = at + 1
			}
		}
		if err != nil {
			if !hasCycle(nodes, needs) {
				t.Fatalf("no cycle, and yet %v", err)
			}
			return
		}
		for _, node := range nodes {
			if placed[node] == 0 {
				t.Fatalf("%d is missing", node)
			}
			for _, need := range needs[node] {
				if need < count && placed[need] >= placed[node] {
					t.Fatalf("%d is placed before %d, which it needs", node, need)
				}
			}
		}
	})
}

// hasCycle is by transitive closure (Warshall 1962), without Order's bookkeeping.
func hasCycle(nodes []int, needs map[int][]int) bool {
	reaches := map[[2]int]bool{}
	for from, list := range needs {
		for _, to := range list {
			reaches[[2]int{from, to}] = to < len(nodes)
		}
	}
	for _, through := range nodes {
		for _, from := range nodes {
			for _, to := range nodes {
				if reaches[[2]int{from, through}] && reaches[[2]int{through, to}] {
					reaches[[2]int{from, to}] = true
				}
			}
		}
	}
	for _, node := range nodes {
		if reaches[[2]int{node, node}] {
			return true
		}
	}
	return false
}
