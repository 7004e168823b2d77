package render

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources/render/sops"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// sealedText begins each value that SOPS encrypted.
const sealedText = "ENC[AES256_GCM,"

// Keys are private keys, and what they are for: the files at or below one of the
// folders in Scope, in selections whose path lies there too, so that nobody has
// what is another's decrypted by naming it. Without a scope they are for all.
type Keys struct {
	*sops.Keys
	Scope []string
}

func (k *Keys) isFor(name string) bool {
	return len(k.Scope) == 0 || slices.ContainsFunc(k.Scope, func(folder string) bool {
		return folder == "." || name == folder || strings.HasPrefix(name, folder+"/")
	})
}

// unsealer decrypts what SOPS encrypted among the files of one selection, and
// remembers what that was, to find it again in what is built of the files. It
// is safe for concurrent use.
type unsealer struct {
	*Renderer
	snapshot *joined
	path     string // of the selection
	unknown  bool   // what no key decrypts is an unknown value

	mu      sync.Mutex
	met     bool // something encrypted
	secrets resource.Redactor
	short   map[string]bool // secrets that are not among these
}

// shortSecret is the length in bytes under which a value is not looked for in
// what is built: it would be found everywhere.
const shortSecret = 6

func (u *unsealer) remember(secrets []string) {
	texts, paths := []any{}, []resource.Path{}
	for _, secret := range secrets {
		if len(secret) >= shortSecret {
			paths = append(paths, resource.Path{len(texts)})
			texts = append(texts, secret)
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.met = true
	for _, secret := range secrets {
		if len(secret) > 0 && len(secret) < shortSecret {
			if u.short == nil {
				u.short = map[string]bool{}
			}
			u.short[secret] = true
		}
	}
	u.secrets.Add(&resource.Resource{Content: texts, Sensitive: paths})
}

// redact takes what was decrypted out of a text.
func (u *unsealer) redact(text string) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.secrets.Redact(text)
}

// text is what a file of a build holds, decrypted if need be.
func (u *unsealer) text(name string) ([]byte, error) {
	data, err := u.Renderer.text(u.snapshot, name)
	if err != nil || !sops.IsEncrypted(name, data) {
		return data, err
	}
	plain, secrets, err := u.keys(name).Text(name, data)
	var wrong *sops.Mistake
	switch {
	case err == nil:
		u.remember(secrets)
		return plain, nil
	case errors.As(err, &wrong) && wrong.NoKey && u.unknown:
		u.remember(nil)
		return sops.WithoutMetadata(name, data)
	case wrong != nil:
		return nil, u.mistake(name, wrong).at(name)
	}
	return nil, err
}

// decoy is text with other values in the place of those that were encrypted, and
// whether there are any, and any that no key opens.
func (u *unsealer) decoy(name string) (text []byte, found, closed bool, err error) {
	data, err := u.Renderer.text(u.snapshot, name)
	if err != nil || !sops.IsEncrypted(name, data) {
		return data, false, false, err
	}
	text, err = u.keys(name).Decoy(name, data)
	var wrong *sops.Mistake
	if errors.As(err, &wrong) && wrong.NoKey && u.unknown {
		text, err = sops.SealedDecoy(name, data)
		return text, true, true, err
	}
	return text, true, false, err
}

// isTraced reports whether a value that was built shows by itself that it has
// something in it that was decrypted.
func (u *unsealer) isTraced(res *resource.Resource, at resource.Path) bool {
	value, _ := resource.Lookup(res.Content, at)
	text, isText := value.(string)
	u.mu.Lock()
	defer u.mu.Unlock()
	return isText && u.written(text, false) != text
}

// keys are those for a file.
func (u *unsealer) keys(name string) *sops.Keys {
	var keys []*sops.Keys
	for i := range u.limits.Keys {
		if k := &u.limits.Keys[i]; k.isFor(name) && k.isFor(u.path) {
			keys = append(keys, k.Keys)
		}
	}
	return sops.Join(keys...)
}

// mistake is what is wrong with an encrypted file. Where it might be that it is
// read from a place that its keys are not for, it says so.
func (u *unsealer) mistake(name string, wrong *sops.Mistake) *mistake {
	msg := wrong.Msg
	var scopes []string
	for i := range u.limits.Keys {
		if k := &u.limits.Keys[i]; wrong.NoKey && !(k.isFor(name) && k.isFor(u.path)) {
			scopes = append(scopes, k.Scope...)
		}
	}
	if len(scopes) > 0 {
		msg += fmt.Sprintf("; keys with a scope (%s) decrypt only files below it, for targets whose path lies there too, and that of this one is %s",
			strings.Join(scopes, ", "), u.path)
	}
	return &mistake{msg: msg, line: wrong.Line, column: wrong.Column}
}

// hidden are the paths of a document that must not be shown, and those of them
// that are not known.
type hidden struct{ sensitive, unknown []resource.Path }

// documents decrypts the documents of a file in place, if it is encrypted.
func (u *unsealer) documents(name string, docs []document) ([]hidden, *mistake) {
	if len(docs) == 0 || !sops.Encrypted(docs[0].root) {
		return nil, nil
	}
	roots := make([]*yaml.Node, len(docs))
	for i := range docs {
		roots[i] = docs[i].root
	}
	paths, err := u.keys(name).Decrypt(roots)
	all := make([]hidden, len(docs))
	var wrong *sops.Mistake
	switch {
	case err == nil:
		for i := range all {
			all[i].sensitive = paths[i]
		}
	case errors.As(err, &wrong) && wrong.NoKey && u.unknown:
		for i, sealed := range sops.Sealed(roots) {
			all[i] = hidden{sealed, sealed}
		}
	case wrong != nil:
		return nil, u.mistake(name, wrong)
	default:
		return nil, &mistake{msg: err.Error()}
	}
	return all, nil
}

// hide puts the paths of a document on a resource of it.
func (h *hidden) hide(res *resource.Resource) {
	within := res.Origin.Within
	var encrypted []resource.Path // what is unknown is among it
	for _, path := range h.sensitive {
		if path.HasPrefix(within) && !isIdentity(path[len(within):]) {
			encrypted = append(encrypted, path[len(within):])
		}
	}
	for _, path := range h.unknown {
		if path.HasPrefix(within) {
			res.Unknown = append(res.Unknown, path[len(within):])
		}
	}
	if len(encrypted) > 0 {
		res.Sensitive = append(res.Sensitive, encrypted...)
		res.Written = resource.ReplacePaths(res.Content, encrypted, resource.Encrypted)
	}
	tidy(res)
}

// isIdentity reports whether a path is part of what a resource is named by,
// wherever it is shown.
func isIdentity(path resource.Path) bool {
	switch path.String() {
	case "apiVersion", "kind", "metadata.name", "metadata.namespace":
		return true
	}
	return false
}

// tidy puts the paths of a resource in order, each once.
func tidy(res *resource.Resource) {
	for _, paths := range []*[]resource.Path{&res.Sensitive, &res.Unknown} {
		slices.SortFunc(*paths, resource.Path.Compare)
		*paths = slices.CompactFunc(*paths, resource.Path.Equal)
	}
}

// trace finds what was decrypted in a resource that was built, and what is
// encrypted still: unknown if that is taken, and else a mistake.
func (u *unsealer) trace(res *resource.Resource) *mistake {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.met {
		return nil
	}
	var sealed resource.Path
	secret := res.ID.GroupKind() == "core/Secret"
	eachText(res.Content, nil, func(text string, at resource.Path) {
		switch {
		case isIdentity(at):
		case isSealed(text):
			sealed = at
			res.Sensitive, res.Unknown = append(res.Sensitive, at), append(res.Unknown, at)
		case u.written(text, secret) != text:
			res.Sensitive = append(res.Sensitive, at)
		}
	})
	before := res.Content
	if res.Written != nil {
		before = res.Written
	}
	if written, changed := mapTexts(before, nil, func(text string, at resource.Path) string {
		if isIdentity(at) {
			return text
		}
		return u.written(text, secret)
	}); changed {
		res.Written = written
	}
	tidy(res)
	if sealed != nil && !u.unknown {
		return &mistake{msg: "the value at " + sealed.String() + " is encrypted with SOPS still, and would be applied as it is; decrypt the file that it is from"}
	}
	return nil
}

// written is a text that was built, with resource.Encrypted in the place of
// what is encrypted in the source, in base64 too. A short value is found where
// it is the whole of a Secret's text. It goes by values: what the source has in
// plain text as well is taken for encrypted.
func (u *unsealer) written(text string, secret bool) string {
	without := func(text string) string {
		if secret && u.short[text] {
			return resource.Encrypted
		}
		text = sealedValue.ReplaceAllString(text, resource.Encrypted)
		if strings.Contains(text, sealedText) { // a part of one
			return resource.Encrypted
		}
		return strings.ReplaceAll(u.secrets.Redact(text), resource.Mask, resource.Encrypted)
	}
	if left := without(text); left != text {
		return left
	}
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return text
	}
	switch left := without(string(decoded)); left {
	case string(decoded):
		return text
	case resource.Encrypted:
		return left
	default:
		return base64.StdEncoding.EncodeToString([]byte(left))
	}
}

