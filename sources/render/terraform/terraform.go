// Package terraform evaluates modules that are written in Terraform's language
// into resources, without Terraform, providers, network or environment.
//
// Start with Tree.Roots and Tree.Evaluate. parse.go reads files, native HCL and
// JSON alike, module.go says what is in a module, instance.go is a module with
// its variables set, and multiple.go says how many there are of something.
// scope.go and refer.go resolve what expressions refer to, expression.go changes
// how they are evaluated, call.go and function.go have the language's functions.
// body.go, writer.go and emit.go make contents of blocks, and place.go finds
// where these are written.
//
// What is known only after apply is a text with a placeholder in it. A value
// that follows from a variable without a value is unknown: it is left out.
package terraform

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// APIVersion is that of all resources.
const APIVersion = "terraform/v1"

// Options bound what an evaluation may cost. A zero field means its default.
type Options struct {
	// Read gets a file's text, or says why it cannot be had in the form in
	// which that is shown. It must be safe for concurrent use.
	Read func(name string) ([]byte, error)
	// Admit refuses a text that is nested too deep for a parser.
	Admit     func(data []byte) error
	Instances int           // of one resource or module, 1,000 by default
	Resources int           // of one root module with all that it calls, 10,000 by default
	Steps     int           // of an evaluation, values that functions take in among them, 5,000,000 by default
	Timeout   time.Duration // for one root module, 10 seconds by default
}

// Bounds that nobody needs to change.
const (
	maxModuleDepth = 20
	maxDepth       = 200      // of values that need each other
	maxValue       = 100_000  // parts of one value
	maxText        = 4 << 20  // bytes of one text
	maxNotes       = 50       // of one root module
	maxRead        = 16 << 20 // bytes that functions may read, for one root module
)

// Tree is a tree of files with modules in it. It is safe for concurrent use.
type Tree struct {
	files   fs.FS
	options Options
	mu      sync.Mutex
	modules map[string]*loading
}

type loading struct {
	once   sync.Once
	module *module
}

// New makes a Tree. Names that begin with ../ are looked for too: a file
// system may have them.
func New(files fs.FS, options Options) *Tree {
	options.Instances = cmp.Or(options.Instances, 1000)
	options.Resources = cmp.Or(options.Resources, 10_000)
	options.Steps = cmp.Or(options.Steps, 5_000_000)
	options.Timeout = cmp.Or(options.Timeout, 10*time.Second)
	return &Tree{files: files, options: options, modules: map[string]*loading{}}
}

// module is the module in a folder, nil if there is none.
func (t *Tree) module(folder string) *module {
	t.mu.Lock()
	known := t.modules[folder]
	if known == nil {
		known = &loading{}
		t.modules[folder] = known
	}
	t.mu.Unlock()
	known.once.Do(func() {
		defer func() {
			if cause := recover(); cause != nil {
				at := resource.Location{File: folder}
				known.module = &module{folder: folder, problems: []resource.Problem{{
					Msg: fmt.Sprintf("the module cannot be read: %v", cause), Location: at,
				}}}
			}
		}()
		known.module = t.load(folder)
	})
	return known.module
}

// Roots are those of the folders, in order, whose modules no other one of them
// calls. Only modules that tests call are left out too: they come as tested.
// Of modules that call each other in a circle the first is taken for a root.
func (t *Tree) Roots(folders []string) (roots, tested []string) {
	called, byTests := map[string]bool{}, map[string]bool{}
	calls := map[string][]string{}
	for _, folder := range folders {
		m := t.module(folder)
		if m == nil {
			continue
		}
		for _, call := range m.calls {
			if there, local := call.folder(folder); local && there != folder {
				called[there] = true
				calls[folder] = append(calls[folder], there)
			}
		}
		for _, there := range t.testedBy(folder) {
			byTests[there] = true
		}
	}
	reached := map[string]bool{}
	var reach func(string)
	reach = func(folder string) {
		if !reached[folder] {
			reached[folder] = true
			for _, next := range calls[folder] {
				reach(next)
			}
		}
	}
	for _, folder := range folders {
		switch {
		case called[folder]:
		case byTests[folder]:
			tested = append(tested, folder)
			reach(folder)
		default:
			roots = append(roots, folder)
			reach(folder)
		}
	}
	for _, folder := range folders {
		if !reached[folder] {
			roots = append(roots, folder)
			reach(folder)
		}
	}
	slices.Sort(roots)
	return roots, tested
}

// Root says which root module to evaluate.
type Root struct {
	Folder string
	Prefix string // what namespaces begin with, "" for nothing
	File   string // take in the resources of this file alone; "" for all
	Target string // put into each ID
}

