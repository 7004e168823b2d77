package kustomize

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/sources"
)

// remote is a folder of a Git repository elsewhere.
type remote struct{ repository, commit, folder string }

var fullCommit = regexp.MustCompile(`^[0-9a-f]{40}$`)

// parseRemote reads an address as the library does, as far as it may be
// fetched: over HTTPS, at a commit that is named by its full hash.
func parseRemote(entry string) (r remote, err error) {
	const form = "https://host/owner/repository//folder?ref=…"
	address, query, _ := strings.Cut(trimFold(entry, "git::"), "?")
	if rest := trimFold(trimFold(address, "https://"), "http://"); trimFold(rest, "github.com/") != rest {
		address = "https://github.com/" + trimFold(rest, "github.com/") // whatever its scheme, as for the library
	}
	rest := trimFold(address, "https://")
	host, within, _ := strings.Cut(rest, "/")
	switch {
	case rest == address:
		return r, errors.New("is not fetched: only Git over https is; write it as " + form)
	case strings.Contains(host, "@"):
		return r, errors.New("is not fetched: a user name, password or token does not belong in the address")
	case strings.ContainsAny(within, `\%#`):
		return r, errors.New("is not fetched: its path is no plain one; write it as " + form)
	}
	values, err := url.ParseQuery(query)
	r.commit = cmp.Or(values.Get("ref"), values.Get("version"))
	if err != nil || !fullCommit.MatchString(r.commit) {
		return r, errors.New("is not pinned: give the full hash of a commit, of 40 digits, in ?ref=, as a branch or tag may come to mean something else; " +
			"a single file by its URL cannot be pinned, so put a copy of it into the source")
	}
	repository, folder, found := split(within)
	if !found {
		return r, errors.New("is not fetched: it names no repository; write it as " + form)
	}
	if r.folder = path.Clean("./" + folder); r.folder == ".." || strings.HasPrefix(r.folder, "../") {
		return r, errors.New("is not fetched: its folder leads out of the repository")
	}
	r.repository = "https://" + host + "/" + repository
	return r, nil
}

// split tells a repository from the folder in it, by the marks that the library
// goes by, and else after two parts.
func split(within string) (repository, folder string, found bool) {
	const azure, ending = "_git/", ".git"
	if at := strings.Index(within, azure); at >= 0 {
		name, folder, _ := strings.Cut(within[at+len(azure):], "/")
		return within[:at+len(azure)] + name, folder, name != ""
	}
	if repository, folder, found = strings.Cut(within, "//"); found {
		return repository, folder, repository != ""
	}
	if at := strings.Index(within, ending); at > 0 {
		return within[:at+len(ending)], strings.TrimPrefix(within[at+len(ending):], "/"), true
	}
	parts := strings.SplitN(within, "/", 3)
	if len(parts) < 2 || parts[0] == "" || parts[1] == "" {
		return "", "", false
	}
	return parts[0] + "/" + parts[1], strings.Join(parts[2:], "/"), true
}

// trimFold is text without a beginning, whatever its case.
func trimFold(text, beginning string) string {
	if len(text) >= len(beginning) && strings.EqualFold(text[:len(beginning)], beginning) {
		return text[len(beginning):]
	}
	return text
}

// remoteBase takes in a base that is elsewhere, and gives the entry by which
// the library finds it in the tree; it is "" where there is nothing to be found.
func (f *folder) remoteBase(entry string) string {
	r, err := parseRemote(entry)
	if err != nil {
		f.refuse(entry, withoutUser(entry)+" "+err.Error()+orLocal(entry))
		return ""
	}
	if f.tree.options.Base == nil {
		f.refuse(entry, entry+" is remote, and nothing may be fetched here; add its repository to remotes in a file that is given with --config, or put a copy of it into the source")
		f.refused[len(f.refused)-1].Elsewhere = true
		return ""
	}
	root, err := f.tree.options.Base(r.repository, r.commit)
	if err != nil {
		wrong := sources.NotHad(entry, err)
		wrong.Location = f.place(entry)
		f.wrong = append(f.wrong, wrong)
		return ""
	}
	f.tree.addRoot(root)
	target, info := f.lookUp(entry, path.Join(root, r.folder))
	switch {
	case info == nil:
		return ""
	case !info.IsDir() || len(f.tree.Named(target)) == 0:
		f.mistake(entry, fmt.Sprintf("%s is no folder with a kustomization; name one", target))
		return ""
	}
	f.bases = append(f.bases, target)
	local, err := filepath.Rel(mounted(f.name), mounted(target))
	if err != nil {
		f.mistake(entry, err.Error())
	}
	return filepath.ToSlash(local)
}

// addRoot notes a folder that is the root of another repository.
func (t *Tree) addRoot(folder string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !slices.Contains(t.roots, folder) {
		t.roots = append(t.roots, folder)
	}
}

// rootOf is the root of the repository that a name is in, "" for the tree's own.
func (t *Tree) rootOf(name string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, root := range t.roots {
		if name == root || strings.HasPrefix(name, root+"/") {
			return root
		}
	}
	return ""
}
