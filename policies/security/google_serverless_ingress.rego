# METADATA
# title: Functions and services that take calls from the Internet
# description: |
#   A function or a Cloud Run service whose ingress is not restricted can be
#   called from the Internet, past load balancers and what they filter. That is
#   the default. Google Cloud documentation, "Restrict network ingress for Cloud
#   Run".
# custom:
#   id: security/google-serverless-ingress
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set ingress (ingress_settings for functions) to internal, or to internal and load balancing.
#   scope: resource
#   kinds:
#     - terraform/google_cloudfunctions_function
#     - terraform/google_cloudfunctions2_function
#     - terraform/google_cloud_run_v2_service
#     - terraform/google_cloud_run_service
package holdfast.security.google_serverless_ingress

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec"]} if {
	not _restricted
	not _event
	msg := sprintf("%s takes calls from the Internet", [attributes.title])
}

_restricted if input.resource.spec.ingress_settings != "ALLOW_ALL"

_restricted if input.resource.spec.service_config[0].ingress_settings != "ALLOW_ALL"

_restricted if input.resource.spec.ingress != "INGRESS_TRAFFIC_ALL"

_restricted if input.resource.spec.metadata[0].annotations["run.googleapis.com/ingress"] != "all"

# A function that events start has no address.
_event if input.resource.spec.event_trigger[0]
