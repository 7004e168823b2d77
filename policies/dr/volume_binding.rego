# METADATA
# title: Volumes made before their pod has a zone
# description: |
#   With volumeBindingMode Immediate, which is the default, a volume is made as
#   soon as it is claimed, in a zone that nobody chose; a pod that has to run
#   elsewhere, by its spread or after the loss of a zone, then never starts
#   (kubernetes.io, "Storage Classes", volume binding mode). Asked of provisioners
#   whose volumes belong to one zone, without allowedTopologies.
# custom:
#   id: dr/volume-binding
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: Set volumeBindingMode to WaitForFirstConsumer.
#   scope: resource
#   kinds: [storage.k8s.io/StorageClass]
package holdfast.dr.volume_binding

import data.holdfast.lib.names

_zonal := {
	"ebs.csi.aws.com",
	"ebs.csi.eks.amazonaws.com",
	"kubernetes.io/aws-ebs",
	"pd.csi.storage.gke.io",
	"kubernetes.io/gce-pd",
	"disk.csi.azure.com",
	"kubernetes.io/azure-disk",
	"cinder.csi.openstack.org",
	"kubernetes.io/cinder",
	"kubernetes.io/no-provisioner",
}

warn contains {"msg": msg, "path": _path} if {
	input.resource.provisioner in _zonal
	object.get(input.resource, "volumeBindingMode", "Immediate") == "Immediate"
	not _placed
	msg := sprintf("%s makes volumes of one zone before a pod asks for them", [names.title(input.resource)])
}

_placed if is_object(input.resource.allowedTopologies[0])

# A disk that is copied to several zones is in none alone.
_placed if input.resource.parameters["replication-type"] == "regional-pd"

_placed if input.resource.parameters.skuName in {"Premium_ZRS", "StandardSSD_ZRS"}

_path := ["volumeBindingMode"] if {
	_ := input.resource.volumeBindingMode
} else := ["provisioner"]
