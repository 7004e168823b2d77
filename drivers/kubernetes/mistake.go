package kubernetes

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// errOutside: settings.namespaces do not let the target write there.
var errOutside = errors.New("it lies outside of settings.namespaces, which this target has to keep to: give it another namespace, or the settings more")

// errLeft is of what was made there when the settings had it yet. That it is gone, by
// whomever, is seen.
var errLeft = errors.New("it lies outside of settings.namespaces, which this target has to keep to: give the settings more until it is deleted, or delete it by hand")

// admission are the words by which the cluster's policy refuses, or cannot be
// asked: it may be another one in a moment, and is not what an object of the
// kind may be.
var admission = regexp.MustCompile(`admission webhook|denied request`)

// isMistake reports whether a change is refused for what is asked for, whatever
// else there is in the cluster.
func isMistake(err error) bool {
	if errors.Is(err, errOutside) {
		return true
	}
	return isAnswer(err) && !admission.MatchString(err.Error()) && (apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) || isMisfit(err))
}

// fieldCauses are the fields that the server finds invalid.
func fieldCauses(err error) []metav1.StatusCause {
	status := apierrors.APIStatus(nil)
	if !apierrors.IsInvalid(err) || !errors.As(err, &status) || status.Status().Details == nil {
		return nil
	}
	var causes []metav1.StatusCause
	for _, cause := range status.Status().Details.Causes {
		if cause.Field != "" {
			causes = append(causes, cause)
		}
	}
	return causes
}

const (
	// fewCauses is how many invalid fields are told of.
	fewCauses = 3
	// longCause is the length in bytes from which a cause is told without the value that it quotes.
	longCause = 200
)

// causesText says what is wrong with the fields. The server quotes their values:
// of a field that cannot be changed the whole of it, such as a pod's template.
func causesText(causes []metav1.StatusCause, secrets *resource.Redactor) string {
	var parts []string
	for _, cause := range causes[:min(len(causes), fewCauses)] {
		message := secrets.Redact(cause.Message)
		kind, rest, _ := strings.Cut(message, ": ")
		if ends := endOfValue.FindAllStringIndex(rest, -1); len(message) > longCause && len(ends) > 0 {
			message = kind + ": " + rest[ends[len(ends)-1][1]:]
		}
		parts = append(parts, cause.Field+": "+message)
	}
	if more := len(causes) - fewCauses; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, "; ")
}

var (
	endOfValue = regexp.MustCompile(`[}\]"]: `)
	// named are the ways in which the server names a field of which its kind knows nothing.
	named = regexp.MustCompile(`\s\.(\S+): |unknown field "([^"]+)"`)
	steps = regexp.MustCompile(`\[([^\]]*)\]|[^.\[]+`)
)

// fieldOf is the path of the field for which a change is refused, as far as that
// is told and there is such a thing in what is asked for.
func fieldOf(err error, asked any) resource.Path {
	if errors.Is(err, errOutside) {
		return resource.Path{"metadata", "namespace"}
	}
	field := ""
	if causes := fieldCauses(err); len(causes) > 0 {
		field = causes[0].Field
	} else if match := named.FindStringSubmatch(err.Error()); match != nil {
		field = match[1] + match[2]
	}
	var path resource.Path
	for _, match := range steps.FindAllStringSubmatch(field, -1) {
		step := stepOf(asked, match[0], match[1])
		below, ok := resource.Lookup(asked, resource.Path{step})
		if !ok {
			break
		}
		path, asked = append(path, step), below
	}
	return path
}

// stepOf is a step of a path that the server writes as name, [0], [key] or
// [name="main",port=80].
func stepOf(in any, text, within string) any {
	list, isList := in.([]any)
	index, err := strconv.Atoi(within)
	switch {
	case within == "":
		return text
	case !isList:
		return strings.Trim(within, `"`)
	case err == nil:
		return index
	}
	for i, item := range list {
		fields, _ := item.(map[string]any)
		is := fields != nil
		for pair := range strings.SplitSeq(within, ",") {
			key, value, _ := strings.Cut(pair, "=")
			is = is && fmt.Sprint(fields[key]) == strings.Trim(value, `"`)
		}
		if is {
			return i
		}
	}
	return len(list) // there is none
}
