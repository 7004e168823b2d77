package terraform

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// module is what a folder holds. It does not change once it is loaded.
type module struct {
	folder    string
	files     []*file
	variables map[string]*variable
	locals    map[string]*hclsyntax.Attribute
	outputs   map[string]*block
	calls     map[string]*call
	resources map[string]*block // by address within the module: aws_s3_bucket.logs, data.aws_region.here
	blocks    []*block          // all that is judged, in the order of files and lines
	settings  map[string]cty.Value
	given     map[string]*hclsyntax.Attribute // of *.tfvars
	skipped   []sources.Skipped
	problems  []resource.Problem
}

// block is a block of a file and its place among the blocks of that file.
type block struct {
	*hclsyntax.Block
	file  *file
	index int
}

type variable struct {
	block
	typ       func() (cty.Type, *typeexpr.Defaults)
	preset    hclsyntax.Expression // nil for none
	sensitive bool
	nullable  bool
}

type call struct {
	block
	source string
}

// folder is the folder of a local module, seen from the one that calls it.
func (c *call) folder(from string) (string, bool) {
	if c.source != "." && c.source != ".." && !strings.HasPrefix(c.source, "./") && !strings.HasPrefix(c.source, "../") {
		return "", false
	}
	return within(from, c.source)
}

// load reads the folder's module; nil if it holds none.
func (t *Tree) load(folder string) *module {
	entries, err := readDir(t.files, folder)
	if err != nil {
		return nil
	}
	m := &module{
		folder: folder, variables: map[string]*variable{}, locals: map[string]*hclsyntax.Attribute{}, outputs: map[string]*block{},
		calls: map[string]*call{}, resources: map[string]*block{}, settings: map[string]cty.Value{}, given: map[string]*hclsyntax.Attribute{},
	}
	var automatic []string
	there := false
	for _, entry := range entries {
		name := path.Join(folder, entry.Name())
		switch {
		case entry.IsDir():
		case entry.Name() == "terraform.tfvars", entry.Name() == "terraform.tfvars.json":
			m.set(t, name)
		case strings.HasSuffix(entry.Name(), ".auto.tfvars"), strings.HasSuffix(entry.Name(), ".auto.tfvars.json"):
			automatic = append(automatic, name)
		case !IsSource(name):
		case isOverride(name):
			m.skipped = append(m.skipped, sources.Skipped{What: name, Reason: reasonOverride})
		default:
			there = true
			m.add(t, name)
		}
	}
	for _, name := range automatic {
		m.set(t, name)
	}
	if !there {
		return nil
	}
	return m
}

const reasonOverride = "override files are not merged; the blocks that they change are judged without them"

