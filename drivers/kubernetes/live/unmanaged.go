package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// maxUnmanaged is how many objects are listed. A cluster with more of them
// that nobody manages is not managed by holdfast.
const maxUnmanaged = 20_000

// Lister lists what is in a cluster and nobody manages.
type Lister struct {
	Discovery discovery.DiscoveryInterface
	Client    dynamic.Interface
	Logger    *slog.Logger
}

// Unmanaged is the driver's, which says what it is for. The values of Secrets
// are masked. Kinds that may not be listed, or cannot be just now, are left
// out and named in the log.
func (l Lister) Unmanaged(ctx context.Context, owned []drivers.Owned) ([]resource.Resource, error) {
	kinds, err := l.kinds(ctx)
	if err != nil {
		return nil, err
	}
	s := survey{owned: index(owned)}
	var leftOut []string
	for _, kind := range kinds {
		switch err := l.list(ctx, kind, &s); {
		case err == nil:
		case errors.Is(err, errTooMany):
			l.Logger.WarnContext(ctx, "more objects than are listed are managed by nobody", "listed", maxUnmanaged)
			return s.sorted(), nil
		case apierrors.IsForbidden(err), apierrors.IsNotFound(err), apierrors.IsMethodNotSupported(err), apierrors.IsServiceUnavailable(err):
			leftOut = append(leftOut, kind.String())
		default:
			return nil, fmt.Errorf("list %s: %w", kind.Resource, err)
		}
	}
	if len(leftOut) > 0 {
		l.Logger.WarnContext(ctx, "what is managed by nobody is listed without kinds that could not be", "kinds", leftOut)
	}
	return s.sorted(), nil
}

// kinds are those that can be listed, each in the version that the API server prefers.
func (l Lister) kinds(ctx context.Context) ([]schema.GroupVersionResource, error) {
	served, err := l.Discovery.ServerPreferredResources()
	if discovery.IsGroupDiscoveryFailedError(err) {
		l.Logger.WarnContext(ctx, "what is managed by nobody is listed without kinds that could not be discovered", "err", err)
	} else if err != nil {
		return nil, fmt.Errorf("discover the kinds of the cluster: %w", err)
	}
	var kinds []schema.GroupVersionResource
	for _, group := range served {
		version, err := schema.ParseGroupVersion(group.GroupVersion)
		if err != nil {
			return nil, fmt.Errorf("discover the kinds of the cluster: %w", err)
		}
		for _, kind := range group.APIResources {
			if slices.Contains(kind.Verbs, "list") && !strings.Contains(kind.Name, "/") && !passing(version.Group, kind.Kind) {
				kinds = append(kinds, version.WithResource(kind.Name))
			}
		}
	}
	return kinds, nil
}

// survey is what was found so far.
type survey struct {
	owned map[any]bool
	found []resource.Resource
}

// index has the owned resources by UID, and by key for those of which the UID is not known.
func index(owned []drivers.Owned) map[any]bool {
	known := map[any]bool{}
	for _, o := range owned {
		if o.UID != "" {
			known[o.UID] = true
		} else {
			known[keyOf(o.ID)] = true
		}
	}
	return known
}

// keyOf is a key by which all targets' resources are told apart.
func keyOf(id resource.ID) resource.Key {
	id.Target = ""
	return id.Key()
}

var errTooMany = errors.New("too many")

// list adds what is unmanaged of one kind, a page at a time.
func (l Lister) list(ctx context.Context, kind schema.GroupVersionResource, s *survey) error {
	options := metav1.ListOptions{Limit: pageSize}
	for {
		page, err := l.Client.Resource(kind).List(ctx, options)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if err := s.add(&page.Items[i]); err != nil {
				return err
			}
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return nil
		}
	}
}

func (s *survey) add(obj *unstructured.Unstructured) error {
	id := resource.ID{APIVersion: obj.GetAPIVersion(), Kind: obj.GetKind(), Namespace: obj.GetNamespace(), Name: obj.GetName()}
	if s.owned[string(obj.GetUID())] || s.owned[id.Key()] || obj.GetDeletionTimestamp() != nil || made(obj) {
		return nil
	}
	if len(s.found) == maxUnmanaged {
		return errTooMany
	}
	s.found = append(s.found, strip(id, obj))
	return nil
}

// strip is an object as it is handed out: without the API server's notes, nor
// what kubectl repeats, nor the values of a Secret.
func strip(id resource.ID, obj *unstructured.Unstructured) resource.Resource {
	unstructured.RemoveNestedField(obj.Object, "metadata", "managedFields")
	unstructured.RemoveNestedField(obj.Object, "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
	res := resource.Resource{ID: id, Content: obj.Object}
	if id.GroupKind() == "core/Secret" {
		res.Sensitive = []resource.Path{{"data"}, {"stringData"}}
		res.Content = res.Masked()
	}
	return res
}

func (s *survey) sorted() []resource.Resource {
	slices.SortFunc(s.found, func(a, b resource.Resource) int { return resource.Compare(a.ID, b.ID) })
	return s.found
}
