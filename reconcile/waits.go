package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// wait is a wait for the health of a rollout, which a newer revision does not
// begin anew where it asks the target for the same: or else a repository in
// which there are commits all the time had no rollout that ever fails.
type wait struct {
	desired string // a digest of what was asked for
	until   time.Time
}

// earlierWait is the wait that an earlier pass over the target began and did not
// come to the end of, and whether it was for what is asked for now.
func (t *targetPass) earlierWait() (wait, bool) {
	t.mu.Lock()
	earlier, known := t.cutShort[t.name]
	t.mu.Unlock()
	return earlier, known && !t.back && earlier.desired == t.want.digest() && earlier.desired != ""
}

// keepWait keeps the wait of a run that something newer ended for the next one.
func (t *targetPass) keepWait() {
	if t.want == nil || t.back || t.options.DryRun {
		return
	}
	kept := wait{until: t.waitsUntil}
	if t.preempted && !t.waitsUntil.IsZero() {
		kept.desired = t.want.digest()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if delete(t.cutShort, t.name); kept.desired != "" {
		t.cutShort[t.name] = kept
	}
}

// digest is one of all that is desired; "" where it cannot be told.
func (d *desired) digest() string {
	hash := sha256.New()
	for i := range d.resources {
		sum, err := d.resources[i].Digest(nil)
		if err != nil {
			return ""
		}
		hash.Write([]byte(d.resources[i].ID.String() + "\x00" + sum + "\x00"))
	}
	return hex.EncodeToString(hash.Sum(nil))
}