// readDir lists a folder in the order of names.
func readDir(files fs.FS, folder string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(files, folder)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// set takes in a file of variables; later ones count.
func (m *module) set(t *Tree, name string) {
	body := m.body(t, name)
	if body == nil {
		return
	}
	for key, attribute := range body.Attributes {
		m.given[key] = attribute
	}
}

func (m *module) body(t *Tree, name string) *hclsyntax.Body {
	data, err := t.options.Read(name)
	if err != nil {
		m.problems = append(m.problems, resource.Problem{Msg: err.Error(), Location: resource.Location{File: name}})
		return nil
	}
	body, wrong := parseBody(name, data, t.options.Admit)
	if wrong != nil {
		m.problems = append(m.problems, *wrong)
		return nil
	}
	prepareBody(body)
	return body
}

func (m *module) add(t *Tree, name string) {
	data, err := t.options.Read(name)
	if err != nil {
		m.problems = append(m.problems, resource.Problem{Msg: err.Error(), Location: resource.Location{File: name}})
		return
	}
	f, wrong := parse(name, data, t.options.Admit)
	if wrong != nil {
		m.problems = append(m.problems, *wrong)
		return
	}
	m.files = append(m.files, f)
	for i, b := range f.blocks {
		m.addBlock(&block{Block: b, file: f, index: i})
	}
}

func (m *module) addBlock(b *block) {
	known, isKnown := labelled[b.Type]
	if !isKnown || known != len(b.Labels) {
		if isKnown {
			m.problems = append(m.problems, resource.Problem{
				Msg:      fmt.Sprintf("not Terraform: a %s block has %d labels, and this one %d", b.Type, known, len(b.Labels)),
				Location: location(b.TypeRange),
			})
		}
		return
	}
	twice := false
	switch b.Type {
	case "resource":
		twice = put(m.resources, b.Labels[0]+"."+b.Labels[1], b)
	case "data":
		twice = put(m.resources, "data."+b.Labels[0]+"."+b.Labels[1], b)
	case "variable":
		twice = put(m.variables, b.Labels[0], readVariable(b))
	case "output":
		twice = put(m.outputs, b.Labels[0], b)
	case "module":
		twice = put(m.calls, b.Labels[0], &call{block: *b, source: literal(b.Body, "source")})
	case "locals":
		for _, name := range slices.Sorted(maps.Keys(b.Body.Attributes)) {
			attribute := b.Body.Attributes[name]
			if put(m.locals, name, attribute) {
				m.twice("local."+name, location(attribute.NameRange))
			}
		}
		return
	case "provider", "terraform":
	default:
		return
	}
	if twice {
		m.twice(strings.Join(append([]string{b.Type}, b.Labels...), " "), location(b.TypeRange))
		return
	}
	m.blocks = append(m.blocks, b)
}

func (m *module) twice(what string, at resource.Location) {
	m.problems = append(m.problems, resource.Problem{Msg: fmt.Sprintf("%s is already defined in this module; remove or rename one of the two", what), Location: at})
}

// put adds a value under a new name, and reports whether the name is taken.
func put[V any](to map[string]V, name string, value V) (taken bool) {
	if _, taken = to[name]; !taken {
		to[name] = value
	}
	return taken
}

// literal is an attribute's text as far as nothing need be evaluated.
func literal(body *hclsyntax.Body, name string) string {
	attribute := body.Attributes[name]
	if attribute == nil {
		return ""
	}
	text, _ := constantText(attribute.Expr)
	return text
}

func readVariable(b *block) *variable {
	v := &variable{block: *b, sensitive: isTrue(b.Body, "sensitive"), nullable: !isFalse(b.Body, "nullable")}
	if preset := b.Body.Attributes["default"]; preset != nil {
		v.preset = preset.Expr
	}
	v.typ = sync.OnceValues(func() (cty.Type, *typeexpr.Defaults) {
		if written := b.Body.Attributes["type"]; written != nil {
			typ, defaults, diagnostics := typeexpr.TypeConstraintWithDefaults(typeExpression(written.Expr))
			if !diagnostics.HasErrors() {
				return typ, defaults
			}
		}
		return cty.DynamicPseudoType, nil
	})
	return v
}

// typeExpression is a type as it is written; in JSON it is a text.
func typeExpression(written hclsyntax.Expression) hcl.Expression {
	if text, isText := constantText(written); isText {
		if parsed, diagnostics := hclsyntax.ParseExpression([]byte(text), written.Range().Filename, written.Range().Start); !diagnostics.HasErrors() {
			return parsed
		}
	}
	return written
}

func isTrue(body *hclsyntax.Body, name string) bool  { return isBool(body, name, cty.True) }
func isFalse(body *hclsyntax.Body, name string) bool { return isBool(body, name, cty.False) }

func isBool(body *hclsyntax.Body, name string, wanted cty.Value) bool {
	attribute := body.Attributes[name]
	if attribute == nil {
		return false
	}
	value, known := constant(attribute.Expr)
	return known && value.RawEquals(wanted)
}

// testedBy are the folders of modules that the tests of a folder's module call.
func (t *Tree) testedBy(folder string) []string {
	var tested []string
	for _, in := range []string{folder, path.Join(folder, "tests")} {
		entries, err := readDir(t.files, in)
		if err != nil {
			continue
		}
		for _, entry := range entries {
			if !strings.HasSuffix(entry.Name(), ".tftest.hcl") || entry.IsDir() {
				continue
			}
			data, err := t.options.Read(path.Join(in, entry.Name()))
			if err != nil {
				continue
			}
			body, wrong := parseBody(entry.Name(), data, t.options.Admit)
			if wrong != nil {
				continue
			}
			for _, run := range body.Blocks {
				for _, called := range run.Body.Blocks {
					c := call{source: literal(called.Body, "source")}
					if there, local := c.folder(folder); local && called.Type == "module" && there != folder {
						tested = append(tested, there)
					}
				}
			}
		}
	}
	return tested
}
