package config

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// pemHeader begins a key that is written in the configuration itself.
const pemHeader = "-----BEGIN "

var pinned = regexp.MustCompile(`^(.+)@(sha256:[0-9a-f]{64})$`)

// Remote reports whether the bundle comes over the network.
func (b Bundle) Remote() bool { return strings.Contains(b.URL, "://") }

// KeyInline reports whether Key is the key itself.
func (b Bundle) KeyInline() bool { return strings.HasPrefix(strings.TrimSpace(b.Key), pemHeader) }

// String is the path or URL, without what may be a secret: the query.
func (b Bundle) String() string {
	if !b.Remote() {
		return b.URL
	}
	shown, _, _ := strings.Cut(b.URL, "?")
	return shown
}

// ParseBundle reads a bundle as it is named in one word: a path, or a URL,
// with or without a digest behind it.
func ParseBundle(text string) (Bundle, error) {
	var b Bundle
	return b, b.name(text)
}

// name fills in URL and Digest.
func (b *Bundle) name(text string) error {
	b.URL = text
	if match := pinned.FindStringSubmatch(text); match != nil {
		if b.Digest != "" && b.Digest != match[2] {
			return fmt.Errorf("the digest %s is not the one behind the URL", b.Digest)
		}
		b.URL, b.Digest = match[1], match[2]
	}
	scheme, _, isURL := strings.Cut(b.URL, "://")
	if !isURL {
		return nil
	}
	// What is wrong with it may be a password in it, so it is not shown.
	u, err := url.Parse(b.URL)
	switch {
	case err != nil:
		return fmt.Errorf("not a URL that can be read")
	case u.User != nil:
		return fmt.Errorf("a user name, password or token does not belong in the URL; name what holds it with passwordEnv or tokenEnv")
	case scheme != "https" && scheme != "http" && scheme != "oci":
		return fmt.Errorf("expected a path or a URL of https or oci, got one of %q", scheme)
	case u.Host == "":
		return fmt.Errorf("the URL names no host")
	case scheme == "oci" && strings.Trim(u.Path, "/") == "":
		return fmt.Errorf("the URL names no repository; expected one such as oci://registry.example.com/policies/base:v3")
	}
	return nil
}

// Unguarded is why a bundle cannot be relied on, or nil: it comes over the
// network, and nothing says what it must be.
func (b Bundle) Unguarded() error {
	if b.Remote() && b.Digest == "" && b.Key == "" {
		return fmt.Errorf("it is neither pinned nor signed; add its digest (sha256:…), or the key that it is signed with")
	}
	return nil
}

func (c *Config) decodeBundles(entries []any, dir string) {
	for i, entry := range entries {
		steps := []string{"policies", "bundles", strconv.Itoa(i)}
		b := Bundle{At: c.doc.place(pointer(steps...)).value}
		var given string
		switch fields := entry.(type) {
		case string:
			given = fields
		case map[string]any:
			given = text(fields, "url")
			steps = append(steps, "url")
			b.Digest, b.Key = text(fields, "digest"), text(fields, "key")
			b.KeyID, b.Scope, b.Algorithm = text(fields, "keyId"), text(fields, "scope"), text(fields, "algorithm")
			b.Auth = fetchAuth(fields, dir)
		}
		if given == "" {
			continue // reported already
		}
		if err := b.name(given); err != nil {
			c.doc.failValue(pointer(steps...), label(steps)+err.Error())
			continue
		}
		if !b.Remote() {
			if b.URL = c.path(b.URL, steps...); b.URL == "" {
				continue
			}
			c.keepPlace(b.URL, i, steps[:2])
		}
		b.Confined = c.role == Repository
		c.Policies.Bundles = append(c.Policies.Bundles, b)
	}
}

// checkBundles reports what one value of a bundle says against another.
func (c *Config) checkBundles() {
	for i := range c.Policies.Bundles {
		b := &c.Policies.Bundles[i]
		fail := func(err error) {
			if err != nil {
				c.doc.failAt(b.At, fmt.Sprintf("policies.bundles: %s: %s", b, err))
			}
		}
		fail(b.Unguarded())
		fail(b.checkKey())
		fail(b.checkAuth())
		if c.role == Repository {
			fail(b.confinement())
		} else if b.Key != "" && !b.KeyInline() {
			fail(c.keyFile(b))
		}
	}
}

