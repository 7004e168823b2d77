package git

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/transport"
)

// Defaults of Options, all of them bounds that a user may raise.
const (
	DefaultMaxFileSize = 8 << 20 // bytes
	DefaultMaxFiles    = 200_000
	DefaultMaxTotal    = 4 << 30 // bytes
	DefaultTimeout     = 2 * time.Minute
	DefaultInterval    = time.Minute
)

// Options say which repository to read and whom to believe. URL alone is required.
type Options struct {
	// URL is https://…, ssh://…, user@host:path, file://… or a local path to a
	// repository, bare or with a work tree. A local one is read in place. A
	// password in it is refused, since URLs end up in logs.
	URL string
	// At most one of Branch, Tag and Commit (a full hash). With none of them
	// the branch that the repository's HEAD points to.
	Branch, Tag, Commit string
	// Cache is a folder for clones of remote repositories, which sources with
	// other URLs may share. It also keeps which revision was served last. With
	// "" a temporary folder is used, and removed by Close.
	Cache string
	Auth  Auth
	// Keeps reports whether the credentials of Auth are for a repository to which
	// the server redirects within its host, by its URL; nil for all of the host.
	Keeps func(url string) bool
	// AllowRewrites accepts a new revision that does not descend from the last one.
	AllowRewrites bool
	// Last is the revision that was served last as far as the caller knows, and
	// LastVerified the one whose signatures were verified last; "" if none. What
	// the cache knows is preferred to them.
	Last, LastVerified string
	Verify             Verify
	// MaxFileSize bounds a file that is read, MaxFiles and MaxTotal the whole
	// tree: its files and the bytes in them, and MaxTotal a single download too.
	MaxFileSize, MaxFiles, MaxTotal int64
	// Timeout bounds one Fetch.
	Timeout time.Duration
	// Interval is how often Watch looks for something new in a remote
	// repository, give or take a tenth.
	Interval time.Duration
	Logger   *slog.Logger
}

// Auth is how to reach a remote repository. Files and variables are read at
// each fetch, so that a renewed credential is taken up. Everything is optional.
type Auth struct {
	// Username for HTTPS; "git" by default. For SSH it is part of the URL.
	Username string
	// PasswordFile and PasswordEnv name the file or environment variable that
	// holds the password or token for HTTPS. At most one of them.
	PasswordFile, PasswordEnv string
	// CAFile holds PEM certificates that are trusted for HTTPS beside the system's.
	CAFile string
	// SSHKeyFile is an unencrypted private key. Without it the SSH agent is asked.
	SSHKeyFile string
	// KnownHostsFile lists the host keys to accept; by default ~/.ssh/known_hosts
	// and /etc/ssh/ssh_known_hosts. A host that is not listed is refused.
	KnownHostsFile string
}

// Verify says whose signatures are needed. The zero value asks for none. Every
// commit since the one verified last needs one, except where Options.Tag is an
// annotated tag with a signature of its own, which vouches for all it leads to.
type Verify struct {
	// AllowedSigners is a file as described in ssh-keygen(1), ALLOWED SIGNERS,
	// or its content if that has a line break or a space in it.
	AllowedSigners string
	// OpenPGPKeys is a file with armored public keys, or its content.
	OpenPGPKeys string
	// AllowedSignersInTree is the path of an allowed signers file in the
	// repository. It is read from the revision that was verified before, never
	// from the one in question.
	AllowedSignersInTree string
	// TrustedRevision is the hash of a commit that is taken as verified, with
	// all that it descends from: for the first time that AllowedSignersInTree is
	// used, and to get past a commit that is not signed.
	TrustedRevision string
}

func (v Verify) enabled() bool {
	return v.AllowedSigners != "" || v.OpenPGPKeys != "" || v.AllowedSignersInTree != ""
}

var fullHash = regexp.MustCompile(`^[0-9a-f]{40}$`)

// withDefaults checks the options and fills in what was left open.
func (o Options) withDefaults() (Options, error) {
	chosen := 0
	for _, ref := range []string{o.Branch, o.Tag, o.Commit} {
		if ref != "" {
			chosen++
		}
	}
	if chosen > 1 {
		return o, errors.New("at most one of branch, tag and commit can be set")
	}
	for name, hash := range map[string]string{
		"commit": o.Commit, "last revision": o.Last, "last verified revision": o.LastVerified,
		"trusted revision": o.Verify.TrustedRevision,
	} {
		if hash != "" && !fullHash.MatchString(hash) {
			return o, fmt.Errorf("the %s %q is not a full commit hash of 40 hexadecimal digits", name, hash)
		}
	}
	for _, name := range []plumbing.ReferenceName{plumbing.NewBranchReferenceName(o.Branch), plumbing.NewTagReferenceName(o.Tag)} {
		if chosen > 0 && !strings.HasSuffix(name.String(), "/") && name.Validate() != nil {
			return o, fmt.Errorf("%q is not a valid branch or tag name", name.Short())
		}
	}
	if o.Auth.PasswordFile != "" && o.Auth.PasswordEnv != "" {
		return o, errors.New("at most one of passwordFile and passwordEnv can be set")
	}
	setDefault(&o.MaxFileSize, DefaultMaxFileSize)
	setDefault(&o.MaxFiles, DefaultMaxFiles)
	setDefault(&o.MaxTotal, DefaultMaxTotal)
	setDefault(&o.Timeout, DefaultTimeout)
	setDefault(&o.Interval, DefaultInterval)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

func setDefault[T ~int64](value *T, fallback T) {
	if *value <= 0 {
		*value = fallback
	}
}

// location is where a repository is: a local path, or an endpoint.
type location struct {
	path     string
	endpoint *transport.Endpoint
}

func (l location) String() string {
	if l.endpoint == nil {
		return l.path
	}
	return l.endpoint.String()
}

func parseURL(raw string) (location, error) {
	if raw == "" {
		return location{}, errors.New("a Git source needs a url")
	}
	if strings.ContainsAny(raw, "\x00\n\r") {
		return location{}, errors.New("the url holds control characters")
	}
	if strings.HasPrefix(raw, "file://") {
		parsed, err := url.Parse(raw)
		if err != nil || parsed.Host != "" && parsed.Host != "localhost" {
			return location{}, errors.New("a file:// url must be file:///path")
		}
		raw = parsed.Path
	}
	endpoint, err := transport.NewEndpoint(raw)
	if err != nil {
		// The parser's error repeats the URL, which may hold a password.
		return location{}, errors.New("the url cannot be parsed; write https://host/path, ssh://user@host/path, user@host:path or a local path")
	}
	if endpoint.Password != "" {
		return location{}, errors.New("the url holds a password; put it into a file or an environment variable and name that in auth")
	}
	switch endpoint.Protocol {
	case "file":
		path, err := filepath.Abs(endpoint.Path)
		return location{path: path}, err
	case "ssh":
		if strings.HasPrefix(endpoint.Path, "-") || strings.HasPrefix(endpoint.Host, "-") {
			return location{}, errors.New("the url's host or path begins with a dash")
		}
		return location{endpoint: endpoint}, nil
	case "https":
		return location{endpoint: endpoint}, nil
	}
	return location{}, fmt.Errorf("%s:// is not supported, since it neither encrypts nor tells who answers; use https:// or ssh://", endpoint.Protocol)
}
