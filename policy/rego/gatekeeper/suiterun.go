package gatekeeper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

const defaultTimeout = 5 * time.Second

// RunSuite runs the suite in a file as gator verify does. The files that it
// names are read from the tree, out of which no path leads. A suite that is
// mistaken is resource.Problems; that a case cannot be run is in the report.
func RunSuite(ctx context.Context, files fs.FS, name string, options SuiteOptions) (*SuiteReport, error) {
	picked, err := newFilter(options.Run)
	if err != nil {
		return nil, resource.Problems{{Msg: "--run: " + err.Error()}}
	}
	options.Timeout = cmp.Or(options.Timeout, defaultTimeout)
	if options.Capabilities == nil {
		options.Capabilities = ast.CapabilitiesForThisVersion()
	}
	content, err := readFile(files, name)
	if err != nil {
		return nil, err
	}
	s, err := readSuite(policy.File{Name: name, Content: content})
	if err != nil {
		return nil, err
	}
	s.dir, s.options, s.filter, s.files, s.loaded = path.Dir(name), options, picked, files, map[string]loaded{}
	report := &SuiteReport{Suite: cmp.Or(s.doc.name(), name)}
	for i := range s.Tests {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		report.Cases = append(report.Cases, s.test(ctx, i)...)
	}
	return report, nil
}

// readFile reads a file of the tree, if it is not too large.
func readFile(files fs.FS, name string) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, fmt.Errorf("%s leads out of the folder of the suites", name)
	}
	info, err := fs.Stat(files, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s is no file of at most %d MiB", name, maxFile>>20)
	}
	return fs.ReadFile(files, name)
}

// test runs the cases of a test that are picked.
func (s *suite) test(ctx context.Context, i int) []CaseResult {
	test := &s.Tests[i]
	whole := CaseResult{Test: test.Name, Location: s.doc.at("tests", i)}
	var picked []int
	for j, c := range test.Cases {
		if s.filter.picks(test.Name, c.Name) {
			picked = append(picked, j)
		}
	}
	switch {
	case len(picked) == 0 && !(test.Invalid && s.filter.picks(test.Name, "")):
		return nil
	case s.Skip || test.Skip:
		whole.Status = Skipped
		return []CaseResult{whole}
	}
	start := time.Now()
	rule, err := s.rule(test)
	whole.Duration = time.Since(start)
	if test.Invalid || err != nil {
		whole.Status = Passed
		if err != nil {
			whole.Status, whole.Error = Errored, err.Error()
		}
		return []CaseResult{whole}
	}
	var results []CaseResult
	for _, j := range picked {
		results = append(results, s.run(ctx, rule, test, j, s.doc.at("tests", i, "cases", j)))
	}
	return results
}

// rule makes the rule that a test is about. For one that is to be invalid it
// is nil, and an error if the constraint is not.
func (s *suite) rule(test *suiteTest) (*Rule, error) {
	if test.Expansion != "" {
		return nil, errors.New("expansion is not supported: holdfast judges what a workload's template makes of it only where that is written down; remove it, or run this test with gator")
	}
	l := loader{options: s.options.Options, templates: map[string]*template{}, found: &problems{}}
	d, err := s.document(test.Template)
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	if d.group() != templateGroup || d.kind() != "ConstraintTemplate" {
		return nil, fmt.Errorf("template: %s is not a ConstraintTemplate", test.Template)
	}
	l.template(d)
	if len(l.found.list) > 0 {
		return nil, fmt.Errorf("template: %w", resource.Problems(l.found.sorted()))
	}
	if d, err = s.document(test.Constraint); err != nil {
		return nil, fmt.Errorf("constraint: %w", err)
	}
	if d.group() != constraintGroup {
		return nil, fmt.Errorf("constraint: %s is not a constraint", test.Constraint)
	}
	var rule *Rule
	if t := l.templateOf(d); t != nil {
		if test.Invalid && t.schema.violated(d) {
			return nil, nil
		}
		rule = l.constraint(d, t)
	}
	if len(l.found.list) > 0 {
		return nil, fmt.Errorf("constraint: %w", resource.Problems(l.found.sorted()))
	}
	if test.Invalid {
		return nil, errors.New("the constraint is to be invalid, but its schema permits it")
	}
	return rule, nil
}

// run runs one case.
func (s *suite) run(ctx context.Context, rule *Rule, test *suiteTest, j int, at resource.Location) CaseResult {
	c := &test.Cases[j]
	result := CaseResult{Test: test.Name, Name: c.Name, Status: Passed, Location: at}
	if c.Skip {
		result.Status = Skipped
		return result
	}
	start := time.Now()
	messages, err := s.ask(ctx, rule, c)
	result.Duration = time.Since(start)
	if err != nil {
		result.Status, result.Error = Errored, err.Error()
		return result
	}
	for i := range c.Assertions {
		if err := c.Assertions[i].holds(messages); err != nil {
			result.Status, result.Error = Failed, err.Error()
			break
		}
	}
	return result
}