// sealedValue is a value that SOPS encrypted, somewhere in a text.
var sealedValue = regexp.MustCompile(`ENC\[AES256_GCM,[^\]]*\]`)

// mapTexts is a value with each text at and below it mapped, and whether any is
// another one then. What is as it was is shared.
func mapTexts(value any, at resource.Path, to func(string, resource.Path) string) (mapped any, changed bool) {
	switch v := value.(type) {
	case string:
		text := to(v, at)
		return text, text != v
	case map[string]any:
		out := v
		for key, child := range v {
			if other, differs := mapTexts(child, at.Append(key), to); differs {
				if !changed {
					out, changed = maps.Clone(v), true
				}
				out[key] = other
			}
		}
		return out, changed
	case []any:
		out := v
		for i, child := range v {
			if other, differs := mapTexts(child, at.Append(i), to); differs {
				if !changed {
					out, changed = slices.Clone(v), true
				}
				out[i] = other
			}
		}
		return out, changed
	}
	return value, false
}

// isSealed reports whether a text has an encrypted value in it, as it is or in base64.
func isSealed(text string) bool {
	if strings.Contains(text, sealedText) {
		return true
	}
	decoded, err := base64.StdEncoding.DecodeString(text)
	return err == nil && bytes.Contains(decoded, []byte(sealedText))
}

// eachText visits the texts at and below a value.
func eachText(value any, at resource.Path, visit func(string, resource.Path)) {
	switch v := value.(type) {
	case string:
		visit(v, at)
	case map[string]any:
		for key, child := range v {
			eachText(child, at.Append(key), visit)
		}
	case []any:
		for i, child := range v {
			eachText(child, at.Append(i), visit)
		}
	}
}
