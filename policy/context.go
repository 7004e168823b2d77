package policy

import (
	"iter"
	"sync"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Context is resources that rules may look at beside the subjects of a case.
// Many cases may look at the same ones, so what an engine works out about them
// it keeps here, and works it out once. It is safe for concurrent use; the
// resources are not to be changed. A nil Context has none.
type Context struct {
	all     []resource.Resource
	without string    // a target whose resources are left out, "" for none
	kept    *sync.Map // of a key to a func() any
}

// NewContext is one of all the resources.
func NewContext(all []resource.Resource) *Context {
	return &Context{all: all, kept: &sync.Map{}}
}

// Without is the context but for a target's resources, as those of the target
// that a case is about are its subjects. What is kept is kept for both.
func (c *Context) Without(target string) *Context {
	return &Context{all: c.all, without: target, kept: c.kept}
}

// Left is the target whose resources are left out, "" for none.
func (c *Context) Left() string {
	if c == nil {
		return ""
	}
	return c.without
}

// Resources are those that rules may look at.
func (c *Context) Resources() iter.Seq[*resource.Resource] {
	return func(yield func(*resource.Resource) bool) {
		if c == nil {
			return
		}
		for i := range c.all {
			if target := c.all[i].ID.Target; target != "" && target == c.without {
				continue
			}
			if !yield(&c.all[i]) {
				return
			}
		}
	}
}

// Kept is what make made when the key was first asked for: of all resources,
// those that are left out too. Two engines have keys of different types.
func (c *Context) Kept(key any, make func(all []resource.Resource) any) any {
	once, _ := c.kept.LoadOrStore(key, sync.OnceValue(func() any { return make(c.all) }))
	return once.(func() any)()
}

// Release lets go of what takes much room, where that is kept: it is to be
// called when no case is judged for a while.
func (c *Context) Release() {
	c.kept.Range(func(_, once any) bool {
		if kept, ok := once.(func() any)().(interface{ Release() }); ok {
			kept.Release()
		}
		return true
	})
}
