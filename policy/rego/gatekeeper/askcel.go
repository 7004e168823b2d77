package gatekeeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/cel-go/common/types"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	apicel "k8s.io/apiserver/pkg/admission/plugin/cel"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	apiservercel "k8s.io/apiserver/pkg/cel"
)

// celInput is what the expressions of one evaluation see.
type celInput struct {
	attributes *admission.VersionedAttributes
	request    *admissionv1.AdmissionRequest
	namespace  *corev1.Namespace
	bindings   apicel.OptionalVariableBindings
}

// asCEL is the review as the API server's CEL takes it, without the bindings.
// Other than in Rego, an object that is deleted stands under oldObject only.
func (r *Review) asCEL() (*celInput, error) {
	raw, err := json.Marshal(r.request)
	var request admissionv1.AdmissionRequest
	if err == nil {
		err = json.Unmarshal(raw, &request)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the object under review: %w", err)
	}
	extra := map[string][]string{}
	for key, values := range request.UserInfo.Extra {
		extra[key] = values
	}
	var options runtime.Object
	if len(request.Options.Raw) > 0 {
		parsed := &unstructured.Unstructured{}
		if err := json.Unmarshal(request.Options.Raw, &parsed.Object); err != nil {
			return nil, fmt.Errorf("reading the options of the request: %w", err)
		}
		options = parsed
	}
	attributes := &admission.VersionedAttributes{
		Attributes: admission.NewAttributesRecord(
			runtimeObject(r.object), runtimeObject(r.old), schema.GroupVersionKind(request.Kind), request.Namespace, request.Name,
			schema.GroupVersionResource(request.Resource), request.SubResource, admission.Operation(request.Operation), options,
			request.DryRun != nil && *request.DryRun,
			&user.DefaultInfo{Name: request.UserInfo.Username, UID: request.UserInfo.UID, Groups: request.UserInfo.Groups, Extra: extra},
		),
		VersionedKind:      schema.GroupVersionKind(request.Kind),
		VersionedObject:    admission.NewLazyObject(runtimeObject(r.object)),
		VersionedOldObject: admission.NewLazyObject(runtimeObject(r.old)),
	}
	// Both are converted now, because the evaluations go on side by side.
	for _, lazy := range []*admission.LazyObject{&attributes.VersionedObject, &attributes.VersionedOldObject} {
		if _, err := lazy.CELValue(); err != nil {
			return nil, fmt.Errorf("reading the object under review: %w", err)
		}
	}
	namespace, err := r.namespaceObject()
	return &celInput{
		attributes: attributes,
		request: apicel.CreateAdmissionRequest(attributes.Attributes,
			metav1.GroupVersionResource(attributes.GetResource()), metav1.GroupVersionKind(attributes.VersionedKind)),
		namespace: namespace,
	}, err
}

// celParams is a constraint as CEL takes it: without a detour through JSON.
type celParams struct{ *unstructured.Unstructured }

// ToUnstructured implements structured-merge-diff's UnstructuredConverter.
func (p celParams) ToUnstructured() any { return p.Object }

// runtimeObject is nil, and not an interface that holds nil, where there is no object.
func runtimeObject(object map[string]any) runtime.Object {
	if object == nil {
		return nil
	}
	return &unstructured.Unstructured{Object: object}
}

// namespaceObject is what CEL sees of the Namespace.
func (r *Review) namespaceObject() (*corev1.Namespace, error) {
	if r.namespace == nil {
		return nil, nil
	}
	namespace := &corev1.Namespace{}
	raw, err := json.Marshal(r.namespace)
	if err == nil {
		err = json.Unmarshal(raw, namespace)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the Namespace of the object under review: %w", err)
	}
	return apicel.CreateNamespaceObject(namespace), nil
}

// askCEL evaluates as a ValidatingAdmissionPolicy is in the API server, with
// its bounds on cost: conditions, then validations and their messages. An
// error is a violation, unless the failurePolicy is Ignore.
func (r *Rule) askCEL(ctx context.Context, review *Review) ([]Violation, error) {
	p := r.template.cel
	native, err := review.native()
	if err != nil {
		return nil, err
	}
	in, attributes := *native, *native.attributes
	in.attributes = &attributes // evaluating writes to it
	in.bindings = apicel.OptionalVariableBindings{VersionedParams: celParams{r.content}}
	meets, err := p.meetsConditions(ctx, in)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return p.failed(err), nil
	}
	if !meets {
		return nil, nil
	}
	violations := p.validate(ctx, in)
	return violations, ctx.Err()
}

// failed is the violation that an error is.
func (p *celProgram) failed(err error) []Violation {
	if p.ignore {
		return nil
	}
	return []Violation{{Msg: err.Error(), Details: map[string]any{}}}
}

// evaluate runs the expressions of one kind, within the budget, and returns
// what is left of it.
func (p *celProgram) evaluate(ctx context.Context, e apicel.ConditionEvaluator, in celInput, budget int64) ([]apicel.EvaluationResult, int64, error) {
	return e.ForInput(p.compiler.CreateContext(ctx), in.attributes, in.request, in.bindings, in.namespace, budget)
}

// meetsConditions reports whether no condition is false. One that is outweighs
// errors in others. The namespace is not known to conditions.
func (p *celProgram) meetsConditions(ctx context.Context, in celInput) (bool, error) {
	in.namespace = nil
	results, _, err := p.evaluate(ctx, p.conditions, in, celconfig.RuntimeCELCostBudgetMatchConditions)
	if err != nil {
		return false, err
	}
	var failures []error
	for _, result := range results {
		if result.Error != nil {
			failures = append(failures, result.Error)
		}
		if result.EvalResult == types.False {
			return false, nil
		}
	}
	return len(failures) == 0, errors.Join(failures...)
}

func (p *celProgram) validate(ctx context.Context, in celInput) []Violation {
	results, budget, err := p.evaluate(ctx, p.validations, in, celconfig.PerCallLimit)
	if err != nil {
		return p.failed(err)
	}
	messages, _, messageErr := p.evaluate(ctx, p.messages, in, budget)
	if !errors.Is(messageErr, apiservercel.ErrInternal) && !errors.Is(messageErr, apiservercel.ErrOutOfBudget) {
		messageErr = nil
	}
	var violations []Violation
	for i, result := range results {
		switch {
		case result.Error != nil:
			violations = append(violations, p.failed(result.Error)...)
		case messageErr != nil:
			violations = append(violations, p.failed(fmt.Errorf("failed messageExpression: %w", messageErr))...)
		case result.EvalResult != types.True:
			violations = append(violations, Violation{Msg: p.message(i, messages), Details: map[string]any{}})
		}
	}
	return violations
}

// message is what the validation's messageExpression gives if that is one line
// of text, or else its message, or else its expression.
func (p *celProgram) message(i int, messages []apicel.EvaluationResult) string {
	if i < len(messages) && messages[i].Error == nil && messages[i].EvalResult != nil {
		message, _ := messages[i].EvalResult.Value().(string)
		message = strings.TrimSpace(message)
		if message != "" && len(message) <= celconfig.MaxEvaluatedMessageExpressionSizeBytes && !strings.Contains(message, "\n") {
			return message
		}
	}
	v := p.source.Validations[i]
	if message := strings.TrimSpace(v.Message); message != "" {
		return message
	}
	return "failed expression: " + strings.TrimSpace(v.Expression)
}
