package reconcile

import (
	"cmp"
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
	// Begun is what an approved act of an earlier run, that may not have come
	// to its end, consisted of: what is left of it is approved as well.
	Begun Act
	// Waits says of what left the source together with changes which of these is
	// not healthy yet.
	Waits map[resource.Key]string
	// NeededBy are the resources, desired or owned, that need one to be there.
	NeededBy map[resource.Key][]resource.ID
	Now      time.Time
}

// pruneWord is the value of the annotation holdfast.dev/prune. Where it is not
// there, what other tools obey in its place counts as "never", so that a
// resource that came from them is as safe as it was.
func pruneWord(res *resource.Resource) string {
	if word, ok := res.Annotation(resource.AnnotationPrune); ok {
		return word
	}
	flux := res.Says("kustomize.toolkit.fluxcd.io/prune", "disabled") || res.Says("kustomize.toolkit.fluxcd.io/reconcile", "disabled")
	helm, _ := res.Annotation("helm.sh/resource-policy")
	options, _ := res.Annotation("argocd.argoproj.io/sync-options")
	argo := func(words ...string) bool {
		return slices.ContainsFunc(strings.Split(options, ","), func(option string) bool {
			return slices.Contains(words, strings.TrimSpace(option))
		})
	}
	switch {
	case flux || helm == "keep" || argo("Prune=false", "Delete=false"):
		return "never"
	case argo("Prune=confirm", "Delete=confirm"):
		return pruneConfirm
	}
	return ""
}

// pruneConfirm is the word of what goes only with an approval.
const pruneConfirm = "confirm"

// Act is a set of deletes and replaces, as an approval names it.
type Act struct {
	Digest  string   `json:"digest,omitempty"`
	Changes []string `json:"changes,omitempty"`
}

// PruneDecision is the answer for one change.
type PruneDecision struct {
	Allowed bool
	Reason  string // why not
	// Kept: it stays as is asked for, so that nobody has to decide on it.
	Kept bool
	// Approval is the digest that an approval must name to allow it, or that
	// one did; "" where no approval helps or is needed.
	Approval string
}

// Prune decides on each delete and replace, by the rules of which the safest
// wins. It is pure; the digest of the act covers the target and the set of
// what would be taken away, so an approval fits that set and no other. The act
// comes back as well.
func Prune(in PruneInput) (map[resource.Key]PruneDecision, Act) {
	owned := map[resource.Key]drivers.Owned{}
	for _, entry := range in.Owned {
		owned[entry.ID.Key()] = entry
	}
	decisions := map[resource.Key]PruneDecision{}
	var going []resource.Change
	for _, change := range in.Changes {
		if !change.Action.Destructive() {
			continue
		}
		entry := owned[change.ID.Key()]
		if change.Going != "" {
			decisions[change.ID.Key()] = PruneDecision{Allowed: true}
			continue
		}
		if reason := in.kept(change, entry); reason != "" {
			decisions[change.ID.Key()] = PruneDecision{Reason: reason, Kept: true}
			continue
		}
		if reason := in.forbidden(change, entry); reason != "" {
			decisions[change.ID.Key()] = PruneDecision{Reason: reason}
			continue
		}
		if !entry.Tombstone.IsZero() && change.Precondition == entry.UID { // begun before, and counted then
			decisions[change.ID.Key()] = PruneDecision{Allowed: true}
			continue
		}
		going = append(going, change)
	}
	candidates := in.keepNeeded(going, decisions, "")
	act := in.act(candidates)
	approval := in.approval(act)
	free := 0 // what waits for an approval of its own does not use up the limit
	for _, change := range candidates {
		if in.needsApproval(change, owned[change.ID.Key()]) == "" {
			free++
		}
	}
	limit := in.overLimit(free)
	var allowed []resource.Change
	for _, change := range candidates {
		reason := cmp.Or(in.needsApproval(change, owned[change.ID.Key()]), limit)
		switch {
		case reason != "" && approval == "":
			decisions[change.ID.Key()] = PruneDecision{Reason: reason + in.almost(act), Approval: act.Digest}
			continue
		case reason != "":
			decisions[change.ID.Key()] = PruneDecision{Allowed: true, Approval: approval}
		default:
			decisions[change.ID.Key()] = PruneDecision{Allowed: true}
		}
		allowed = append(allowed, change)
	}
	in.keepNeeded(allowed, decisions, act.Digest)
	return decisions, act
}

