# METADATA
# title: Label selectors
# description: Kubernetes LabelSelectors, as the API defines them.
package holdfast.lib.selectors

# matches is true if a LabelSelector selects an object with these labels. An
# empty selector selects everything.
matches(selector, labels) if {
	is_object(selector)
	not _label_differs(selector, labels)
	not _expression_fails(selector, labels)
}

_label_differs(selector, labels) if {
	some key, value in selector.matchLabels
	not labels[key] == value
}

_expression_fails(selector, labels) if {
	some expression in selector.matchExpressions
	not _holds(expression, labels)
}

_holds(expression, labels) if {
	expression.operator == "In"
	_is_one_of(labels, expression)
}

_holds(expression, labels) if {
	expression.operator == "NotIn"
	not _is_one_of(labels, expression)
}

_holds(expression, labels) if {
	expression.operator == "Exists"
	_has(labels, expression.key)
}

_holds(expression, labels) if {
	expression.operator == "DoesNotExist"
	not _has(labels, expression.key)
}

_has(labels, key) if _ := labels[key]

# An operand that is undefined would make a negation undefined too, so what is
# negated stands in functions of its own.
_is_one_of(labels, expression) if labels[expression.key] in expression.values

# by_added_label is true if a selector asks for a label that controllers add, so
# that what it selects cannot be told from what is written.
by_added_label(selector) if {
	some label, _ in selector.matchLabels
	_added(label)
}

by_added_label(selector) if {
	some expression in selector.matchExpressions
	_added(expression.key)
}

_added(label) if {
	label in {
		"pod-template-hash",
		"rollouts-pod-template-hash",
		"controller-revision-hash",
		"job-name",
		"controller-uid",
	}
}

_added(label) if {
	is_string(label)
	regex.match(`^(?:statefulset|apps|batch)\.kubernetes\.io/`, label)
}
