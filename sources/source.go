// Package sources is the port through which desired state comes in.
//
// A Source yields snapshots: a tree at one revision, read-only, complete or
// not there at all. A Renderer turns a folder of a snapshot into resources, and
// a Locator finds the line on which a value was written. What stands behind
// the port is in git, dir and render below this folder; sourcetest is the
// conformance suite that each source runs.
package sources

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Errors that sources wrap. Whatever the error, no snapshot comes with it: a
// source that cannot be read is never an empty tree.
var (
	ErrNotFound   = errors.New("no such source")
	ErrEmpty      = errors.New("the source holds no revision yet")
	ErrNoRevision = errors.New("no such revision")
	ErrUnverified = errors.New("the revision's signature is not accepted")
	ErrRewritten  = errors.New("the branch was rewritten: the new revision does not descend from the last one")
	ErrTooLarge   = errors.New("larger than the limit")
	ErrEscapes    = errors.New("leads out of the source's root")
	ErrChanged    = errors.New("changed while it was being read")
	ErrAway       = errors.New("cannot be had now") // a fault of the world, not of who asks
	ErrDenied     = errors.New("the server does not let us in")
)

// Source is one place that desired state comes from. Its methods may be called
// from several goroutines.
type Source interface {
	// Fetch gets the newest revision. It is repeatable: with nothing new it
	// answers with the same revision, cheaply. A revision that must be
	// verified and is not, or that does not descend from the one before, is an
	// error and never a snapshot.
	Fetch(ctx context.Context) (Snapshot, error)
	// String names the source for people, without credentials.
	String() string
	Close() error
}

// Watcher is a Source that can tell when a Fetch is worth while.
type Watcher interface {
	// Watch sends whenever there may be something new, and closes the channel
	// when ctx ends. Sends are debounced and never block the source.
	Watch(ctx context.Context) (<-chan struct{}, error)
}

// History is a Source that can still serve a revision it served before.
type History interface {
	At(ctx context.Context, revision string) (Snapshot, error)
}

// Revision names the state of a source.
type Revision struct {
	ID      string    `json:"id"`            // commit hash, or "sha256:…" of the content
	Ref     string    `json:"ref,omitempty"` // branch or tag it was found under
	Time    time.Time `json:"time,omitzero"` // when it was committed
	Author  string    `json:"author,omitempty"`
	Subject string    `json:"subject,omitempty"` // first line of the commit message
	Signer  string    `json:"signer,omitempty"`  // who signed it, where that was verified
}

// Snapshot is a source's tree at one revision. It does not change, reads are
// safe for concurrent use, and paths follow io/fs: slashes, no leading slash.
// A symbolic link is followed inside the tree; one that leads out is an error
// that wraps ErrEscapes. A file above the size limit wraps ErrTooLarge.
type Snapshot interface {
	fs.FS
	Revision() Revision
}

// Selection says what of a snapshot to render.
type Selection struct {
	// Path is the folder or file, "." for the whole tree.
	Path string
	// Exclude reports whether to leave out a file or folder, by its path
	// within the snapshot. It is not asked about Path itself. nil excludes nothing.
	Exclude func(path string) bool
	// Target is put into the ID of every resource.
	Target string
	// Formats takes in the files of a folder in every format that can be read,
	// such as Dockerfiles, HCL and TOML; without it they are those in YAML and
	// JSON. A file that Path names is read whatever its format.
	Formats bool
	// Parser names the format to read each file in; "" goes by the files' names.
	Parser string
	// Terraform evaluates modules in Terraform's language into resources. Their
	// files are read as documents only if Formats is set too.
	Terraform bool
	// Build says how kustomizations and charts are built, and what is done to
	// what comes out of them or stands there plainly.
	Build Build
	// Loose takes in what is below a folder with a kustomization or a chart too,
	// as far as it is no part of one. Without it such a folder is what is built of it
	// and nothing else. Each build below Path then has a target of its own, named
	// by its folder: several may say what different places are to hold.
	Loose bool
	// Unknown takes for unknown values what nobody can tell here: those that are
	// encrypted and no key decrypts, and those that a chart makes up anew each
	// time. Without it both are problems, as neither may be applied.
	Unknown bool
}

// Build is what a target says of how its manifests are made. The zero value
// builds what is found with its own defaults, and changes nothing.
type Build struct {
	// Namespace is put on every namespaced resource, as Flux's targetNamespace is.
	Namespace string
	// Substitute replaces ${NAME} in all manifests, as Flux's postBuild.substitute
	// does. SubstituteFrom are files of the snapshot that hold ConfigMaps or
	// Secrets whose data are substituted too; later ones win, and Substitute over
	// all. With both empty, texts stay as they are.
	Substitute     map[string]string
	SubstituteFrom []string
	// ExcludeKinds are left out of what is made: "group/Kind", or "group/*" for all
	// of a group.
	ExcludeKinds []string
	// Kustomize is put into the kustomization of the path, in the words of one:
	// lists are added to, the rest takes the place of what is there. Components are
	// folders of the snapshot, from its root.
	Kustomize map[string]any
	Chart     Chart
	// At is where this is written, for what is wrong with no file of the snapshot.
	// It is shown as it is.
	At resource.Location
}

