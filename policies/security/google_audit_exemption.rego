# METADATA
# title: Audit logs with exceptions
# description: |
#   What an exempted member reads and writes is in no audit log. CIS Google
#   Cloud Platform Foundation Benchmark 2.0.0, 2.1.
# custom:
#   id: security/google-audit-exemption
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gcp/2.1]
#   remediation: >-
#     Drop exempted_members.
#   scope: resource
#   kinds:
#     - terraform/google_project_iam_audit_config
#     - terraform/google_folder_iam_audit_config
#     - terraform/google_organization_iam_audit_config
package holdfast.security.google_audit_exemption

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", "audit_log_config", i, "exempted_members"]} if {
	exempted := input.resource.spec.audit_log_config[i].exempted_members
	members := [member | some member in exempted; is_string(member)]
	count(members) > 0
	msg := sprintf("%s logs nothing of what %s does", [attributes.title, concat(", ", members)])
}
