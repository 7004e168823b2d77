# METADATA
# title: GKE clusters in one zone
# description: |
#   The API of a zonal cluster is down with its zone, and during each upgrade. A
#   cluster whose location is a region has it three times. GKE documentation,
#   "About cluster configuration choices".
# custom:
#   id: dr/google-gke-regional
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Set location to a region, as in europe-west1; the cluster is then created anew.
#   scope: resource
#   kinds: [terraform/google_container_cluster]
package holdfast.dr.google_gke_regional

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", attribute]} if {
	some attribute, location in _places
	is_string(location)
	regex.match(`^[a-z]+-[a-z]+[0-9]+-[a-z]$`, location)
	msg := sprintf("%s has its API in zone %s alone", [attributes.title, location])
}

_places["location"] := input.resource.spec.location

_places["zone"] := input.resource.spec.zone
