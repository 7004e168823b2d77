package gatekeeper

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// ErrNotReviewable is the error for a document that is not an object of
// Kubernetes: one without apiVersion and kind. No constraint is about it.
var ErrNotReviewable = errors.New("not an object of Kubernetes")

// ReviewRequest is what a Review is made of. Contents are as those of
// resource.Resource, and are not changed.
type ReviewRequest struct {
	// Object is what is to be, and Old what is there; nil where there is none.
	// Object may also be an AdmissionReview: then its request is the review.
	Object, Old map[string]any
	// Operation is CREATE, UPDATE or DELETE; "" for what Object and Old tell.
	Operation string
	// Namespace is the Namespace object that the object is in, nil if there is
	// none or it is not known.
	Namespace map[string]any
	// ObjectTerm is Object as Rego sees it, if that is at hand.
	ObjectTerm *ast.Term
	// gator leaves the operation empty and keeps the Namespace for the match,
	// so that the rules do not see it.
	gator bool
}

// Review is an object under review, prepared for the rules. It is safe for
// concurrent use.
type Review struct {
	group, kind      string
	request          map[string]any // without object and oldObject
	object, old      map[string]any
	namespace        map[string]any
	objectTerm       *ast.Term
	matched          []matched // the object and the one before, those that there are
	matchedNamespace *matched

	term   func() (*ast.Term, error)
	native func() (*celInput, error)
}

// NewReview prepares a review. It is an error if the object is none of
// Kubernetes, or an AdmissionReview that the API server would not send.
func NewReview(r ReviewRequest) (*Review, error) {
	review := &Review{object: r.Object, old: r.Old, namespace: r.Namespace, objectTerm: r.ObjectTerm}
	var err error
	if isAdmissionReview(r.Object) {
		err = review.admission(r.Object)
	} else {
		err = review.plain(r)
	}
	if err != nil {
		return nil, err
	}
	for _, o := range []map[string]any{review.object, review.old} {
		if o != nil {
			review.matched = append(review.matched, matchedOf(o))
		}
	}
	review.group, review.kind = review.matched[0].group, review.matched[0].kind
	if r.Namespace != nil {
		m := matchedOf(r.Namespace)
		review.matchedNamespace = &m
	}
	if r.gator {
		review.namespace = nil
	}
	review.term = sync.OnceValues(review.asRego)
	review.native = sync.OnceValues(review.asCEL)
	return review, nil
}

// Kind is the group, "" for the core one, and kind of the object under review.
func (r *Review) Kind() (group, kind string) { return r.group, r.kind }

func isAdmissionReview(object map[string]any) bool {
	return strings.HasPrefix(text(object, "apiVersion"), "admission.k8s.io/") && text(object, "kind") == "AdmissionReview"
}

// plain makes the request that gator makes of an object.
func (r *Review) plain(from ReviewRequest) error {
	subject := from.Object
	if subject == nil {
		subject = from.Old
	}
	if text(subject, "apiVersion") == "" || text(subject, "kind") == "" {
		return fmt.Errorf("%w: it has no apiVersion or no kind", ErrNotReviewable)
	}
	operation := from.Operation
	switch {
	case operation != "" || from.gator:
	case from.Object == nil:
		operation = string(admissionv1.Delete)
	case from.Old != nil:
		operation = string(admissionv1.Update)
	default:
		operation = string(admissionv1.Create)
	}
	if operation == string(admissionv1.Delete) && from.Old == nil {
		r.object, r.old = nil, from.Object
	}
	m := matchedOf(subject)
	_, version, found := strings.Cut(text(subject, "apiVersion"), "/")
	if !found {
		version = text(subject, "apiVersion")
	}
	r.request = map[string]any{
		"uid":       "",
		"kind":      map[string]any{"group": m.group, "version": version, "kind": m.kind},
		"resource":  map[string]any{"group": "", "version": "", "resource": ""},
		"operation": operation,
		"userInfo":  map[string]any{},
		"options":   nil,
	}
	if m.name != "" {
		r.request["name"] = m.name
	}
	if m.namespace != "" {
		r.request["namespace"] = m.namespace
	}
	return nil
}

// admission takes the request of an AdmissionReview. Like gator it refuses
// fields that an AdmissionReview does not have.
func (r *Review) admission(object map[string]any) error {
	var parsed admissionv1.AdmissionReview
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object, &parsed, true); err != nil {
		return fmt.Errorf("reading the AdmissionReview: %w", err)
	}
	if parsed.Request == nil {
		return errors.New("reading the AdmissionReview: it has no request")
	}
	raw, err := json.Marshal(parsed.Request)
	if err == nil {
		err = json.Unmarshal(raw, &r.request)
	}
	if err != nil {
		return fmt.Errorf("reading the AdmissionReview: %w", err)
	}
	request, _ := object["request"].(map[string]any)
	r.objectTerm = nil
	r.object, _ = request["object"].(map[string]any)
	r.old, _ = request["oldObject"].(map[string]any)
	if r.object == nil && r.old == nil {
		return errors.New("reading the AdmissionReview: its request has neither object nor oldObject")
	}
	if parsed.Request.Operation == admissionv1.Delete {
		if r.old == nil {
			return errors.New("reading the AdmissionReview: a request with the operation DELETE needs oldObject")
		}
		r.object = nil
	}
	for _, o := range []map[string]any{r.object, r.old} {
		if o != nil && text(o, "kind") == "" {
			return errors.New("reading the AdmissionReview: its object has no kind")
		}
	}
	return nil
}

func matchedOf(object map[string]any) matched {
	group, _, found := strings.Cut(text(object, "apiVersion"), "/")
	if !found {
		group = ""
	}
	m := matched{
		group: group, kind: text(object, "kind"), name: text(object, "metadata", "name"),
		generateName: text(object, "metadata", "generateName"), namespace: text(object, "metadata", "namespace"),
	}
	// Labels that are not all texts count as none, as in Kubernetes' own reading.
	m.labels, _, _ = unstructured.NestedStringMap(object, "metadata", "labels")
	return m
}

// asRego is input.review. Where an object is deleted it stands under object
// too, as Gatekeeper has it.
func (r *Review) asRego() (*ast.Term, error) {
	value, err := ast.InterfaceToValue(r.request)
	if err != nil {
		return nil, fmt.Errorf("reading the object under review: %w", err)
	}
	review := value.(ast.Object)
	old, err := termOf(r.old)
	if err != nil {
		return nil, err
	}
	object := r.objectTerm
	if object == nil || r.object == nil {
		if object, err = termOf(r.object); err != nil {
			return nil, err
		}
	}
	if r.object == nil {
		object = old
	}
	namespace, err := termOf(r.namespace)
	if err != nil {
		return nil, err
	}
	if r.namespace == nil {
		namespace = ast.ObjectTerm() // not null: Gatekeeper gives a map without entries
	}
	review.Insert(ast.InternedTerm("object"), object)
	review.Insert(ast.InternedTerm("oldObject"), old)
	review.Insert(ast.InternedTerm("namespaceObject"), namespace)
	return ast.NewTerm(review), nil
}

func termOf(object map[string]any) (*ast.Term, error) {
	if object == nil {
		return ast.InternedNullTerm, nil
	}
	value, err := ast.InterfaceToValue(object)
	if err != nil {
		return nil, fmt.Errorf("reading the object under review: %w", err)
	}
	return ast.NewTerm(value), nil
}
