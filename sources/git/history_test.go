package git

import (
	"slices"
	"testing"
	"time"

	"github.com/go-git/go-billy/v5/memfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"pgregory.net/rapid"
)

// graph is a random history: commit i has parents among those before it.
type graph struct {
	store   *store
	hashes  []plumbing.Hash
	parents [][]int
}

func drawGraph(t *rapid.T, honestDates bool) *graph {
	g := &graph{store: newStore(memfs.New(), nil)}
	size := rapid.IntRange(2, 14).Draw(t, "commits")
	for i := range size {
		var parents []int
		if i > 0 {
			parents = rapid.SliceOfNDistinct(rapid.IntRange(0, i-1), 0, min(i, 3), rapid.ID).Draw(t, "parents")
		}
		date := int64(i)
		if !honestDates {
			date = rapid.Int64Range(0, 20).Draw(t, "date")
		}
		who := object.Signature{Name: "Ada", Email: "ada@example.com", When: time.Unix(date, 0).UTC()}
		commit := &object.Commit{Author: who, Committer: who, Message: string(rune('a' + i))}
		for _, parent := range parents {
			commit.ParentHashes = append(commit.ParentHashes, g.hashes[parent])
		}
		var encoded plumbing.MemoryObject
		if err := commit.Encode(&encoded); err != nil {
			t.Fatal(err)
		}
		hash, err := g.store.storage.SetEncodedObject(&encoded)
		if err != nil {
			t.Fatal(err)
		}
		g.hashes, g.parents = append(g.hashes, hash), append(g.parents, parents)
	}
	return g
}

// ancestors is a commit and all that it descends from, the plain way.
func (g *graph) ancestors(of int) map[int]bool {
	set := map[int]bool{of: true}
	for _, parent := range g.parents[of] {
		for ancestor := range g.ancestors(parent) {
			set[ancestor] = true
		}
	}
	return set
}

func TestBetween(t *testing.T) {
	for name, honestDates := range map[string]bool{"honest dates": true, "any dates": false} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				g := drawGraph(t, honestDates)
				tip := rapid.IntRange(0, len(g.hashes)-1).Draw(t, "tip")
				base := rapid.IntRange(0, len(g.hashes)-1).Draw(t, "base")
				got, err := between(t.Context(), g.store, g.hashes[tip], g.hashes[base])
				if err != nil {
					t.Fatal(err)
				}
				ofTip, ofBase := g.ancestors(tip), g.ancestors(base)
				if got.descends != ofTip[base] {
					t.Fatalf("descends is %t", got.descends)
				}
				checkFresh(t, g, got, ofTip, ofBase, honestDates)
				checkCommon(t, g, got, ofTip, ofBase, honestDates)
			})
		})
	}
}

// checkFresh wants all commits that are the tip's alone, parents first; with
// dates that lie there may be more, never fewer.
func checkFresh(t *rapid.T, g *graph, got *span, ofTip, ofBase map[int]bool, exact bool) {
	position := map[plumbing.Hash]int{}
	for i, commit := range got.fresh {
		position[commit.Hash] = i
	}
	for i, hash := range g.hashes {
		at, fresh := position[hash]
		if want := ofTip[i] && !ofBase[i]; want && !fresh || exact && fresh != want {
			t.Fatalf("commit %d is fresh: %t, want %t", i, fresh, want)
		}
		for _, parent := range g.parents[i] {
			if before, found := position[g.hashes[parent]]; fresh && found && before > at {
				t.Fatalf("commit %d comes before its parent %d", i, parent)
			}
		}
	}
}

// checkCommon wants the common ancestors that no other one descends from.
func checkCommon(t *rapid.T, g *graph, got *span, ofTip, ofBase map[int]bool, exact bool) {
	var best []plumbing.Hash
	for i := range g.hashes {
		if !ofTip[i] || !ofBase[i] {
			continue
		}
		covered := false
		for j := range g.hashes {
			covered = covered || j != i && ofTip[j] && ofBase[j] && g.ancestors(j)[i]
		}
		if !covered {
			best = append(best, g.hashes[i])
		}
	}
	if (len(got.common) > 0) != (len(best) > 0) {
		t.Fatalf("common is %v, want %v", got.common, best)
	}
	for _, hash := range best {
		if !slices.Contains(got.common, hash) {
			t.Fatalf("common is %v and lacks %s", got.common, hash)
		}
	}
	if exact && len(got.common) != len(best) {
		t.Fatalf("common is %v, want %v", got.common, best)
	}
}
