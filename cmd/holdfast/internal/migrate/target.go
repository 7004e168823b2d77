package migrate

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// target is one of the configuration that is written. Its fields are in the
// order in which they are written.
type target struct {
	Name          string         `yaml:"name"`
	Driver        string         `yaml:"driver"`
	Path          string         `yaml:"path"`
	DependsOn     []string       `yaml:"dependsOn,omitempty,flow"`
	Mode          string         `yaml:"mode"`
	Prune         bool           `yaml:"prune"`
	Suspend       bool           `yaml:"suspend,omitempty"`
	Interval      string         `yaml:"interval,omitempty"`
	HealthTimeout string         `yaml:"healthTimeout,omitempty"`
	Exclude       []string       `yaml:"exclude,omitempty"`
	Render        *render        `yaml:"render,omitempty"`
	Settings      map[string]any `yaml:"settings,omitempty"`

	origin  *object
	needs   []need
	cluster string // what is known of where it goes
	server  string // how Argo CD calls the cluster; "" if that is not known
	// repository is the URL of the one that its manifests are in, or what is known of it.
	repository string
	lacking    string   // why it is written as a comment only; "" if it is not
	notes      []string // what was not carried over
}

type render struct {
	Namespace      string            `yaml:"namespace,omitempty"`
	Substitute     map[string]string `yaml:"substitute,omitempty"`
	SubstituteFrom []string          `yaml:"substituteFrom,omitempty"`
	ExcludeKinds   []string          `yaml:"excludeKinds,omitempty,flow"`
	Kustomize      map[string]any    `yaml:"kustomize,omitempty"`
	Chart          *chart            `yaml:"chart,omitempty"`
}

type chart struct {
	URL         string         `yaml:"url,omitempty"`
	Name        string         `yaml:"name,omitempty"`
	Version     string         `yaml:"version,omitempty"`
	Digest      string         `yaml:"digest,omitempty"`
	Release     string         `yaml:"release,omitempty"`
	Namespace   string         `yaml:"namespace,omitempty"`
	ValuesFiles []string       `yaml:"valuesFiles,omitempty"`
	Values      map[string]any `yaml:"values,omitempty"`
	KubeVersion string         `yaml:"kubeVersion,omitempty"`
	APIVersions []string       `yaml:"apiVersions,omitempty"`
	SkipCRDs    bool           `yaml:"skipCRDs,omitempty"`
}

// need is a dependency as the object says it.
type need struct{ kind, namespace, name string }

func newTarget(origin *object) *target {
	return &target{Driver: "kubernetes", Mode: "flag", origin: origin}
}

func (t *target) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

func (t *target) rendering() *render {
	if t.Render == nil {
		t.Render = &render{}
	}
	return t.Render
}

func (t *target) chart() *chart {
	if t.rendering().Chart == nil {
		t.Render.Chart = &chart{}
	}
	return t.Render.Chart
}

func (t *target) set(key string, value any) {
	if t.Settings == nil {
		t.Settings = map[string]any{}
	}
	t.Settings[key] = value
}

// settle sets the path, and what was said of the places where it may lie.
func (t *target) settle(f *found, given string) {
	t.Path = path.Clean(strings.TrimLeft(given, "/"))
	switch {
	case strings.Contains(given, "\\") || t.Path == ".." || strings.HasPrefix(t.Path, "../") || len(t.Path) > 1024 || strings.ContainsRune(t.Path, 0):
		t.note("path %q is no path within the repository", given)
		t.Path, t.lacking = ".", "its path leads out of the repository"
	case !f.exists(t.Path):
		t.lacking = "there is no folder " + t.Path + " in this repository; it comes from another one, which needs a holdfast.yaml of its own"
	}
}

// duration writes a duration if it is one, and within what holdfast accepts.
func (t *target) duration(field, text string) string {
	if text == "" {
		return ""
	}
	value, err := time.ParseDuration(text)
	if err != nil || value <= 0 {
		t.note("%s: %q is no duration", field, text)
		return ""
	}
	const least, most = time.Second, 24 * time.Hour
	if value < least || value > most {
		t.note("%s: %s is out of holdfast's bounds of %s to %s; the nearest was taken", field, text, short(least), short(most))
		value = min(max(value, least), most)
	}
	return short(value.Round(time.Millisecond))
}

