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
	// Namespaces are the only ones to look into, by one request for each kind and
	// namespace; empty for the whole cluster.
	Namespaces []string
	Logger     *slog.Logger
}

// Unmanaged is the driver's, which says what it is for. The values of Secrets
// are masked. Kinds that may not be listed, or cannot be just now, are left out.
func (l Lister) Unmanaged(ctx context.Context, owned []drivers.Owned) (*drivers.Listing, error) {
	s := survey{owned: index(owned)}
	kinds, err := l.kinds(ctx, &s)
	if err != nil {
		return nil, err
	}
	for _, kind := range kinds {
		err := l.listAll(ctx, kind.GroupVersionResource, &s)
		if errors.Is(err, errTooMany) {
			s.leftOut = append(s.leftOut, drivers.LeftOut{Reason: fmt.Sprintf("only the first %d are listed", maxUnmanaged)})
			break
		}
		if reason := whyNot(err); reason != "" {
			s.leaveOut(kind.group.String(), reason)
		} else if err != nil {
			return nil, fmt.Errorf("list %s: %w", kind.Resource, err)
		}
	}
	return s.listing(), nil
}

// whyNot is why a kind was not listed that others do not suffer for, "" if there is no such reason.
func whyNot(err error) string {
	switch {
	case apierrors.IsForbidden(err):
		return "the account may not list them"
	case apierrors.IsNotFound(err), apierrors.IsMethodNotSupported(err):
		return "the API server does not list them"
	case apierrors.IsServiceUnavailable(err):
		return "what serves them is not available"
	}
	return ""
}

// listed is a kind that can be listed.
type listed struct {
	schema.GroupVersionResource
	group schema.GroupKind
}

// kinds are those that can be listed, each in the version that the API server prefers.
func (l Lister) kinds(ctx context.Context, s *survey) ([]listed, error) {
	served, err := l.Discovery.ServerPreferredResources()
	undiscovered := (*discovery.ErrGroupDiscoveryFailed)(nil)
	if errors.As(err, &undiscovered) {
		l.Logger.WarnContext(ctx, "what is managed by nobody is listed without kinds that could not be discovered", "err", err)
		for version := range undiscovered.Groups {
			s.leaveOut(version.String(), "its kinds could not be discovered")
		}
	} else if err != nil {
		return nil, fmt.Errorf("discover the kinds of the cluster: %w", err)
	}
	var kinds []listed
	for _, group := range served {
		version, err := schema.ParseGroupVersion(group.GroupVersion)
		if err != nil {
			return nil, fmt.Errorf("discover the kinds of the cluster: %w", err)
		}
		for _, kind := range group.APIResources {
			mayBeWithin := kind.Namespaced || len(l.Namespaces) == 0
			if mayBeWithin && slices.Contains(kind.Verbs, "list") && !strings.Contains(kind.Name, "/") && !passing(version.Group, kind.Kind) {
				kinds = append(kinds, listed{version.WithResource(kind.Name), schema.GroupKind{Group: version.Group, Kind: kind.Kind}})
			}
		}
	}
	return kinds, nil
}

// survey is what was found so far, and what was not.
type survey struct {
	owned   map[any]bool
	found   []resource.Resource
	leftOut []drivers.LeftOut
}

// leaveOut remembers what was not listed, by the reason.
func (s *survey) leaveOut(what, reason string) {
	at := slices.IndexFunc(s.leftOut, func(l drivers.LeftOut) bool { return l.Reason == reason })
	if at < 0 {
		at = len(s.leftOut)
		s.leftOut = append(s.leftOut, drivers.LeftOut{Reason: reason})
	}
	s.leftOut[at].What = append(s.leftOut[at].What, what)
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

// listAll adds what is unmanaged of one kind.
func (l Lister) listAll(ctx context.Context, kind schema.GroupVersionResource, s *survey) error {
	client := l.Client.Resource(kind)
	if len(l.Namespaces) == 0 {
		return list(ctx, client, s)
	}
	for _, namespace := range l.Namespaces {
		if err := list(ctx, client.Namespace(namespace), s); err != nil {
			return err
		}
	}
	return nil
}

// list adds what is unmanaged of what a client lists, a page at a time.
func list(ctx context.Context, client dynamic.ResourceInterface, s *survey) error {
	options := metav1.ListOptions{Limit: pageSize}
	for {
		page, err := client.List(ctx, options)
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

func (s *survey) listing() *drivers.Listing {
	slices.SortFunc(s.found, func(a, b resource.Resource) int { return resource.Compare(a.ID, b.ID) })
	for i := range s.leftOut {
		slices.Sort(s.leftOut[i].What)
	}
	return &drivers.Listing{Resources: s.found, LeftOut: s.leftOut}
}
