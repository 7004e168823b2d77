package sops

import (
	"hash"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// walker decrypts values in the order in which they stand.
type walker struct {
	metadata *metadata
	key      []byte
	hash     hash.Hash
	found    []resource.Path // of what was encrypted in this document
	texts    []string
	comment  bool // the value was a comment
	decoys   bool // other values take the place of the decrypted ones
}

// value decrypts what is at and below a node. Keys are what values are bound
// to, and the path is where they stand.
func (w *walker) value(n *yaml.Node, keys []string, path resource.Path) error {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind != yaml.ScalarNode {
				return mistake(key, "a key of an encrypted file must be a text")
			}
			if err := w.value(n.Content[i+1], append(slices.Clip(keys), key.Value), path.Append(key.Value)); err != nil {
				return err
			}
		}
		return nil
	case yaml.SequenceNode:
		return w.list(n, keys, path)
	case yaml.AliasNode:
		return mistake(n, "an encrypted file cannot have aliases; encrypt it anew with sops, which writes out what they stand for")
	}
	return w.leaf(n, keys, path)
}

// list decrypts elements, and takes out those that were comments: SOPS makes
// elements of them.
func (w *walker) list(n *yaml.Node, keys []string, path resource.Path) error {
	kept := n.Content[:0:0]
	for _, child := range n.Content {
		w.comment = false
		if err := w.value(child, keys, path.Append(len(kept))); err != nil {
			return err
		}
		if !w.comment {
			kept = append(kept, child)
		}
		w.comment = false
	}
	n.Content = kept
	return nil
}

func (w *walker) leaf(n *yaml.Node, keys []string, path resource.Path) error {
	if isNull(n) {
		return nil
	}
	encrypted := sealed.MatchString(n.Value)
	if w.metadata.rule != nil {
		encrypted = w.metadata.rule(keys)
	}
	if !encrypted {
		if !w.metadata.MACOnlyEncrypted {
			return w.authenticate(n)
		}
		return nil
	}
	if n.Value == "" {
		return nil // SOPS does not encrypt nothing
	}
	opened, err := open(w.key, n.Value, pathText(keys))
	if err != nil {
		return mistake(n, "the value at %s cannot be decrypted: %s; restore the file, and change it with sops edit", path, err)
	}
	if opened.kind == "comment" {
		w.comment = true
		return nil
	}
	w.hash.Write([]byte(opened.authenticated()))
	w.found = append(w.found, path)
	if opened.kind == "str" || opened.kind == "bytes" {
		w.texts = append(w.texts, opened.text)
	}
	if w.decoys {
		opened.text = decoy(opened.kind, opened.text)
	}
	replace(n, opened)
	return nil
}

// replace puts a decrypted value in the place of the encrypted one.
func replace(n *yaml.Node, value opened) {
	n.Value, n.Style, n.Tag = value.text, 0, ""
	switch value.kind {
	case "str", "bytes":
		n.Style, n.Tag = yaml.DoubleQuotedStyle, "!!str"
	}
}

// authenticate takes in a value that is not encrypted, as SOPS reads it.
func (w *walker) authenticate(n *yaml.Node) error {
	var value any
	if err := n.Decode(&value); err != nil {
		return mistake(n, "the value is not one that SOPS can read")
	}
	switch v := value.(type) {
	case string:
		w.hash.Write([]byte(v))
	case bool:
		w.hash.Write([]byte(boolText(v)))
	case int:
		w.hash.Write([]byte(strconv.Itoa(v)))
	case uint64: // of JSON only
		w.hash.Write([]byte(floatText(float64(v))))
	case float64:
		w.hash.Write([]byte(floatText(v)))
	case time.Time:
		text, err := v.MarshalText()
		if err != nil {
			return mistake(n, "the value is not one that SOPS can read")
		}
		w.hash.Write(text)
	default:
		return mistake(n, "the value is not one that SOPS can read; quote it, and encrypt the file anew")
	}
	return nil
}
