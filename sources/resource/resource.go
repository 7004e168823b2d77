// Package resource holds the nouns that every other package passes on:
// identities, resources, where they came from, and the changes between two of
// them. It imports the standard library only and does no input or output.
//
// Start with Resource; ID, Path and Origin are its parts, Change is what a
// driver would do to one.
package resource

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// ID names one resource. Target is the name of the target that it belongs to
// and Scope the host of a fleet, each empty where there is none.
type ID struct {
	Target     string
	Scope      string
	APIVersion string
	Kind       string
	Namespace  string
	Name       string
}

// Group is the part of APIVersion before the slash, "" for the core group.
func (id ID) Group() string {
	group, _, found := strings.Cut(id.APIVersion, "/")
	if !found {
		return ""
	}
	return group
}

// GroupKind is the key under which policies find resources of this kind:
// "apps/Deployment", "core/Service", "terraform/aws_s3_bucket". It is "" for a
// document without a kind.
func (id ID) GroupKind() string {
	if id.Kind == "" {
		return ""
	}
	group := id.Group()
	if group == "" {
		group = "core"
	}
	return group + "/" + id.Kind
}

// Key is the identity without the API version, because an object keeps its
// identity when it is read or written through another version of its API.
// Two IDs name the same resource exactly if their keys are equal.
func (id ID) Key() Key {
	return Key{id.Target, id.Scope, id.GroupKind(), id.Namespace, id.Name}
}

// Key identifies a resource; it is comparable and serves as a map key.
type Key struct {
	Target, Scope, GroupKind, Namespace, Name string
}

// IsZero reports whether the ID names nothing: a document without identity. Its
// kind may be known all the same.
func (id ID) IsZero() bool { return id.Name == "" }

// String is the short form for people: "Deployment shop/web", or "File motd".
// A scope is put in front: "web1: File motd".
func (id ID) String() string {
	if id.IsZero() {
		return "(no identity)"
	}
	var b strings.Builder
	if id.Scope != "" {
		b.WriteString(id.Scope + ": ")
	}
	b.WriteString(id.Kind + " ")
	if id.Namespace != "" {
		b.WriteString(id.Namespace + "/")
	}
	b.WriteString(id.Name)
	return b.String()
}

// Compare orders IDs by target, scope, group and kind, namespace, name, version.
func Compare(a, b ID) int {
	return cmp.Or(
		strings.Compare(a.Target, b.Target),
		strings.Compare(a.Scope, b.Scope),
		strings.Compare(a.GroupKind(), b.GroupKind()),
		strings.Compare(a.Namespace, b.Namespace),
		strings.Compare(a.Name, b.Name),
		strings.Compare(a.APIVersion, b.APIVersion),
	)
}

// Resource is a document, or a part of one, with its identity.
//
// Content is what encoding/json would produce, with one difference: whole
// numbers are int64 where they fit. So it is map[string]any, []any, string,
// bool, int64, float64 or nil, all the way down. Readers must not change it.
type Resource struct {
	ID      ID
	Content any
	Origin  Origin
	// Sensitive are the paths whose values must never be shown: every
	// renderer, log, diff, trace and store masks them.
	Sensitive []Path
	// Unknown are the paths whose values are known only after apply.
	Unknown []Path
	// Written is the content as it is kept in the source where some of it is
	// encrypted there, with Encrypted in the place of that, whether a key opens it
	// or none; nil where nothing is.
	Written any
	// Document is set for a file's text as it is where resources are made of
	// the file too: rules that judge resources are not asked about it.
	Document bool
}

// Origin says where a resource was written.
type Origin struct {
	File   string // slash-separated, relative to the snapshot's root; "" if unknown
	Line   int    // 1-based line of the document's first node; 0 if unknown
	Column int    // 1-based
	// Document is the zero-based index of the document within the file, and
	// Within the path from that document to the resource: empty, or for
	// example ["items", 2] in a List.
	Document int
	Within   Path
	// Parser names the format that the file was read in where that was
	// chosen rather than told by the file's name; else "".
	Parser string
}

// Location is the place where the resource begins.
func (o Origin) Location() Location { return Location{File: o.File, Line: o.Line, Column: o.Column} }

// Location is a place in a file; Line and Column are 1-based and 0 if unknown.
type Location struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String is "file:line:column", without the parts that are unknown.
func (l Location) String() string {
	switch {
	case l.Line == 0:
		return l.File
	case l.Column == 0:
		return fmt.Sprintf("%s:%d", l.File, l.Line)
	}
	return fmt.Sprintf("%s:%d:%d", l.File, l.Line, l.Column)
}

// Problem is the user's mistake, with its place and the way to mend it.
type Problem struct {
	Msg      string   `json:"msg"`
	Location Location `json:"location"`
	// Other is a second place, which Msg names in the form of Location.String;
	// who shows paths in another form shows it in both.
	Other Location `json:"-"`
	// Elsewhere: it is about what is kept elsewhere and was to be fetched, so that
	// it may be gone the next time, with nothing changed here. Fault: it is no
	// mistake at all, as what is kept there cannot be reached now.
	Elsewhere, Fault bool `json:"-"`
}

func (p Problem) Error() string {
	if p.Location.File == "" {
		return p.Msg
	}
	return p.Location.String() + ": " + p.Msg
}

// Problems is one or more mistakes that were found together. It is an error,
// one line each.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Annotations that holdfast obeys, whatever the driver.
const (
	AnnotationDependsOn = "holdfast.dev/depends-on" // "Kind/name" or "Kind/namespace/name", comma-separated
	AnnotationPrune     = "holdfast.dev/prune"      // "allow" or "never"
)

// Annotations of other tools that make a hook of a resource.
const (
	AnnotationHelmHook = "helm.sh/hook"
	AnnotationArgoHook = "argocd.argoproj.io/hook"
)

// Annotation is the value of metadata.annotations[name], and whether it is there.
func (r *Resource) Annotation(name string) (string, bool) {
	v, ok := Lookup(r.Content, Path{"metadata", "annotations", name})
	s, isString := v.(string)
	return s, ok && isString
}

// Says reports whether an annotation or a label of that name has one of the
// values, whatever their case: the way in which Flux reads its own
// (https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources).
func (r *Resource) Says(name string, values ...string) bool {
	for _, group := range []string{"annotations", "labels"} {
		v, _ := Lookup(r.Content, Path{"metadata", group, name})
		word, isString := v.(string)
		if isString && slices.ContainsFunc(values, func(value string) bool { return strings.EqualFold(value, word) }) {
			return true
		}
	}
	return false
}

// Masked is a copy of the content in which each sensitive value is replaced by
// Mask. It shares what it need not change with Content.
func (r *Resource) Masked() any { return MaskPaths(r.Content, r.Sensitive) }

// Digest is an HMAC-SHA256 under key over the content as canonical JSON, in
// hexadecimal. It is keyed so that a stored digest of a short secret cannot be
// guessed by trying.
func (r *Resource) Digest(key []byte) (string, error) {
	raw, err := json.Marshal(r.Content) // encoding/json sorts object keys
	if err != nil {
		return "", fmt.Errorf("digest of %s: %w", r.ID, err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(raw)
	return hex.EncodeToString(mac.Sum(nil)), nil
}
