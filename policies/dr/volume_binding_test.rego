package holdfast.dr.volume_binding_test

import data.holdfast.dr.volume_binding
import data.holdfast.lib.samples_test as samples

_warn(more) := found if {
	class := object.union({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"}}, more)
	found := volume_binding.warn with input as samples.of(class)
}

_msg := `StorageClass "fast" makes volumes of one zone before a pod asks for them`

test_immediate_is_found if {
	_warn({"provisioner": "ebs.csi.aws.com"}) == {{"msg": _msg, "path": ["provisioner"]}}
	every provisioner in [
		"ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com", "kubernetes.io/aws-ebs", "pd.csi.storage.gke.io",
		"kubernetes.io/gce-pd", "disk.csi.azure.com", "kubernetes.io/azure-disk", "cinder.csi.openstack.org",
		"kubernetes.io/cinder", "kubernetes.io/no-provisioner",
	] {
		_warn({"provisioner": provisioner, "volumeBindingMode": "Immediate"}) == {{
			"msg": _msg,
			"path": ["volumeBindingMode"],
		}}
	}
}

test_waiting_passes if {
	_warn({"provisioner": "ebs.csi.aws.com", "volumeBindingMode": "WaitForFirstConsumer"}) == set()
}

test_volumes_of_no_single_zone_pass if {
	_warn({"provisioner": "efs.csi.aws.com"}) == set()
	_warn({}) == set()
	_warn({"provisioner": "ebs.csi.aws.com", "allowedTopologies": [{"matchLabelExpressions": []}]}) == set()
	_warn({"provisioner": "pd.csi.storage.gke.io", "parameters": {"replication-type": "regional-pd"}}) == set()
	every sku in ["Premium_ZRS", "StandardSSD_ZRS"] {
		_warn({"provisioner": "disk.csi.azure.com", "parameters": {"skuName": sku}}) == set()
	}
	count(_warn({"provisioner": "disk.csi.azure.com", "parameters": {"skuName": "Premium_LRS"}})) == 1
	count(_warn({"provisioner": "pd.csi.storage.gke.io", "parameters": {"replication-type": "none"}})) == 1
	count(_warn({"provisioner": "ebs.csi.aws.com", "allowedTopologies": []})) == 1
	count(_warn({"provisioner": "ebs.csi.aws.com", "allowedTopologies": null})) == 1
}

good_example := `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: fast
provisioner: ebs.csi.aws.com
volumeBindingMode: WaitForFirstConsumer
`

bad_example := `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: fast
provisioner: ebs.csi.aws.com
`
