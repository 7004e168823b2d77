package rego

import (
	"bytes"
	"io/fs"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"go.yaml.in/yaml/v3"
	"golang.org/x/sync/errgroup"

	"github.com/holdfast-dev/holdfast/policy"
)

// shelf is the built-in library as the headers of its files tell of it. Most
// of its rules are not asked for in most runs, and parsing a file takes ten
// times as long as reading its header.
type shelf []*header

// header is a file of the library that is not parsed yet.
type header struct {
	file policy.File
	pkg  string // "holdfast.security.privileged"
	rule *rule  // as METADATA describes it; nil for a helper
}

var (
	packageLine  = regexp.MustCompile(`^package ([a-z0-9_.]+)\s*$`)
	decisionLine = regexp.MustCompile(`(?m)^(deny|warn) contains\b`)
)

// readShelf reads the headers of all files but tests. What has no header that
// it understands is parsed.
func readShelf(library fs.FS) (shelf, error) {
	if library == nil {
		return nil, nil
	}
	files, err := regoFiles(library)
	if err != nil {
		return nil, err
	}
	files = withoutTests(files)
	headers := make(shelf, len(files))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	mistakes := make([]problems, len(files))
	for i, f := range files {
		group.Go(func() error {
			headers[i] = readHeader(f, &mistakes[i])
			return nil
		})
	}
	group.Wait() // none fails
	var found problems
	for i := range mistakes {
		found.list = append(found.list, mistakes[i].list...)
	}
	headers = slices.DeleteFunc(headers, func(h *header) bool { return h == nil })
	slices.SortFunc(headers, func(a, b *header) int { return strings.Compare(a.file.Name, b.file.Name) })
	return headers, found.err()
}

func readHeader(f policy.File, found *problems) *header {
	h := &header{file: f}
	annotations, row := headerOf(f)
	if annotations == nil {
		m := parseFile(f, capabilities(), found)
		if m == nil {
			return nil
		}
		m.builtin = true
		h.pkg = m.pkg()
		if isPolicy(m) {
			rules := readRules([]*module{m}, false, found)
			if len(rules) == 1 {
				h.rule = rules[0]
			}
		}
		return h
	}
	name := string(packageLine.FindSubmatch(bytes.Split(f.Content, []byte("\n"))[row-1])[1])
	h.pkg = name
	at := &ast.Location{File: f.Name, Row: row, Col: 1}
	m := &module{name: f.Name, source: f.Content, builtin: true, parsed: &ast.Module{Package: &ast.Package{Location: at, Path: refOf(name)}}}
	var decisions []policy.Decision
	for _, match := range decisionLine.FindAllSubmatch(f.Content, -1) {
		if d := policy.Decision(match[1]); !slices.Contains(decisions, d) {
			decisions = append(decisions, d)
		}
	}
	if len(decisions) == 0 {
		return h
	}
	slices.Sort(decisions)
	r := &rule{dialect: native, modules: []*module{m}}
	r.Policy, r.Builtin, r.Location, r.Decisions = name, true, m.location(), decisions
	metadata{module: m, annotations: annotations, found: found}.describe(r)
	h.rule = r
	return h
}

// headerOf is the METADATA at the beginning of the file, and the row of the
// package clause after it; nil where it does not begin so.
func headerOf(f policy.File) (*ast.Annotations, int) {
	rest, ok := bytes.CutPrefix(f.Content, []byte("# METADATA\n"))
	if !ok {
		return nil, 0
	}
	var text []byte
	row := 2
	for ; bytes.HasPrefix(rest, []byte("#")); row++ {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		text = append(append(text, line[1:]...), '\n')
		rest = after
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	if !packageLine.Match(line) {
		return nil, 0
	}
	var block struct {
		Title, Description string
		Custom             map[string]any
	}
	if err := yaml.Unmarshal(text, &block); err != nil {
		return nil, 0
	}
	return &ast.Annotations{
		Scope: "package", Title: block.Title, Description: block.Description, Custom: block.Custom,
		Location: &ast.Location{File: f.Name, Row: 1, Col: 1},
	}, row
}

func refOf(pkg string) ast.Ref {
	ref := ast.Ref{ast.DefaultRootDocument}
	for _, part := range strings.Split(pkg, ".") {
		ref = append(ref, ast.StringTerm(part))
	}
	return ref
}

// rules are those of the library, as they are described.
func (s shelf) rules() []*rule {
	var rules []*rule
	for _, h := range s {
		if h.rule != nil {
			rules = append(rules, h.rule)
		}
	}
	return rules
}

// take parses the files that are wanted, and those that they and the team's own
// modules refer to: all of them where a name is misspelt, for what it is like.
func (s shelf) take(own []*module, wanted func(*header) bool, found *problems) []*module {
	taken := make([]bool, len(s))
	ownPackages := map[string]bool{}
	for _, m := range own {
		ownPackages[m.pkg()] = true
	}
	misspelt := slices.ContainsFunc(own, func(m *module) bool { return m.misspells(s, ownPackages) })
	var loaded []*module
	next := own
	first := true
	for first || len(next) > 0 {
		var files []policy.File
		for i, h := range s {
			if !taken[i] && !ownPackages[h.pkg] && (first && (misspelt || wanted(h)) || slices.ContainsFunc(next, func(m *module) bool { return m.refersTo(h.pkg) })) {
				taken[i] = true
				files = append(files, h.file)
			}
		}
		first = false
		next = parseFiles(files, found)
		for _, m := range next {
			m.builtin = true
		}
		loaded = append(loaded, next...)
	}
	slices.SortFunc(loaded, func(a, b *module) int { return strings.Compare(a.name, b.name) })
	return loaded
}

// refersTo reports whether the module may read a package, one around it or
// something in it. What a reference computes may be any.
func (m *module) refersTo(pkg string) bool {
	for mention := range m.mentioned() {
		if related(mention, pkg) {
			return true
		}
	}
	return false
}

// misspells reports whether the module refers to something of holdfast that is
// neither data nor in a package of the library or of the team.
func (m *module) misspells(library shelf, own map[string]bool) bool {
	for mention := range m.mentioned() {
		rest, ours := strings.CutPrefix(mention, "holdfast.")
		part, _, _ := strings.Cut(rest, ".")
		if !ours || slices.Contains(dataParts, part) || slices.ContainsFunc(library, func(h *header) bool { return related(mention, h.pkg) }) {
			continue
		}
		known := false
		for pkg := range own {
			known = known || related(mention, pkg)
		}
		if !known {
			return true
		}
	}
	return false
}

// related reports whether what is mentioned is a package, around one or in one.
func related(mention, pkg string) bool {
	return mention == "" || under(pkg, mention) || under(mention, pkg)
}

// mentioned are the parts of data that the module refers to, dotted.
func (m *module) mentioned() map[string]bool {
	if m.mentions == nil {
		m.mentions = map[string]bool{}
		walkRefs(m.parsed, func(ref ast.Ref, _ *ast.Location) {
			if !ref.HasPrefix(ast.DefaultRootRef) || len(ref) == 1 {
				return
			}
			var parts []string
			for i := 1; i < len(ref) && keyAt(ref, i) != ""; i++ {
				parts = append(parts, keyAt(ref, i))
			}
			m.mentions[strings.Join(parts, ".")] = true
		})
	}
	return m.mentions
}

// under reports whether a dotted name is within another, or that itself.
func under(name, outer string) bool {
	rest, ok := strings.CutPrefix(name, outer)
	return ok && (rest == "" || rest[0] == '.')
}
