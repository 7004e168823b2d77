package helm

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/ignore"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// place is where a file of a chart stands.
type place struct {
	file    string // of the snapshot, or the archive that it is in
	archive bool   // it is in an archive, under the name inner
	inner   string
	text    []byte // as it is written
}

func (p place) String() string {
	if p.archive {
		return p.file + " (" + p.inner + ")"
	}
	return p.file
}

func (p place) location(line int) resource.Location {
	if p.archive {
		line = 0
	}
	return resource.Location{File: p.file, Line: line}
}

// what names the chart for people, and chartFile is where it says what it is.
func (r *rendering) what() string {
	if r.Archive != nil {
		return r.ArchiveName
	}
	return r.Folder
}

func (r *rendering) chartFile() string {
	if r.Archive != nil {
		return r.ArchiveName
	}
	return path.Join(r.Folder, "Chart.yaml")
}

func (r *rendering) problem(file string, line int, format string, args ...any) {
	r.Problems = append(r.Problems, resource.Problem{
		Msg: fmt.Sprintf(format, args...), Location: resource.Location{File: file, Line: line},
	})
}

// load reads the chart with its subcharts.
func (r *rendering) load() {
	l := &chartFiles{r: r}
	var err error
	if r.Archive != nil {
		err = l.archive(r.Archive, "", r.ArchiveName, 0)
	} else {
		err = l.folder()
	}
	var located *resource.Problem
	switch {
	case errors.As(err, &located):
		r.Problems = append(r.Problems, *located)
		return
	case err != nil:
		r.problem(r.what(), 0, "%s", readable(err))
		return
	}
	r.parse(l.files)
}

func (r *rendering) parse(files []*archive.BufferedFile) {
	metadata := place{}
	for _, file := range files {
		if file.Name == "Chart.yaml" && len(file.Data) > 0 {
			metadata = r.places[&file.Data[0]]
		}
	}
	var err error
	if r.chart, err = loader.LoadFiles(files); err != nil {
		r.problem(cmp.Or(metadata.file, r.chartFile()), errorLine(err.Error()), "the chart cannot be read: %s", r.clean(err.Error()))
		return
	}
	// What Helm 2 called requirements.yaml is read by the loader too.
	if r.chart.Metadata == nil {
		r.problem(r.chartFile(), 0, "there is no Chart.yaml in the chart")
	}
}

// chartFiles collects the files of a chart, those in archives within it too.
type chartFiles struct {
	r     *rendering
	size  int64
	code  int // bytes of the templates' actions
	files []*archive.BufferedFile
}

// folder takes in the chart's folder, but for what its .helmignore names.
func (l *chartFiles) folder() error {
	rules := ignore.Empty()
	text, err := readBounded(l.r.Files, path.Join(l.r.Folder, ignore.HelmIgnore), l.r.Options.MaxSize)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("%s: %w", ignore.HelmIgnore, err)
	default:
		if rules, err = ignore.Parse(bytes.NewReader(text)); err != nil {
			return &resource.Problem{
				Msg: err.Error() + "; mend the pattern", Location: resource.Location{File: path.Join(l.r.Folder, ignore.HelmIgnore)},
			}
		}
	}
	rules.AddDefaults()
	return l.walk(rules, "", 0)
}

