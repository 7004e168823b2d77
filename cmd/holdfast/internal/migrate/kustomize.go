package migrate

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// kustomize sets what is put into the kustomization at the target's path.
func (t *target) kustomize(key string, value any) {
	if t.rendering().Kustomize == nil {
		t.Render.Kustomize = map[string]any{}
	}
	t.Render.Kustomize[key] = value
}

// fluxOverlay takes over what Flux puts into a kustomization.
func (t *target) fluxOverlay(spec *fields) {
	t.overlay(spec, "")
	metadata := spec.mapping("commonMetadata")
	if labels, _ := metadata.any("labels").(map[string]any); len(labels) > 0 {
		t.kustomize("labels", []any{map[string]any{"pairs": pairs(labels)}})
	}
	if metadata.has("annotations") {
		t.note("commonMetadata.annotations: with render.kustomize.commonAnnotations templates get them too, and pods start anew; write them into the manifests")
	}
	for _, key := range []string{"patchesStrategicMerge", "patchesJson6902"} {
		if spec.has(key) {
			t.note("%s: write it as render.kustomize.patches", key)
		}
	}
}

// argoOverlay takes over what Argo CD puts into one.
func (t *target) argoOverlay(k *fields) {
	t.overlay(k, "kustomize.")
	if labels, _ := k.any("commonLabels").(map[string]any); len(labels) > 0 {
		entry := map[string]any{"pairs": pairs(labels)}
		if !k.flag("labelWithoutSelector") {
			entry["includeSelectors"] = true
		}
		if k.flag("labelIncludeTemplates") {
			entry["includeTemplates"] = true
		}
		t.kustomize("labels", []any{entry})
	}
	if annotations, _ := k.any("commonAnnotations").(map[string]any); len(annotations) > 0 {
		t.kustomize("commonAnnotations", pairs(annotations))
	}
	var replicas []any
	for _, each := range k.mappings("replicas") {
		replicas = append(replicas, each.only("name", "count"))
	}
	if len(replicas) > 0 {
		t.kustomize("replicas", replicas)
	}
}

// overlay takes over what the two have alike.
func (t *target) overlay(spec *fields, prefix string) {
	for _, key := range []string{"namePrefix", "nameSuffix"} {
		if text := spec.text(key); text != "" {
			t.kustomize(key, text)
		}
	}
	if images := t.images(spec, prefix); len(images) > 0 {
		t.kustomize("images", images)
	}
	var patches []any
	for _, each := range spec.mappings("patches") {
		kind := each.mapping("target").text("kind")
		if merged := ofKind.FindStringSubmatch(each.text("patch")); kind == "" && merged != nil {
			kind = merged[1]
		}
		switch {
		case each.text("patch") == "":
			t.note("%spatches: one of them is in a file; write it out under render.kustomize.patches", prefix)
		case ownKinds[kind]:
			t.note("%spatches: one is of each %s, and was not followed; what is in the cluster has the patch: see `holdfast init --help`", prefix, kind)
		default:
			patches = append(patches, each.only("patch", "target", "options"))
		}
	}
	if len(patches) > 0 {
		t.kustomize("patches", patches)
	}
	var components []any
	for _, name := range spec.texts("components") {
		folder := path.Join(t.Path, name)
		if folder == ".." || strings.HasPrefix(folder, "../") || path.IsAbs(name) {
			t.note("%scomponents: %s leads out of the repository", prefix, name)
			continue
		}
		components = append(components, folder)
	}
	if len(components) > 0 {
		t.kustomize("components", components)
	}
}

// ofKind is the kind of what a strategic merge is of.
var ofKind = regexp.MustCompile(`(?m)^kind:\s*([A-Za-z]+)`)

// ownKinds are those of objects that the old reconciler alone understands.
var ownKinds = map[string]bool{
	"Kustomization": true, "HelmRelease": true, "GitRepository": true, "HelmRepository": true, "OCIRepository": true, "HelmChart": true,
	"Application": true, "ApplicationSet": true, "AppProject": true,
}

// argoImage is how Argo CD writes an image: [name=]image[:tag][@digest].
var argoImage = regexp.MustCompile(`^(?:([^=\s]+)=)?([^=@\s]+?)(?::([^:/@\s]+))?(?:@(sha256:[0-9a-f]{64}))?$`)

func (t *target) images(spec *fields, prefix string) []any {
	var images []any
	for _, item := range spec.list("images") {
		if each, isMapping := item.(map[string]any); isMapping {
			images = append(images, fieldsOf(each).only("name", "newName", "newTag", "digest"))
			continue
		}
		parts := argoImage.FindStringSubmatch(asText(item))
		if parts == nil {
			t.note("%simages: %.80q; write it under render.kustomize.images", prefix, asText(item))
			continue
		}
		image := map[string]any{"name": parts[2]}
		if parts[1] != "" {
			image = map[string]any{"name": parts[1], "newName": parts[2]}
		}
		for i, key := range map[int]string{3: "newTag", 4: "digest"} {
			if parts[i] != "" {
				image[key] = parts[i]
			}
		}
		images = append(images, image)
	}
	return images
}

// only are the values of some keys.
func (f *fields) only(keys ...string) map[string]any {
	some := maps.Clone(f.values)
	maps.DeleteFunc(some, func(key string, value any) bool { return value == nil || !slices.Contains(keys, key) })
	for key, value := range some {
		if key == "newTag" || key == "patch" {
			some[key] = asText(value)
		}
	}
	return some
}

func pairs(values map[string]any) map[string]any {
	texts := map[string]any{}
	for key, value := range values {
		texts[key] = asText(value)
	}
	return texts
}
