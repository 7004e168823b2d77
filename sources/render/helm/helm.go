// Package helm renders charts into manifests as helm template does, without a
// cluster, network or programs.
//
// Start with Render. load.go and archive.go get a chart's files, values.go what
// its templates see, schema.go holds that against the chart's schema, and
// dependency.go finds the charts that are missing. fuse.go, hook.go, guard.go and
// budget.go keep templates within bounds, manifest.go takes their output apart, place.go finds
// where it was written, and mistake.go turns Helm's errors into problems with a
// place and without values.
//
// What Helm does with a cluster is not done: lookup finds nothing and names
// have no addresses, as with helm template.
package helm

import (
	"cmp"
	"context"
	"io/fs"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Options bound what a rendering may cost. A zero field means its default.
type Options struct {
	MaxFiles  int           // of a chart with its subcharts, 10,000 by default
	MaxSize   int64         // bytes of them unpacked, 64 MiB by default
	MaxOutput int           // bytes of the manifests, 64 MiB by default
	MaxDepth  int           // of folders and of subcharts, 32 by default
	MaxSteps  int           // of templates that loop or call each other, 250,000 by default
	Timeout   time.Duration // of one rendering, 10 seconds by default
}

func (o Options) withDefaults() Options {
	return Options{
		MaxFiles:  cmp.Or(o.MaxFiles, 10_000),
		MaxSize:   cmp.Or(o.MaxSize, 64<<20),
		MaxOutput: cmp.Or(o.MaxOutput, 64<<20),
		MaxDepth:  cmp.Or(o.MaxDepth, 32),
		MaxSteps:  cmp.Or(o.MaxSteps, 250_000),
		Timeout:   cmp.Or(o.Timeout, 10*time.Second),
	}
}

// Request says what to render.
type Request struct {
	// Files is the snapshot, and Folder the chart's folder in it.
	Files  fs.FS
	Folder string
	// Archive is a chart's archive in place of a folder, and ArchiveName what it
	// is called where something is wrong with it.
	Archive     []byte
	ArchiveName string
	// Read gets a file of values, decrypted if need be, or says why it cannot be
	// had in the form in which that is shown.
	Read func(name string) ([]byte, error)
	// Hide takes secrets out of messages; nil hides none but those that look like one.
	Hide func(string) string
	// Chart is what the target says of it; its URL and Digest are the caller's affair.
	Chart sources.Chart
	// Options bound the rendering.
	Options Options
}

// Result is what a chart makes. With a problem there are no documents: part of
// a chart's manifests would look like all of them.
type Result struct {
	Documents []Document
	Skipped   []sources.Skipped
	Problems  []resource.Problem
	// Wanting is set if the problems are about what may be given elsewhere:
	// values, and subcharts.
	Wanting bool
	// Unstable are the templates whose output differs each time.
	Unstable []Unstable
}

// Document is one YAML document that a chart makes, not yet parsed.
type Document struct {
	Text string
	// Again is the same document rendered once more, at another time; "" where
	// that is the same. Values that differ are known only when it is applied.
	Again string
	// Origin is the template, with the line of the document in it as far as that
	// can be told, and the document's index in what the template makes.
	Origin resource.Origin
	// CRD is set for what stands in a folder crds/, which comes first.
	CRD bool
}

// Unstable is a template whose output differs each time it is rendered.
type Unstable struct {
	Function string // that has another result each time
	Problem  resource.Problem
}

// Render renders a chart. Mistakes in the chart and its values are problems;
// an error comes only from ctx.
func Render(ctx context.Context, request Request) (*Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	request.Options = request.Options.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, request.Options.Timeout)
	defer cancel()
	done := make(chan *Result, 1)
	go func() {
		r := &rendering{Request: request, ended: ctx.Err, places: map[*byte]place{}}
		defer func() {
			if cause := recover(); cause != nil {
				r.Result = Result{}
				r.problem(r.chartFile(), 0, "the chart cannot be rendered: %v", cause)
			}
			done <- &r.Result
		}()
		r.render(ctx)
	}()
	select {
	case result := <-done:
		return result, nil
	case <-ctx.Done():
		// The templates notice by themselves, in function.go.
		if cause := context.Cause(ctx); cause != context.DeadlineExceeded {
			return nil, cause
		}
		r := &rendering{Request: request}
		r.problem(r.chartFile(), 0, "%s", tooLong(request.Options))
		return &r.Result, nil
	}
}

// rendering is one chart on its way to manifests.
type rendering struct {
	Request
	Result
	ended   func() error // says that the time is over
	chart   *chart.Chart
	places  map[*byte]place // of the chart's files, by their content
	longest int             // of the templates' actions and names, in bytes
	values  valuesSources
	hidden  resource.Redactor
}

func (r *rendering) render(ctx context.Context) {
	r.load()
	if len(r.Problems) > 0 {
		return
	}
	if r.chart.Metadata.Type == "library" {
		r.Skipped = append(r.Skipped, sources.Skipped{What: r.what(), Reason: "a library chart, which makes no resources by itself"})
		return
	}
	release, caps := r.release(), r.capabilities()
	given := r.givenValues()
	if len(r.Problems) > 0 {
		return
	}
	if err := util.ProcessDependencies(r.chart, given); err != nil {
		r.problem(r.chartFile(), 0, "%s", r.clean(err.Error()))
		return
	}
	r.checkDependencies(r.chart)
	values := r.renderValues(given, release, caps)
	if len(r.Problems) > 0 {
		r.Wanting = true
		return
	}
	r.execute(ctx, values, release, caps)
}

// execute renders the templates, and once more at another time if any of them
// called for chance or for the clock.
func (r *rendering) execute(ctx context.Context, values common.Values, release common.ReleaseOptions, caps *common.Capabilities) {
	first := r.functions()
	output, err := engine.Engine{CustomTemplateFuncs: first.table()}.RenderWithContext(ctx, r.chart, values)
	if err != nil {
		r.Wanting = !strings.Contains(err.Error(), "parse error")
		r.templateProblem(err)
		return
	}
	var again map[string]string
	if len(first.called) > 0 {
		second := r.functions()
		second.later = true
		// Templates may have changed the values that they were given.
		values := r.renderValues(r.values.given, release, caps)
		if again, err = (engine.Engine{CustomTemplateFuncs: second.table()}).RenderWithContext(ctx, r.chart, values); err != nil {
			r.templateProblem(err)
			return
		}
	}
	r.manifests(output, again, first.called)
}

// functions are those of one rendering of the templates.
func (r *rendering) functions() *functions {
	f := &functions{ended: r.ended, options: r.Options, called: map[string]bool{}, longest: r.longest}
	f.addFiles(r.chart)
	return f
}

func (f *functions) addFiles(c *chart.Chart) {
	for _, file := range c.Files {
		f.files.count++
		f.files.largest = max(f.files.largest, len(file.Data))
		f.files.total += len(file.Data)
	}
	for _, sub := range c.Dependencies() {
		f.addFiles(sub)
	}
}
