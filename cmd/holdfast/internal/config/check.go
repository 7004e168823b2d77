package config

import (
	"fmt"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// check finds what no schema can: what hangs on two values at once, or on how
// a text is to be read.
func (c *Config) check() {
	c.checkSource()
	c.checkGlobs(c.Exclude, "exclude")
	c.checkBundles()
	c.checkRemotes()
	for i := range c.Targets {
		c.checkTarget(i)
	}
	c.checkDependencies()
	if c.role != Repository && len(c.Destinations) > 0 && len(c.doc.problems) == 0 {
		c.doc.problems = append(c.doc.problems, c.refused(c.Targets)...)
	}
}

func (c *Config) checkSource() {
	d, s := c.doc, c.Source
	switch {
	case c.role == Operator && !d.has("source"):
		d.failValue("", `the key "source" is missing: the operator's file says where desired state comes from`)
	case d.has("source", "git") && d.has("source", "dir"):
		d.failKey(pointer("source", "dir"), "source.dir: there is a source.git already; keep one of the two")
	case d.has("source", "verify") && !d.has("source", "git"):
		d.failKey(pointer("source", "verify"), "source.verify: only commits can be verified; it needs source.git")
	}
	if d.has("source", "verify") {
		c.checkVerify(s.Verify)
	}
	if s.Git == nil {
		return
	}
	c.onlyOne([]string{"source", "git"}, "branch", "tag", "commit")
	c.onlyOne([]string{"source", "git", "auth"}, "passwordEnv", "passwordFile")
	c.checkRef(plumbing.NewBranchReferenceName(s.Git.Branch), "branch")
	c.checkRef(plumbing.NewTagReferenceName(s.Git.Tag), "tag")
	if s.Git.URL != "" {
		c.checkURL(s.Git.URL)
	}
}

func (c *Config) checkVerify(v Verify) {
	d := c.doc
	if v.AllowedSignersInTree != "" {
		c.treePath(v.AllowedSignersInTree, "source", "verify", "allowedSignersInTree")
		if !d.has("source", "verify", "trustedRevision") {
			d.failKey(pointer("source", "verify", "allowedSignersInTree"), "source.verify.allowedSignersInTree: it needs trustedRevision, the commit whose signers are trusted first")
		}
	}
	signers := d.has("source", "verify", "allowedSigners") || d.has("source", "verify", "allowedSignersInTree") || d.has("source", "verify", "openPGPKeys")
	if d.has("source", "verify", "trustedRevision") && !signers {
		d.failKey(pointer("source", "verify", "trustedRevision"), "source.verify: no signers are given; name them with allowedSigners, allowedSignersInTree or openPGPKeys")
	}
}

func (c *Config) checkRef(name plumbing.ReferenceName, key string) {
	at := []string{"source", "git", key}
	if c.doc.has(at...) && name.Short() != "" && name.Validate() != nil {
		c.doc.failValue(pointer(at...), fmt.Sprintf("%sexpected the name of a %s, got %s", label(at), key, show(name.Short())))
	}
}

const noSecretInURL = "source.git.url: a user name, password or token does not belong in the URL; see source.git.auth, which names what holds it"

// checkURL never shows the URL: what is wrong with it may be a password in it.
func (c *Config) checkURL(text string) {
	const at = "source\x00git\x00url"
	if localPath(text) {
		return
	}
	if user, _, isSCP := strings.Cut(text, "@"); !strings.Contains(text, "://") {
		if isSCP && strings.Contains(user, ":") {
			c.doc.failValue(at, noSecretInURL)
		}
		return
	}
	u, err := url.Parse(text)
	if err != nil {
		c.doc.failValue(at, "source.git.url: not a URL that can be read")
		return
	}
	// A user name of HTTPS is often an access token.
	if _, secret := u.User.Password(); secret || u.User != nil && u.Scheme != "ssh" {
		c.doc.failValue(at, noSecretInURL)
	}
	if !slices.Contains([]string{"https", "http", "ssh", "file"}, u.Scheme) {
		c.doc.failValue(at, fmt.Sprintf("source.git.url: expected a URL of https, ssh or file, or a path, got one of %q", u.Scheme))
	}
	hasAuth := c.doc.has("source", "git", "auth")
	if u.Scheme == "http" && hasAuth {
		c.doc.failValue(at, "source.git.url: credentials would be sent in the clear; use https")
	}
}

// onlyOne reports all but the first of some keys of one mapping.
func (c *Config) onlyOne(within []string, names ...string) {
	var found string
	for _, name := range names {
		at := append(slices.Clone(within), name)
		switch {
		case !c.doc.has(at...):
		case found == "":
			found = name
		default:
			c.doc.failKey(pointer(at...), fmt.Sprintf("%sthere is a %s already; keep one of the two", label(at), found))
		}
	}
}

func (c *Config) checkGlobs(globs []string, steps ...string) {
	for i, glob := range globs {
		at := append(slices.Clone(steps), strconv.Itoa(i))
		for part := range strings.SplitSeq(strings.TrimPrefix(glob, "!"), "/") {
			_, err := path.Match(part, "")
			if err != nil || strings.Contains(part, "**") && part != "**" {
				c.doc.failValue(pointer(at...), label(at)+"expected a pattern as in .gitignore, such as testdata/ or *.example.yaml, got "+show(glob))
				break
			}
		}
	}
}

func (c *Config) checkTarget(i int) {
	t := &c.Targets[i]
	steps := []string{"targets", strconv.Itoa(i)}
	c.checkGlobs(t.Exclude, append(slices.Clone(steps), "exclude")...)
	for j := range c.Targets[:i] {
		earlier := &c.Targets[j]
		if t.Name != "" && t.Name == earlier.Name {
			c.doc.failValue(pointer("targets", strconv.Itoa(i), "name"), fmt.Sprintf("targets[%d].name: there is a target %q already, on line %d", i, t.Name, earlier.Location.Line))
		}
		same := t.Path == earlier.Path && t.Driver == earlier.Driver && reflect.DeepEqual(t.Settings, earlier.Settings) && reflect.DeepEqual(t.Build, earlier.Build)
		if same && t.Path != "" && t.Driver != "" {
			c.doc.failValue(pointer("targets", strconv.Itoa(i), "path"), fmt.Sprintf("targets[%d].path: target %q, on line %d, has the same path, driver and settings; the two would undo each other's work", i, earlier.Name, earlier.Location.Line))
		}
	}
}

// checkDependencies reports dependencies on what is not there, and cycles.
func (c *Config) checkDependencies() {
	byName := map[string]int{}
	var names []string
	for i := range c.Targets {
		if c.Targets[i].Name == "" {
			return // reported already; what depends on it cannot be told
		}
		byName[c.Targets[i].Name] = i
		names = append(names, c.Targets[i].Name)
	}
	for i := range c.Targets {
		for j, name := range c.Targets[i].DependsOn {
			if _, known := byName[name]; known || name == "" {
				continue
			}
			at := []string{"targets", strconv.Itoa(i), "dependsOn", strconv.Itoa(j)}
			msg := fmt.Sprintf("%sthere is no target %q", label(at), name)
			if best := nearest(name, names); best != "" {
				msg += fmt.Sprintf("; did you mean %q?", best)
			}
			c.doc.failValue(pointer(at...), msg)
		}
	}
	done := map[string]bool{}
	for _, name := range names {
		c.findCycle(byName, nil, name, done)
	}
}

func (c *Config) findCycle(byName map[string]int, way []string, name string, done map[string]bool) {
	if at := slices.Index(way, name); at >= 0 {
		cycle := append(slices.Clone(way[at:]), name)
		c.doc.failValue(pointer("targets", strconv.Itoa(byName[name]), "dependsOn"),
			fmt.Sprintf("targets[%d].dependsOn: a cycle: %s", byName[name], strings.Join(cycle, " → ")))
		return
	}
	i, known := byName[name]
	if !known || done[name] {
		return
	}
	way = append(slices.Clone(way), name)
	for _, next := range c.Targets[i].DependsOn {
		c.findCycle(byName, way, next, done)
	}
	done[name] = true
}