func (l *chartFiles) walk(rules *ignore.Rules, within string, depth int) error {
	if err := l.r.ended(); err != nil {
		return err
	}
	folder := path.Join(l.r.Folder, within)
	if depth > l.r.Options.MaxDepth {
		return fmt.Errorf("%s: folders are nested more than %d deep", folder, l.r.Options.MaxDepth)
	}
	entries, err := fs.ReadDir(l.r.Files, folder)
	if err != nil {
		return &resource.Problem{Msg: readable(err), Location: resource.Location{File: folder}}
	}
	for _, entry := range entries {
		name := path.Join(within, entry.Name())
		info, err := fs.Stat(l.r.Files, path.Join(l.r.Folder, name)) // a link is what it leads to
		if err != nil {
			if rules.Ignore(name, linkInfo{entry}) {
				continue
			}
			return &resource.Problem{Msg: readable(err), Location: resource.Location{File: path.Join(l.r.Folder, name)}}
		}
		switch {
		case rules.Ignore(name, info):
		case info.IsDir():
			if err := l.walk(rules, name, depth+1); err != nil {
				return err
			}
		default:
			err := l.file(name)
			if located := (*resource.Problem)(nil); err != nil && !errors.As(err, &located) {
				return &resource.Problem{Msg: readable(err), Location: resource.Location{File: path.Join(l.r.Folder, name)}}
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

// linkInfo is what is known of a link that leads nowhere.
type linkInfo struct{ fs.DirEntry }

func (l linkInfo) Mode() fs.FileMode  { return l.Type() }
func (l linkInfo) ModTime() time.Time { return time.Time{} }
func (l linkInfo) Size() int64        { return 0 }
func (l linkInfo) Sys() any           { return nil }

// file takes in a file of the chart's folder, by its path within it.
func (l *chartFiles) file(name string) error {
	file := path.Join(l.r.Folder, name)
	data, err := readBounded(l.r.Files, file, l.r.Options.MaxSize-l.size)
	if err != nil {
		return err
	}
	if isSubchartArchive(name) {
		return l.archive(data, name, file, 1)
	}
	return l.add(name, data, place{file: file})
}

func (l *chartFiles) tooMany() error {
	return fmt.Errorf("the chart has more than %d files; name those that it does not need in .helmignore", l.r.Options.MaxFiles)
}

func (l *chartFiles) add(name string, data []byte, at place) error {
	if l.size += int64(len(data)); l.size > l.r.Options.MaxSize {
		return sources.ErrTooLarge
	}
	if len(l.files) >= l.r.Options.MaxFiles {
		return l.tooMany()
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	at.text = data
	if isTemplate(name) {
		with, err := fused(string(data))
		var wrong *mistakeAt
		if errors.As(err, &wrong) {
			return &resource.Problem{Msg: wrong.msg, Location: at.location(wrong.line)}
		}
		if l.code += with.code; l.code > maxCode {
			return &resource.Problem{Msg: fmt.Sprintf("the chart's templates have more than %d MiB of actions; split the chart", maxCode>>20), Location: at.location(1)}
		}
		l.r.longest = max(l.r.longest, with.longest+len(name))
		data = []byte(with.String())
	} else if isRead(name) {
		if err := checkDensity(string(data)); err != nil {
			return &resource.Problem{Msg: err.Error() + "; split the chart", Location: at.location(1)}
		}
	}
	if len(data) > 0 {
		data = slices.Clip(data)
		l.r.places[&data[0]] = at
	}
	l.files = append(l.files, &archive.BufferedFile{Name: name, Data: data})
	return nil
}

// maxCode bounds the actions of all templates, which take up many times as much
// memory as they are long.
const maxCode = 4 << 20

// isRead reports whether a file is one that the library takes apart.
func isRead(name string) bool {
	switch path.Base(name) {
	case "Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json", "requirements.yaml", "requirements.lock":
		return true
	}
	return false
}

// isTemplate reports whether a file is a template of a chart or of a subchart.
func isTemplate(name string) bool {
	for {
		if strings.HasPrefix(name, "templates/") {
			return true
		}
		rest, within := strings.CutPrefix(name, "charts/")
		if !within {
			return false
		}
		_, name, within = strings.Cut(rest, "/")
		if !within {
			return false
		}
	}
}

func readBounded(tree fs.FS, name string, limit int64) ([]byte, error) {
	file, err := tree.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	case info.Size() > limit:
		return nil, sources.ErrTooLarge
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, sources.ErrTooLarge
	}
	return data, err
}

// readable says why something cannot be read, and how to mend that.
func readable(err error) string {
	switch {
	case errors.Is(err, sources.ErrTooLarge):
		return "the chart is larger than the limit once it is unpacked; name what it does not need in .helmignore"
	case errors.Is(err, sources.ErrEscapes):
		return "a symbolic link that leads out of the source's root is not followed; put the file itself into the source"
	case errors.Is(err, fs.ErrPermission):
		return "cannot be read: permission denied"
	}
	return "cannot be read: " + err.Error()
}
