package reconcile

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
	"github.com/holdfast-dev/holdfast/sources/resource/pack"
)

// sceneFile is one file of a scene. Its resources have their content as long
// as somebody holds it.
type sceneFile struct {
	input  *Input
	file   *sources.File
	target string
	parser string
	key    string // digest of all that its rendering follows from, "" if it is not to be remembered
	kept   bool   // whether the contents stay

	mu        sync.Mutex // guards what follows
	rendering sources.FileRendering
	holders   int
	present   bool // whether the contents are there
}

// open renders a file, or recalls how it was rendered. One of a target with a
// driver is read in any case, as the driver is to see it.
func (s *scene) open(input *Input, part *Part, file *sources.File) *sceneFile {
	f := &sceneFile{
		input: input, file: file, target: part.Target.Name, parser: part.Parser, kept: part.Target.Driver != "" || file.Module,
	}
	if file.Module {
		f.evaluate(s.checker.Memory)
		return f
	}
	defer f.mark()
	if digester, ok := input.Snapshot.(sources.Digester); ok && s.checker.Memory != nil {
		if digest, known := digester.Digest(file.Name); known {
			key := pack.Digest("file", file.Name, digest, part.Target.Name, part.selection().Parser, strconv.FormatBool(file.Document))
			f.key = string(key[:])
		}
	}
	if f.key != "" && !f.kept && f.recall(s.checker.Memory) {
		return f
	}
	f.rendering, f.present = file.Read(), true
	if f.rendering.Imports {
		f.key = ""
	}
	for i := range f.rendering.Resources {
		if len(f.rendering.Resources[i].Unknown) > 0 {
			f.key = ""
		}
	}
	if f.key != "" && len(f.rendering.Problems) == 0 {
		f.remember(s.checker.Memory)
	}
	return f
}

// mark says of documents that resources are made of their file too.
func (f *sceneFile) mark() {
	for i := range f.rendering.Resources {
		f.rendering.Resources[i].Document = f.file.Document
	}
}

// evaluate renders a module. All of it follows from files that are not known
// before, so that it is done each time; what rules say of it is remembered
// under the resources themselves.
func (f *sceneFile) evaluate(memory policy.Memory) {
	f.rendering, f.present = f.file.Read(), true
	if memory == nil {
		return
	}
	parts := []string{"module", f.file.Name, f.target}
	for i := range f.rendering.Resources {
		res := &f.rendering.Resources[i]
		if len(res.Unknown) > 0 {
			return
		}
		digest, err := res.Digest(memory.Secret())
		if err != nil {
			return
		}
		written, err := (&resource.Resource{ID: res.ID, Content: res.Written}).Digest(memory.Secret())
		if err != nil {
			return
		}
		parts = append(parts, fmt.Sprint(res.ID, res.Origin, res.Sensitive), digest, written)
	}
	key := pack.Digest(parts...)
	f.key = string(key[:])
}

// judge has the sessions judge the file, and then lets go of its contents.
func (f *sceneFile) judge(ctx context.Context, sessions []policy.Session, index int) error {
	if f.present {
		f.holders++
		defer f.unload()
	}
	subjects := make([]policy.Subject, len(f.rendering.Resources))
	for i := range f.rendering.Resources {
		res := &f.rendering.Resources[i]
		subjects[i] = policy.Subject{ID: res.ID, Resource: res, File: f.input.display(f.file.Name)}
	}
	for _, session := range sessions {
		batch := &policy.Batch{Index: index, Subjects: subjects, Key: f.key, Load: f.load, Unload: f.unload}
		if err := session.Judge(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// load reads the contents if they are not there.
func (f *sceneFile) load() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.present {
		again := f.file.Read().Resources
		if len(again) != len(f.rendering.Resources) {
			return fmt.Errorf("read %s again: %w", f.file.Name, sources.ErrChanged)
		}
		for i := range again {
			f.rendering.Resources[i].Content, f.rendering.Resources[i].Written = again[i].Content, again[i].Written
		}
		f.present = true
	}
	f.holders++
	return nil
}

func (f *sceneFile) unload() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.holders--; f.holders > 0 || f.kept {
		return
	}
	for i := range f.rendering.Resources {
		f.rendering.Resources[i].Content, f.rendering.Resources[i].Written = nil, nil
	}
	f.present = false
}

// remember keeps the rendering, without the contents.
func (f *sceneFile) remember(memory policy.Memory) {
	var w pack.Writer
	w.Number(len(f.rendering.Resources))
	for i := range f.rendering.Resources {
		res := &f.rendering.Resources[i]
		for _, text := range []string{res.ID.Scope, res.ID.APIVersion, res.ID.Kind, res.ID.Namespace, res.ID.Name} {
			w.Text(text)
		}
		for _, number := range []int{res.Origin.Line, res.Origin.Column, res.Origin.Document} {
			w.Number(number)
		}
		w.Path(res.Origin.Within)
		w.Number(len(res.Sensitive))
		for _, path := range res.Sensitive {
			w.Path(path)
		}
	}
	w.Number(len(f.rendering.Skipped))
	for _, skipped := range f.rendering.Skipped {
		w.Text(skipped.What)
		w.Text(skipped.Reason)
	}
	memory.Put(pack.Digest("rendering", f.key), w.Bytes)
}

func (f *sceneFile) recall(memory policy.Memory) bool {
	data, found := memory.Get(pack.Digest("rendering", f.key))
	if !found {
		return false
	}
	r := pack.Read(data)
	var rendering sources.FileRendering
	count := r.Count()
	rendering.Resources = make([]resource.Resource, 0, count)
	for range count {
		res := resource.Resource{ID: resource.ID{
			Target: f.target, Scope: r.Text(), APIVersion: r.Text(), Kind: r.Text(), Namespace: r.Text(), Name: r.Text(),
		}}
		res.Origin = resource.Origin{File: f.file.Name, Line: r.Number(), Column: r.Number(), Document: r.Number(), Within: r.Path(), Parser: f.parser}
		for range r.Count() {
			res.Sensitive = append(res.Sensitive, r.Path())
		}
		rendering.Resources = append(rendering.Resources, res)
	}
	for range r.Count() {
		rendering.Skipped = append(rendering.Skipped, sources.Skipped{What: r.Text(), Reason: r.Text()})
	}
	if !r.OK() {
		return false
	}
	f.rendering = rendering
	return true
}

// locate is the place of a path in a resource of the file, remembered too: for
// a few findings a whole file would have to be read.
func (c *Checker) locate(f *sceneFile, res *resource.Resource, path resource.Path) resource.Location {
	var key [32]byte
	if f.key != "" {
		var w pack.Writer
		w.Number(res.Origin.Document)
		w.Path(res.Origin.Within)
		w.Path(path)
		key = pack.Digest("place", f.key, string(w.Bytes))
		if data, found := c.Memory.Get(key); found {
			r := pack.Read(data)
			at := resource.Location{File: f.file.Name, Line: r.Number(), Column: r.Number()}
			if r.OK() {
				return at
			}
		}
	}
	at := c.Locator.Locate(f.input.Snapshot, res.Origin, path)
	if f.key != "" && at.File == f.file.Name {
		var w pack.Writer
		w.Number(at.Line)
		w.Number(at.Column)
		c.Memory.Put(key, w.Bytes)
	}
	return at
}
