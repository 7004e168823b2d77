# METADATA
# title: RBAC
# description: |
#   What the rules of a Role or ClusterRole grant, by the way in which the API
#   server's RBAC authorizer reads them.
package holdfast.lib.rbac

# rules is the list of a role's rules. It is undefined for the API server's own
# default roles, which it restores at each start, and for an aggregated role,
# whose rules the control plane overwrites.
rules(role) := role.rules if {
	not default_role(role)
	not _aggregated(role)
}

_aggregated(role) if is_object(role.aggregationRule)

# default_role is true for a role or binding that the API server keeps by itself.
default_role(resource) if {
	resource.metadata.labels["kubernetes.io/bootstrapping"] == "rbac-defaults"
	is_string(resource.metadata.name)
	regex.match(`^(?:system:.+|cluster-admin|admin|edit|view)$`, resource.metadata.name)
}

# grants is the set of a role's rules that name one of the resources of an API
# group, and one of the verbs. A "*" counts as one if the verbs have it; a "*"
# in resources is none of these, and is what security/rbac-wildcard is about.
grants(role, group, resources, verbs) := {grant |
	some i, rule in rules(role)
	named := {resource | some resource in rule.resources; resource in resources}
	count(named) > 0
	_in_group(rule, group)
	allowed := {verb | some verb in rule.verbs; verb in verbs}
	count(allowed) > 0
	grant := {"rule": rule, "path": ["rules", i], "resources": named, "verbs": allowed}
}

_in_group(rule, group) if group in rule.apiGroups

_in_group(rule, _) if "*" in rule.apiGroups

# named is true for a rule that holds for some objects only.
named(rule) if some _ in rule.resourceNames

# phrase is a grant in words: get, list secrets.
phrase(grant) := sprintf("%s %s", [_verbs(grant), concat(", ", sort(grant.resources))])

_verbs(grant) := "do everything with" if {
	"*" in grant.verbs
} else := concat(", ", sort(grant.verbs))

# superuser is true for a rule that allows everything with each resource of
# the core group, which has the pods and the secrets, or of all groups.
superuser(rule) if {
	"*" in rule.verbs
	"*" in rule.resources
	_in_group(rule, "")
}

# subjects is the set of a binding's subjects, each with its path.
subjects(binding) := {{"subject": subject, "path": ["subjects", i]} |
	not default_role(binding)
	some i, subject in binding.subjects
	is_object(subject)
}
