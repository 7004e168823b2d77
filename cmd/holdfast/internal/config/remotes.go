package config

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

var (
	errSecrets   = errors.New("keep one of passwordEnv, passwordFile, tokenEnv and tokenFile")
	errAuthFound = errors.New("credentials and certificates are the operator's: a commit must not be able to send them elsewhere; name them in a file that is given with --config")
)

// text is a value of a mapping that is text, "" for any other.
func text(fields map[string]any, name string) string {
	value, _ := fields[name].(string)
	return value
}

func fetchAuth(fields map[string]any, dir string) FetchAuth {
	return FetchAuth{
		Username: text(fields, "username"), PasswordEnv: text(fields, "passwordEnv"), TokenEnv: text(fields, "tokenEnv"),
		PasswordFile: onDisk(dir, text(fields, "passwordFile")), TokenFile: onDisk(dir, text(fields, "tokenFile")),
		CAFile: onDisk(dir, text(fields, "caFile")),
	}
}

// secrets is how many things are named that hold one.
func (a FetchAuth) secrets() int {
	named := 0
	for _, name := range []string{a.PasswordEnv, a.PasswordFile, a.TokenEnv, a.TokenFile} {
		if name != "" {
			named++
		}
	}
	return named
}

// Secret reports whether there is something to log in with.
func (a FetchAuth) Secret() bool { return a.secrets() > 0 }

// parseRemote reads a URL that may be fetched, or the beginning of one. What is
// wrong with it may be a password in it, so it is not shown.
func parseRemote(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, fmt.Errorf("not a URL that can be read")
	case u.User != nil:
		return nil, fmt.Errorf("a user name, password or token does not belong in the URL; name what holds it in the operator's remotes: {url: …, username: …, passwordEnv: …}")
	case u.Scheme != "https" && u.Scheme != "oci":
		return nil, fmt.Errorf("expected a URL of https or oci, got one of %q", u.Scheme)
	case u.Host == "":
		return nil, fmt.Errorf("the URL names no host")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return nil, fmt.Errorf("expected a URL without ? and #")
	// What a server makes of such a path need not be what we make of it.
	case u.RawPath != "" || strings.Contains(u.Path, "\\") || u.Path != "" && path.Clean(u.Path) != strings.TrimSuffix(u.Path, "/") && u.Path != "/":
		return nil, fmt.Errorf("expected a plain path, without .., // and escaped slashes")
	}
	return u, nil
}

// covers reports whether an address is within the remote: it equals it, or goes
// on from it at the end of a path's step, or with the tag or digest of OCI.
func (r Remote) covers(u *url.URL) bool {
	own, err := parseRemote(r.URL)
	if err != nil || own.Scheme != u.Scheme || host(own) != host(u) {
		return false
	}
	rest, ok := strings.CutPrefix(u.Path, strings.TrimSuffix(own.Path, "/"))
	if !ok || rest == "" || rest[0] == '/' {
		return ok
	}
	return u.Scheme == "oci" && (rest[0] == ':' || rest[0] == '@') && !strings.HasSuffix(own.Path, "/")
}

// host is the host of a URL, with its port where that is not the usual one.
func host(u *url.URL) string { return strings.TrimSuffix(strings.ToLower(u.Host), ":443") }

// RemoteOf is the entry of Remotes that decides on an address: the longest of
// those that it is within. It is false where it is within none.
func (c *Config) RemoteOf(address string) (longest Remote, found bool) {
	u, err := parseRemote(address)
	if err != nil {
		return longest, false
	}
	for _, r := range c.Remotes {
		if r.covers(u) && (!found || len(r.URL) > len(longest.URL)) {
			longest, found = r, true
		}
	}
	return longest, found
}

// RemoteOfRepository is RemoteOf of a Git repository, whose name may end in .git.
func (c *Config) RemoteOfRepository(address string) (Remote, bool) {
	whole, found := c.RemoteOf(address)
	short, foundShort := c.RemoteOf(strings.TrimSuffix(address, ".git"))
	if foundShort && len(short.URL) > len(whole.URL) {
		return short, true
	}
	return whole, found
}

