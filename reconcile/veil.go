package reconcile

import (
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// veil takes the sensitive values of a target's resources out of what its
// driver says: the answers of a destination repeat what they were sent. It is
// added to between the calls of a driver, and only read during them.
type veil struct{ redactor resource.Redactor }

func (v *veil) add(resources []resource.Resource) {
	for i := range resources {
		v.redactor.Add(&resources[i])
	}
}

func (v *veil) addChanges(changes []resource.Change) {
	for i := range changes {
		for _, res := range []*resource.Resource{changes[i].Before, changes[i].After} {
			if res != nil {
				v.redactor.Add(res)
			}
		}
	}
}

// text is the text without them.
func (v *veil) text(text string) string { return v.redactor.Redact(text) }

// of is the error with a text without them; for errors.Is and errors.As it is the same.
func (v *veil) of(err error) error {
	if err == nil {
		return nil
	}
	if text := v.text(err.Error()); text != err.Error() {
		return &veiled{err, text}
	}
	return err
}

// veiled is an error that does not say all that it knows.
type veiled struct {
	err  error
	text string
}

func (e *veiled) Error() string { return e.text }
func (e *veiled) Unwrap() error { return e.err }
