package holdfast.lib.objectives_test

import data.holdfast.lib.objectives

_annotated(rpo) := {"metadata": {"annotations": {"holdfast.dev/rpo": rpo}}}

_labelled(rpo) := {"metadata": {"labels": {"holdfast.dev/rpo": rpo}}}

_rpo(resource, namespace, params) := objective if {
	objective := objectives.rpo("prod", "shop", resource) with data.holdfast.params as {"dr_objectives": params}
		with data.holdfast.resources as {"prod": {"core/Namespace": {"": {"shop": namespace}}}}
}

_params := {"default": {"rpo": "24h"}, "namespaces": {"shop": {"rpo": "12h"}}}

test_the_nearest_counts if {
	_rpo(_annotated("1h"), _annotated("6h"), _params) == {"minutes": 60, "from": "holdfast.dev/rpo"}
	_rpo(_labelled("1h"), _annotated("6h"), _params) == {"minutes": 60, "from": "holdfast.dev/rpo"}
	_rpo(object.union(_labelled("1h"), _annotated("2h")), {}, _params).minutes == 120
	_rpo({}, _annotated("6h"), _params) == {"minutes": 360, "from": "holdfast.dev/rpo"}
	_rpo({}, _labelled("6h"), _params) == {"minutes": 360, "from": "holdfast.dev/rpo"}
	_rpo({}, {}, _params) == {"minutes": 720, "from": "dr_objectives.namespaces.shop"}
	_rpo({}, {}, object.remove(_params, ["namespaces"])) == {"minutes": 1440, "from": "dr_objectives.default"}
}

test_nothing_declared if {
	not _rpo({}, {}, {})
	not _rpo(null, null, {"namespaces": {"other": {"rpo": "1h"}}})
	not _rpo(_annotated("soon"), _annotated(5), {"default": null})
}
