package holdfast.security.aws_ecs_privileged_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_ecs_privileged

_found(kind, spec) := found if {
	found := aws_ecs_privileged.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_ecs_task_definition" "shop" {
  family       = "shop"
  network_mode = "awsvpc"
  container_definitions = jsonencode([{
    name  = "shop"
    image = "registry.example.com/shop:1.4.2"
  }])
}`

bad_example := `resource "aws_ecs_task_definition" "shop" {
  family       = "shop"
  network_mode = "host"
  container_definitions = jsonencode([{
    name  = "shop"
    image = "registry.example.com/shop:1.4.2"
  }])
}`

test_modes if {
	every attribute in ["network_mode", "pid_mode", "ipc_mode"] {
		_found("aws_ecs_task_definition", {attribute: "host"}) == {{
			"msg": sprintf("aws_ecs_task_definition.x sets %s to host", [attribute]),
			"path": ["spec", attribute],
		}}
		_found("aws_ecs_task_definition", {attribute: "task"}) == set()
	}
}

_containers(list) := {"container_definitions": json.marshal(list)}

test_containers if {
	_found("aws_ecs_task_definition", _containers([{"name": "a"}, {"name": "b", "privileged": true}])) == {{
		"msg": `container "b" of aws_ecs_task_definition.x is privileged`,
		"path": ["spec", "container_definitions"],
	}}
	_found("aws_ecs_task_definition", _containers([{"name": 7, "privileged": "true"}])) == {{
		"msg": "a container of aws_ecs_task_definition.x is privileged",
		"path": ["spec", "container_definitions"],
	}}
	_found("aws_ecs_task_definition", _containers([{"name": "a", "privileged": false}, null])) == set()
	_found("aws_ecs_task_definition", {"container_definitions": "no JSON"}) == set()
}
