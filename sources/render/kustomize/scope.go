package kustomize

import (
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Namespaced reports whether objects of a kind are in a namespace, as the
// library has it for Kubernetes' own kinds. It takes its turn with builds.
func Namespaced(apiVersion, kind string) (is, known bool) {
	turn <- struct{}{}
	defer func() { <-turn }()
	return openapi.IsNamespaceScoped(yaml.TypeMeta{APIVersion: apiVersion, Kind: kind})
}
