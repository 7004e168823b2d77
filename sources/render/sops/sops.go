// Package sops decrypts files in the format of SOPS, in memory, with keys of
// age and OpenPGP.
//
// Start with Keys.Decrypt, which decrypts the documents of a file in place, so
// that each value keeps its line; Sealed is for those who have no key. The form
// of the metadata is in metadata.go, cipher.go opens one value, key.go finds
// the data key, and text.go is for files that are wanted as a whole.
//
// Nothing is taken for good before the file's code of authenticity was found
// to be right. Errors name public keys and never a value.
package sops

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Mistake is what is wrong with a file, with its place as far as that is known.
type Mistake struct {
	Msg          string
	Line, Column int // 1-based, 0 if unknown
	// NoKey is set where nothing is wrong with the file, but no key at hand
	// decrypts it.
	NoKey bool
}

func (m *Mistake) Error() string { return m.Msg }

func mistake(n *yaml.Node, format string, args ...any) error { return newMistake(n, format, args...) }

func newMistake(n *yaml.Node, format string, args ...any) *Mistake {
	m := &Mistake{Msg: fmt.Sprintf(format, args...)}
	if n != nil {
		m.Line, m.Column = n.Line, n.Column
	}
	return m
}

// metadataKey is where SOPS keeps what it needs, in a file's first document.
const metadataKey = "sops"

// Encrypted reports whether a document has the metadata of an encrypted file.
func Encrypted(document *yaml.Node) bool {
	n := entry(document, metadataKey)
	return n != nil && n.Kind == yaml.MappingNode && entry(n, "mac") != nil && entry(n, "lastmodified") != nil
}

// Decrypt decrypts the documents of one file, of which the first has the
// metadata, and takes the metadata out. For each document it gives the paths of
// what was encrypted. After an error the documents are of no use.
func (k *Keys) Decrypt(documents []*yaml.Node) ([][]resource.Path, error) {
	paths, _, err := k.decrypt(documents, false)
	return paths, err
}

// decrypt gives the texts that were encrypted too.
func (k *Keys) decrypt(documents []*yaml.Node, decoys bool) (paths [][]resource.Path, texts []string, err error) {
	if len(documents) == 0 {
		return nil, nil, nil
	}
	m, err := metadataOf(documents[0])
	if err != nil {
		return nil, nil, err
	}
	key, err := k.dataKey(m)
	if err != nil {
		return nil, nil, err
	}
	w := &walker{metadata: m, key: key, hash: sha512.New(), decoys: decoys}
	if m.MACOnlyEncrypted {
		// So that the two kinds of files are never taken for each other.
		start := sha256.Sum256([]byte("sops"))
		w.hash.Write(start[:])
	}
	paths = make([][]resource.Path, len(documents))
	for i, document := range documents {
		remove(document, metadataKey)
		w.found = nil
		if document.Kind != yaml.MappingNode && !isNull(document) {
			return nil, nil, mistake(document, "an encrypted document must be a mapping")
		}
		if err := w.value(document, nil, nil); err != nil {
			return nil, nil, err
		}
		paths[i] = w.found
	}
	return paths, w.texts, w.verify()
}

// verify holds the code of authenticity against what was read.
func (w *walker) verify() error {
	opened, err := open(w.key, w.metadata.MAC, w.metadata.modified)
	if err != nil {
		return mistake(w.metadata.node, "the code of authenticity of the encrypted file cannot be decrypted (%s); "+
			"the file was changed by hand or is damaged: restore it, and change it with sops edit", err)
	}
	if computed := fmt.Sprintf("%X", w.hash.Sum(nil)); subtle.ConstantTimeCompare([]byte(computed), []byte(opened.text)) != 1 {
		return mistake(w.metadata.node, "the encrypted file is not what was encrypted (its MAC does not match); "+
			"it was changed by hand or is damaged: restore it, and change it with sops edit")
	}
	return nil
}

// Sealed takes the metadata out of the documents of an encrypted file and gives
// the paths of what stays encrypted in each.
func Sealed(documents []*yaml.Node) [][]resource.Path {
	paths := make([][]resource.Path, len(documents))
	for i, document := range documents {
		remove(document, metadataKey)
		var find func(n *yaml.Node, at resource.Path)
		find = func(n *yaml.Node, at resource.Path) {
			switch {
			case n.Kind == yaml.MappingNode:
				for j := 0; j+1 < len(n.Content); j += 2 {
					find(n.Content[j+1], at.Append(n.Content[j].Value))
				}
			case n.Kind == yaml.SequenceNode:
				for j, child := range n.Content {
					find(child, at.Append(j))
				}
			case n.Kind == yaml.ScalarNode && sealed.MatchString(n.Value):
				paths[i] = append(paths[i], at)
			}
		}
		find(document, nil)
	}
	return paths
}

// entry is what stands under a key of a mapping, nil if there is nothing.
func entry(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func remove(n *yaml.Node, key string) {
	if n.Kind != yaml.MappingNode {
		return
	}
	kept := n.Content[:0:0]
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != key {
			kept = append(kept, n.Content[i], n.Content[i+1])
		}
	}
	n.Content = kept
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// pathText is a value's path as it is bound to the value.
func pathText(path []string) string { return strings.Join(path, ":") + ":" }
