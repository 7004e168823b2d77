package host

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

const (
	apiVersion    = "host.holdfast.dev/v1"
	kindFile      = "File"
	kindDirectory = "Directory"

	// reservedDir, under the root, holds what the driver keeps at the
	// destination; tempPrefix starts the names of its temporary files.
	reservedDir = ".holdfast"
	tempPrefix  = ".holdfast-tmp-"

	maxContent = 64 << 20 // bytes of a file, desired or live
	maxPath    = 4096     // PATH_MAX of Linux
	maxName    = 255      // NAME_MAX
)

// spec is what a valid resource asks for.
type spec struct {
	kind      string
	path      string  // absolute style and clean: "/etc/app.conf"
	content   *string // nil if it comes from source, and for a Directory
	source    string  // relative to the target's folder
	mode      string  // four octal digits, with the default filled in
	owner     string  // "" leaves it as it is
	group     string
	sensitive bool
}

// checker collects the mistakes of one resource.
type checker struct{ invalid []drivers.Invalid }

func (c *checker) add(at resource.Path, format string, args ...any) {
	c.invalid = append(c.invalid, drivers.Invalid{Path: at, Msg: fmt.Sprintf(format, args...)})
}

// parse reads a resource. The spec is of use only if nothing is invalid.
func parse(res *resource.Resource) (spec, []drivers.Invalid) {
	var c checker
	var s spec
	if res.ID.APIVersion != apiVersion {
		c.add(resource.Path{"apiVersion"}, "a host target takes apiVersion %s, not %q", apiVersion, clip(res.ID.APIVersion))
		return s, c.invalid
	}
	s.kind = res.ID.Kind
	kinds := []string{kindDirectory, kindFile}
	if !slices.Contains(kinds, s.kind) {
		c.add(resource.Path{"kind"}, "unknown kind %q%s", clip(s.kind), suggest(s.kind, kinds))
		return s, c.invalid
	}
	top := c.object(nil, res.Content, "apiVersion", "kind", "metadata", "spec")
	c.metadata(top["metadata"])
	fields := []string{"group", "mode", "owner", "path"}
	if s.kind == kindFile {
		fields = append(fields, "content", "sensitive", "source")
	}
	at := resource.Path{"spec"}
	object := c.object(at, top["spec"], fields...)
	if object == nil {
		return s, c.invalid
	}
	s.path = c.path(at.Append("path"), object)
	s.mode = c.mode(at.Append("mode"), object)
	s.owner = c.account(at.Append("owner"), object)
	s.group = c.account(at.Append("group"), object)
	if s.kind == kindFile {
		c.file(at, object, &s)
	}
	s.sensitive = s.sensitive || slices.ContainsFunc(res.Sensitive, func(p resource.Path) bool {
		return p.Overlaps(contentPath())
	})
	if s.mode == "" {
		s.mode = defaultMode(s.kind, s.sensitive)
	}
	slices.SortStableFunc(c.invalid, func(a, b drivers.Invalid) int { return a.Path.Compare(b.Path) })
	return s, c.invalid
}

func contentPath() resource.Path { return resource.Path{"spec", "content"} }

// defaultMode keeps a sensitive file to its owner.
func defaultMode(kind string, sensitive bool) string {
	switch {
	case kind == kindDirectory:
		return "0755"
	case sensitive:
		return "0600"
	}
	return "0644"
}

// object checks that value is an object with no keys but the known ones.
func (c *checker) object(at resource.Path, value any, known ...string) map[string]any {
	object, ok := value.(map[string]any)
	if !ok {
		c.add(at, "%s must be an object with %s", cmp.Or(at.String(), "the document"), strings.Join(known, ", "))
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(known, key) {
			c.add(at.Append(key), "unknown field %q%s", clip(key), suggest(key, known))
		}
	}
	return object
}

func (c *checker) metadata(value any) {
	at := resource.Path{"metadata"}
	object := c.object(at, value, "annotations", "labels", "name")
	if object == nil {
		return
	}
	if name, ok := object["name"].(string); !ok || name == "" {
		c.add(at.Append("name"), "metadata.name must be a string that names the resource")
	}
	for _, field := range []string{"annotations", "labels"} {
		entries, found := object[field]
		if !found || entries == nil {
			continue
		}
		texts, ok := entries.(map[string]any)
		if !ok {
			c.add(at.Append(field), "metadata.%s must be an object of strings", field)
		}
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			if _, ok := texts[key].(string); !ok {
				c.add(at.Append(field, key), "the value must be a string: put it in quotes")
			}
		}
	}
}

