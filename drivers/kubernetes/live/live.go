// Package live knows what is live in a cluster beside what the driver asks for.
//
// Cache keeps what a target owns near at hand, by watches: a pass over
// thousands of objects of which none has changed costs no request, and drift is told in
// about a second. ChangedBy reads who changed a field, Rules and Leave are for
// the fields that are somebody else's affair, and Unmanaged lists what nobody
// manages. What only reads objects is pure; start there.
package live

// Label is on every object that holdfast applies, with the target's name as its
// value. It selects what is watched and listed, and nothing is ever deleted by it.
const Label = "holdfast.dev/target"

// LabelInventory is on what holdfast keeps at the destination for itself.
const LabelInventory = "holdfast.dev/inventory"
