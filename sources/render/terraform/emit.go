package terraform

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// emit adds what the module has to what comes of the evaluation, and then the
// modules that it calls.
func (in *instance) emit() {
	var settings *settingsOf
	for _, b := range in.module.blocks {
		if in.parent == nil && in.root.File != "" && b.file.name != in.root.File {
			continue
		}
		switch b.Type {
		case "resource", "data":
			in.emitResource(b)
		case "terraform":
			settings = in.addSettings(settings, b)
		default:
			in.emitBlock(b)
		}
	}
	settings.emit(in)
	if in.root.File != "" {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(in.module.calls)) {
		for _, inner := range in.called(in.module.calls[name]).instances {
			inner.emit()
		}
	}
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
