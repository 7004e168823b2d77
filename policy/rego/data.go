package rego

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// reservedData are the parts of data that holdfast itself fills.
var reservedData = []string{"holdfast", "inventory", "conftest"}

// readData merges the documents of the files under data.*, the way OPA does:
// objects are merged, anything else that is there twice is a mistake.
func readData(files []policy.File, found *problems) ast.Object {
	merged := map[string]any{}
	origin := map[string]string{} // dotted path of a leaf → file
	for _, f := range slices.SortedFunc(slices.Values(files), func(a, b policy.File) int { return strings.Compare(a.Name, b.Name) }) {
		if len(f.Content) > maxDataFile {
			found.add(resource.Location{File: f.Name}, "a data file may have %d MiB at most", maxDataFile>>20)
			continue
		}
		documents, err := decodeData(f)
		if err != nil {
			found.add(errorPlace(f, err), "data file: %s", dataMistake(err))
			continue
		}
		for _, document := range documents {
			if document == nil {
				continue // an empty file
			}
			object, ok := document.(map[string]any)
			if !ok {
				found.add(resource.Location{File: f.Name, Line: 1}, "a data file must hold an object, whose keys appear under data")
				continue
			}
			for _, key := range slices.Sorted(maps.Keys(object)) {
				if slices.Contains(reservedData, key) {
					found.add(keyPlace(f, key), "data.%s is reserved for holdfast; use another name", key)
				}
			}
			mergeData(mergeInto{file: f, origin: origin, found: found}, merged, object, nil)
		}
	}
	return toObject(merged)
}

type mergeInto struct {
	file   policy.File
	origin map[string]string
	found  *problems
}

func (m mergeInto) conflict(path []string) {
	name := strings.Join(path, ".")
	other := m.origin[name]
	if other == "" {
		other = "another data file"
	}
	m.found.add(keyPlace(m.file, path[len(path)-1]), "data.%s is already defined by %s", name, other)
}

func mergeData(m mergeInto, into, from map[string]any, at []string) {
	for _, key := range slices.Sorted(maps.Keys(from)) {
		path := append(slices.Clone(at), key)
		name := strings.Join(path, ".")
		there, exists := into[key]
		if !exists {
			m.origin[name] = m.file.Name
			if object, ok := from[key].(map[string]any); ok {
				child := map[string]any{}
				into[key] = child
				mergeData(m, child, object, path)
			} else {
				into[key] = from[key]
			}
			continue
		}
		a, aIsObject := there.(map[string]any)
		b, bIsObject := from[key].(map[string]any)
		if aIsObject && bIsObject {
			mergeData(m, a, b, path)
			continue
		}
		m.conflict(path)
	}
}

func decodeData(f policy.File) ([]any, error) {
	if path.Ext(f.Name) == ".json" {
		return decodeJSON(f.Content)
	}
	return decodeYAML(f.Content)
}

func decodeJSON(content []byte) ([]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more after the first JSON value")
	}
	normal, err := normalise(value)
	return []any{normal}, err
}

func decodeYAML(content []byte) ([]any, error) {
	var documents []any
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, err
		}
		asJSON(&node)
		var value any
		if err := node.Decode(&value); err != nil {
			return nil, err
		}
		normal, err := normalise(value)
		if err != nil {
			return nil, err
		}
		documents = append(documents, normal)
	}
}

// asJSON makes texts of what JSON does not have: dates, and keys of another type.
func asJSON(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.ShortTag() == "!!timestamp" {
		node.Tag = "!!str"
	}
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 && child.Kind == yaml.ScalarNode && child.ShortTag() != "!!merge" {
			child.Tag = "!!str"
		}
		asJSON(child)
	}
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// errorPlace is the line that a decoder's error speaks of.
func errorPlace(f policy.File, err error) resource.Location {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		before := f.Content[:min(int(syntax.Offset), len(f.Content))]
		return resource.Location{File: f.Name, Line: 1 + bytes.Count(before, []byte("\n"))}
	}
	if line := yamlLine.FindStringSubmatch(err.Error()); line != nil {
		n, _ := strconv.Atoi(line[1])
		return resource.Location{File: f.Name, Line: n}
	}
	return resource.Location{File: f.Name}
}

func dataMistake(err error) string {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	msg = strings.TrimSpace(strings.TrimPrefix(msg, "unmarshal errors:"))
	return yamlLine.ReplaceAllString(msg, "")
}

// keyPlace is the first line that has the key, or else the file.
func keyPlace(f policy.File, key string) resource.Location {
	pattern := regexp.MustCompile(`(?m)^[\s{,-]*["']?` + regexp.QuoteMeta(key) + `["']?\s*:`)
	at := pattern.FindIndex(f.Content)
	if at == nil {
		return resource.Location{File: f.Name}
	}
	start := at[0] + bytes.Index(f.Content[at[0]:at[1]], []byte(key))
	before := f.Content[:start]
	return resource.Location{File: f.Name, Line: 1 + bytes.Count(before, []byte("\n")), Column: start - bytes.LastIndexByte(before, '\n')}
}

// inData reports whether the data files define the path.
func inData(data ast.Object, path []string) bool {
	var value ast.Value = data
	for _, step := range path {
		object, ok := value.(ast.Object)
		if !ok {
			return false
		}
		child := object.Get(ast.StringTerm(step))
		if child == nil {
			return false
		}
		value = child.Value
	}
	return true
}