// Allows reports whether an address is within Remotes.
func (c *Config) Allows(address string) bool {
	_, found := c.RemoteOf(address)
	return found
}

func (c *Config) decodeRemotes(entries []any, dir string) {
	for i, entry := range entries {
		steps := []string{"remotes", strconv.Itoa(i)}
		r := Remote{At: c.doc.place(pointer(steps...)).value}
		switch value := entry.(type) {
		case string:
			r.URL = value
		case map[string]any:
			r.URL, r.Auth = text(value, "url"), fetchAuth(value, dir)
			steps = append(steps, "url")
		}
		if r.URL == "" {
			continue // reported already
		}
		if _, err := parseRemote(r.URL); err != nil {
			c.doc.failValue(pointer(steps...), label(steps)+err.Error())
			continue
		}
		c.Remotes = append(c.Remotes, r)
	}
}

func (c *Config) checkRemotes() {
	for i, r := range c.Remotes {
		fail := func(err error) {
			if err != nil {
				c.doc.failAt(r.At, fmt.Sprintf("remotes: %s: %s", r.URL, err))
			}
		}
		fail(r.checkAuth())
		for _, earlier := range c.Remotes[:i] {
			if r.same(earlier) && r.Auth != earlier.Auth {
				fail(fmt.Errorf("it is there already, on line %d, with other credentials; keep one of the two", earlier.At.Line))
				break
			}
		}
	}
	// A file for a person alone may also be the repository's own, read where
	// the operator's is not at hand: then nothing is fetched, which the
	// renderer says.
	if c.role == Operator || c.role == Both && c.doc.has("remotes") {
		c.doc.problems = append(c.doc.problems, c.strange(c)...)
	}
}

// same reports whether two remotes decide on the same addresses.
func (r Remote) same(other Remote) bool {
	a, errA := parseRemote(r.URL)
	b, errB := parseRemote(other.URL)
	return errA == nil && errB == nil && other.covers(a) && r.covers(b)
}

func (r Remote) checkAuth() error {
	a := r.Auth
	switch {
	case a.secrets() > 1:
		return errSecrets
	case a.Username != "" && a.secrets() == 0:
		return fmt.Errorf("a username alone lets nobody in; name what holds the password with passwordEnv or passwordFile")
	case a.Username == "" && a.PasswordEnv+a.PasswordFile != "" && strings.HasPrefix(r.URL, "oci://"):
		return fmt.Errorf("a registry wants a user name with the password; add username")
	}
	return nil
}

// dropCredentials takes out the remotes that have credentials or certificates.
// Whoever proposes a change could have secrets of this machine sent anywhere.
func (c *Config) dropCredentials() resource.Problems {
	var problems resource.Problems
	var kept []Remote
	for _, r := range c.Remotes {
		if r.Auth == (FetchAuth{}) {
			kept = append(kept, r)
			continue
		}
		problems = append(problems, resource.Problem{Msg: fmt.Sprintf("remotes: %s: %s", r.URL, errAuthFound), Location: r.At})
	}
	c.Remotes = kept
	return problems
}

// strange are the charts of another file that c does not allow to be fetched.
func (c *Config) strange(of *Config) resource.Problems {
	var problems resource.Problems
	for i := range of.Targets {
		address := of.Targets[i].Build.Chart.URL
		u, err := parseRemote(address)
		if err != nil || c.Allows(address) {
			continue
		}
		steps := []string{"targets", strconv.Itoa(i), "render", "chart", "url"}
		u.Path, _, _ = strings.Cut(u.Path, ":")
		if above := strings.TrimSuffix(path.Dir(u.Path), "/"); of.Targets[i].Build.Chart.Name == "" && (above != "" || u.Scheme != "oci") {
			u.Path = above // else it is a repository already
		}
		problems = append(problems, resource.Problem{
			Msg:      fmt.Sprintf("%sit is not within what %s allows to be fetched; to allow it, add to remotes there: %s", label(steps), c.File, u),
			Location: of.doc.place(pointer(steps...)).value,
		})
	}
	return problems
}
