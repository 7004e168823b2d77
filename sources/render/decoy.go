package render

import (
	"context"
	"slices"

	"github.com/holdfast-dev/holdfast/sources/render/helm"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// decoys is what a chart makes with other values in the place of those that were
// decrypted. A template can make anything of a value, so that it cannot be looked
// for: whatever comes out otherwise is made of one.
type decoys struct {
	documents []helm.Document
	closed    bool // some of the values could not be decrypted: what is made of them is unknown
}

// decoys renders a chart once more, nil where none of its values were decrypted.
func (out *built) decoys(ctx context.Context, request helm.Request) (*decoys, error) {
	others := map[string][]byte{}
	encrypted, closed := false, false
	for _, name := range request.Chart.ValuesFiles {
		text, found, sealed, err := out.unseal.decoy(name)
		if err != nil {
			return nil, nil // the chart has no documents then
		}
		others[name], encrypted, closed = text, encrypted || found, closed || sealed
	}
	if !encrypted {
		return nil, nil
	}
	request.Read = func(name string) ([]byte, error) {
		if text, known := others[name]; known {
			return text, nil
		}
		return out.unseal.text(name)
	}
	result, err := helm.Render(ctx, request)
	if err != nil {
		return nil, err
	}
	return &decoys{result.Documents, closed}, nil
}

// twin is the document that the decoys made in the place of one, nil for none:
// where rendering failed with them, as where the chart asks what a value is, or
// other documents came out.
func (d *decoys) twin(documents []helm.Document, i int) *helm.Document {
	if len(d.documents) != len(documents) || d.documents[i].Origin.File != documents[i].Origin.File {
		return nil
	}
	return &d.documents[i]
}

// derived marks what comes out otherwise with decoys as sensitive; of a document
// that has no twin, or another number of resources or other ones, all values.
func (out *built) derived(made []resource.Resource, twin *helm.Document, unknown bool) {
	var others []resource.Resource
	if twin != nil {
		others = out.parseManifest(twin, twin.Text).Resources
	}
	for i := range made {
		res := &made[i]
		whole := []resource.Path{nil}
		if len(others) == len(made) && others[i].ID == res.ID {
			whole = differing(nil, nil, res.Content, others[i].Content)
		}
		var paths []resource.Path
		for _, path := range whole {
			part, _ := resource.Lookup(res.Content, path)
			paths = values(paths, path, part)
		}
		var unseen []resource.Path // by their values
		unstable := slices.Clone(res.Unknown)
		for _, path := range paths {
			if isIdentity(path) || slices.ContainsFunc(unstable, path.HasPrefix) {
				continue // the latter differ each time, and are hidden already
			}
			res.Sensitive = append(res.Sensitive, path)
			if unknown {
				res.Unknown = append(res.Unknown, path)
			}
			if !out.unseal.isTraced(res, path) {
				unseen = append(unseen, path)
			}
		}
		if len(unseen) > 0 {
			res.Written = resource.ReplacePaths(res.Content, unseen, resource.Encrypted)
		}
		tidy(res)
	}
}

// values are the paths of all values that are neither objects nor lists.
func values(found []resource.Path, at resource.Path, value any) []resource.Path {
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			found = values(found, at.Append(key), child)
		}
		return found
	case []any:
		for i, child := range v {
			found = values(found, at.Append(i), child)
		}
		return found
	}
	return append(found, at)
}
