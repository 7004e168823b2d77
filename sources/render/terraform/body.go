package terraform

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// object is one instance of a resource or data source.
type object struct {
	in         *instance
	block      *block
	address    string // from the root module
	index, key string
	scope      *scope
	values     map[string]*lazy
	busy       bool
}

func (in *instance) newObject(address string, b *block, each eachOf) *object {
	o := &object{in: in, block: b, address: in.address(address) + each.index, index: each.index, key: each.key, values: map[string]*lazy{}}
	s := *in.own
	s.each, s.count, s.self = each.each, each.count, o
	rescoped(&s)
	o.scope = &s
	return o
}

// written is the value of an attribute as it is written.
func (o *object) written(name string) cty.Value {
	known := o.values[name]
	if known == nil {
		known = &lazy{}
		o.values[name] = known
	}
	attribute := o.block.Body.Attributes[name]
	if known.busy {
		o.in.note(location(attribute.NameRange).String(), fmt.Sprintf("%s.%s needs its own value", o.address, name))
		return cty.DynamicVal
	}
	if !known.done {
		known.busy = true
		known.value = o.scope.evaluate(attribute.Expr)
		known.busy, known.done = false, true
	}
	return known.value
}

// attribute is what others see of an attribute or of the blocks of a name: as
// written, or else a placeholder.
func (o *object) attribute(name string) cty.Value {
	body := o.block.Body
	if body.Attributes[name] != nil && !isMeta(name) {
		if value := o.written(name); !isNull(value) {
			return value.Mark(reference(o.address))
		}
	}
	if bodies, known := blocksOf(o.scope, body, name); known && len(bodies) > 0 {
		elements := make([]cty.Value, len(bodies))
		for i, each := range bodies {
			elements[i] = o.nested(each, o.address+"."+name+"["+strconv.Itoa(i)+"]")
		}
		return cty.TupleVal(elements).Mark(reference(o.address))
	}
	if name == "json" && strings.HasPrefix(o.block.Type, "data") && o.block.Labels[0] == policyDocument {
		if text, made := o.document(); made {
			return text.Mark(reference(o.address))
		}
	}
	o.in.unset++
	return placeholder(o.address+"."+name, reference(o.address))
}

// nested is a block within a resource as others see it.
func (o *object) nested(b scopedBody, address string) cty.Value {
	values := map[string]cty.Value{identity: cty.StringVal(address)}
	for name, attribute := range inOrder(b.body.Attributes) {
		if value := b.scope.evaluate(attribute.Expr); !isNull(value) {
			values[name] = value
		}
	}
	for _, name := range blockTypes(b.body) {
		bodies, known := blocksOf(b.scope, b.body, name)
		if !known {
			continue
		}
		elements := make([]cty.Value, len(bodies))
		for i, each := range bodies {
			elements[i] = o.nested(each, address+"."+name+"["+strconv.Itoa(i)+"]")
		}
		values[name] = cty.TupleVal(elements)
	}
	return cty.ObjectVal(values)
}

// value is the whole of it as others see it.
func (o *object) value() cty.Value {
	if o.busy {
		return cty.DynamicVal
	}
	o.busy = true
	defer func() { o.busy = false }()
	o.in.spend(10)
	values := map[string]cty.Value{identity: cty.StringVal(o.address)}
	for name := range inOrder(o.block.Body.Attributes) {
		if !isMeta(name) {
			if value := o.written(name); !isNull(value) {
				values[name] = value
			}
		}
	}
	for _, name := range blockTypes(o.block.Body) {
		if !isMeta(name) {
			values[name] = o.attribute(name)
		}
	}
	return cty.ObjectVal(values).Mark(reference(o.address))
}

// isMeta reports whether a name within a resource is Terraform's own.
func isMeta(name string) bool {
	switch name {
	case "count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection":
		return true
	}
	return false
}

// inOrder are attributes in the order of their names.
func inOrder(attributes hclsyntax.Attributes) func(func(string, *hclsyntax.Attribute) bool) {
	return func(yield func(string, *hclsyntax.Attribute) bool) {
		for _, name := range slices.Sorted(maps.Keys(attributes)) {
			if !yield(name, attributes[name]) {
				return
			}
		}
	}
}

// scopedBody is a block's body and what its expressions can refer to.
type scopedBody struct {
	body   *hclsyntax.Body
	labels []string
	scope  *scope
}

