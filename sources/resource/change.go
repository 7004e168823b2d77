package resource

import (
	"bytes"
	"encoding/json"
)

// Action is what a change does to its resource.
type Action string

// The actions. Replace counts as delete wherever deletes are limited.
const (
	ActionNone    Action = "none"
	ActionCreate  Action = "create"
	ActionUpdate  Action = "update"
	ActionReplace Action = "replace"
	ActionDelete  Action = "delete"
	ActionMove    Action = "move" // changes owner without touching the resource
)

// Destructive reports whether the action takes away what was there.
func (a Action) Destructive() bool { return a == ActionDelete || a == ActionReplace }

// Change is what a driver would do to one resource.
type Change struct {
	ID     ID
	Action Action
	// Before is the live resource, nil if there is none. After is what it
	// would be, with the defaults that the destination adds, nil for a delete.
	// For a move, After is the desired resource that takes the object over.
	Before, After *Resource
	// Diff is empty for none and move. Sensitive values in it are masked.
	Diff []FieldDiff
	// Drift is set where live differs from what was last applied although no
	// new revision asks for it; ChangedBy says what is known of who did it and when.
	Drift     bool
	ChangedBy string
	// Desired is the keyed digest of what is asked for, with all that it refers
	// to, such as the content of a source file: equal digests mean that nothing
	// new is asked for. "" for delete and move.
	Desired string
	// Precondition is what must still hold at the destination when the change
	// is applied: a resourceVersion, a content hash. Its form is the driver's
	// own, and it holds no secret. For something owned it equals the inventory's
	// UID as long as it is still the very object that holdfast left there.
	Precondition string
	// Refused says why the destination will not take the change, as far as that can
	// be told before it is tried. It holds no secret.
	Refused string
	// Mistaken is set where it is refused for what is asked for, which is the user's
	// to mend: at At, as far as that is known.
	Mistaken bool
	At       Path
	// Another is set of a delete where what is there is known to be another object
	// than the one that is owned, made by somebody else in its place.
	Another bool
	// Beyond says of a delete why the target's settings do not let it be made, and
	// what a person can do about it; "" where they do. Before is a stand-in then.
	Beyond string
	// HandedOver is set of an update of what came from another target's inventory, by
	// which nothing changes but the mark of whose it is: nobody has changed that.
	HandedOver bool
	// Going says of a delete that it was begun and is not at its end, and what it
	// waits for: there is nothing to do. "" where something is.
	Going string
	// Stateful marks kinds whose deletion destroys data: volumes, databases,
	// buckets, namespaces. They are pruned only by explicit leave.
	Stateful bool
}

// FieldDiff is one difference between Before and After.
type FieldDiff struct {
	Path      Path `json:"path"`
	Before    any  `json:"before,omitempty"`
	After     any  `json:"after,omitempty"`
	Sensitive bool `json:"sensitive,omitempty"`
}

// UnmarshalJSON keeps whole numbers whole, as Resource.Content has them.
func (d *FieldDiff) UnmarshalJSON(text []byte) error {
	type plain FieldDiff // without this method
	var read plain
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&read); err != nil {
		return err
	}
	read.Before, read.After = fromNumbers(read.Before), fromNumbers(read.After)
	*d = FieldDiff(read)
	return nil
}

// fromNumbers replaces each json.Number in place, by an int64 where it fits and
// by a float64 otherwise.
func fromNumbers(value any) any {
	switch node := value.(type) {
	case map[string]any:
		for k, v := range node {
			node[k] = fromNumbers(v)
		}
	case []any:
		for i, v := range node {
			node[i] = fromNumbers(v)
		}
	case json.Number:
		if whole, err := node.Int64(); err == nil {
			return whole
		}
		if float, err := node.Float64(); err == nil {
			return float
		}
		return node.String()
	}
	return value
}
