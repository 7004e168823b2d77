package holdfast.lib.probes_test

import data.holdfast.lib.probes
import data.holdfast.lib.samples_test as samples

test_lasting if {
	found := probes.lasting with input as samples.of(samples.deployment({
		"containers": [{"name": "web"}],
		"initContainers": [{"name": "migrate"}, {"name": "proxy", "restartPolicy": "Always"}],
		"ephemeralContainers": [{"name": "debug", "restartPolicy": "Always"}],
	}))
	{entry.label | some entry in found} == {`container "web"`, `init container "proxy"`}
}

test_handlers if {
	probes.handlers({"exec": null, "tcpSocket": {"port": 1}, "periodSeconds": 3, "terminationGracePeriodSeconds": 3}) == {"tcpSocket": {"port": 1}}
	object.keys(probes.handlers({kind: {} | some kind in ["exec", "grpc", "httpGet", "tcpSocket", "other"]})) == {
		"exec", "grpc", "httpGet", "tcpSocket",
	}
	probes.handlers(null) == {}
}

test_number if {
	probes.number({"periodSeconds": 3}, "periodSeconds") == 3
	probes.number({"periodSeconds": 1}, "periodSeconds") == 1
	every field, value in {"periodSeconds": 10, "timeoutSeconds": 1, "failureThreshold": 3, "successThreshold": 1} {
		probes.number({}, field) == value
		probes.number({field: null}, field) == value
		probes.number({field: 0}, field) == value
		probes.number({field: "7"}, field) == value
	}
}

test_fields if {
	probes.fields == ["livenessProbe", "readinessProbe", "startupProbe"]
}
