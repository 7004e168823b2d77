package holdfast.lib.quotas_test

import data.holdfast.lib.quotas

test_scoped if {
	quotas.scoped({"spec": {"scopes": ["BestEffort"]}})
	quotas.scoped({"spec": {"scopeSelector": {"matchExpressions": []}}})
	every spec in [{}, {"scopes": []}, {"scopes": null, "scopeSelector": null}] {
		not quotas.scoped({"spec": spec})
	}
}
