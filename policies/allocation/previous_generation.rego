# METADATA
# title: Instances of a previous generation
# description: |
#   Instance types that AWS lists as of a previous generation cost more for the
#   same work than their successors: a1, c1, c3, c4, g2, g3, i2, m1 to m4, p2, r3,
#   r4, t1 and those before them. Amazon EC2 Instance Types, "Specifications for
#   Amazon EC2 previous generation instances".
# custom:
#   id: allocation/previous-generation
#   category: allocation
#   severity: low
#   profile: strict
#   remediation: Choose a type of a current generation, such as m7i for m4 or t3 for t1.
#   scope: resource
#   kinds:
#     - terraform/aws_db_instance
#     - terraform/aws_eks_node_group
#     - terraform/aws_instance
#     - terraform/aws_launch_configuration
#     - terraform/aws_launch_template
#     - terraform/aws_rds_cluster_instance
#     - terraform/aws_spot_instance_request
package holdfast.allocation.previous_generation

_families := {
	"a1", "c1", "c3", "c4", "cc1", "cc2", "cg1", "cr1", "g2", "g3", "hi1", "hs1", "i2",
	"m1", "m2", "m3", "m4", "p2", "r3", "r4", "t1",
}

warn contains {"msg": msg, "path": path} if {
	some [path, type] in _types
	is_string(type)
	split(trim_prefix(type, "db."), ".")[0] in _families
	msg := sprintf("%s is of type %s, of a previous generation", [input.resource.metadata.address, type])
}

_types contains [["spec", field], input.resource.spec[field]] if some field in ["instance_type", "instance_class"]

_types contains [["spec", "instance_types", i], type] if some i, type in input.resource.spec.instance_types
