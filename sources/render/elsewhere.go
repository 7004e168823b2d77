package render

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Remotes get what is kept elsewhere, as far as that may be fetched, and see to
// it that it is what was asked for; nil gets nothing. What was fetched before is
// not fetched again. An error that wraps sources.ErrAway is a fault of the
// world, any other a mistake. They must be safe for concurrent use.
type Remotes struct {
	// Chart gets a chart's archive, by its digest or its exact version.
	Chart func(ctx context.Context, chart *sources.Chart) ([]byte, error)
	// Repository gets the tree of a Git repository at a commit, which is given by
	// its full hash.
	Repository func(ctx context.Context, url, commit string) (fs.FS, error)
}

const (
	// besides is the folder that other repositories are found under. A source
	// has none of that name.
	besides = "-holdfast-elsewhere-"
	// maxRepositories bounds those that one selection takes in.
	maxRepositories = 100
)

// joined is a snapshot with other repositories in it, each in a folder of its
// own below besides. It is safe for concurrent use.
type joined struct {
	sources.Snapshot
	mu    sync.Mutex
	trees map[string]fs.FS  // by the name of the folder
	names map[string]string // what the folder is called where it is shown
}

var (
	_ fs.StatFS     = (*joined)(nil)
	_ fs.ReadDirFS  = (*joined)(nil)
	_ fs.ReadLinkFS = (*joined)(nil)
)

func newJoined(snapshot sources.Snapshot) *joined {
	return &joined{Snapshot: snapshot, trees: map[string]fs.FS{}, names: map[string]string{}}
}

// fetch puts a repository at a commit into the tree, and gives its folder.
func (j *joined) fetch(ctx context.Context, from *Remotes, url, commit string) (string, error) {
	sum := sha256.Sum256([]byte(url + "\x00" + commit))
	name := hex.EncodeToString(sum[:8])
	folder := besides + "/" + name
	j.mu.Lock()
	known, count := j.trees[name], len(j.trees)
	j.mu.Unlock()
	if known != nil {
		return folder, nil
	}
	if count >= maxRepositories {
		return "", fmt.Errorf("more than %d repositories are taken in; put copies into the source", maxRepositories)
	}
	tree, err := from.Repository(ctx, url, commit)
	if err != nil {
		return "", err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.trees[name], j.names[folder] = tree, url+"@"+commit[:min(len(commit), 12)]
	return folder, nil
}

// at is the tree that a name is in, and its name there.
func (j *joined) at(name string) (fs.FS, string) {
	rest, other := strings.CutPrefix(name, besides+"/")
	if !other {
		return j.Snapshot, name
	}
	folder, within, below := strings.Cut(rest, "/")
	if !below {
		within = "."
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if tree := j.trees[folder]; tree != nil {
		return tree, within
	}
	return j.Snapshot, name
}

func (j *joined) Open(name string) (fs.File, error) {
	tree, within := j.at(name)
	return tree.Open(within)
}

func (j *joined) Stat(name string) (fs.FileInfo, error) {
	tree, within := j.at(name)
	return fs.Stat(tree, within)
}

func (j *joined) ReadDir(name string) ([]fs.DirEntry, error) {
	tree, within := j.at(name)
	return fs.ReadDir(tree, within)
}

func (j *joined) Lstat(name string) (fs.FileInfo, error) {
	tree, within := j.at(name)
	return fs.Lstat(tree, within)
}

func (j *joined) ReadLink(name string) (string, error) {
	tree, within := j.at(name)
	return fs.ReadLink(tree, within)
}

// shown is a text in which the folders of other repositories go by their URLs.
func (j *joined) shown(text string) string {
	if !strings.Contains(text, besides) {
		return text
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for folder, name := range j.names {
		text = strings.ReplaceAll(text, folder, name)
	}
	return text
}

// rename puts into a rendering the names that are shown.
func (j *joined) rename(of *sources.FileRendering) {
	j.renameAll(of.Skipped, of.Problems)
	for i := range of.Resources {
		of.Resources[i].Origin.File = j.shown(of.Resources[i].Origin.File)
	}
}

func (j *joined) renameAll(skipped []sources.Skipped, problems []resource.Problem) {
	for i := range skipped {
		skipped[i].What, skipped[i].Reason = j.shown(skipped[i].What), j.shown(skipped[i].Reason)
	}
	for i := range problems {
		p := &problems[i]
		p.Msg, p.Location.File, p.Other.File = j.shown(p.Msg), j.shown(p.Location.File), j.shown(p.Other.File)
	}
}