// Chart says how a Helm chart is rendered.
type Chart struct {
	// URL of a chart's archive, https or oci, in place of one in the snapshot,
	// and Digest ("sha256:…") of it, which it must have.
	URL, Digest string
	// Version is the exact one, with a digest or in place of it: URL is then a
	// repository of OCI or, with Name, Helm's own over https.
	Version, Name string
	Release       string // "" for the chart's name
	// Namespace is .Release.Namespace, "" for "default".
	Namespace string
	// ValuesFiles are paths within the snapshot, later ones over earlier ones,
	// and Values stand over them all.
	ValuesFiles []string
	Values      map[string]any
	// KubeVersion and APIVersions are .Capabilities; "" and nil for the library's own.
	KubeVersion string
	APIVersions []string
	SkipCRDs    bool
}

// Rendering is what a selection holds.
type Rendering struct {
	// Resources in the order of their files and documents. Documents without
	// identity have a zero ID.
	Resources []resource.Resource
	// Skipped are files and documents that were passed over, and why.
	Skipped []Skipped
	// Problems make the rendering unfit to apply: what could not be read or
	// parsed, and identities that appear twice. The other resources are
	// rendered all the same, so that a check can judge them.
	Problems []resource.Problem
	// Duplicates are identities that appear more than once in the selection.
	// They are problems for a target, and warnings for a folder that is
	// merely looked at; so they are kept apart.
	Duplicates []resource.Problem
}

// Skipped is something that was not evaluated.
type Skipped struct {
	What   string // a file, or a file and document
	Reason string
}

// Renderer turns a selection into resources. It runs no program and reads
// nothing outside the snapshot.
type Renderer interface {
	// Render fails only where nothing can be said at all, as when Path does
	// not exist (fs.ErrNotExist) or ctx ends; mistakes in files are Problems.
	Render(ctx context.Context, snapshot Snapshot, selection Selection) (*Rendering, error)
	// Each visits the files of a selection, several at once and in no order,
	// so that not all need be held. It ends with the first error of visit.
	// What it returns is about folders, and about files that are passed over.
	Each(ctx context.Context, snapshot Snapshot, selection Selection, visit func(*File) error) (*Rendering, error)
}

// Foreseer is a Renderer that can tell, for little, what a selection may hold.
type Foreseer interface {
	// Foresee gives the kinds as patterns of group/kind, with * for any. It is
	// false where they cannot be told. It may miss a kind that is written in an
	// uncommon way, so that whoever relies on it must notice one.
	Foresee(ctx context.Context, snapshot Snapshot, selection Selection) (kinds []string, known bool, err error)
}

// File is one file of a selection. It is not read before Read is called.
type File struct {
	Index int // its place in the order of names
	Name  string
	// Read renders the file, by one goroutine at a time, also after Each has ended.
	Read func() FileRendering
	// Module is set for what is a folder, whose files make resources together.
	Module bool
	// Document is set for a file of such a module, read as it is.
	Document bool
}

// FileRendering is what one file holds, as in Rendering.
type FileRendering struct {
	Resources []resource.Resource
	Skipped   []Skipped
	Problems  []resource.Problem
	// Imports is set for a file that may take in others, so that its own
	// content does not say what it holds.
	Imports bool
}

// Digester is a Snapshot that knows what a file holds without reading it.
type Digester interface {
	// Digest is equal for two files exactly if their contents are; it is false
	// where that is not known.
	Digest(name string) (string, bool)
}

// Duplicates are the identities that were met before, at their later places.
func Duplicates(resources []*resource.Resource) []resource.Problem {
	var problems []resource.Problem
	first := make(map[resource.ID]*resource.Resource, len(resources))
	for _, res := range resources {
		if res.ID.IsZero() {
			continue
		}
		key := res.ID // as ID.Key, without making a text for each
		key.APIVersion = key.Group()
		earlier, twice := first[key]
		if !twice {
			first[key] = res
			continue
		}
		problems = append(problems, resource.Problem{
			Msg: fmt.Sprintf("%s is already defined at %s; remove or rename one of the two",
				res.ID, earlier.Origin.Location()),
			Location: res.Origin.Location(),
			Other:    earlier.Origin.Location(),
		})
	}
	return problems
}

// NotHad is the problem that something which is kept elsewhere was not got: a
// mistake, or a fault of the world where the error wraps ErrAway.
func NotHad(what string, err error) resource.Problem {
	fault, join := errors.Is(err, ErrAway), " cannot be had: "
	if fault {
		join = " " // the error says so
	}
	return resource.Problem{Msg: what + join + err.Error(), Elsewhere: true, Fault: fault}
}

// Locator finds where a resource's value was written.
type Locator interface {
	// Locate is the place of the value at path. Where there is no such value
	// it is the place of the nearest one above it, which for an absent key is
	// where the mend goes.
	Locate(snapshot Snapshot, origin resource.Origin, path resource.Path) resource.Location
	// Excerpt is the lines around a location, with sensitive values masked:
	// up to context lines before and after. It is nil where the file cannot be read.
	Excerpt(snapshot Snapshot, origin resource.Origin, sensitive []resource.Path, at resource.Location, context int) []Line
}

// Line is one line of a file.
type Line struct {
	Number int    `json:"number"`
	Text   string `json:"text"`
}