// blockTypes are the types of a body's blocks, in the order of the text.
func blockTypes(body *hclsyntax.Body) []string {
	var types []string
	for _, block := range body.Blocks {
		name := block.Type
		if name == "dynamic" && len(block.Labels) == 1 {
			name = block.Labels[0]
		}
		if !slices.Contains(types, name) {
			types = append(types, name)
		}
	}
	return types
}

// blocksOf are a body's blocks of a type: first those that stand there and then
// those that dynamic blocks make. It is false where these are not all known.
func blocksOf(s *scope, body *hclsyntax.Body, name string) (bodies []scopedBody, known bool) {
	known = true
	for _, block := range body.Blocks {
		if block.Type == name {
			bodies = append(bodies, scopedBody{block.Body, block.Labels, s})
		}
	}
	for _, block := range body.Blocks {
		if block.Type == "dynamic" && len(block.Labels) == 1 && block.Labels[0] == name {
			made, all := s.dynamic(block)
			bodies, known = append(bodies, made...), known && all
		}
	}
	return bodies, known
}

// dynamic are the blocks that a dynamic block makes.
func (s *scope) dynamic(block *hclsyntax.Block) (bodies []scopedBody, known bool) {
	forEach := block.Body.Attributes["for_each"]
	var content *hclsyntax.Block
	for _, inner := range block.Body.Blocks {
		if inner.Type == "content" {
			content = inner
		}
	}
	if forEach == nil || content == nil {
		return nil, true
	}
	iterator := block.Labels[0]
	if named := block.Body.Attributes["iterator"]; named != nil {
		if keyword := hcl.ExprAsKeyword(named.Expr); keyword != "" {
			iterator = keyword
		} else if text := literal(block.Body, "iterator"); text != "" {
			iterator = text
		}
	}
	over, marks := s.evaluate(forEach.Expr).Unmark()
	if !over.IsKnown() || over.IsNull() || stands(over) || !over.CanIterateElements() {
		return nil, false
	}
	if over.LengthInt() > s.in.tree.options.Instances {
		s.note(forEach.Expr, "for_each has more than %d elements", s.in.tree.options.Instances)
		return nil, false
	}
	for it := over.ElementIterator(); it.Next(); {
		key, value := it.Element()
		if over.Type().IsSetType() {
			key = value
		}
		object := cty.ObjectVal(map[string]cty.Value{"key": key.WithMarks(marks), "value": value.WithMarks(marks)})
		bodies = append(bodies, scopedBody{content.Body, nil, s.with(iterator, object)})
		s.in.spend(1)
	}
	return bodies, true
}

// writer makes a resource's content of a block.
type writer struct {
	reader
	written map[string]any // references, by dotted path
}

func newWriter() *writer { return &writer{written: map[string]any{}} }

// set evaluates an attribute into an object.
func (w *writer) set(into map[string]any, name string, value cty.Value, at resource.Path) {
	w.references = map[string]bool{}
	content, found := w.value(value, at)
	if found {
		into[name] = content
	}
	if text, isText := content.(string); isText && looksSecret(name) && text != "" && !strings.Contains(text, "${") && !w.within(at) {
		w.sensitive = append(w.sensitive, at)
	}
	w.refer(at)
}

// refer notes what the value at a path came from.
func (w *writer) refer(at resource.Path) {
	if len(w.references) == 0 {
		return
	}
	addresses := []any{}
	for _, address := range slices.Sorted(maps.Keys(w.references)) {
		addresses = append(addresses, address)
	}
	w.written[dotted(at[1:])] = addresses
}

// dotted is a path as references has it, without the step "spec".
func dotted(at resource.Path) string {
	steps := make([]string, len(at))
	for i, step := range at {
		steps[i] = fmt.Sprint(step)
	}
	return strings.Join(steps, ".")
}

// body writes a body's attributes and blocks into an object.
func (w *writer) body(into map[string]any, b scopedBody, at resource.Path, get func(name string) cty.Value) {
	for name, attribute := range inOrder(b.body.Attributes) {
		if len(at) == 1 && isMeta(name) {
			continue
		}
		if get != nil {
			w.set(into, name, get(name), at.Append(name))
		} else {
			w.set(into, name, b.scope.evaluate(attribute.Expr), at.Append(name))
		}
	}
	for _, name := range blockTypes(b.body) {
		if len(at) == 1 && isMeta(name) && name != "provisioner" && name != "connection" {
			continue
		}
		w.blocks(into, b, name, at.Append(name))
	}
	if len(b.labels) > 0 && len(at) > 1 {
		labels := []any{}
		for _, label := range b.labels {
			labels = append(labels, label)
		}
		into["labels"] = labels
	}
}