// keyFile sees to it that no commit can put its own key in place of the operator's.
func (c *Config) keyFile(b *Bundle) error {
	switch elsewhere := c.Source.Git != nil || c.Source.Dir != ""; {
	case path.IsAbs(b.Key):
		b.Key = path.Clean(b.Key)
	case elsewhere:
		return fmt.Errorf("the key is a file of the source, which a commit can replace; give an absolute path, or the key itself")
	default:
		return b.keyInTree()
	}
	return nil
}

func (b *Bundle) keyInTree() error {
	clean := path.Clean(b.Key)
	if path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") || strings.Contains(clean, "\\") {
		return fmt.Errorf("expected as key the path of a file within the repository, or the key itself")
	}
	b.Key = clean
	return nil
}

func (b *Bundle) checkKey() error {
	shared := strings.HasPrefix(b.Algorithm, "HS")
	switch {
	case b.Key == "" && b.KeyID+b.Scope+b.Algorithm != "":
		return fmt.Errorf("keyId, scope and algorithm need a key")
	case strings.Contains(b.Key, "PRIVATE KEY"):
		return fmt.Errorf("a private key does not belong here; give the public one")
	case shared && b.KeyInline():
		return fmt.Errorf("%s signs with a secret, and the key is a public one; use another algorithm", b.Algorithm)
	case !b.KeyInline() && strings.Contains(b.Key, "\n"):
		return fmt.Errorf("expected as key a public key in PEM, or the path of a file that holds it")
	}
	return nil
}

func (b *Bundle) checkAuth() error {
	switch {
	case b.Auth.secrets() > 1:
		return errSecrets
	case b.Auth != FetchAuth{} && !b.Remote():
		return fmt.Errorf("a file needs neither credentials nor certificates")
	case b.Auth.secrets() > 0 && strings.HasPrefix(b.URL, "http://"):
		return fmt.Errorf("credentials would be sent in the clear; use https")
	}
	return nil
}

// confinement is why a repository may not name the bundle, or nil. Whoever
// proposes a change could have any URL asked for from where the change is
// checked, and secrets sent along.
func (b *Bundle) confinement() error {
	switch {
	case path.IsAbs(b.URL):
		return fmt.Errorf("it is absolute, which is followed only in a file that is given with --config")
	case strings.HasPrefix(b.URL, "http://"):
		return fmt.Errorf("use https, or name it in a file that is given with --config")
	case b.Remote() && b.Digest == "":
		return fmt.Errorf("what the repository names over the network is pinned: add its digest (sha256:…), or name it in a file that is given with --config")
	case b.Auth != FetchAuth{}:
		return errAuthFound
	case strings.HasPrefix(b.Algorithm, "HS"):
		return fmt.Errorf("%s signs with a secret, which does not belong in a repository; use another algorithm", b.Algorithm)
	}
	if b.Key != "" && !b.KeyInline() {
		return b.keyInTree()
	}
	return nil
}

// Confine marks the configuration, its bundles and remotes as named by a repository,
// and takes out what a repository may not name, which comes back with the reason.
func (c *Config) Confine() resource.Problems {
	var problems resource.Problems
	var kept []Bundle
	for _, b := range c.Policies.Bundles {
		b.Confined = true
		if err := b.confinement(); err != nil {
			problems = append(problems, resource.Problem{Msg: fmt.Sprintf("policies.bundles: %s: %s", b, err), Location: b.At})
			continue
		}
		kept = append(kept, b)
	}
	c.Policies.Bundles, c.Confined = kept, true
	problems = append(problems, c.dropCredentials()...)
	if len(c.Decryption) > 0 {
		problems = append(problems, resource.Problem{
			Msg:      "decryption: key files of this machine are used only where the configuration is given with --config",
			Location: c.doc.place("decryption").key,
		})
		c.Decryption = nil
	}
	return problems
}
