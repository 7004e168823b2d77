package host

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Types of object that may stand at a path.
const (
	typeFile       = "file"
	typeDirectory  = "directory"
	typeSymlink    = "symlink"    // never followed
	typeSpecial    = "special"    // a device, a pipe, a socket
	typeUnreadable = "unreadable" // there, but it cannot be looked at
)

// typeOf is the type of object that a kind asks for.
func typeOf(kind string) string {
	switch kind {
	case kindFile:
		return typeFile
	case kindDirectory:
		return typeDirectory
	}
	return ""
}

// maxText is the size in bytes up to which a text is shown as itself. Larger
// ones, and what is not UTF-8 text, are shown as a keyed digest.
const maxText = 1 << 20

// object is what stands at a path, or would: all that the driver manages. As
// the spec of a resource it is an object of strings with the keys path, mode,
// owner and group; content, or contentDigest where it is large or not text;
// linkTarget for a symbolic link; reason for what cannot be read; and type,
// where that is not what the kind says.
type object map[string]any

func (o object) get(field string) string {
	text, _ := o[field].(string)
	return text
}

// managed are the fields of a spec that are compared.
func managed(spec map[string]any) object {
	o := object{}
	maps.Copy(o, spec)
	for _, field := range []string{"source", "sensitive"} {
		delete(o, field)
	}
	return o
}

// describe is the object of the entry at a path, as a resource of kind shows it.
func describe(e *entry, kind, path string, key []byte, accounts *accounts) object {
	o := object{"path": path}
	if e.kind != typeOf(kind) {
		o["type"] = e.kind
	}
	switch e.kind {
	case typeUnreadable:
		o["reason"] = e.reason
		return o
	case typeSymlink:
		o["linkTarget"] = strings.ToValidUTF8(e.link, "�")
		return o
	case typeFile:
		// A larger file than any desired one is known by its size and time.
		if e.size > maxContent {
			o["contentDigest"] = fmt.Sprintf("larger than %d MiB: %d bytes, modified %s",
				maxContent>>20, e.size, e.modified.UTC().Format(time.RFC3339Nano))
			break
		}
		o.setContent(e.content, key)
	}
	o["mode"] = e.mode
	o["owner"] = accounts.user(e.uid)
	o["group"] = accounts.group(e.gid)
	return o
}

func (o object) setContent(raw []byte, key []byte) {
	delete(o, "content")
	if len(raw) <= maxText && utf8.Valid(raw) && bytes.IndexByte(raw, 0) < 0 {
		o["content"] = string(raw)
		return
	}
	o["contentDigest"] = contentDigest(raw, key)
}

func contentDigest(raw, key []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write(raw)
	return digestText(mac.Sum(nil))
}

func digestText(sum []byte) string { return "hmac-sha256:" + hex.EncodeToString(sum) }

// uid identifies an object: what it is, whether its content is sensitive, a
// keyed hash of all that is in it, and its path. It stands in the inventory,
// where it tells the very object that was written from one that others made or
// changed, and leads to the object when nothing desired names its path anymore:
//
//	file:sensitive:5c1e…:/etc/app.conf
type uid struct {
	kind      string
	sensitive bool
	hash      string // "" where it could not be told beforehand
	path      string
}

func (o object) uid(kind string, sensitive bool, key []byte) uid {
	id := uid{kind: cmp.Or(o.get("type"), typeOf(kind)), sensitive: sensitive, path: o.get("path")}
	digest := o.get("contentDigest")
	if text, ok := o["content"].(string); ok {
		digest = contentDigest([]byte(text), key)
	}
	id.hash = keyedHash(key, id.kind, id.path, o.get("mode"), o.get("owner"), o.get("group"),
		digest, o.get("linkTarget"), o.get("reason"))
	return id
}

// keyedHash is an HMAC-SHA256 over the parts as a JSON array, in hexadecimal.
func keyedHash(key []byte, parts ...any) string {
	mac := hmac.New(sha256.New, key)
	// Strings and numbers always encode, and a hash cannot fail to be written.
	_ = json.NewEncoder(mac).Encode(parts)
	return hex.EncodeToString(mac.Sum(nil))
}

func (u uid) String() string {
	content := "open"
	if u.sensitive {
		content = "sensitive"
	}
	return strings.Join([]string{u.kind, content, u.hash, u.path}, ":")
}

// same reports whether both name the same object in the same state.
func (u uid) same(v uid) bool {
	return u.kind == v.kind && u.hash == v.hash && u.path == v.path
}

func parseUID(text string) (uid, error) {
	parts := strings.SplitN(text, ":", 4)
	if len(parts) != 4 {
		return uid{}, errForeignUID
	}
	u := uid{kind: parts[0], sensitive: parts[1] != "open", hash: parts[2], path: parts[3]}
	var c checker
	if c.path(nil, map[string]any{"path": u.path}); len(c.invalid) > 0 {
		return uid{}, errForeignUID
	}
	return u, nil
}

var errForeignUID = errors.New("its UID was not given by the host driver: a target that changes its driver needs a new name")

// objectOf reads a resource that Observe or Plan made.
func objectOf(res *resource.Resource) object {
	spec, _ := resource.Lookup(res.Content, resource.Path{"spec"})
	fields, _ := spec.(map[string]any)
	return managed(fields)
}
