package terraform

import (
	"encoding/json"

	"github.com/zclconf/go-cty/cty"
)

// policyDocument is the data source that makes the JSON text of an IAM policy
// of blocks. It asks nobody, so its text can be had before apply.
const policyDocument = "aws_iam_policy_document"

// document is the policy's text; false where it is not known.
func (o *object) document() (cty.Value, bool) {
	if o.busy {
		return cty.NilVal, false
	}
	o.busy = true
	defer func() { o.busy = false }()
	w := newWriter()
	w.references = map[string]bool{}
	spec := map[string]any{}
	w.body(spec, scopedBody{o.block.Body, nil, o.scope}, []any{"spec"}, o.written)
	for _, other := range []string{"source_json", "override_json", "source_policy_documents", "override_policy_documents"} {
		if o.block.Body.Attributes[other] != nil {
			return cty.NilVal, false
		}
	}
	if len(w.unknown) > 0 {
		return undetermined(), true
	}
	var statements []any
	list, _ := spec["statement"].([]any)
	for _, each := range list {
		statement, _ := each.(map[string]any)
		statements = append(statements, statementOf(statement))
	}
	document := map[string]any{"Version": "2012-10-17", "Statement": statements}
	if version, there := spec["version"]; there {
		document["Version"] = version
	}
	if id, there := spec["policy_id"]; there {
		document["Id"] = id
	}
	text, err := json.Marshal(document)
	if err != nil {
		return cty.NilVal, false
	}
	value := cty.StringVal(string(text))
	for _, addresses := range w.written {
		for _, address := range addresses.([]any) {
			value = value.Mark(reference(address.(string)))
		}
	}
	return value, true
}

func statementOf(statement map[string]any) map[string]any {
	out := map[string]any{"Effect": "Allow"}
	for name, key := range map[string]string{
		"sid": "Sid", "effect": "Effect", "actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource",
	} {
		if value, there := statement[name]; there {
			out[key] = single(value)
		}
	}
	for name, key := range map[string]string{"principals": "Principal", "not_principals": "NotPrincipal"} {
		if principals, there := statement[name].([]any); there {
			out[key] = principalsOf(principals)
		}
	}
	conditions := map[string]any{}
	list, _ := statement["condition"].([]any)
	for _, each := range list {
		condition, _ := each.(map[string]any)
		test, _ := condition["test"].(string)
		variable, _ := condition["variable"].(string)
		if conditions[test] == nil {
			conditions[test] = map[string]any{}
		}
		conditions[test].(map[string]any)[variable] = single(condition["values"])
	}
	if len(conditions) > 0 {
		out["Condition"] = conditions
	}
	return out
}

// principalsOf is "*" for everyone, and else the identifiers by their type.
func principalsOf(principals []any) any {
	byType := map[string]any{}
	for _, each := range principals {
		principal, _ := each.(map[string]any)
		kind, _ := principal["type"].(string)
		identifiers, _ := principal["identifiers"].([]any)
		if kind == "*" && len(principals) == 1 {
			return "*"
		}
		before, _ := byType[kind].([]any)
		byType[kind] = append(before, identifiers...)
	}
	for kind, identifiers := range byType {
		byType[kind] = single(identifiers)
	}
	return byType
}

// single is the element of a list of one, as the data source writes it.
func single(value any) any {
	if list, isList := value.([]any); isList && len(list) == 1 {
		return list[0]
	}
	return value
}
