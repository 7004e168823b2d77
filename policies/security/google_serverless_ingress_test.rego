package holdfast.security.google_serverless_ingress_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_serverless_ingress

_found(kind, spec) := found if {
	found := google_serverless_ingress.warn with input as attributes_test.judged(kind, spec)
}

test_open_ingress_is_found if {
	_found("google_cloud_run_v2_service", {}) == {{
		"msg": "google_cloud_run_v2_service.it takes calls from the Internet",
		"path": ["spec"],
	}}
	count(_found("google_cloudfunctions_function", {"ingress_settings": "ALLOW_ALL"})) == 1
	count(_found("google_cloudfunctions2_function", {"service_config": [{"ingress_settings": "ALLOW_ALL"}]})) == 1
	count(_found("google_cloud_run_v2_service", {"ingress": "INGRESS_TRAFFIC_ALL"})) == 1
	count(_found("google_cloud_run_service", {"metadata": [{"annotations": {"run.googleapis.com/ingress": "all"}}]})) == 1
}

test_restricted_ingress_passes if {
	_found("google_cloudfunctions_function", {"ingress_settings": "ALLOW_INTERNAL_ONLY"}) == set()
	_found("google_cloudfunctions2_function", {"service_config": [{"ingress_settings": "ALLOW_INTERNAL_AND_GCLB"}]}) == set()
	_found("google_cloud_run_v2_service", {"ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY"}) == set()
	_found("google_cloud_run_service", {"metadata": [{"annotations": {"run.googleapis.com/ingress": "internal"}}]}) == set()
	_found("google_cloudfunctions_function", {"event_trigger": [{}]}) == set()
}

good_example := `resource "google_cloud_run_v2_service" "shop" {
  name     = "shop"
  location = "europe-west1"
  ingress  = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"

  template {
    containers {
      image = "europe-docker.pkg.dev/example/shop/web:1.2.3"
    }
  }
}
`

bad_example := `resource "google_cloud_run_v2_service" "shop" {
  name     = "shop"
  location = "europe-west1"

  template {
    containers {
      image = "europe-docker.pkg.dev/example/shop/web:1.2.3"
    }
  }
}
`