func (w *writer) blocks(into map[string]any, b scopedBody, name string, at resource.Path) {
	bodies, known := blocksOf(b.scope, b.body, name)
	if !known {
		w.unknown = append(w.unknown, at)
	}
	if len(bodies) == 0 {
		return
	}
	list := make([]any, len(bodies))
	for i, each := range bodies {
		b.scope.in.spend(1)
		object := map[string]any{}
		w.body(object, each, at.Append(i), nil)
		list[i] = object
	}
	into[name] = list
}

// meta writes what a resource says to Terraform itself.
func (w *writer) meta(into map[string]any, body *hclsyntax.Body) {
	if provider := body.Attributes["provider"]; provider != nil {
		into["provider"] = named(provider.Expr)
	}
	if depends := body.Attributes["depends_on"]; depends != nil {
		into["depends_on"] = namedAll(depends.Expr)
	}
	var lifecycle []any
	for _, block := range body.Blocks {
		if block.Type != "lifecycle" {
			continue
		}
		object := map[string]any{}
		for name, attribute := range inOrder(block.Body.Attributes) {
			switch name {
			case "ignore_changes", "replace_triggered_by":
				object[name] = namedAll(attribute.Expr)
			default:
				if value, known := constant(attribute.Expr); known && value.Type() == cty.Bool && value.IsKnown() && !value.IsNull() {
					object[name] = value.True()
				}
			}
		}
		lifecycle = append(lifecycle, object)
	}
	if len(lifecycle) > 0 {
		into["lifecycle"] = lifecycle
	}
}

// named is the text of an expression that names something and is not evaluated.
func named(expression hclsyntax.Expression) any {
	if keyword := hcl.ExprAsKeyword(expression); keyword != "" {
		return keyword
	}
	if t := traversals(expression); len(t) == 1 {
		return written(t[0])
	}
	if text, isText := constantText(expression); isText {
		return text
	}
	return nil
}

func namedAll(expression hclsyntax.Expression) any {
	tuple, isTuple := expression.(*hclsyntax.TupleConsExpr)
	if !isTuple {
		return named(expression)
	}
	all := []any{}
	for _, element := range tuple.Exprs {
		if name := named(element); name != nil {
			all = append(all, name)
		}
	}
	return all
}

func (in *instance) emitResource(b *block) {
	kind := b.Labels[0]
	address := kind + "." + b.Labels[1]
	if b.Type == "data" {
		kind, address = "data."+kind, "data."+address
	}
	for _, o := range in.objects(address, b).objects {
		w := newWriter()
		spec := map[string]any{}
		w.body(spec, scopedBody{b.Body, nil, o.scope}, resource.Path{"spec"}, o.written)
		w.meta(spec, b.Body)
		in.add(b, kind, b.Labels[1]+o.index, o.address, spec, w)
	}
}

// emitBlock adds a variable, output, provider or call of a module.
func (in *instance) emitBlock(b *block) {
	w := newWriter()
	spec := map[string]any{}
	at := resource.Path{"spec"}
	name, address := b.Labels[0], b.Type+"."+b.Labels[0]
	switch b.Type {
	case "variable":
		address = "var." + name
		in.only(w, spec, b, "default", "description", "sensitive", "nullable", "ephemeral")
		if written := b.Body.Attributes["type"]; written != nil {
			spec["type"] = string(written.Expr.Range().SliceBytes(b.file.data))
		}
		w.secret(spec, "default", looksSecret(name) || isTrue(b.Body, "sensitive"))
	case "output":
		in.only(w, spec, b, "description", "sensitive", "ephemeral")
		if b.Body.Attributes["value"] != nil {
			value, _ := in.output(name)
			w.set(spec, "value", value, at.Append("value"))
		}
	case "module":
		in.only(w, spec, b, "source", "version")
	case "provider":
		if alias := literal(b.Body, "alias"); alias != "" {
			name, address = name+"."+alias, address+"."+alias
		}
		w.body(spec, scopedBody{b.Body, nil, in.own}, at, nil)
	}
	in.add(b, b.Type, name, in.address(address), spec, w)
}

