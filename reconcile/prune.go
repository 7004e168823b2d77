package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// PruneInput is all that decides whether something may be taken away.
type PruneInput struct {
	Target string
	// Changes of the plan; only deletes and replaces are looked at.
	Changes []resource.Change
	Owned   []drivers.Owned
	Enabled bool // the target's prune
	Desired int  // how many resources the revision has for the target
	// Unread says why it is not known what all targets of the destination
	// want at this revision; "" if it is.
	Unread string
	// Unsettled says why a create or update of the target is not in effect; "" if all are.
	Unsettled string
	MaxDelete Limit
	// Recent and AtRevision are the deletes already made, in the last 24 hours and for this revision.
	Recent, AtRevision int
	Approvals          []policy.Approval
	Now                time.Time
}

// PruneDecision is the answer for one change.
type PruneDecision struct {
	Allowed bool
	Reason  string // why not
	// Approval is the digest that an approval must name to allow it; "" where
	// no approval helps.
	Approval string
}

// Prune decides on each delete and replace, by the rules of which the safest
// wins. It is pure; the digest of the act covers the target and the set of
// what would be taken away, so an approval fits that set and no other.
func Prune(in PruneInput) map[resource.Key]PruneDecision {
	owned := map[resource.Key]drivers.Owned{}
	for _, entry := range in.Owned {
		owned[entry.ID.Key()] = entry
	}
	decisions := map[resource.Key]PruneDecision{}
	var candidates []resource.Change
	for _, change := range in.Changes {
		if !change.Action.Destructive() {
			continue
		}
		if reason := in.forbidden(change, owned[change.ID.Key()]); reason != "" {
			decisions[change.ID.Key()] = PruneDecision{Reason: reason}
			continue
		}
		candidates = append(candidates, change)
	}
	digest := actDigest(in.Target, candidates)
	approved := slices.ContainsFunc(in.Approvals, func(a policy.Approval) bool {
		return a.Target == in.Target && a.Digest == digest && in.Now.Before(a.Ends)
	})
	limit := in.overLimit(len(candidates))
	for _, change := range candidates {
		decision := PruneDecision{Allowed: true}
		reason := in.needsApproval(change, owned[change.ID.Key()])
		if reason == "" {
			reason = limit
		}
		if reason != "" && !approved {
			decision = PruneDecision{Reason: reason, Approval: digest}
		}
		decisions[change.ID.Key()] = decision
	}
	return decisions
}

// forbidden are the reasons that no approval overrides.
func (in *PruneInput) forbidden(change resource.Change, entry drivers.Owned) string {
	switch {
	case entry.ID.IsZero():
		return "it is not in the inventory: holdfast did not make it"
	case change.Action == resource.ActionDelete && !in.Enabled:
		return "prune is off for this target"
	case entry.Prune == "never":
		return resource.AnnotationPrune + ": never"
	case in.Unread != "":
		return "nothing is pruned while " + in.Unread
	case change.Action == resource.ActionDelete && in.Unsettled != "":
		return "nothing is pruned while " + in.Unsettled
	}
	return ""
}

// needsApproval are the reasons that concern one resource and give way to an approval.
func (in *PruneInput) needsApproval(change resource.Change, entry drivers.Owned) string {
	switch {
	case change.Precondition != entry.UID:
		return "it was changed, or replaced by another, since holdfast wrote it"
	case change.Stateful && entry.Prune != "allow":
		return "deleting it destroys data; annotate it with " + resource.AnnotationPrune + ": allow, or approve"
	case change.Action == resource.ActionDelete && in.Desired == 0:
		return "the target has become empty"
	}
	return ""
}

// overLimit is the reason why a set of this size is held as a whole, "" if it is not.
func (in *PruneInput) overLimit(size int) string {
	// What was deleted lately counts towards the total as well, or else the
	// limit would shrink with each delete and never fit the share it states.
	allowed := in.MaxDelete.Of(len(in.Owned) + in.Recent)
	before := max(in.Recent, in.AtRevision)
	if before+size <= allowed {
		return ""
	}
	if before == 0 {
		return fmt.Sprintf("%d would be deleted, and the limit is %d for each revision and 24 hours", size, allowed)
	}
	return fmt.Sprintf("%d would be deleted after %d already, and the limit is %d for each revision and 24 hours", size, before, allowed)
}

// actDigest names the set of deletes and replaces for an approval.
func actDigest(target string, changes []resource.Change) string {
	lines := []string{target}
	for _, change := range changes {
		key := change.ID.Key()
		lines = append(lines, strings.Join([]string{string(change.Action), key.Scope, key.GroupKind, key.Namespace, key.Name, change.Precondition}, "\x00"))
	}
	slices.Sort(lines[1:])
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return "sha256:" + hex.EncodeToString(sum[:16])
}
