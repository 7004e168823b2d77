package host

import (
	"bytes"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// content is what a File is to hold.
func (p *planner) content(res *resource.Resource, s *spec) ([]byte, error) {
	if s.content != nil {
		return []byte(*s.content), nil
	}
	if s.source == "" {
		return nil, nil
	}
	raw, _, err := readSource(p.Snapshot, p.Dir, s.source)
	if err != nil {
		return nil, resource.Problems{problem(res, err.Error())}
	}
	return raw, nil
}

func (p *planner) desiredDigest(res *resource.Resource, s *spec, raw []byte) (string, error) {
	digest, err := res.Digest(p.key)
	if err != nil || s.source == "" {
		return digest, err
	}
	return keyedHash(p.key, digest, contentDigest(raw, p.key)), nil
}

// after is the desired resource with defaults filled in and the content
// resolved. Owner and group that it does not name stay as they are, and are
// the process's own for something new.
func (p *planner) after(res *resource.Resource, s *spec, live *resource.Resource, raw []byte) *resource.Resource {
	written, _ := resource.Lookup(res.Content, resource.Path{"spec"})
	fields, _ := written.(map[string]any)
	o := object(maps.Clone(fields))
	o["mode"] = s.mode
	o["owner"], o["group"] = p.accounts.user(os.Geteuid()), p.accounts.group(os.Getegid())
	if live != nil {
		if there := objectOf(live); there["type"] == nil {
			o["owner"], o["group"] = there["owner"], there["group"]
		}
	}
	if s.owner != "" {
		o["owner"] = p.accounts.userName(s.owner)
	}
	if s.group != "" {
		o["group"] = p.accounts.groupName(s.group)
	}
	if s.kind == kindFile {
		o.setContent(raw, p.key)
		if _, shown := o["content"]; !shown {
			p.keepContent(res.ID.Key(), s)
		}
	}
	after := *res
	content, _ := res.Content.(map[string]any)
	content = maps.Clone(content)
	content["spec"] = map[string]any(o)
	after.Content = content
	if s.sensitive {
		o["sensitive"] = true
		after.Sensitive = append(slices.Clone(res.Sensitive), contentPath())
	}
	return &after
}

// keepContent says where Apply finds a content that After does not show. The
// digest in After is held against it.
func (p *planner) keepContent(key resource.Key, s *spec) {
	snapshot, dir := p.Snapshot, p.Dir
	p.artifact.contents[key] = func() (io.ReadCloser, error) {
		if s.content != nil {
			return io.NopCloser(bytes.NewReader([]byte(*s.content))), nil
		}
		file, _, err := openSource(snapshot, dir, s.source)
		return file, err
	}
}

// expected is the object that a resource asks for, without what it leaves open.
func (d *Driver) expected(res *resource.Resource, accounts *accounts) object {
	o := objectOf(res)
	s, _ := parse(res) // for the mode alone; what Plan completed is not valid as written
	o["mode"] = s.mode
	if owner := o.get("owner"); owner != "" {
		o["owner"] = accounts.userName(owner)
	}
	if group := o.get("group"); group != "" {
		o["group"] = accounts.groupName(group)
	}
	if text, ok := o["content"].(string); ok {
		o.setContent([]byte(text), d.key)
	}
	return o
}
