# METADATA
# title: Backups kept in the cluster that they are for
# description: |
#   Where a backup's storage is a Service of the same cluster, such as a MinIO
#   beside it, losing the cluster or its storage loses the backups as well (NIST
#   SP 800-34, backup and recovery: store backups off-site). Read are the endpoints
#   of Velero's BackupStorageLocations, of CloudNativePG's Clusters and
#   ObjectStores, of K8up's Schedules and of Percona's clusters: names that end in
#   .svc or .svc.cluster.local, and names without a dot. Services of type
#   ExternalName or without a selector lead elsewhere, and pass.
# custom:
#   id: dr/backup-in-cluster
#   category: dr
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/cp-9, nist-800-53/cp-6]
#   remediation: Store backups in object storage outside of the cluster, best in another region or account.
#   scope: resource
#   kinds:
#     - velero.io/BackupStorageLocation
#     - postgresql.cnpg.io/Cluster
#     - barmancloud.cnpg.io/ObjectStore
#     - k8up.io/Schedule
#     - psmdb.percona.com/PerconaServerMongoDB
#     - pxc.percona.com/PerconaXtraDBCluster
#     - ps.percona.com/PerconaServerMySQL
package holdfast.dr.backup_in_cluster

import data.holdfast.lib.names
import data.holdfast.lib.stores

deny contains {"msg": msg, "path": store.path} if {
	some store in stores.of(input.resource)
	host := _host(store.endpoint)
	service := _service(host)
	not _leads_elsewhere(service)
	msg := sprintf("%s stores backups in the cluster itself (%s)", [names.title(input.resource), host])
}

_host(endpoint) := lower(match[1]) if {
	some match in regex.find_all_string_submatch_n(`^(?:[A-Za-z][A-Za-z0-9+.-]*://)?([A-Za-z0-9.-]+)(?::[0-9]+)?(?:/|$)`, endpoint, 1)
}

# The namespace and name of the Service that a host name in the cluster is.
_service(host) := [parts[1], parts[0]] if {
	regex.match(`^[a-z0-9-]+\.[a-z0-9-]+\.svc(?:\.cluster\.local)?\.?$`, host)
	parts := split(host, ".")
}

_service(host) := [names.namespace(input.resource), host] if {
	regex.match(`^[a-z][a-z0-9-]*$`, host)
	host != "localhost"
}

_leads_elsewhere([namespace, name]) if {
	service := data.holdfast.resources[input.target.name]["core/Service"][namespace][name]
	object.get(service, ["spec", "selector"], {}) in {{}, null}
}

_leads_elsewhere([namespace, name]) if {
	data.holdfast.resources[input.target.name]["core/Service"][namespace][name].spec.type == "ExternalName"
}
