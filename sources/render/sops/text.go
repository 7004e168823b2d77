package sops

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// maxDepth bounds how deep JSON is nested.
const maxDepth = 1000

// IsEncrypted reports, by a look at it, whether the text of a file is
// encrypted: that of a YAML or JSON file, of settings (.env), or of any other
// file, which SOPS writes as JSON.
func IsEncrypted(name string, text []byte) bool {
	if !bytes.Contains(text, []byte("ENC[AES256_GCM,")) {
		return false
	}
	if isSettings(name) {
		return bytes.Contains(text, []byte("\nsops_mac=")) || bytes.HasPrefix(text, []byte("sops_mac="))
	}
	documents, err := parse(name, text)
	return err == nil && len(documents) > 0 && Encrypted(documents[0])
}

// Text decrypts a file as a whole, and gives the texts that were encrypted. Its
// name says which form it has, as with IsEncrypted. Comments are left out where
// they were encrypted.
func (k *Keys) Text(name string, text []byte) (plain []byte, secrets []string, err error) {
	return through(name, text, func(documents []*yaml.Node) ([][]resource.Path, []string, error) { return k.decrypt(documents, false) })
}

// Decoy is Text with another value of the same kind and length in the place of
// each that was encrypted. What comes out otherwise of the two is made of a secret.
func (k *Keys) Decoy(name string, text []byte) ([]byte, error) {
	plain, _, err := through(name, text, func(documents []*yaml.Node) ([][]resource.Path, []string, error) { return k.decrypt(documents, true) })
	return plain, err
}

// WithoutMetadata is an encrypted file as it is, but for what SOPS put there
// about it.
func WithoutMetadata(name string, text []byte) ([]byte, error) {
	left, _, err := through(name, text, func(documents []*yaml.Node) ([][]resource.Path, []string, error) {
		return Sealed(documents), nil, nil
	})
	return left, err
}

// SealedDecoy is WithoutMetadata with another text in the place of each encrypted
// value, to tell what is made of one without a key.
func SealedDecoy(name string, text []byte) ([]byte, error) {
	left, err := WithoutMetadata(name, text)
	return sealedAnywhere.ReplaceAllFunc(left, func(value []byte) []byte { return bytes.Map(other, value) }), err
}

var sealedAnywhere = regexp.MustCompile(`ENC\[AES256_GCM,[^\]]*\]`)

// opener does something about the documents of a file.
type opener func([]*yaml.Node) ([][]resource.Path, []string, error)

// through is a file after something was done about its documents.
func through(name string, text []byte, open opener) (out []byte, secrets []string, err error) {
	var documents []*yaml.Node
	if isSettings(name) {
		documents, err = parseSettings(text)
	} else {
		documents, err = parse(name, text)
	}
	if err == nil && len(documents) == 0 {
		err = mistake(nil, "there is nothing in the file")
	}
	if err != nil {
		return nil, nil, err
	}
	if _, secrets, err = open(documents); err != nil {
		return nil, nil, err
	}
	out, err = write(name, documents)
	return out, secrets, err
}

func write(name string, documents []*yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	switch {
	case isYAML(name):
		encoder := yaml.NewEncoder(&out)
		for _, document := range documents {
			if err := encoder.Encode(document); err != nil {
				return nil, errors.New("the decrypted file cannot be written as YAML")
			}
		}
		return out.Bytes(), encoder.Close()
	case path.Ext(name) == ".json":
		err := writeJSON(&out, documents[0])
		out.WriteByte('\n')
		return out.Bytes(), err
	case isSettings(name):
		for i := 0; i+1 < len(documents[0].Content); i += 2 {
			value := strings.ReplaceAll(documents[0].Content[i+1].Value, "\n", `\n`)
			fmt.Fprintf(&out, "%s=%s\n", documents[0].Content[i].Value, value)
		}
		return out.Bytes(), nil
	}
	data := entry(documents[0], "data")
	if data == nil {
		return nil, mistake(documents[0], "there is no key data in the encrypted file, under which SOPS keeps what is not YAML, JSON or settings")
	}
	return []byte(data.Value), nil
}