func (c *checker) path(at resource.Path, object map[string]any) string {
	name, ok := object["path"].(string)
	switch {
	case !ok || name == "":
		c.add(at, "spec.path is required: the path below the target's root, such as /etc/app.conf")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		c.add(at, "spec.path holds a control character")
	case !strings.HasPrefix(name, "/"):
		c.add(at, "spec.path must start with a slash: write %q", clip(path.Join("/", name)))
	case slices.Contains(strings.Split(name, "/"), ".."):
		c.add(at, "spec.path must not hold \"..\": write the path itself")
	case path.Clean(name) == "/":
		c.add(at, "spec.path is the target's root itself, which holdfast does not manage")
	case path.Clean(name) != name:
		c.add(at, "spec.path is not in its plain form: write %q", clip(path.Clean(name)))
	case len(name) > maxPath:
		c.add(at, "spec.path is longer than %d bytes", maxPath)
	default:
		steps := strings.Split(name[1:], "/")
		if strings.EqualFold(steps[0], reservedDir) {
			c.add(at, "/%s is reserved for holdfast", reservedDir)
		}
		for _, step := range steps {
			if len(step) > maxName {
				c.add(at, "a part of spec.path is longer than %d bytes", maxName)
			} else if strings.HasPrefix(strings.ToLower(step), tempPrefix) {
				c.add(at, "names that start with %s are reserved for holdfast", tempPrefix)
			}
		}
	}
	return name
}

var modeForm = regexp.MustCompile(`^[0-7]{3,4}$`)

func (c *checker) mode(at resource.Path, object map[string]any) string {
	value, found := object["mode"]
	if !found {
		return ""
	}
	text, ok := value.(string)
	switch {
	case !ok:
		c.add(at, `spec.mode must be a string in quotes, such as "0644": YAML reads a bare 0644 as an octal number, 420`)
	case !modeForm.MatchString(text):
		c.add(at, `spec.mode must be three or four octal digits in quotes, such as "0644"`)
	case len(text) == 3:
		return "0" + text
	}
	return text
}

var numeric = regexp.MustCompile(`^[0-9]+$`)

// account reads an owner or a group: a name, or a number in quotes.
func (c *checker) account(at resource.Path, object map[string]any) string {
	value, found := object[at[len(at)-1].(string)]
	if !found {
		return ""
	}
	name, ok := value.(string)
	if !ok || name == "" || len(name) > maxName || strings.ContainsFunc(name, func(r rune) bool {
		return r == ':' || r == '/' || unicode.IsSpace(r) || unicode.IsControl(r)
	}) {
		c.add(at, `%s must be a name, or a number in quotes, such as "root" or "0"`, at)
		return ""
	}
	if numeric.MatchString(name) {
		// All bits set means "leave as it is" to chown(2).
		if id, err := strconv.ParseUint(name, 10, 32); err != nil || id >= math.MaxUint32 {
			c.add(at, "%s is not a possible number: the largest is %d", at, uint32(math.MaxUint32-1))
		}
	}
	return name
}

func (c *checker) file(at resource.Path, object map[string]any, s *spec) {
	content, hasContent := object["content"]
	source, hasSource := object["source"]
	switch {
	case hasContent && hasSource:
		c.add(at.Append("source"), "spec.content and spec.source exclude each other: remove one of them")
	case hasContent:
		text, ok := content.(string)
		if !ok {
			c.add(at.Append("content"), `spec.content must be a string: use quotes, or a block that starts with "|"`)
		} else if len(text) > maxContent {
			c.add(at.Append("content"), "spec.content is larger than %d MiB", maxContent>>20)
		}
		s.content = &text
	case hasSource:
		name, ok := source.(string)
		if !ok || name == "" {
			c.add(at.Append("source"), "spec.source must be the path of a file in the repository, relative to the target's folder")
		} else if path.IsAbs(name) {
			c.add(at.Append("source"), "spec.source must be relative to the target's folder")
		}
		s.source = name
	default:
		c.add(at.Append("content"), `a File needs spec.content, or spec.source; for an empty file write content: ""`)
	}
	if value, found := object["sensitive"]; found {
		sensitive, ok := value.(bool)
		if !ok {
			c.add(at.Append("sensitive"), "spec.sensitive must be true or false, without quotes")
		}
		// What is not plainly false is taken as sensitive.
		s.sensitive = sensitive || !ok
	}
}

// suggest is `; did you mean "mode"?`, or what is known where nothing is near.
func suggest(word string, known []string) string {
	best, nearest := "", 3
	if len(word) <= maxName {
		for _, candidate := range known {
			distance := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(candidate))
			if distance < nearest {
				best, nearest = candidate, distance
			}
		}
	}
	if best == "" {
		return "; known here: " + strings.Join(slices.Sorted(slices.Values(known)), ", ")
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// clip keeps messages readable whatever stands in the file.
func clip(text string) string {
	const limit = 80
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}