// ask is the messages of the violations that the rule sees in the case. A
// match that cannot be told is one, as in Gatekeeper.
func (s *suite) ask(ctx context.Context, rule *Rule, c *suiteCase) ([]string, error) {
	objects, err := s.objects(c.Object)
	if err != nil {
		return nil, fmt.Errorf("object: %w", err)
	}
	if len(objects) != 1 {
		return nil, fmt.Errorf("object: %s holds %d objects, where one is needed", c.Object, len(objects))
	}
	world, err := s.inventory(c.Inventory)
	if err != nil {
		return nil, fmt.Errorf("inventory: %w", err)
	}
	request := ReviewRequest{Object: objects[0].object, gator: true}
	namespace := objects[0].text("metadata", "namespace")
	if isAdmissionReview(request.Object) {
		namespace = objects[0].text("request", "namespace")
	}
	request.Namespace = world.namespaces[namespace]
	review, err := NewReview(request)
	if err != nil {
		return nil, fmt.Errorf("object: %w", err)
	}
	if _, enforced := rule.Decision(ShiftLeft); !enforced {
		return nil, nil
	}
	applies, err := rule.Applies(review)
	if err != nil {
		return []string{err.Error()}, nil
	}
	if !applies {
		return nil, nil
	}
	store := inmem.NewFromObjectWithOpts(map[string]any{"inventory": world.inventory}, inmem.OptRoundTripOnWrite(false))
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, fmt.Errorf("preparing the inventory: %w", err)
	}
	defer store.Abort(context.WithoutCancel(ctx), txn)
	ctx, stop := context.WithTimeout(ctx, s.options.Timeout)
	defer stop()
	cancel := topdown.NewCancel()
	defer context.AfterFunc(ctx, cancel.Cancel)()
	violations, err := rule.Ask(ctx, Query{Review: review, Store: store, Txn: txn, Now: s.options.Now, Cancel: cancel})
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("it took longer than %s", s.options.Timeout)
	}
	var messages []string
	for _, v := range violations {
		messages = append(messages, v.Msg)
	}
	return messages, err
}

// world is what stands beside the object of a case.
type world struct {
	inventory  map[string]any // in the shape of data.inventory
	namespaces map[string]map[string]any
}

func (s *suite) inventory(paths []string) (world, error) {
	w := world{inventory: map[string]any{}, namespaces: map[string]map[string]any{}}
	for _, name := range paths {
		objects, err := s.objects(name)
		if err != nil {
			return w, err
		}
		for _, d := range objects {
			if d.apiVersion() == "" || d.kind() == "" {
				return w, fmt.Errorf("%s: an object has no apiVersion or no kind", name)
			}
			keys := []string{"cluster", d.apiVersion(), d.kind(), d.name()}
			if namespace := d.text("metadata", "namespace"); namespace != "" {
				keys = []string{"namespace", namespace, d.apiVersion(), d.kind(), d.name()}
			} else if d.apiVersion() == "v1" && d.kind() == "Namespace" {
				w.namespaces[d.name()] = d.object
			}
			at := w.inventory
			for _, key := range keys[:len(keys)-1] {
				child, _ := at[key].(map[string]any)
				if child == nil {
					child = map[string]any{}
					at[key] = child
				}
				at = child
			}
			at[keys[len(keys)-1]] = d.object
		}
	}
	return w, nil
}

// loaded is what was read of a file that cases share.
type loaded struct {
	objects []*document
	err     error
}

// objects are the documents of a file that the suite names.
func (s *suite) objects(name string) ([]*document, error) {
	file := path.Join(s.dir, name)
	if known, ok := s.loaded[file]; ok {
		return known.objects, known.err
	}
	var l loaded
	content, err := readFile(s.files, file)
	if l.err = err; err == nil {
		var found problems
		l.objects = splitDocuments(policy.File{Name: file, Content: content}, &found)
		l.objects = slices.DeleteFunc(l.objects, func(d *document) bool { return d.object == nil })
		switch {
		case len(found.list) > 0:
			l.objects, l.err = nil, resource.Problems(found.sorted())
		case len(l.objects) == 0:
			l.err = fmt.Errorf("%s holds no objects", strings.TrimPrefix(file, "./"))
		}
	}
	s.loaded[file] = l
	return l.objects, l.err
}

// document is the first document of a file that the suite names.
func (s *suite) document(name string) (*document, error) {
	objects, err := s.objects(name)
	if err != nil {
		return nil, err
	}
	return objects[0], nil
}
