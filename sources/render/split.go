package render

import (
	"fmt"
	"maps"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// splitter makes resources of a file's documents.
type splitter struct {
	sources.FileRendering
	name   string
	target string // put into each ID
	parser string
	// guessed is set where nothing says what format the file is in.
	guessed bool
	limits  *Options
	words   *words
	broken  []document // those whose values were refused
}

func (s *splitter) document(doc document) {
	c := converter{limits: s.limits, words: s.words, line: doc.line}
	content, err := c.value(doc.root, 0)
	s.Imports = s.Imports || doc.imports
	switch {
	case err != nil:
	case doc.foreign:
		err = s.foreign(doc, content)
	default:
		err = s.split(doc, doc.root, content, nil)
	}
	if err != nil {
		s.broken = append(s.broken, doc)
		s.Problems = append(s.Problems, err.at(s.name))
	}
}

// split adds content, or the elements of which it is a list, as resources.
func (s *splitter) split(doc document, n *yaml.Node, content any, within resource.Path) *mistake {
	switch value := content.(type) {
	case []any:
		return s.elements(doc, n, value, within)
	case map[string]any:
		if items, isList := listItems(value); isList {
			return s.elements(doc, entry(resolveAlias(n), "items").value, items, within.Append("items"))
		}
		return s.add(doc, n, value, within)
	}
	if s.guessed {
		return nodeMistake(n, "a single value is not a resource; "+nameParser)
	}
	if s.target != "" && content != nil { // what it was to be must not pass for deleted
		return nodeMistake(n, "a single value is not a resource; a file that holds none goes under exclude")
	}
	s.Skipped = append(s.Skipped, sources.Skipped{
		What:   s.what(doc, within),
		Reason: "a single value is not a resource",
	})
	return nil
}

func (s *splitter) elements(doc document, list *yaml.Node, elements []any, within resource.Path) *mistake {
	list = resolveAlias(list)
	odd := 0
	for i, element := range elements {
		switch element.(type) {
		case map[string]any, []any:
			if err := s.split(doc, list.Content[i], element, within.Append(i)); err != nil {
				return err
			}
		default:
			if s.target != "" {
				return nodeMistake(list.Content[i], "a single value is not a resource; remove it from the list")
			}
			odd++
		}
	}
	if odd > 0 {
		s.Skipped = append(s.Skipped, sources.Skipped{
			What:   s.what(doc, within),
			Reason: fmt.Sprintf("%d of the %d elements of the list are single values, not resources", odd, len(elements)),
		})
	}
	return nil
}

func (s *splitter) add(doc document, n *yaml.Node, content map[string]any, within resource.Path) *mistake {
	if s.target != "" {
		nameHook(content)
	}
	id := identity(content)
	id.Target = s.target
	return s.append(doc, n, resource.Resource{
		ID:        id,
		Content:   content,
		Origin:    resource.Origin{Within: within},
		Sensitive: sensitivePaths(content),
	})
}

// append adds a resource, whose origin says only what it is within.
func (s *splitter) append(doc document, n *yaml.Node, res resource.Resource) *mistake {
	if len(s.Resources) >= s.limits.MaxDocuments {
		return nodeMistake(n, fmt.Sprintf("the file holds more than %d documents; split it", s.limits.MaxDocuments))
	}
	res.Origin = resource.Origin{
		File: s.name, Line: n.Line, Column: n.Column, Document: doc.index, Within: res.Origin.Within, Parser: s.parser,
	}
	s.Resources = append(s.Resources, res)
	return nil
}

// foreign adds the value of a file in a format beside YAML and JSON, or each
// element if it is a list. What they are is for policies to say: they have no
// identity, and need not be objects.
func (s *splitter) foreign(doc document, content any) *mistake {
	list, isList := content.([]any)
	if !isList {
		return s.addForeign(doc, doc.root, content, nil)
	}
	for i, element := range list {
		n := doc.root.Content[i]
		if n.Line == 0 {
			n = doc.root
		}
		if err := s.addForeign(doc, n, element, resource.Path{i}); err != nil {
			return err
		}
	}
	return nil
}

func (s *splitter) addForeign(doc document, n *yaml.Node, content any, within resource.Path) *mistake {
	if content == nil {
		s.Skipped = append(s.Skipped, sources.Skipped{What: s.what(doc, within), Reason: "there is nothing in it"})
		return nil
	}
	res := resource.Resource{ID: resource.ID{Target: s.target}, Content: content, Origin: resource.Origin{Within: within}}
	if object, isObject := content.(map[string]any); isObject {
		res.Sensitive = sensitivePaths(object)
	}
	if doc.settings {
		res.Sensitive = append(res.Sensitive, credentialPaths(content, nil)...)
	}
	return s.append(doc, n, res)
}

func (s *splitter) what(doc document, within resource.Path) string {
	what := fmt.Sprintf("%s, document %d", s.name, doc.index+1)
	if len(within) > 0 {
		what += ", " + within.String()
	}
	return what
}

// listItems are the items of a list of resources: of a v1 List, and of any
// other …List if its items say what they are.
func listItems(content map[string]any) ([]any, bool) {
	kind, _ := content["kind"].(string)
	items, ok := content["items"].([]any)
	if !ok || !strings.HasSuffix(kind, "List") {
		return nil, false
	}
	if kind == "List" && content["apiVersion"] == "v1" {
		return items, true
	}
	for _, item := range items {
		object, _ := item.(map[string]any)
		if text(object["apiVersion"]) == "" || text(object["kind"]) == "" {
			return nil, false
		}
	}
	return items, len(items) > 0
}

// identity is the ID that content states, or one without a name if a part of it
// is missing: a document with generateName gets its name only when it is created.
// What kind it is of is known, and rules about that kind judge it.
// An AdmissionReview is named as the object that it is about.
func identity(content map[string]any) resource.ID {
	metadata, _ := content["metadata"].(map[string]any)
	if content["kind"] == "AdmissionReview" && strings.HasPrefix(text(content["apiVersion"]), "admission.k8s.io/") {
		metadata, _ = content["request"].(map[string]any)
	}
	id := resource.ID{
		APIVersion: text(content["apiVersion"]),
		Kind:       text(content["kind"]),
		Namespace:  text(metadata["namespace"]),
		Name:       text(metadata["name"]),
	}
	if id.APIVersion == "" || id.Kind == "" {
		return resource.ID{}
	}
	if namespace := metadata["namespace"]; namespace != nil && namespace != id.Namespace {
		id.Name = ""
	}
	return id
}

// nameHook gives a hook of Helm or Argo CD that has generateName one name for all
// its runs: its object gives way to that of the next run by itself.
func nameHook(content map[string]any) {
	metadata, _ := content["metadata"].(map[string]any)
	prefix := text(metadata["generateName"])
	annotations, _ := metadata["annotations"].(map[string]any)
	_, helm := annotations[resource.AnnotationHelmHook]
	_, argo := annotations[resource.AnnotationArgoHook]
	if prefix == "" || metadata["name"] != nil || !helm && !argo {
		return
	}
	metadata = maps.Clone(metadata) // an alias may be elsewhere too
	delete(metadata, "generateName")
	metadata["name"] = prefix + "hook"
	content["metadata"] = metadata
}

func text(value any) string {
	s, _ := value.(string)
	return s
}
