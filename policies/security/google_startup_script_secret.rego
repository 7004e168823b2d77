# METADATA
# title: Credentials in the metadata of Google machines
# description: |
#   The metadata of a machine can be read by every program on it and by everyone
#   who may read the project, and are in the state of Terraform. Google Cloud
#   documentation, "About VM metadata".
# custom:
#   id: security/google-startup-script-secret
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Let the machine fetch the credential from Secret Manager by its service account.
#   scope: resource
#   kinds:
#     - terraform/google_compute_instance
#     - terraform/google_compute_instance_template
#     - terraform/google_compute_region_instance_template
#     - terraform/google_compute_instance_from_template
#     - terraform/google_compute_project_metadata
package holdfast.security.google_startup_script_secret

import data.holdfast.lib.attributes
import data.holdfast.lib.boot

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some [path, script] in _scripts
	is_string(script)
	some what in boot.secrets(script)
	msg := sprintf("the %s of %s has %s in it", [path[count(path) - 1], attributes.title, what])
}

_scripts contains [["metadata_startup_script"], input.resource.spec.metadata_startup_script]

_scripts contains [["metadata", key], script] if some key, script in input.resource.spec.metadata
