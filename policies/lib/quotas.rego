# METADATA
# title: Quotas
package holdfast.lib.quotas

# scoped is true for a quota that is for some of the pods only.
scoped(quota) if {
	is_array(quota.spec.scopes)
	count(quota.spec.scopes) > 0
}

scoped(quota) if is_object(quota.spec.scopeSelector)
