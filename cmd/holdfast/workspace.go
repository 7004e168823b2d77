package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/dir"
	"github.com/holdfast-dev/holdfast/sources/git"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// workspace is what a check looks at: the paths that were named, and the
// configuration of the repository that they are in.
type workspace struct {
	config *config.Config // nil if there is none
	given  bool           // it was given, not found by looking
	root   string         // the folder of the configuration, absolute
	inputs []reconcile.Input
	roots  []string // of each input, absolute
	whole  bool     // all that the configuration is about is looked at
	// excluding is the configuration whose exclusions count, nil for none: the
	// one that governs, or with --base the one before the change, as a change
	// must not hide what it brings.
	excluding *config.Config
	// engine and snapshot are set where the source of the configuration is
	// looked at, rather than what is on this machine.
	engine   *engine
	snapshot sources.Snapshot
	read     folderReader
}

// view says what a workspace is to look at.
type view struct {
	paths   []string
	config  string   // the file of the configuration; "" to look for one
	exclude []string // absolute paths which are not judged
	read    folderReader
}

// folderReader reads a folder of this machine.
type folderReader func(context.Context, dir.Options) (sources.Snapshot, error)

// openWorkspace finds the configuration that governs the paths and sets out
// what to render.
func openWorkspace(ctx context.Context, v view) (*workspace, error) {
	w, paths, exclude := &workspace{read: v.read}, v.paths, v.exclude
	if err := w.findConfig(paths, v.config); err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		paths = []string{"."}
		if w.config != nil {
			paths = []string{shortest(w.root)}
		}
	}
	distinct, files, err := eachOnce(paths)
	if err != nil {
		return nil, err
	}
	exclude = slices.Concat(exclude, files)
	var inside []string
	for _, p := range distinct {
		if w.config != nil && within(p.absolute, w.root) {
			inside = append(inside, p.absolute)
			continue
		}
		if err := w.addLoose(ctx, p.given, p.absolute, exclude); err != nil {
			return nil, err
		}
	}
	return w, w.addConfigured(ctx, inside, exclude)
}

// named is a path as it was given.
type named struct{ given, absolute string }

// eachOnce are the paths without those that another one covers. files are the
// ones among them that are named outright: they are judged whatever they are,
// and the folders around them leave them out.
func eachOnce(paths []string) (distinct []named, files []string, err error) {
	var folders []string
	for _, given := range paths {
		if given == "" {
			return nil, nil, mistake(errors.New("an empty PATH; for the folder that you are in, say \".\""))
		}
		absolute, err := filepath.Abs(given)
		if err != nil {
			return nil, nil, fmt.Errorf("find %s: %w", given, err)
		}
		info, err := os.Stat(absolute)
		if err != nil {
			return nil, nil, mistake(fmt.Errorf("%s: %w", given, errors.Unwrap(err)))
		}
		if slices.ContainsFunc(distinct, func(p named) bool { return p.absolute == absolute }) {
			continue
		}
		distinct = append(distinct, named{given, absolute})
		if info.IsDir() {
			folders = append(folders, absolute)
		} else {
			files = append(files, absolute)
		}
	}
	distinct = slices.DeleteFunc(distinct, func(p named) bool {
		return !slices.Contains(files, p.absolute) && slices.ContainsFunc(folders, func(folder string) bool {
			return folder != p.absolute && within(p.absolute, folder)
		})
	})
	return distinct, files, nil
}

func (w *workspace) findConfig(paths []string, given string) error {
	file := given
	if file == "" {
		start := "."
		if len(paths) > 0 {
			start = paths[0]
			if info, err := os.Stat(start); err == nil && !info.IsDir() {
				start = filepath.Dir(start)
			}
		}
		found, ok := config.Find(start)
		if !ok {
			// Outside of a repository the file here counts too, for what is below it.
			if found, ok = config.Find("."); !ok || !below(start, filepath.Dir(found)) {
				return nil
			}
		}
		file = shortest(found)
	}
	c, err := loadConfig(file)
	if err != nil {
		return err
	}
	if given == "" {
		if err := keepsWithin(c); err != nil {
			return err
		}
	}
	absolute, err := filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("find %s: %w", file, err)
	}
	w.config, w.excluding, w.root, w.given = c, c, filepath.Dir(absolute), given != ""
	return nil
}

// keepsWithin refuses absolute paths in a configuration that was found by
// looking: a change under review could name any file of this machine. Its
// bundles are those that a repository may name.
func keepsWithin(c *config.Config) error {
	problems := c.Confine()
	for list, names := range map[string][]string{
		"policies.paths": c.Policies.Paths, "policies.data": c.Policies.Data, "waivers": c.Waivers, "approvals": c.Approvals,
	} {
		for _, name := range names {
			if filepath.IsAbs(name) {
				problems = append(problems, resource.Problem{
					Msg:      fmt.Sprintf("%s: %s is absolute, which is followed only in a file that is given with --config", list, name),
					Location: c.PathAt(list, name),
				})
			}
		}
	}
	if len(problems) > 0 {
		slices.SortStableFunc(problems, byPlace)
		return problems
	}
	return nil
}

