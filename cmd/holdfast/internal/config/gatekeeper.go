package config

import (
	"bytes"
	"maps"
	"path"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Why files of Gatekeeper are not proposed as policies.
const (
	lacksTemplate = "constraints without their template; put it beside them"
	isTwice       = "a template or constraint that is there twice; name the files that count"
	isApplied     = "among the manifests of a target; what is a policy is not applied, so name a copy"
)

var gatekeeper = regexp.MustCompile(`^(templates|constraints)\.gatekeeper\.sh/`)

// gatekeeperFile is what a file has of Gatekeeper.
type gatekeeperFile struct {
	templates   []string // by the kind that they define
	constraints []string // kind and name
	kinds       []string // those of the constraints
}

// understood reads a file as far as it tells whether policies.paths takes it.
// What cannot be read holds nothing.
func understood(content []byte) gatekeeperFile {
	var f gatekeeperFile
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var document struct {
			Kind     string
			Metadata struct{ Name string }
			Spec     struct {
				CRD struct {
					Spec struct{ Names struct{ Kind string } }
				}
			}
		}
		if decoder.Decode(&document) != nil {
			return f
		}
		switch document.Kind {
		case "":
		case "ConstraintTemplate":
			f.templates = append(f.templates, document.Spec.CRD.Spec.Names.Kind)
		default:
			f.kinds = append(f.kinds, document.Kind)
			f.constraints = append(f.constraints, document.Kind+"/"+document.Metadata.Name)
		}
	}
}

// placeGatekeeper puts those files among the policies that policies.paths can
// take: whole ones, one of each, and none that a target would no longer apply.
// The others are told of, with the reason.
func (found *survey) placeGatekeeper() {
	maps.DeleteFunc(found.gatekeeper, func(name string, _ gatekeeperFile) bool { return found.layout.isPart(name) })
	templates, constraints := map[string]int{}, map[string]int{}
	for _, file := range found.gatekeeper {
		for _, kind := range file.templates {
			templates[kind]++
		}
		for _, id := range file.constraints {
			constraints[id]++
		}
	}
	targets := found.layout.targets(found.host)
	for _, name := range slices.Sorted(maps.Keys(found.gatekeeper)) {
		file, dir := found.gatekeeper[name], path.Dir(name)
		applied := slices.ContainsFunc(targets, func(t folderTarget) bool {
			excluded := Excluder(t.exclude)
			return t.what == plainManifests && under(dir, t.dir) && (excluded == nil || !excluded(name))
		})
		lacks := func(kind string) bool { return templates[kind] == 0 }
		switch {
		case slices.ContainsFunc(file.kinds, lacks):
			found.unplaced[dir] = lacksTemplate
		case slices.ContainsFunc(file.templates, func(kind string) bool { return templates[kind] > 1 }),
			slices.ContainsFunc(file.constraints, func(id string) bool { return constraints[id] > 1 }):
			found.unplaced[dir] = isTwice
		case applied:
			found.unplaced[dir] = isApplied
		default:
			found.policies[dir] = append(found.policies[dir], name)
			slices.Sort(found.policies[dir])
		}
	}
}
