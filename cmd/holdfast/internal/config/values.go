package config

import (
	"fmt"
	"io/fs"
	"math"
	"net"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// span is a duration's default and its bounds.
type span struct{ standard, least, most time.Duration }

func (c *Config) duration(text string, s span, steps ...string) time.Duration {
	if text == "" {
		return s.standard
	}
	value, err := time.ParseDuration(text)
	if err != nil || value < s.least || value > s.most {
		c.doc.failValue(pointer(steps...), fmt.Sprintf("%sexpected a duration from %s to %s, got %q", label(steps), short(s.least), short(s.most), text))
		return s.standard
	}
	return value
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

// limit reads "10%" or a number; the schema has seen to the form.
func limit(value any) reconcile.Limit {
	switch v := value.(type) {
	case string:
		if percent, err := strconv.Atoi(strings.TrimSuffix(v, "%")); err == nil {
			return reconcile.Limit{Percent: percent}
		}
	case float64:
		return reconcile.Limit{Count: int(v)}
	}
	return defaultMaxDelete
}

func (c *Config) size(value any, steps ...string) int64 {
	const least, most = 1 << 10, 1 << 30
	var bytes float64
	switch v := value.(type) {
	case nil:
		return DefaultMaxFileSize
	case float64:
		bytes = v
	case string:
		unit := 1 << 10
		digits := strings.TrimSuffix(v, "KiB")
		if trimmed, ok := strings.CutSuffix(v, "MiB"); ok {
			digits, unit = trimmed, 1<<20
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			n = math.MaxInt32
		}
		bytes = float64(n) * float64(unit)
	}
	if bytes < least || bytes > most {
		c.doc.failValue(pointer(steps...), label(steps)+"expected a size from 1KiB to 1024MiB, got "+show(value))
		return DefaultMaxFileSize
	}
	return int64(bytes)
}

// builtin reads true, false or a list of categories. An empty list is none.
func builtin(value any) (bool, []string) {
	switch v := value.(type) {
	case bool:
		return v, nil
	case []any:
		var categories []string
		for _, item := range v {
			if category, ok := item.(string); ok {
				categories = append(categories, category)
			}
		}
		slices.Sort(categories)
		return len(categories) > 0, slices.Compact(categories)
	}
	return true, nil
}

// statePath is the path behind the state's URL. The URL itself is not shown
// in messages, since one of a database server holds a password.
func (c *Config) statePath(text string) string {
	scheme, rest, isURL := strings.Cut(text, "://")
	switch {
	case !isURL:
		return text
	case scheme == "sqlite" && rest == "":
		c.doc.failValue("state", "state: expected a path after sqlite://, such as sqlite:///var/lib/holdfast/state.db")
	case scheme == "sqlite" && strings.ContainsAny(rest, "?#"):
		c.doc.failValue("state", "state: expected a path alone after sqlite://, without ? and #")
	case scheme == "sqlite":
		return rest
	case scheme == "postgres" || scheme == "postgresql":
		c.doc.failValue("state", fmt.Sprintf("state: %s:// is not supported yet; use sqlite://, such as sqlite:///var/lib/holdfast/state.db", scheme))
	default:
		c.doc.failValue("state", fmt.Sprintf("state: unknown scheme %s://; use sqlite://, such as sqlite:///var/lib/holdfast/state.db", scheme))
	}
	return ""
}

func (c *Config) listen(text string) string {
	switch text {
	case "":
		return DefaultListen
	case "off":
		return ""
	}
	_, port, err := net.SplitHostPort(text)
	number, portErr := strconv.ParseUint(port, 10, 16)
	if err != nil || portErr != nil || number > math.MaxUint16 {
		c.doc.failValue(pointer("server", "listen"), fmt.Sprintf("server.listen: expected an address and port such as %s, or off, got %s", DefaultListen, show(text)))
	}
	return text
}

// treePath is a path within the source, clean. One that leads out is reported.
func (c *Config) treePath(text string, steps ...string) string {
	if text == "" {
		return ""
	}
	clean := path.Clean(text)
	var why string
	switch {
	case strings.Contains(text, "\\"):
		why = "expected slashes between folders, got " + show(text)
	case path.IsAbs(text):
		why = "expected a path within the repository, without a leading slash, got " + show(text)
	case slices.Contains(strings.Split(text, "/"), ".."):
		why = "expected a path within the repository, without .., got " + show(text)
	case !fs.ValidPath(clean):
		why = "expected a path within the repository, got " + show(text)
	default:
		return clean
	}
	c.doc.failValue(pointer(steps...), label(steps)+why)
	return ""
}

// paths reads files and folders of the repository, and of this machine where
// the file is the operator's.
func (c *Config) paths(list []string, steps ...string) []string {
	var out []string
	for i, text := range list {
		clean := c.path(text, append(slices.Clone(steps), strconv.Itoa(i))...)
		if clean == "" {
			continue
		}
		c.keepPlace(clean, i, steps)
		if !slices.Contains(out, clean) {
			out = append(out, clean)
		}
	}
	return out
}

// path is one file or folder, clean, or "" if it is not to be used, which is reported.
func (c *Config) path(text string, steps ...string) string {
	if !path.IsAbs(text) || c.role == Repository {
		return c.treePath(text, steps...)
	}
	return path.Clean(text)
}

// keepPlace keeps where item i of a list is written.
func (c *Config) keepPlace(clean string, i int, steps []string) {
	key := placeKey(dotted(steps), clean)
	if _, there := c.places[key]; !there {
		c.places[key] = c.doc.place(pointer(append(slices.Clone(steps), strconv.Itoa(i))...)).value
	}
}

func placeKey(list, path string) string { return list + "\x00" + path }

// PathAt is where a path is written that is in one of the lists: "waivers",
// "approvals", "policies.paths", "policies.data" or "policies.bundles".
func (c *Config) PathAt(list, path string) resource.Location {
	return c.places[placeKey(list, path)]
}

// ParamsAt are the places where the parameters are written, by name.
func (c *Config) ParamsAt() map[string]resource.Location {
	at := map[string]resource.Location{}
	for name := range c.Policies.Params {
		at[name] = c.PathAt("policies.params", name)
	}
	return at
}
