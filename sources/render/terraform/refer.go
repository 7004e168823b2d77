package terraform

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// resource is what a traversal of a resource leads to.
func (s *scope) resource(address string, rest hcl.Traversal, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	b := s.in.module.resources[address]
	if b == nil {
		// Part of a module is often looked at by itself, so it may be elsewhere.
		s.in.note(location(at).String(), fmt.Sprintf("there is no %s in this module; its attributes are taken as known only after apply", address))
		s.in.unset++
		own := s.in.address(address)
		return s.follow(placeholder(own, reference(own)), rest)
	}
	all := s.in.objects(address, b)
	if all.kind == one || all.kind == open {
		if len(rest) > 0 && all.kind == open {
			if _, isIndex := rest[0].(hcl.TraverseIndex); isIndex {
				rest = rest[1:]
			}
		}
		return s.ofObject(all.objects[0], rest)
	}
	if len(rest) > 0 {
		if step, isIndex := rest[0].(hcl.TraverseIndex); isIndex {
			for _, o := range all.objects {
				if o.index == indexText(step.Key) {
					return s.ofObject(o, rest[1:])
				}
			}
		}
	}
	return s.follow(all.value(), rest)
}

func (s *scope) ofObject(o *object, rest hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	if len(rest) > 0 {
		if step, isAttribute := rest[0].(hcl.TraverseAttr); isAttribute {
			return s.follow(o.attribute(step.Name), rest[1:])
		}
	}
	return s.follow(o.value(), rest)
}

// moduleValue is what a traversal of a module that is called leads to.
func (s *scope) moduleValue(name string, t hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	c := s.in.module.calls[name]
	if c == nil {
		return cty.DynamicVal, mistaken("Reference to undeclared module", fmt.Sprintf("there is no module %s", name), t.SourceRange())
	}
	called := s.in.called(c)
	rest := t[2:]
	if called.kind == absent {
		s.in.unset++
		return s.follow(placeholder(s.in.address("module."+name)), rest)
	}
	if called.kind == one || called.kind == open {
		if len(rest) > 0 && called.kind == open {
			if _, isIndex := rest[0].(hcl.TraverseIndex); isIndex {
				rest = rest[1:]
			}
		}
		return s.ofModule(called.instances[0], rest)
	}
	if len(rest) > 0 {
		if step, isIndex := rest[0].(hcl.TraverseIndex); isIndex {
			for _, inner := range called.instances {
				if inner.index == indexText(step.Key) {
					return s.ofModule(inner, rest[1:])
				}
			}
		}
	}
	return s.follow(called.value(), rest)
}

func (s *scope) ofModule(inner *instance, rest hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	if len(rest) > 0 {
		if step, isAttribute := rest[0].(hcl.TraverseAttr); isAttribute {
			value, there := inner.output(step.Name)
			if !there {
				return cty.DynamicVal, mistaken("Unsupported attribute", fmt.Sprintf("the module has no output %s", step.Name), step.SrcRange)
			}
			return s.follow(value, rest[1:])
		}
	}
	return s.follow(inner.outputs(), rest)
}
