package config

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// decodeWaivers reads the entries of waivers: a path, or a path with a scope.
func (c *Config) decodeWaivers(entries []any) {
	for i, entry := range entries {
		at := []string{"waivers", strconv.Itoa(i)}
		text, isText := entry.(string)
		fields, isMapping := entry.(map[string]any)
		if isMapping {
			text, _ = fields["path"].(string)
			at = append(at, "path")
		} else if !isText {
			continue // reported already
		}
		clean := c.path(text, at...)
		if clean == "" {
			continue
		}
		c.keepPlace(clean, i, []string{"waivers"})
		if !slices.Contains(c.Waivers, clean) {
			c.Waivers = append(c.Waivers, clean)
		}
		if isMapping {
			c.Scopes = append(c.Scopes, Scope{Path: clean, Within: c.scope(fields["scope"], at[:2]), At: c.doc.place(pointer(at[:2]...)).value})
		}
	}
}

// scope reads a folder or a list of them. One that cannot be read is left out,
// and reported.
func (c *Config) scope(value any, entry []string) []string {
	at := append(slices.Clone(entry), "scope")
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	var within []string
	for i, item := range list {
		text, _ := item.(string)
		place := at
		if isList {
			place = append(slices.Clone(at), strconv.Itoa(i))
		}
		if clean := c.treePath(text, place...); clean != "" {
			within = append(within, clean)
		}
	}
	return within
}

// unbounded are the waivers of the repository that lie elsewhere than where an
// operator who sets scopes says: they would have no bound.
func (c *Config) unbounded(repository *Config) resource.Problems {
	if len(c.Scopes) == 0 {
		return nil
	}
	var problems resource.Problems
	for _, name := range repository.Waivers {
		if !slices.ContainsFunc(c.Waivers, func(own string) bool { return atOrBelow(name, own) }) {
			problems = append(problems, resource.Problem{
				Msg: fmt.Sprintf("waivers: %s has scopes for waivers, so they are kept at or below what it names (%s); %s is not",
					c.File, strings.Join(c.Waivers, ", "), name),
				Location: repository.PathAt("waivers", name),
			})
		}
	}
	return problems
}

// Bounds are those of the waivers in a file, by its path as in Waivers.
func (c *Config) Bounds(file string) []policy.Bound {
	var bounds []policy.Bound
	for _, scope := range c.Scopes {
		if atOrBelow(file, scope.Path) {
			bounds = append(bounds, policy.Bound{Paths: scope.Within, At: scope.At})
		}
	}
	return bounds
}

// atOrBelow reports whether a clean path is dir or below it. What is absolute
// is never below what is not.
func atOrBelow(name, dir string) bool {
	if path.IsAbs(name) != path.IsAbs(dir) {
		return false
	}
	return dir == "." || name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/")
}
