package holdfast.security.aws_sagemaker_internet_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_sagemaker_internet

_found(kind, spec) := found if {
	found := aws_sagemaker_internet.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_sagemaker_notebook_instance" "lab" {
  name                   = "lab"
  role_arn               = "arn:aws:iam::123456789012:role/lab"
  instance_type          = "ml.t3.medium"
  subnet_id              = "subnet-1"
  security_groups        = ["sg-1"]
  direct_internet_access = "Disabled"
  root_access            = "Disabled"
}`

bad_example := `resource "aws_sagemaker_notebook_instance" "lab" {
  name          = "lab"
  role_arn      = "arn:aws:iam::123456789012:role/lab"
  instance_type = "ml.t3.medium"
}`

test_notebooks if {
	kind := "aws_sagemaker_notebook_instance"
	_found(kind, {}) == {
		{"msg": "aws_sagemaker_notebook_instance.x reaches the internet directly", "path": ["spec"]},
		{"msg": "aws_sagemaker_notebook_instance.x gives its users root", "path": ["spec"]},
	}
	_found(kind, {"direct_internet_access": "Enabled", "root_access": "Disabled"}) == {{
		"msg": "aws_sagemaker_notebook_instance.x reaches the internet directly",
		"path": ["spec", "direct_internet_access"],
	}}
	_found(kind, {"direct_internet_access": "Disabled", "root_access": "Enabled"}) == {{
		"msg": "aws_sagemaker_notebook_instance.x gives its users root",
		"path": ["spec", "root_access"],
	}}
}
