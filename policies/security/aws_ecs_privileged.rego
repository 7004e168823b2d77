# METADATA
# title: ECS tasks with the host's rights
# description: |
#   A task definition whose containers are privileged, or that shares the host's
#   network, process or IPC namespaces. AWS Security Hub ECS.1, ECS.3 and ECS.4.
# custom:
#   id: security/aws-ecs-privileged
#   category: security
#   severity: high
#   profile: recommended
#   remediation: >-
#     Remove privileged, and set network_mode to "awsvpc", pid_mode and ipc_mode to "task".
#   scope: resource
#   kinds: [terraform/aws_ecs_task_definition]
package holdfast.security.aws_ecs_privileged

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", attribute]} if {
	some attribute, value in _spec
	value == "host"
	msg := sprintf("%s sets %s to host", [aws.title, attribute])
}

deny contains {"msg": msg, "path": ["spec", "container_definitions"]} if {
	json.is_valid(input.resource.spec.container_definitions)
	some container in json.unmarshal(input.resource.spec.container_definitions)
	container.privileged in {true, "true"}
	msg := sprintf("%s of %s is privileged", [_title(container), aws.title])
}

_title(container) := sprintf("container %q", [container.name]) if {
	is_string(container.name)
} else := "a container"

_spec["network_mode"] := input.resource.spec.network_mode

_spec["pid_mode"] := input.resource.spec.pid_mode

_spec["ipc_mode"] := input.resource.spec.ipc_mode
