package kubernetes

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// failure is an error to be shown: what the server said without the secrets
// that it quotes. What it wraps is known by its meaning alone.
type failure struct {
	text string
	kind error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.kind }

// explain makes a failure of what the server said to a change, and says what of
// the object that is asked for is a mistake, if it is one.
func explain(err error, change *resource.Change, asked *unstructured.Unstructured) error {
	var secrets resource.Redactor
	for _, res := range []*resource.Resource{change.Before, change.After} {
		if res != nil {
			secrets.Add(res)
		}
	}
	text := err.Error()
	switch causes := fieldCauses(err); {
	case len(conflictsOf(err)) > 0:
		text = conflictText(conflictsOf(err))
	case len(causes) > 0:
		text = causesText(causes, &secrets)
	case apierrors.IsUnauthorized(err):
		text = "the API server does not accept the credentials: " + text
	}
	if isImmutable(err) && change.Action == resource.ActionUpdate {
		text += fmt.Sprintf("; such a field cannot be changed: set it back, or let the object be deleted and made anew with the annotation %s: allow", annotationReplace)
	}
	f := &failure{text: fmt.Sprintf("%s %s: %s", change.Action, change.ID, secrets.Redact(text))}
	for _, kind := range []error{drivers.ErrStale, drivers.ErrRunning, drivers.ErrUnreachable} {
		if errors.Is(err, kind) {
			f.kind = kind
		}
	}
	if !isMistake(err) || asked == nil {
		return f
	}
	return &drivers.Mistake{Path: fieldOf(err, asked.Object), Err: f}
}

// conflict is a field that another manager has.
type conflict struct{ manager, field string }

var quoted = regexp.MustCompile(`conflict with ("(?:[^"\\]|\\.)*")`)

// conflictsOf are the fields because of which an apply was refused.
func conflictsOf(err error) []conflict {
	status := apierrors.APIStatus(nil)
	if !errors.As(err, &status) || status.Status().Details == nil {
		return nil
	}
	var conflicts []conflict
	for _, cause := range status.Status().Details.Causes {
		if cause.Type != metav1.CauseTypeFieldManagerConflict {
			continue
		}
		manager := cause.Message
		if match := quoted.FindStringSubmatch(manager); match != nil {
			manager = strings.Trim(match[1], `"`)
		}
		conflicts = append(conflicts, conflict{manager, strings.TrimPrefix(cause.Field, ".")})
	}
	return conflicts
}

// unresolved is the error for those conflicts that are not with managers that
// are taken over, nil if there are none.
func (d *Driver) unresolved(conflicts []conflict) error {
	left := slices.DeleteFunc(slices.Clone(conflicts), func(c conflict) bool { return d.takesOver(c.manager) })
	if len(left) == 0 {
		return nil
	}
	return errors.New(conflictText(left))
}

func conflictText(conflicts []conflict) string {
	fields := map[string][]string{}
	var managers []string
	for _, c := range conflicts {
		if fields[c.manager] == nil {
			managers = append(managers, c.manager)
		}
		fields[c.manager] = append(fields[c.manager], c.field)
	}
	parts := make([]string, len(managers))
	for i, manager := range managers {
		parts[i] = fmt.Sprintf("%s manages %s", manager, strings.Join(fields[manager], ", "))
	}
	return strings.Join(parts, "; ") +
		": leave the fields out of the manifest, name the manager in settings.takeOver, or the fields in settings.ignoreDifferences"
}

// immutable are the words by which the API server, its validation rules and
// webhooks say that a field cannot be changed.
var immutable = regexp.MustCompile(`(?i)immutable|(may not|cannot) change|(must|can|may)( ?not|n't) be (changed|modified|updated)|updates to .* are forbidden`)

func isImmutable(err error) bool {
	return isAnswer(err) && !apierrors.IsConflict(err) && immutable.MatchString(err.Error())
}

// isVersionConflict tells that an object is no longer of the version that was named.
func isVersionConflict(err error) bool {
	return apierrors.IsConflict(err) && len(conflictsOf(err)) == 0
}