// only writes some of a block's attributes.
func (in *instance) only(w *writer, into map[string]any, b *block, names ...string) {
	for _, name := range names {
		if attribute := b.Body.Attributes[name]; attribute != nil {
			w.set(into, name, in.own.evaluate(attribute.Expr), resource.Path{"spec", name})
		}
	}
}

// secret marks what stands under a name as sensitive.
func (w *writer) secret(in map[string]any, name string, is bool) {
	at := resource.Path{"spec", name}
	if value, there := in[name]; is && there && value != "" && !w.within(at) {
		w.sensitive = append(w.sensitive, at)
	}
}

// settingsOf are a module's terraform blocks, which count as one.
type settingsOf struct {
	first *block
	spec  map[string]any
	w     *writer
}

func (in *instance) addSettings(s *settingsOf, b *block) *settingsOf {
	if s == nil {
		s = &settingsOf{spec: map[string]any{}, w: newWriter()}
	}
	rest := *b.Body
	rest.Blocks = nil
	backends := 0
	for _, inner := range b.Body.Blocks {
		switch {
		case isBackend(inner):
			w, spec := newWriter(), map[string]any{}
			name := "cloud"
			if inner.Type == "backend" {
				name = inner.Labels[0]
			}
			backend := scopedBody{inner.Body, nil, in.own}
			w.body(spec, backend, resource.Path{"spec"}, nil)
			in.add(&block{Block: inner, file: b.file, index: b.index}, "backend", name, in.address("terraform.backend."+name), spec, w)
			made := &in.out.Resources[len(in.out.Resources)-1]
			made.Origin.Within = made.Origin.Within.Append(backendStep, backends)
			backends++
		default:
			rest.Blocks = append(rest.Blocks, inner)
		}
	}
	if len(rest.Blocks) > 0 || len(rest.Attributes) > 0 {
		if s.first == nil {
			s.first = b
		}
		s.w.body(s.spec, scopedBody{&rest, nil, in.own}, resource.Path{"spec"}, nil)
	}
	return s
}

func (s *settingsOf) emit(in *instance) {
	if s != nil && s.first != nil {
		in.add(s.first, "settings", "terraform", in.address("terraform"), s.spec, s.w)
	}
}

// add adds a resource to what comes of the evaluation.
func (in *instance) add(b *block, kind, name, address string, spec map[string]any, w *writer) {
	if len(in.out.Resources) >= in.tree.options.Resources {
		panic(spent(fmt.Sprintf("the module makes more than %d resources; split it or exclude it", in.tree.options.Resources)))
	}
	in.spend(10)
	metadata := map[string]any{"name": name, "address": address}
	namespace := strings.TrimSuffix(in.prefix, ".")
	if in.root.Prefix != "" {
		metadata["root"] = in.root.Prefix
		namespace = strings.TrimSuffix(in.root.Prefix+"/"+namespace, "/")
	}
	if namespace != "" {
		metadata["namespace"] = namespace
	}
	content := map[string]any{"apiVersion": APIVersion, "kind": kind, "metadata": metadata, "spec": spec, "references": w.written}
	at := location(b.TypeRange)
	in.out.Resources = append(in.out.Resources, resource.Resource{
		ID:      resource.ID{Target: in.root.Target, APIVersion: APIVersion, Kind: kind, Namespace: namespace, Name: name},
		Content: content,
		Origin: resource.Origin{
			File: b.file.name, Line: at.Line, Column: at.Column, Within: resource.Path{b.index}, Parser: Parser,
		},
		Sensitive: w.sensitive,
		Unknown:   w.unknown,
	})
}

// Parser is what a resource's origin says of how its file was read.
const Parser = "terraform"

// Words that a name ends with where its value is a secret, and words after them
// that make it a name or a setting of the secret instead.
var secretWords = []string{
	"password", "passwd", "passphrase", "secret", "token", "credentials", "apikey", "pwd",
	"secret_key", "private_key", "access_key", "api_key", "shared_key", "auth_key", "secret_string", "secret_binary",
	"encryption_key", "signing_key", "connection_string", "account_key", "primary_key", "license_key", "private_key_pem",
	"admin_password", "master_password", "client_secret", "auth_token", "user_password",
}

// looksSecret reports whether an attribute's name says that its value is one.
func looksSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(secretWords, func(word string) bool {
		return name == word || strings.HasSuffix(name, "_"+word)
	})
}
