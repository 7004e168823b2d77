package kustomize

import (
	"fmt"
	"maps"
	"path/filepath"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// components are the folders that the overlay takes in.
func (r *Root) components() []string {
	folders, _ := r.Overlay["components"].([]string)
	return folders
}

// overlay puts what the root says into its kustomization, as Flux does with what
// a Kustomization says: lists are added to, the rest takes the place of what is there.
func (b *build) overlay(content *types.Kustomization) error {
	if len(b.root.Overlay) == 0 {
		return nil
	}
	text, err := yaml.Marshal(b.root.Overlay)
	if err != nil {
		return fmt.Errorf("write it as a kustomization: %w", err)
	}
	var over types.Kustomization
	if err := yaml.UnmarshalStrict(text, &over); err != nil {
		return fmt.Errorf("read it as a kustomization: %w", err)
	}
	for _, folder := range over.Components {
		relative, err := filepath.Rel(mounted(b.root.Folder), mounted(folder))
		if err != nil {
			return fmt.Errorf("find the component %s: %w", folder, err)
		}
		content.Components = append(content.Components, relative)
	}
	content.Patches = append(content.Patches, over.Patches...)
	content.Images = append(content.Images, over.Images...)
	content.Replicas = append(content.Replicas, over.Replicas...)
	content.Labels = append(content.Labels, over.Labels...)
	if over.NamePrefix != "" {
		content.NamePrefix = over.NamePrefix
	}
	if over.NameSuffix != "" {
		content.NameSuffix = over.NameSuffix
	}
	if len(over.CommonAnnotations) > 0 {
		annotations := maps.Clone(content.CommonAnnotations)
		if annotations == nil {
			annotations = map[string]string{}
		}
		maps.Copy(annotations, over.CommonAnnotations)
		content.CommonAnnotations = annotations
	}
	return nil
}