// keepNeeded decides against each delete among going of something that is
// needed by what does not go, and gives the others.
func (in *PruneInput) keepNeeded(going []resource.Change, decisions map[resource.Key]PruneDecision, approval string) []resource.Change {
	goes := map[resource.Key]bool{}
	for _, change := range in.Changes { // what was begun before
		goes[change.ID.Key()] = change.Action == resource.ActionDelete && decisions[change.ID.Key()].Allowed
	}
	for _, change := range going {
		goes[change.ID.Key()] = change.Action == resource.ActionDelete
	}
	left := slices.Clone(going)
	for before := -1; before != len(left); {
		before = len(left)
		left = slices.DeleteFunc(left, func(change resource.Change) bool {
			key := change.ID.Key()
			at := slices.IndexFunc(in.NeededBy[key], func(id resource.ID) bool { return !goes[id.Key()] })
			if !goes[key] || at < 0 {
				return false
			}
			goes[key] = false
			needy := in.NeededBy[key][at]
			whose := ""
			if needy.Target != in.Target {
				whose = " of target " + needy.Target
			}
			decision := PruneDecision{Reason: fmt.Sprintf("%s%s, which stays, needs it", needy, whose), Kept: decisions[needy.Key()].Kept}
			if !decision.Kept {
				decision.Approval = approval
			}
			decisions[key] = decision
			return true
		})
	}
	return left
}

// approval is the digest by which the act is approved, "" if it is not.
func (in *PruneInput) approval(act Act) string {
	inForce := func(digest string) bool {
		return slices.ContainsFunc(in.Approvals, func(a policy.Approval) bool {
			return a.Target == in.Target && a.Digest == digest && in.Now.Before(a.Ends)
		})
	}
	rest := !slices.ContainsFunc(act.Changes, func(line string) bool { return !slices.Contains(in.Begun.Changes, line) })
	switch {
	case inForce(act.Digest):
		return act.Digest
	case rest && inForce(in.Begun.Digest):
		return in.Begun.Digest
	}
	return ""
}

// almost says why an approval that somebody gave does not allow the act.
func (in *PruneInput) almost(act Act) string {
	other := ""
	for _, a := range in.Approvals {
		switch {
		case a.Target != in.Target:
		case a.Digest == act.Digest:
			return fmt.Sprintf(" (the approval in %s ended with %s; give it a later date)", a.File, a.Expires)
		case in.Now.Before(a.Ends) && a.Digest != in.Begun.Digest:
			other = fmt.Sprintf(" (the approval in %s is of another act: what goes has changed since, or its digest is not the one that plan shows)", a.File)
		}
	}
	return other
}

// kept are the reasons for which a resource that left the source is left where
// it is, as somebody has asked for. It stays in the inventory: what it needs is
// kept as well, and whoever wants it again, here or in another target, has it.
func (in *PruneInput) kept(change resource.Change, entry drivers.Owned) string {
	switch {
	case change.Action != resource.ActionDelete || change.Another || entry.ID.IsZero():
		return ""
	case entry.Prune == "never":
		return resource.AnnotationPrune + ": never, or what another tool has for that"
	case !in.Enabled:
		return "prune is off for this target"
	}
	return ""
}

// forbidden are the reasons that no approval overrides.
func (in *PruneInput) forbidden(change resource.Change, entry drivers.Owned) string {
	switch {
	case entry.ID.IsZero():
		return "it is not in the inventory: holdfast did not make it"
	case change.Another:
		return "another object has taken its place since holdfast wrote it: it is left alone, and is no longer in the inventory"
	case change.Beyond != "":
		return change.Beyond
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
	case entry.Prune == pruneConfirm:
		return "it was to go only with a confirmation (Prune=confirm): approve"
	case in.Waits[change.ID.Key()] != "":
		return "it waits for what changed when it left the source: " + in.Waits[change.ID.Key()]
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

// act names the set of deletes and replaces for an approval.
func (in *PruneInput) act(changes []resource.Change) Act {
	lines := make([]string, len(changes))
	for i, change := range changes {
		key := change.ID.Key()
		lines[i] = strings.Join([]string{string(change.Action), key.Scope, key.GroupKind, key.Namespace, key.Name, change.Precondition}, "\x00")
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(slices.Concat([]string{in.Target}, lines), "\n")))
	return Act{"sha256:" + hex.EncodeToString(sum[:16]), lines}
}
