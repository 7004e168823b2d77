// Package host is the driver for a machine's files: File and Directory
// resources of host.holdfast.dev/v1, kept under the root of the target.
//
// Start with Driver and the four steps: observe.go reads, plan.go compares,
// apply.go acts, through tree.go, which alone touches the file system. spec.go
// says what a resource may hold, object.go how live objects are described and
// told apart.
//
// Nothing outside the root is read or written: all access goes through an
// os.Root, which follows a symbolic link only while it stays inside. A link
// that stands where a File belongs is never followed; it is replaced by rename.
//
// Files are written as a temporary file in the same directory, synced, renamed
// and the directory synced, so that a reader sees the old file or the new one,
// whole. Extended attributes, ACLs and hard links of the old file are not
// carried over. A missing parent directory is not made in passing: it is
// declared as a Directory.
package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

const schema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "settings of a host target",
  "type": "object",
  "properties": {
    "root": {
      "description": "absolute path of the directory under which the files are kept; it must exist",
      "type": "string",
      "pattern": "^/"
    }
  },
  "required": ["root"],
  "additionalProperties": false
}
`

// Kind is the driver's entry in the list of drivers.
func Kind() drivers.Kind {
	return drivers.Kind{
		Name:     "host",
		Schema:   []byte(schema),
		Permits:  permits,
		Validate: validate,
		Open:     open,
	}
}

// permits holds root against the operator's, in their real spelling, so that
// neither ".." nor a symbolic link leads out of what is allowed.
func permits(settings, allowed map[string]any) bool {
	root, ok := realPath(settings["root"])
	if !ok {
		return false
	}
	under, ok := realPath(allowed["root"])
	return ok && (under == "/" || root == under || strings.HasPrefix(root, under+"/"))
}

// realPath resolves the symbolic links in an absolute path, as far down as it exists.
func realPath(value any) (string, bool) {
	name, ok := value.(string)
	if !ok || !filepath.IsAbs(name) || strings.ContainsRune(name, 0) {
		return "", false
	}
	name = filepath.Clean(name)
	rest := ""
	for {
		resolved, err := filepath.EvalSymlinks(name)
		if err == nil {
			return filepath.Join(resolved, rest), true
		}
		// A dangling link is there all the same, and would be followed once
		// its end exists.
		if _, lerr := os.Lstat(name); !errors.Is(err, os.ErrNotExist) || lerr == nil || name == "/" {
			return "", false
		}
		rest = filepath.Join(filepath.Base(name), rest)
		name = filepath.Dir(name)
	}
}

// Driver keeps the files of one target. See drivers.Driver.
type Driver struct {
	root   string // absolute, without symbolic links
	target string
	key    []byte
	log    *slog.Logger
}

var (
	_ drivers.Driver       = (*Driver)(nil)
	_ drivers.Dependencies = (*Driver)(nil)
	_ drivers.Healther     = (*Driver)(nil)
	_ drivers.Keeper       = (*Driver)(nil)
	_ drivers.Watcher      = (*Driver)(nil)
)

func open(_ context.Context, options drivers.Options) (drivers.Driver, error) {
	name, ok := options.Settings["root"].(string)
	if !ok || !filepath.IsAbs(name) {
		return nil, errors.New("settings.root must be an absolute path")
	}
	root, err := filepath.EvalSymlinks(name)
	if err != nil {
		return nil, fmt.Errorf("%w: root %s: %w (make the directory, or correct settings.root)",
			drivers.ErrUnreachable, name, cause(err))
	}
	d := &Driver{root: root, target: options.Target, key: options.Key, log: options.Logger}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	tree, err := d.tree()
	if err != nil {
		return nil, err
	}
	return d, tree.close()
}

// Destination is "host://" and the root without symbolic links.
func (d *Driver) Destination() string { return "host://" + d.root }

// Close ends the driver, which keeps nothing open between calls: a root that
// is a mount point can be unmounted.
func (d *Driver) Close() error { return nil }

// DependsOn leads from each resource to the nearest Directory above it. The
// resources may be desired or live.
func (d *Driver) DependsOn(resources []resource.Resource) map[resource.Key][]resource.Key {
	directories := map[string]resource.Key{}
	for i := range resources {
		if name, ok := pathOf(&resources[i]); ok && resources[i].ID.Kind == kindDirectory {
			directories[name] = resources[i].ID.Key()
		}
	}
	edges := map[resource.Key][]resource.Key{}
	for i := range resources {
		name, ok := pathOf(&resources[i])
		for above := path.Dir(name); ok && above != "/"; above = path.Dir(above) {
			if key, found := directories[above]; found {
				edges[resources[i].ID.Key()] = []resource.Key{key}
				break
			}
		}
	}
	return edges
}

// pathOf is the path of a resource, and whether it is a valid one.
func pathOf(res *resource.Resource) (string, bool) {
	var c checker
	name := c.path(nil, objectOf(res))
	return name, len(c.invalid) == 0
}
