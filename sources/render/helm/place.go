package helm

import (
	"path"
	"regexp"
	"strings"

	chart "helm.sh/helm/v4/pkg/chart/v2"
)

// templates are the places of all templates, by the names that Helm gives them.
func (r *rendering) templates() map[string]place {
	all := map[string]place{}
	var add func(*chart.Chart)
	add = func(c *chart.Chart) {
		for _, template := range c.Templates {
			if len(template.Data) > 0 {
				all[path.Join(c.ChartFullPath(), template.Name)] = r.places[&template.Data[0]]
			}
		}
		for _, sub := range c.Dependencies() {
			add(sub)
		}
	}
	add(r.chart)
	return all
}

// finder looks for the lines of a template from which its documents come.
type finder struct {
	lines []string
	used  map[int]bool // by the documents before
}

func newFinder(template []byte) *finder {
	return &finder{lines: strings.Split(string(template), "\n"), used: map[int]bool{}}
}

var (
	kindLine = regexp.MustCompile(`(?m)^kind:[ \t]*["']?([A-Za-z0-9]+)`)
	nameLine = regexp.MustCompile(`(?m)^[ \t]+name:[ \t]*["']?([^"'\s]+)`)
	topKey   = regexp.MustCompile(`^[A-Za-z]+:`)
)

// line is the 1-based line of the template on which a document begins, as far
// as its kind and name can be found there, and else the first one.
func (f *finder) line(document string) int {
	kind, name := submatch(kindLine, document), submatch(nameLine, document)
	found := -1
	for at, line := range f.lines {
		written, isKind := strings.CutPrefix(line, "kind:")
		if !isKind || submatch(kindLine, line) != kind && !strings.Contains(written, "{{") {
			continue
		}
		exact, possible := f.named(at, name)
		if exact {
			found = at
			break
		}
		// The next that no document came from; a loop makes several of the last.
		if possible && (found < 0 || f.used[found]) {
			found = at
		}
	}
	if found < 0 {
		return 1
	}
	f.used[found] = true
	for found > 0 && topKey.MatchString(f.lines[found-1]) {
		found--
	}
	return found + 1
}

// named reports whether the name is written in the document around a line, and
// whether it may come from what is written there.
func (f *finder) named(at int, name string) (exact, possible bool) {
	for at > 0 && !strings.HasPrefix(f.lines[at-1], "---") {
		at--
	}
	for _, line := range f.lines[at:] {
		if strings.HasPrefix(line, "---") {
			break
		}
		written := strings.Trim(submatch(nameWritten, line), `"'`)
		if written == "" {
			continue
		}
		return written == name, inserted.MatchString(written) && couldBe(written, name)
	}
	return false, true
}

var (
	nameWritten = regexp.MustCompile(`^[ \t]+name:[ \t]*(.*?)[ \t\r]*$`)
	inserted    = regexp.MustCompile(`\{\{.*?\}\}`)
)

// couldBe reports whether a template may make a name: what is between its
// actions is the same.
func couldBe(written, name string) bool {
	parts := inserted.Split(written, -1)
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	matched, err := regexp.MatchString("^"+strings.Join(parts, ".*")+"$", name)
	return err == nil && matched
}

func submatch(pattern *regexp.Regexp, text string) string {
	if found := pattern.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

// mentionOf is the line on which a template calls a function, 0 if it does not.
func mentionOf(function string, template []byte) int {
	called := regexp.MustCompile(`\b` + regexp.QuoteMeta(function) + `\b`)
	for i, line := range strings.Split(string(template), "\n") {
		if called.MatchString(line) {
			return i + 1
		}
	}
	return 0
}