// short is a duration without the parts that are zero: "24h", not "24h0m0s".
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

var (
	notInNames = regexp.MustCompile(`[^a-z0-9]+`)
	namespaces = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	releases   = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]{0,51}[a-z0-9])?$`)
)

func label(text string) string {
	text = strings.Trim(notInNames.ReplaceAllString(strings.ToLower(text), "-"), "-")
	return strings.Trim(text[:min(len(text), 63)], "-")
}

// nameTargets gives each target a name of its own: the object's, or where
// others have that too, with the folder in which each is written, its
// namespace or its kind before it.
func (c *carrier) nameTargets() {
	slices.SortStableFunc(c.targets, func(a, b *target) int {
		return cmp.Or(strings.Compare(path.Dir(a.origin.file), path.Dir(b.origin.file)), strings.Compare(a.origin.name, b.origin.name))
	})
	byName := map[string]int{}
	for _, t := range c.targets {
		byName[label(t.origin.name)]++
	}
	taken := map[string]bool{}
	for _, t := range c.targets {
		name := label(t.origin.name)
		choices := []string{
			label(path.Base(path.Dir(t.origin.file)) + "-" + name), label(t.origin.namespace + "-" + name),
			label(name + "-" + t.origin.kind), label(t.origin.namespace + "-" + name + "-" + t.origin.kind),
		}
		if byName[name] == 1 || path.Dir(t.origin.file) == "." {
			choices = slices.Insert(choices, 0, name)
		}
		at := slices.IndexFunc(choices, func(choice string) bool { return choice != "" && !taken[choice] })
		if at >= 0 {
			t.Name = choices[at]
		} else {
			t.Name = numbered(cmp.Or(name, "target"), taken)
		}
		taken[t.Name] = true
	}
}

func numbered(name string, taken map[string]bool) string {
	base := strings.TrimRight(name[:min(len(name), 57)], "-")
	for n := 2; ; n++ {
		if numbered := base + "-" + strconv.Itoa(n); !taken[numbered] {
			return numbered
		}
	}
}

// resolve turns what objects say they depend on into names of targets. Of
// several of one name it is the one that is written nearest.
func (c *carrier) resolve() {
	for _, t := range c.targets {
		for _, n := range t.needs {
			c.resolveNeed(t, n)
		}
	}
	for _, t := range c.targets {
		t.DependsOn = slices.DeleteFunc(t.DependsOn, func(name string) bool {
			cycle := c.leadsTo(name, t.Name, map[string]bool{})
			if cycle {
				t.note("dependsOn %s: the two depend on each other", name)
			}
			return cycle
		})
	}
}

func (c *carrier) resolveNeed(t *target, n need) {
	on := nearest(c.targets, t, n)
	if on == nil {
		// What held the objects of targets stands for these.
		if holder := nearest(c.empty, t, n); holder != nil {
			for _, other := range c.targets {
				if other != t && below(other.origin.file, holder.Path) {
					t.dependOn(other)
				}
			}
			return
		}
		t.note("dependsOn %s: it is not among what was read", describe(n.kind, n.namespace, n.name))
		return
	}
	t.dependOn(on)
}

func (t *target) dependOn(on *target) {
	if on.lacking != "" {
		t.note("dependsOn %s: that target is a comment for now", on.Name)
	} else if !slices.Contains(t.DependsOn, on.Name) {
		t.DependsOn = append(t.DependsOn, on.Name)
	}
}

// nearest is the target that a need is about, of several the one written
// nearest to it.
func nearest(targets []*target, t *target, n need) *target {
	var best *target
	for _, other := range targets {
		o := other.origin
		if o.kind != n.kind || o.namespace != n.namespace || o.name != n.name {
			continue
		}
		if best == nil || common(o.file, t.origin.file) > common(best.origin.file, t.origin.file) {
			best = other
		}
	}
	return best
}

// common is how many steps two paths share from their beginning.
func common(a, b string) int {
	left, right := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < min(len(left), len(right)) && left[n] == right[n] {
		n++
	}
	return n
}

func (c *carrier) leadsTo(from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	for _, t := range c.targets {
		if t.Name == from && t.lacking == "" {
			return slices.ContainsFunc(t.DependsOn, func(next string) bool { return c.leadsTo(next, to, seen) })
		}
	}
	return false
}
