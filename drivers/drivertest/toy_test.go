package drivertest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

var key = []byte("a key for the toys, and for nothing else")

// thing is what both toys keep: a value under a name.
type thing struct {
	value  string
	id     string // given by the destination, "" where it gives none
	secret bool
}

// errRefusedValue is what a destination answers to a value it does not take.
// It does not repeat the value.
var errRefusedValue = fmt.Errorf("the value is not accepted")

func accepts(value string) bool { return !strings.HasPrefix(value, "refused ") }

func keyed(parts ...string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(mac.Sum(nil))
}

// uid is foretold by a destination that gives no id of its own.
func (x thing) uid() string { return x.id + ":" + keyed(x.value) }

func desired(scope, name, value string, secret bool) resource.Resource {
	res := resource.Resource{ID: resource.ID{Target: "toy", Scope: scope, APIVersion: "toy/v1", Kind: "Thing", Name: name}}
	res.Content = content(name, map[string]any{"value": value})
	if secret {
		res.Sensitive = []resource.Path{{"spec", "value"}}
	}
	return res
}

func content(name string, spec map[string]any) map[string]any {
	return map[string]any{"apiVersion": "toy/v1", "kind": "Thing", "metadata": map[string]any{"name": name}, "spec": spec}
}

func valueOf(res *resource.Resource) string {
	value, _ := resource.Lookup(res.Content, resource.Path{"spec", "value"})
	text, _ := value.(string)
	return text
}

// live is the twin of a thing.
func (x thing) live(id resource.ID) resource.Resource {
	res := desired(id.Scope, id.Name, x.value, x.secret)
	if x.id != "" {
		res.Content.(map[string]any)["status"] = map[string]any{"id": x.id}
	}
	return res
}

// compare makes the changes of a plan from things looked up by ID. Where the
// destination gives ids, that of something new is unknown.
func compare(request drivers.PlanRequest, givesIDs bool, lookup func(resource.ID) (thing, bool)) []resource.Change {
	var changes []resource.Change
	wanted := map[resource.Key]bool{}
	owned := map[resource.Key]drivers.Owned{}
	for _, entry := range request.Owned {
		owned[entry.ID.Key()] = entry
	}
	observed := map[resource.Key]*resource.Resource{}
	for i := range request.Observed.Live {
		observed[request.Observed.Live[i].ID.Key()] = &request.Observed.Live[i]
	}
	for _, res := range request.Desired {
		wanted[res.ID.Key()] = true
		if request.Observed.Unreachable[res.ID.Scope] != nil {
			continue
		}
		before := observed[res.ID.Key()]
		change := resource.Change{ID: res.ID, Before: before, After: &res, Desired: keyed(valueOf(&res))}
		switch {
		case before == nil:
			change.Action = resource.ActionCreate
			if givesIDs {
				change.After.Unknown = []resource.Path{{"status", "id"}}
			}
		default:
			there, _ := lookup(res.ID)
			after := thing{value: valueOf(&res), id: there.id, secret: len(res.Sensitive) > 0}.live(res.ID)
			change.After, change.Precondition = &after, there.uid()
			change.Action = resource.ActionNone
			if valueOf(before) != valueOf(&res) {
				change.Action = resource.ActionUpdate
			}
		}
		if change.Action != resource.ActionNone {
			change.Diff = drivers.Diff(before, change.After)
			change.Drift = owned[res.ID.Key()].Digest == change.Desired
		}
		changes = append(changes, change)
	}
	for _, entry := range request.Owned {
		if before := observed[entry.ID.Key()]; before != nil && !wanted[entry.ID.Key()] {
			there, _ := lookup(entry.ID)
			changes = append(changes, resource.Change{ID: entry.ID, Action: resource.ActionDelete, Before: before,
				Diff: drivers.Diff(before, nil), Precondition: there.uid()})
		}
	}
	return changes
}

func digest(changes []resource.Change) string {
	var parts []string
	for i := range changes {
		parts = append(parts, changes[i].ID.String(), string(changes[i].Action), changes[i].Precondition, changes[i].Desired)
	}
	return keyed(parts...)
}

// dump is all that is kept, without the ids, which no two destinations share.
func dump(things map[string]thing) string {
	values := map[string]string{}
	for name, x := range things {
		values[name] = x.value
	}
	raw, err := json.MarshalIndent(values, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
