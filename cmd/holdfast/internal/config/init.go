package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

const hostResources = "host.holdfast.dev/"

// maxLooks bounds how many files and folders Init looks at.
const maxLooks = 50_000

// Init looks at a repository and writes a configuration to start from: a
// target that flags for each folder of the host driver's resources and for each
// chart, kustomization and folder of manifests, the policies and waivers that
// are there already, and as comments what this version does not manage yet. It
// reads and writes nothing outside tree.
func Init(tree fs.FS) ([]byte, error) {
	found, err := look(tree)
	if err != nil {
		return nil, fmt.Errorf("look at the repository: %w", err)
	}
	return found.write(), nil
}

// survey is what Init found, by folder.
type survey struct {
	host                         map[string]bool
	layout                       layout
	others                       map[string]string         // what it is
	gatekeeper                   map[string]gatekeeperFile // by file
	unplaced                     map[string]string         // why such files of a folder are no policies
	policies, waivers, approvals map[string][]string       // the files
	looks                        int
}

var errEnough = errors.New("looked at enough")

func look(tree fs.FS) (*survey, error) {
	found := &survey{
		host: map[string]bool{}, others: map[string]string{}, gatekeeper: map[string]gatekeeperFile{}, unplaced: map[string]string{},
		layout:   layout{kustomizations: map[string]kustomization{}, charts: map[string]bool{}, manifests: map[string]bool{}},
		policies: map[string][]string{}, waivers: map[string][]string{}, approvals: map[string][]string{},
	}
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if found.looks++; found.looks > maxLooks {
			return errEnough
		}
		if entry.IsDir() {
			if name != "." && passOver(name) {
				return fs.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		return found.file(tree, name)
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	found.placeGatekeeper()
	return found, err
}

// passOver reports whether a folder is no place for desired state, or has a
// name that cannot be written as a target's path.
func passOver(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, ".") || base == "node_modules" || base == "vendor" || base == "testdata" ||
		strings.Contains(base, "\\") || !fs.ValidPath(name) || len(name) > 1024
}

func (found *survey) file(tree fs.FS, name string) error {
	dir, base := path.Split(name)
	dir = path.Clean(dir)
	if taken, err := found.kubernetesFile(tree, dir, name); taken || err != nil {
		return err
	}
	switch path.Ext(base) {
	case ".rego":
		found.policies[dir] = append(found.policies[dir], name)
		return nil
	case ".tf":
		found.others[dir] = "Terraform"
		return nil
	case ".yaml", ".yml", ".json":
	default:
		return nil
	}
	if base == FileName {
		return nil
	}
	head, err := read(tree, name)
	if err != nil {
		return err
	}
	found.content(dir, name, head)
	return nil
}

// read reads a file as far as is of interest.
func read(tree fs.FS, name string) ([]byte, error) {
	file, err := tree.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxBytes))
}

var (
	apiVersions  = regexp.MustCompile(`(?m)^[ \t{]*"?apiVersion"?[ \t]*:[ \t]*["']?([^\s"',#]+)`)
	kinds        = regexp.MustCompile(`(?m)^[ \t{]*"?kind"?[ \t]*:`)
	waiversKey   = regexp.MustCompile(`(?m)^waivers[ \t]*:`)
	approvalsKey = regexp.MustCompile(`(?m)^approvals[ \t]*:`)
)

func (found *survey) content(dir, name string, content []byte) {
	for _, match := range apiVersions.FindAllSubmatch(content, -1) {
		switch version := string(match[1]); {
		case strings.HasPrefix(version, hostResources):
			found.host[dir] = true
		case gatekeeper.MatchString(version):
			found.gatekeeper[name] = understood(content)
		case kinds.Match(content):
			found.layout.version(name, version)
		}
	}
	if waiversKey.Match(content) {
		found.waivers[dir] = append(found.waivers[dir], name)
	}
	if approvalsKey.Match(content) {
		found.approvals[dir] = append(found.approvals[dir], name)
	}
}

// places are the topmost folders. Where a folder also holds resources, it is
// its files that are named, since what is named is not judged itself.
func (found *survey) places(files map[string][]string) []string {
	var out []string
	for _, dir := range topmost(files) {
		if !within(dir, found.host) && !within(dir, found.others) && !within(dir, found.unplaced) && !found.layout.within(dir) {
			out = append(out, dir)
			continue
		}
		for _, below := range slices.Sorted(maps.Keys(files)) {
			if under(below, dir) {
				out = append(out, files[below]...)
			}
		}
	}
	return out
}

func within[V any](dir string, folders map[string]V) bool {
	for folder := range folders {
		if under(folder, dir) {
			return true
		}
	}
	return false
}

// under reports whether a folder is dir or lies below it.
func under(folder, dir string) bool {
	return dir == "." || folder == dir || strings.HasPrefix(folder, dir+"/")
}

// topmost leaves out the folders that lie under another one of them.
func topmost[V any](folders map[string]V) []string {
	var kept []string
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		if !slices.ContainsFunc(kept, func(k string) bool { return under(dir, k) }) {
			kept = append(kept, dir)
		}
	}
	return kept
}