func isYAML(name string) bool { return path.Ext(name) == ".yaml" || path.Ext(name) == ".yml" }

func isSettings(name string) bool { return path.Ext(name) == ".env" }

func parse(name string, text []byte) (documents []*yaml.Node, err error) {
	if !isYAML(name) {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		n, err := jsonNode(decoder, 0)
		if err != nil {
			return nil, mistake(nil, "not JSON, which an encrypted file of this name must be")
		}
		return []*yaml.Node{n}, nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		switch {
		case errors.Is(err, io.EOF):
			return documents, nil
		case err != nil:
			return nil, mistake(nil, "not YAML, which an encrypted file of this name must be")
		case len(document.Content) > 0:
			documents = append(documents, document.Content[0])
		}
	}
}

// jsonNode is the next value of a JSON text; lines are not known.
func jsonNode(decoder *json.Decoder, depth int) (*yaml.Node, error) {
	if depth > maxDepth {
		return nil, errors.New("nested too deep")
	}
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		if t == '{' {
			n = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		}
		for decoder.More() {
			child, err := jsonNode(decoder, depth+1)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		_, err := decoder.Token() // the bracket that closes it
		return n, err
	case string:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: t, Style: yaml.DoubleQuotedStyle}, nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: t.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(t)}, nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
}

func writeJSON(out *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.MappingNode, yaml.SequenceNode:
		brackets, step := "[]", 1
		if n.Kind == yaml.MappingNode {
			brackets, step = "{}", 2
		}
		out.WriteByte(brackets[0])
		for i, child := range n.Content {
			switch {
			case i%step == 1:
				out.WriteByte(':')
			case i > 0:
				out.WriteByte(',')
			}
			if err := writeJSON(out, child); err != nil {
				return err
			}
		}
		out.WriteByte(brackets[1])
		return nil
	}
	if n.Style == 0 && json.Valid([]byte(n.Value)) {
		out.WriteString(n.Value)
		return nil
	}
	text, err := json.Marshal(n.Value)
	out.Write(text)
	return err
}

// parseSettings reads lines of names and values, in which the metadata is
// written as names that begin with sops_.
func parseSettings(text []byte) ([]*yaml.Node, error) {
	document := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	about := map[string]string{}
	for i, line := range strings.Split(string(text), "\n") {
		name, value, found := strings.Cut(line, "=")
		value = strings.ReplaceAll(value, `\n`, "\n")
		switch own, isMetadata := strings.CutPrefix(name, "sops_"); {
		case line == "" || line[0] == '#':
		case !found:
			return nil, &Mistake{Msg: "a line of settings has no =", Line: i + 1}
		case isMetadata:
			about[own] = value
		default:
			document.Content = append(document.Content,
				&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name, Line: i + 1},
				&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: value, Line: i + 1})
		}
	}
	document.Content = append(document.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: metadataKey}, unflattened(about))
	return []*yaml.Node{document}, nil
}

// unflattened is metadata in its own form: a key's parts are written as
// age__list_0__map_enc.
func unflattened(about map[string]string) *yaml.Node {
	top := map[string]any{}
	for name, value := range about {
		list, rest, isList := strings.Cut(name, "__list_")
		index, key, isKey := strings.Cut(rest, "__map_")
		if !isList || !isKey {
			top[name] = value
			continue
		}
		entries, _ := top[list].(map[string]map[string]string)
		if entries == nil {
			entries = map[string]map[string]string{}
			top[list] = entries
		}
		if entries[index] == nil {
			entries[index] = map[string]string{}
		}
		entries[index][key] = value
	}
	for name, value := range top {
		if entries, isList := value.(map[string]map[string]string); isList {
			list := []map[string]string{}
			for _, entry := range entries {
				list = append(list, entry)
			}
			top[name] = list
		}
	}
	top["mac_only_encrypted"] = top["mac_only_encrypted"] == "true"
	n := &yaml.Node{}
	if err := n.Encode(top); err != nil {
		return &yaml.Node{Kind: yaml.MappingNode}
	}
	return n
}
