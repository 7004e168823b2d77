// Package config reads the configuration: the operator's file, the
// repository's holdfast.yaml, and the waivers and approvals kept beside it.
//
// There are two authorities. The operator's file says what a commit must never
// be able to change: the source, signers, state, allowed destinations. The
// repository's file says targets, policies and anything stricter. Parse reads
// either of them, Merge puts the two together, and Schema is the JSON Schema
// that both are validated with. Mistakes come back all at once, as
// resource.Problems with file, line and column.
//
// Start with Config, then Parse.
package config

import (
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// FileName is what the repository's configuration is called.
const FileName = "holdfast.yaml"

// Role says by whose authority a file speaks. The zero value is the one with
// the fewest rights.
type Role int

// The roles.
const (
	// Repository is the role of a file in the source: the operator's keys are
	// refused in it.
	Repository Role = iota
	// Operator is the role of the file outside the source: it names the source.
	Operator
	// Both is the role of one file for a person alone. Without a source in it,
	// the source is the folder that it is in.
	Both
)

// ParseOptions say how to read a file.
type ParseOptions struct {
	Role Role
	// Drivers that a target may name. Their schemas validate the settings, and
	// their Permits decides on destinations in Merge.
	Drivers []drivers.Kind
	// Dir is the folder from which the relative paths of the operator's keys
	// (state, keys, certificates, source.dir) start. They stay as they are if
	// it is empty.
	Dir string
}

// Config is one file, or two merged, with defaults filled in.
type Config struct {
	File         string // as Parse was given it
	Source       Source
	State        string // path of the SQLite file; "" if not given
	Server       Server
	Destinations []Destination
	// Remotes are what may be fetched; see RemoteOf. Confined is set where they
	// were named in a file that was found rather than given: no address of a
	// private network is connected to then.
	Remotes    []Remote
	Confined   bool
	Decryption []Decryption
	Limits     Limits
	Policies   Policies
	// Waivers, Approvals, Policies.Paths and Policies.Data are files and
	// folders. A relative one is slash-separated, clean and within the source; an
	// absolute one is on this machine and was written by the operator.
	Waivers   []string
	Approvals []string
	Scopes    []Scope
	Exclude   []string // patterns as in .gitignore; see Excluder
	Targets   []Target

	role    Role
	places  map[string]resource.Location // of the paths of lists; see PathAt
	doc     *document
	drivers []drivers.Kind
}

// Source says where desired state comes from. If neither Git nor Dir is set,
// it is the folder of the file.
type Source struct {
	Git    *Git
	Dir    string
	Verify Verify
}

// Git is a Git repository.
type Git struct {
	URL string // without password
	// At most one of Branch, Tag and Commit is set; none of them for the
	// repository's default branch.
	Branch, Tag, Commit string
	Interval            time.Duration
	Timeout             time.Duration
	AllowRewrites       bool
	Auth                Auth
	Cache               string // folder; "" if not given
}

// Auth names what holds the credentials; it never holds a secret itself.
type Auth struct {
	Username                  string // for HTTPS
	PasswordEnv, PasswordFile string // password or access token for HTTPS; at most one of the two
	SSHKeyFile                string
	KnownHostsFile, CAFile    string
}

// Verify says which signatures a revision needs. The zero value asks for none.
type Verify struct {
	AllowedSigners       string // file on this machine
	AllowedSignersInTree string // path within the source
	OpenPGPKeys          string // file on this machine
	TrustedRevision      string // full commit hash
}

// Enabled reports whether signatures are asked for.
func (v Verify) Enabled() bool {
	return v.AllowedSigners != "" || v.AllowedSignersInTree != "" || v.OpenPGPKeys != ""
}

// Server is what run serves.
type Server struct {
	Listen string // host:port; "" for off
	// AllowRemote lets Listen be an address that other machines reach.
	AllowRemote bool
	// TokenFile holds what must be sent by whoever asks the server to do
	// something; "" if nobody may.
	TokenFile string
}

// Decryption names files on this machine that hold private keys. With a scope,
// folders of the source, they are only for files and targets at or below it.
type Decryption struct {
	AgeKeyFile, PGPKeyFile string
	Scope                  []string
}

// Destination is what targets of the repository may write to.
type Destination struct {
	Driver   string
	Allowed  map[string]any // in the form of the driver's settings
	Location resource.Location
}

// Limits are bounds; each is finite.
type Limits struct {
	MaxDelete         reconcile.Limit
	MaxFileSize       int64 // bytes
	EvaluationTimeout time.Duration
	RunTimeout        time.Duration
}

// Policies says what resources are judged by.
type Policies struct {
	Builtin    bool     // the embedded library is taken in
	Categories []string // of it; empty for all
	Profile    string   // starter, recommended or strict
	Paths      []string
	Data       []string
	Bundles    []Bundle
	Params     map[string]any
}

// Scope bounds the waivers that are kept at or below Path, whichever entry
// names them: they cover only what is written below one of Within.
type Scope struct {
	Path   string
	Within []string // of the source, clean
	At     resource.Location
}

// Bundle is an OPA bundle that policies come from.
type Bundle struct {
	// URL is of https, http or oci; without a scheme it is a path, as in Policies.Paths.
	URL    string
	Digest string // "sha256:…"; "" if it is not pinned
	// Key is a public key in PEM, or the path of a file as in Policies.Paths;
	// "" where no signature is asked for. KeyID, Scope and Algorithm are what
	// the signature must have, "" where that is not said.
	Key, KeyID, Scope, Algorithm string
	Auth                         FetchAuth
	// Confined is set where the repository names it, whoever proposes a change:
	// no address of a private network is connected to.
	Confined bool
	At       resource.Location
}

// Remote is the beginning of URLs that may be fetched, and how they are.
type Remote struct {
	URL  string
	Auth FetchAuth
	At   resource.Location
}

// FetchAuth names what holds the credentials; it never holds a secret itself.
type FetchAuth struct {
	Username                  string
	PasswordEnv, PasswordFile string // at most one of the four
	TokenEnv, TokenFile       string
	CAFile                    string
}

// Target is a place to keep in line.
type Target struct {
	Name      string
	Driver    string
	Path      string // slash-separated, clean, within the source; "." for all of it
	DependsOn []string
	Mode      reconcile.Mode
	Prune     bool
	OnBlock   reconcile.OnBlock
	Suspend   bool
	Rollback  bool
	Build     sources.Build  // its paths are clean and within the source
	Settings  map[string]any // never nil
	// Params stand over Policies.Params where the target is judged; ParamsAt
	// says where each is written.
	Params        map[string]any
	ParamsAt      map[string]resource.Location
	HealthTimeout time.Duration
	Interval      time.Duration
	Exclude       []string // patterns as in .gitignore, from the source's root; see Excluder
	Location      resource.Location
}

// Defaults of what is not in the reconcile package.
const (
	DefaultListen            = "127.0.0.1:7788"
	DefaultPollInterval      = time.Minute
	DefaultFetchTimeout      = 2 * time.Minute
	DefaultMaxFileSize       = 10 << 20
	DefaultEvaluationTimeout = 10 * time.Second
	DefaultProfile           = "starter"
)

// defaultMaxDelete is what reconcile takes for a limit that is not given.
var defaultMaxDelete = reconcile.Limit{Percent: 10}