// Evaluate evaluates a root module with all that it calls. What is in its
// files by mistake is a problem of the rendering.
func (t *Tree) Evaluate(root Root) sources.FileRendering {
	done := make(chan sources.FileRendering, 1)
	e := &evaluator{tree: t, root: root, deadline: time.Now().Add(t.options.Timeout)}
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				done <- e.failed(cause)
			}
		}()
		done <- e.run()
	}()
	// What cannot be stopped is left behind: nothing in Go can end it.
	timer := time.NewTimer(t.options.Timeout + time.Second)
	defer timer.Stop()
	select {
	case rendering := <-done:
		return rendering
	case <-timer.C:
		return broken(root, tooLong(t.options.Timeout))
	}
}

func tooLong(timeout time.Duration) string {
	return fmt.Sprintf("evaluating the module takes longer than %s; simplify it or exclude it", timeout)
}

func broken(root Root, msg string) sources.FileRendering {
	at := resource.Location{File: cmp.Or(root.File, root.Folder)}
	return sources.FileRendering{Problems: []resource.Problem{{Msg: msg, Location: at}}}
}

// spent is the panic of an evaluation that has used up what it may cost.
type spent string

func (e *evaluator) failed(cause any) sources.FileRendering {
	if msg, ok := cause.(spent); ok {
		return broken(e.root, string(msg))
	}
	return broken(e.root, fmt.Sprintf("the module cannot be evaluated: %v", cause))
}

// evaluator evaluates one root module.
type evaluator struct {
	tree     *Tree
	root     Root
	deadline time.Time
	steps    int
	depth    int
	read     int
	out      sources.FileRendering
	noted    map[string]bool
	secrets  resource.Redactor // what must not be in a note
	// unset counts values that were met and are known only after apply, so
	// that an error can be told from what follows from them.
	unset int
}

func (e *evaluator) run() sources.FileRendering {
	m := e.tree.module(e.root.Folder)
	if m == nil {
		return e.out
	}
	e.noted = map[string]bool{}
	top := newInstance(e, m, nil, nil)
	top.emit()
	for i := range e.out.Skipped {
		e.out.Skipped[i].Reason = e.secrets.Redact(e.out.Skipped[i].Reason)
	}
	slices.SortStableFunc(e.out.Resources, func(a, b resource.Resource) int {
		return cmp.Or(
			cmp.Compare(a.Origin.File, b.Origin.File),
			cmp.Compare(a.Origin.Line, b.Origin.Line),
			cmp.Compare(a.Origin.Column, b.Origin.Column),
		)
	})
	return e.out
}

// spend counts work and ends the evaluation when there was too much of it.
func (e *evaluator) spend(steps int) {
	e.steps += steps
	if e.steps > e.tree.options.Steps {
		panic(spent("evaluating the module takes too many steps; simplify it or exclude it"))
	}
	if e.steps&0xff < steps && time.Now().After(e.deadline) {
		panic(spent(tooLong(e.tree.options.Timeout)))
	}
}

// note says once that something was not evaluated, and why.
func (e *evaluator) note(what, reason string) {
	key := what + "\x00" + reason
	if e.noted[key] || len(e.noted) > maxNotes {
		return
	}
	e.noted[key] = true
	if len(e.noted) > maxNotes {
		what, reason = e.root.Folder, "there is more in this module that was not evaluated"
	}
	e.out.Skipped = append(e.out.Skipped, sources.Skipped{What: what, Reason: reason})
}

// noteOnce is note for what holds wherever it is met.
func (e *evaluator) noteOnce(what, reason string) {
	if key := "\x00" + reason; !e.noted[key] {
		e.noted[key] = true
		e.note(what, reason)
	}
}

// hide keeps the texts of a value out of notes: errors may quote them.
func (e *evaluator) hide(value cty.Value) {
	if !value.IsKnown() || e.measured(value) != nil {
		return
	}
	r := reader{references: map[string]bool{}}
	if content, found := r.value(value, nil); found {
		e.secrets.Add(&resource.Resource{Content: content, Sensitive: []resource.Path{nil}})
	}
}

func (e *evaluator) problem(msg string, at resource.Location) {
	problem := resource.Problem{Msg: msg, Location: at}
	if !slices.Contains(e.out.Problems, problem) {
		e.out.Problems = append(e.out.Problems, problem)
	}
}

// text is what a file holds, as functions read it.
func (e *evaluator) text(name string) ([]byte, error) {
	data, err := e.tree.options.Read(name)
	if err != nil {
		return nil, err
	}
	if e.read += len(data); e.read > maxRead {
		return nil, errors.New("the module reads too much of other files")
	}
	e.spend(len(data)/64 + 1)
	return data, nil
}

// within joins a path that is written in a module to the folder from which it
// counts. It is false for one that is absolute.
func within(folder, name string) (string, bool) {
	if path.IsAbs(name) || name == "" {
		return "", false
	}
	return path.Join(folder, name), true
}
