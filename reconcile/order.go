package reconcile

import (
	"fmt"
	"slices"
	"strings"
)

// Order sorts nodes into waves: each needs only nodes of earlier waves. Within
// a wave the order is that of nodes. Needs that are not among the nodes are
// ignored. A cycle is an error, a *Cycle.
func Order[K comparable](nodes []K, needs map[K][]K) ([][]K, error) {
	waiting := make(map[K]int, len(nodes)) // how many needs are not placed yet
	for _, node := range nodes {
		waiting[node] = 0
	}
	neededBy := make(map[K][]K)
	for _, node := range nodes {
		for _, need := range needs[node] {
			if _, known := waiting[need]; known {
				waiting[node]++
				neededBy[need] = append(neededBy[need], node)
			}
		}
	}
	var waves [][]K
	left := slices.Clone(nodes)
	for len(left) > 0 {
		var wave, rest []K
		for _, node := range left {
			if waiting[node] == 0 {
				wave = append(wave, node)
			} else {
				rest = append(rest, node)
			}
		}
		if len(wave) == 0 {
			return nil, cycle(rest[0], needs, waiting)
		}
		for _, node := range wave {
			for _, dependent := range neededBy[node] {
				waiting[dependent]--
			}
		}
		waves, left = append(waves, wave), rest
	}
	return waves, nil
}

// Cycle is nodes that need each other in a circle; the last is the first again.
type Cycle[K comparable] struct{ Members []K }

func (c *Cycle[K]) Error() string {
	names := make([]string, len(c.Members))
	for i, node := range c.Members {
		names[i] = fmt.Sprint(node)
	}
	return "dependency cycle: " + strings.Join(names, " → ")
}

// cycle walks from a node that cannot be placed to another, until one repeats.
func cycle[K comparable](from K, needs map[K][]K, waiting map[K]int) *Cycle[K] {
	var walk []K
	for !slices.Contains(walk, from) {
		walk = append(walk, from)
		at := slices.IndexFunc(needs[from], func(need K) bool { return waiting[need] > 0 })
		from = needs[from][at]
	}
	return &Cycle[K]{append(walk[slices.Index(walk, from):], from)}
}
