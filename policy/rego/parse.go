package rego

import (
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// libraryRoot stands before the names of embedded files, so that they read as
// in holdfast's own repository.
const libraryRoot = "policies"

// The sizes in bytes up to which files are read.
const (
	maxPolicyFile = 4 << 20
	maxDataFile   = 64 << 20
)

// module is one parsed file.
type module struct {
	name    string
	source  []byte
	parsed  *ast.Module
	builtin bool
	// mentions are the parts of data that it refers to, dotted; nil if unasked.
	mentions map[string]bool
}

// pkg is the module's package as people write it: "holdfast.security.privileged".
func (m *module) pkg() string { return packageName(m.parsed) }

func packageName(m *ast.Module) string {
	return strings.TrimPrefix(m.Package.Path.String(), "data.")
}

// key tells modules apart: a team's own file may have the name of a built-in one.
func (m *module) key() string {
	if m.builtin {
		return "builtin:" + m.name
	}
	return m.name
}

func (m *module) location() resource.Location { return place(m.parsed.Package.Location) }

// needsLibrary reports whether anything could be asked of the library: reading
// it costs as much as judging some hundred resources.
func needsLibrary(own []*module, input policy.Input) bool {
	if input.Builtin || len(input.Params)+len(input.TargetParams) > 0 {
		return true
	}
	packages := map[string]bool{}
	for _, m := range own {
		packages[m.pkg()] = true
	}
	needed := false
	for _, m := range own {
		walkRefs(m.parsed, func(ref ast.Ref, _ *ast.Location) {
			if needed || !ref.HasPrefix(ast.DefaultRootRef) {
				return
			}
			if root := keyAt(ref, 1); root != "holdfast" {
				needed = root == "" && len(ref) > 1
				return
			}
			if part := keyAt(ref, 2); part != "params" && slices.Contains(dataParts, part) {
				return
			}
			name := "holdfast"
			for i := 2; i < len(ref) && keyAt(ref, i) != ""; i++ {
				if name += "." + keyAt(ref, i); packages[name] {
					return
				}
			}
			needed = true
		})
	}
	return needed
}

// regoFiles are the Rego files of the tree, tests too.
func regoFiles(tree fs.FS) ([]policy.File, error) {
	var files []policy.File
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".rego" {
			return err
		}
		content, err := fs.ReadFile(tree, name)
		files = append(files, policy.File{Name: path.Join(libraryRoot, name), Content: content})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the built-in policies: %w", err)
	}
	return files, nil
}

func isTest(name string) bool { return strings.HasSuffix(name, "_test.rego") }

func withoutTests(files []policy.File) []policy.File {
	return slices.DeleteFunc(slices.Clone(files), func(f policy.File) bool { return isTest(f.Name) })
}

// parseFiles parses the files, each name once, and sorts them by name.
func parseFiles(files []policy.File, found *problems) []*module {
	modules := make([]*module, len(files))
	mistakes := make([]problems, len(files))
	seen := map[string]bool{}
	caps := capabilities()
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range files {
		if seen[f.Name] {
			continue
		}
		seen[f.Name] = true
		group.Go(func() error {
			modules[i] = parseFile(f, caps, &mistakes[i])
			return nil
		})
	}
	group.Wait() // none fails
	for i := range mistakes {
		found.list = append(found.list, mistakes[i].list...)
	}
	modules = slices.DeleteFunc(modules, func(m *module) bool { return m == nil })
	slices.SortFunc(modules, func(a, b *module) int { return strings.Compare(a.name, b.name) })
	return modules
}

// parseFile reads Rego v1, and v0 where it is not that. What is neither is
// reported as v1, which is what people write today.
func parseFile(f policy.File, caps *ast.Capabilities, found *problems) (m *module) {
	if len(f.Content) > maxPolicyFile {
		found.add(resource.Location{File: f.Name}, "a policy file may have %d MiB at most", maxPolicyFile>>20)
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			found.add(resource.Location{File: f.Name}, "not valid Rego: %v", r)
			m = nil
		}
	}()
	options := ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1, Capabilities: caps}
	parsed, err := ast.ParseModuleWithOpts(f.Name, string(f.Content), options)
	if err != nil {
		options.RegoVersion = ast.RegoV0
		options.Capabilities = nil // those of v1 lack v0's keywords
		v0, v0err := ast.ParseModuleWithOpts(f.Name, string(f.Content), options)
		if v0err != nil {
			found.addAST(err)
			return nil
		}
		parsed = v0
	}
	if parsed == nil {
		return nil // nothing but comments
	}
	return &module{name: f.Name, source: f.Content, parsed: parsed}
}

// takeIn is the modules that are compiled together: the team's own, and of the
// library the rules that input asks for and what either of them refers to.
func takeIn(library shelf, own []*module, input policy.Input, found *problems) []*module {
	for _, h := range library {
		clash := slices.IndexFunc(own, func(m *module) bool { return m.pkg() == h.pkg })
		if input.Builtin && clash >= 0 {
			found.add(own[clash].location(), "package %s is already that of the built-in %s; give yours another name", h.pkg, h.file.Name)
		}
	}
	wanted := func(h *header) bool {
		return input.Builtin && h.rule != nil && h.rule.picked(input) && h.rule.expected(input.Expected)
	}
	return append(slices.Clone(own), library.take(own, wanted, found)...)
}
