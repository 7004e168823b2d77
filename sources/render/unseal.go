package render

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources/render/sops"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// sealedText begins each value that SOPS encrypted.
const sealedText = "ENC[AES256_GCM,"

// unsealer decrypts what SOPS encrypted among the files of one selection, and
// remembers what that was, to find it again in what is built of the files. It
// is safe for concurrent use.
type unsealer struct {
	*Renderer
	snapshot *joined
	unknown  bool // what no key decrypts is an unknown value

	mu      sync.Mutex
	met     bool // something encrypted
	secrets resource.Redactor
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
	plain, secrets, err := u.limits.Keys.Text(name, data)
	var wrong *sops.Mistake
	switch {
	case err == nil:
		u.remember(secrets)
		return plain, nil
	case errors.As(err, &wrong) && wrong.NoKey && u.unknown:
		u.remember(nil)
		return sops.WithoutMetadata(name, data)
	case wrong != nil:
		return nil, unsealMistake(wrong).at(name)
	}
	return nil, err
}

func unsealMistake(wrong *sops.Mistake) *mistake {
	return &mistake{msg: wrong.Msg, line: wrong.Line, column: wrong.Column}
}

// hidden are the paths of a document that must not be shown, and those of them
// that are not known.
type hidden struct{ sensitive, unknown []resource.Path }

// documents decrypts the documents of a file in place, if it is encrypted.
func (u *unsealer) documents(docs []document) ([]hidden, *mistake) {
	if len(docs) == 0 || !sops.Encrypted(docs[0].root) {
		return nil, nil
	}
	roots := make([]*yaml.Node, len(docs))
	for i := range docs {
		roots[i] = docs[i].root
	}
	paths, err := u.limits.Keys.Decrypt(roots)
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
		return nil, unsealMistake(wrong)
	default:
		return nil, &mistake{msg: err.Error()}
	}
	return all, nil
}

// hide puts the paths of a document on a resource of it.
func (h *hidden) hide(res *resource.Resource) {
	within := res.Origin.Within
	for _, path := range h.sensitive {
		if path.HasPrefix(within) && !isIdentity(path[len(within):]) {
			res.Sensitive = append(res.Sensitive, path[len(within):])
		}
	}
	for _, path := range h.unknown {
		if path.HasPrefix(within) {
			res.Unknown = append(res.Unknown, path[len(within):])
		}
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
	eachText(res.Content, nil, func(text string, at resource.Path) {
		switch {
		case isIdentity(at):
		case isSealed(text):
			sealed = at
			res.Sensitive, res.Unknown = append(res.Sensitive, at), append(res.Unknown, at)
		case u.secrets.Redact(text) != text:
			res.Sensitive = append(res.Sensitive, at)
		}
	})
	tidy(res)
	if sealed != nil && !u.unknown {
		return &mistake{msg: "the value at " + sealed.String() + " is encrypted with SOPS still, and would be applied as it is; decrypt the file that it is from"}
	}
	return nil
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
