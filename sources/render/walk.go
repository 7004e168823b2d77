package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render/kustomize"
	"github.com/holdfast-dev/holdfast/sources/render/terraform"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Why files and folders are passed over.
const (
	reasonLinkFolder = "a symbolic link to a folder is not followed; the folder is read where it stands"
)

// walker collects the manifests below a folder, in the order of their names.
//
// Manifests are *.yaml, *.yml and *.json and, if formats is set, all that have
// another format by their name. Other files are none of a renderer's business
// and are passed over silently, as are the folders .git, .terraform and
// node_modules, which hold what others wrote.
type walker struct {
	limits    *Options
	formats   bool
	snapshot  fs.FS
	exclude   func(string) bool
	files     []string
	single    bool     // the selection is one file
	modules   []string // folders of Terraform's modules, if terraform is set
	terraform bool
	// kustomizations are folders that have one, if tree is set. Unless loose is
	// set, nothing else is read in them.
	kustomizations []string
	tree           *kustomize.Tree
	unseal         *unsealer
	built          bool     // charts are rendered
	charts         []string // folders that are one
	loose          bool
	whole          bool // it is a target's: what is not there is deleted
	skipped        []sources.Skipped
	problems       []resource.Problem
	truncated      bool
}

func (r *Renderer) walk(ctx context.Context, snapshot sources.Snapshot, selection sources.Selection) (*walker, error) {
	w := &walker{
		limits: &r.limits, formats: selection.Formats, terraform: selection.Terraform && selection.Parser == "",
		snapshot: snapshot, exclude: selection.Exclude, loose: selection.Loose, whole: selection.Target != "" && !selection.Loose,
	}
	w.unseal = &unsealer{Renderer: r, snapshot: newJoined(snapshot), path: selection.Path, unknown: selection.Unknown}
	if w.built = selection.Parser == ""; w.built {
		w.tree = r.kustomizations(ctx, w.unseal)
	}
	if !fs.ValidPath(selection.Path) {
		return nil, &fs.PathError{Op: "render", Path: selection.Path, Err: fs.ErrInvalid}
	}
	info, err := fs.Stat(snapshot, selection.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, err
	case err != nil:
		w.unreadable(selection.Path, err)
		return w, nil
	case !info.IsDir() && w.terraform && terraform.IsSource(selection.Path):
		w.modules = []string{path.Dir(selection.Path)}
		if w.formats {
			w.files = []string{selection.Path}
		}
		return w, nil
	case !info.IsDir() && kustomize.IsName(selection.Path) && w.tree != nil && w.tree.Has(path.Dir(selection.Path)):
		w.kustomizations, w.single = []string{path.Dir(selection.Path)}, true
		return w, nil
	case !info.IsDir():
		w.files, w.single = []string{selection.Path}, true
		return w, nil
	case path.Base(selection.Path) == "templates" && w.isChart(path.Dir(selection.Path)):
		w.skip(selection.Path, reasonTemplates)
		return w, nil
	}
	return w, w.folder(ctx, selection.Path, 0)
}

// isBuilt reports whether a folder has a kustomization.
func (w *walker) isBuilt(folder string) bool {
	if w.tree == nil || !w.tree.Has(folder) {
		return false
	}
	return w.exclude == nil || !slices.ContainsFunc(w.tree.Named(folder), w.exclude)
}

// isChart reports whether a folder is a chart.
func (w *walker) isChart(folder string) bool {
	name := path.Join(folder, chartName)
	if w.exclude != nil && w.exclude(name) {
		return false
	}
	var buffer bytes.Buffer
	data, err := readFile(w.snapshot, name, w.limits, &buffer)
	return err == nil && isChartText.Match(data)
}

// isChartText is in each Chart.yaml, and in few other files that are called so.
var isChartText = regexp.MustCompile(`(?m)^[\s{]*"?(name|apiVersion)"?\s*:`)

func (w *walker) folder(ctx context.Context, folder string, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if depth > w.limits.MaxDepth {
		w.problem(folder, fmt.Sprintf("folders are nested more than %d deep", w.limits.MaxDepth))
		return nil
	}
	if w.isBuilt(folder) {
		w.kustomizations = append(w.kustomizations, folder)
		if !w.loose {
			return nil
		}
	}
	entries, err := fs.ReadDir(w.snapshot, folder)
	if err != nil {
		// What could be listed before the error is not used: part of a folder
		// would look like all of it.
		w.unreadable(folder, err)
		return nil
	}
	chart := slices.ContainsFunc(entries, func(entry fs.DirEntry) bool { return entry.Name() == chartName }) && w.isChart(folder)
	if chart && w.built {
		w.charts = append(w.charts, folder)
		if !w.loose {
			return nil
		}
	}
	for _, entry := range entries {
		if w.truncated {
			return nil
		}
		name := path.Join(folder, entry.Name())
		if w.exclude != nil && w.exclude(name) {
			continue
		}
		if entry.IsDir() {
			if chart && isPartOfChart(name) {
				continue
			}
			if err := w.subfolder(ctx, name, depth+1); err != nil {
				return err
			}
			continue
		}
		w.file(name, entry)
	}
	return nil
}

func (w *walker) subfolder(ctx context.Context, name string, depth int) error {
	switch path.Base(name) {
	case ".git", ".terraform", "node_modules":
		return nil
	}
	return w.folder(ctx, name, depth)
}

func (w *walker) file(name string, entry fs.DirEntry) {
	if entry.Type()&fs.ModeSymlink != 0 {
		info, err := fs.Stat(w.snapshot, name)
		switch {
		case err == nil && info.IsDir() && w.whole:
			w.problem(name, "a symbolic link to a folder is not followed, and what was there would pass for deleted; give the folder a target of its own, or exclude the link")
			return
		case err == nil && info.IsDir():
			w.skip(name, reasonLinkFolder)
			return
		case err != nil && (w.isManifest(name) || errors.Is(err, sources.ErrEscapes)):
			w.unreadable(name, err)
			return
		}
	}
	if w.terraform && terraform.IsSource(name) {
		if folder := path.Dir(name); !slices.Contains(w.modules, folder) {
			w.modules = append(w.modules, folder)
		}
	}
	switch {
	case !w.isManifest(name):
	case len(w.files) >= w.limits.MaxFiles:
		w.truncated = true
		w.problem(name, fmt.Sprintf("the selection holds more than %d manifests; choose a narrower path", w.limits.MaxFiles))
	default:
		w.files = append(w.files, name)
	}
}

func (w *walker) isManifest(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
		if isEditors(name) {
			return w.formats
		}
		return w.formats || !w.terraform || !isTerraform(name)
	}
	return w.formats && formatOf(name) != ""
}

// isTerraform reports whether a file is part of a module by its name.
func isTerraform(name string) bool { return terraform.IsSource(name) || terraform.IsSettings(name) }

func (w *walker) skip(what, reason string) {
	w.skipped = append(w.skipped, sources.Skipped{What: what, Reason: reason})
}

func (w *walker) problem(file, msg string) {
	w.problems = append(w.problems, resource.Problem{Msg: msg, Location: resource.Location{File: file}})
}

func (w *walker) unreadable(file string, err error) {
	w.problem(file, readMessage(err, w.limits))
}