// addLoose takes in a path that no configuration covers.
func (w *workspace) addLoose(ctx context.Context, given, absolute string, exclude []string) error {
	root, name, options := absolute, ".", dir.Options{}
	if info, err := os.Stat(absolute); err == nil && !info.IsDir() {
		root, name = filepath.Split(absolute)
		given = filepath.Dir(given)
		// The folder around a file may be as large as a home; where a link
		// leads to may be beside it, and what the file takes in.
		if info, err := os.Lstat(absolute); err == nil && info.Mode().IsRegular() && !hasCompany(name) {
			options.Only = name
		}
	}
	options.Path = root
	snapshot, err := w.read(ctx, options)
	if err != nil {
		return err
	}
	w.roots = append(w.roots, root)
	w.inputs = append(w.inputs, reconcile.Input{
		Snapshot: snapshot,
		Parts: []reconcile.Part{{
			Target:  reconcile.Target{Name: reconcile.DefaultTarget, Path: name},
			Exclude: func(file string) bool { return isConfigOrSuite(file) || excluded(root, file, exclude) },
		}},
		Display: func(file string) string { return display(given, file) },
	})
	return nil
}

func isConfigOrSuite(file string) bool {
	base := path.Base(file)
	return base == config.FileName || base == "suite.yaml"
}

// addConfigured takes in the paths below the configuration's folder, each
// resource with the target that it belongs to.
func (w *workspace) addConfigured(ctx context.Context, paths, exclude []string) error {
	if len(paths) == 0 {
		return nil
	}
	snapshot, err := w.read(ctx, dir.Options{Path: w.root})
	if err != nil {
		return err
	}
	if err := targetsThere(w.config, snapshot); err != nil {
		return err
	}
	input := reconcile.Input{Snapshot: snapshot, Display: w.shown}
	for _, absolute := range paths {
		relative, err := filepath.Rel(w.root, absolute)
		if err != nil {
			return fmt.Errorf("find %s: %w", absolute, err)
		}
		w.whole = w.whole || relative == "."
		input.Parts = append(input.Parts, parts(w.config, filepath.ToSlash(relative), func(file string) bool {
			return w.skips(file) || excluded(w.root, file, exclude)
		})...)
	}
	w.inputs = append(w.inputs, input)
	w.roots = append(w.roots, w.root)
	return nil
}

// targetsThere reports the targets whose path does not exist, unless they are
// of another source than the configuration's folder.
func targetsThere(c *config.Config, snapshot fs.FS) error {
	if c.Source.Git != nil || c.Source.Dir != "" {
		return nil
	}
	var problems resource.Problems
	for _, target := range c.Targets {
		if _, err := fs.Stat(snapshot, target.Path); errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, resource.Problem{
				Msg:      fmt.Sprintf("target %s: there is no %s; correct its path, or take the target out", target.Name, target.Path),
				Location: target.Location,
			})
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// skips reports whether the exclusions that count leave a file out.
func (w *workspace) skips(file string) bool {
	if w.excluding == nil {
		return isConfigOrSuite(file)
	}
	if notJudged(w.excluding)(file) {
		return true
	}
	return slices.ContainsFunc(w.excluding.Targets, func(t config.Target) bool {
		leftOut := config.Excluder(t.Exclude)
		return leftOut != nil && under(file, t.Path) && leftOut(file)
	})
}

// parts divides what is below name among the targets; what belongs to none of
// them is of the default target.
func parts(c *config.Config, name string, skip func(string) bool) []reconcile.Part {
	var all []reconcile.Part
	var taken []string
	for _, configured := range c.Targets {
		target := targetOf(configured)
		part := reconcile.Part{Target: target, Exclude: skip}
		switch {
		case under(name, target.Path):
			part.Path = name
			return append(all, part)
		case under(target.Path, name):
			all = append(all, part)
			taken = append(taken, target.Path)
		}
	}
	rest := reconcile.Target{Name: reconcile.DefaultTarget, Path: name}
	return append(all, reconcile.Part{Target: rest, Exclude: func(file string) bool {
		return skip(file) || slices.ContainsFunc(taken, func(dir string) bool { return under(file, dir) })
	}})
}

func readFolder(ctx context.Context, options dir.Options) (sources.Snapshot, error) {
	source, err := dir.New(options)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	snapshot, err := source.Fetch(ctx)
	if err != nil {
		return nil, err
	}
	return inCheckout(snapshot, options.Path), nil
}

// below reports whether a path as given is root or below it.
func below(given, root string) bool {
	absolute, err := filepath.Abs(given)
	return err == nil && within(absolute, root)
}

// within reports whether an absolute path is root or below it.
func within(absolute, root string) bool {
	relative, err := filepath.Rel(root, absolute)
	return err == nil && relative != ".." && !strings.HasPrefix(relative, ".."+string(filepath.Separator))
}

// excluded reports whether a file of the tree at root is at or below one of the absolute paths.
func excluded(root, file string, absolute []string) bool {
	full := filepath.Join(root, filepath.FromSlash(file))
	return slices.ContainsFunc(absolute, func(dir string) bool { return within(full, dir) })
}

// display joins a file to the argument that it was found under, as given.
func display(given, file string) string {
	if file == "" {
		return ""
	}
	return path.Join(filepath.ToSlash(given), file)
}

// revision names what the workspace is at: the commit of HEAD where it is in a
// Git repository, else the digest of the content.
func (w *workspace) revision() sources.Revision {
	if len(w.inputs) == 0 {
		return sources.Revision{}
	}
	if w.snapshot != nil {
		return w.snapshot.Revision()
	}
	if head, found, err := git.Head(w.roots[0]); err == nil && found {
		return head
	}
	return w.inputs[0].Snapshot.Revision()
}
