package holdfast.dr.backup_in_cluster_test

import data.holdfast.dr.backup_in_cluster
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_location(url) := clusters.make("velero.io/v1", "BackupStorageLocation", "main", {"config": {"s3Url": url}})

_deny_beside(resources, resource) := found if {
	found := backup_in_cluster.deny with input as samples.of(resource) with data.holdfast.resources as clusters.of(resources)
}

_deny(url) := _deny_beside([], _location(url))

test_a_service_is_found if {
	_deny("http://minio.velero.svc:9000") == {{
		"msg": `BackupStorageLocation "main" stores backups in the cluster itself (minio.velero.svc)`,
		"path": ["spec", "objectStorage", "bucket"],
	}}
	every url in [
		"https://minio.velero.svc.cluster.local", "http://minio.velero.svc.cluster.local.:9000/x", "http://minio:9000",
		"minio.velero.svc:9000", "http://Minio.velero.svc",
	] {
		count(_deny(url)) == 1
	}
}

test_a_database_is_found if {
	spec := {"backup": {"barmanObjectStore": {"destinationPath": "s3://b/", "endpointURL": "http://minio:9000"}}}
	_deny_beside([], clusters.make("postgresql.cnpg.io/v1", "Cluster", "db", spec)) == {{
		"msg": `Cluster "db" stores backups in the cluster itself (minio)`,
		"path": ["spec", "backup", "barmanObjectStore", "destinationPath"],
	}}
}

test_elsewhere_passes if {
	every url in [
		"https://s3.eu-central-1.amazonaws.com", "https://minio.example.com:9000", "http://10.0.0.5:9000", "http://localhost:9000",
		"http://minio.velero.svc.clusterset.local", "http://x.minio.velero.svc", "http://svc.example.com", "", "http://",
		"http://nas.lan",
	] {
		_deny(url) == set()
	}
	_deny_beside([], clusters.make("velero.io/v1", "BackupStorageLocation", "main", {"provider": "aws"})) == set()
}

_service(name, spec) := clusters.at(clusters.make("v1", "Service", name, spec), {"namespace": "velero"})

test_a_service_that_leads_elsewhere_passes if {
	location := _location("http://minio.velero.svc:9000")
	_deny_beside([_service("minio", {"type": "ExternalName", "selector": {"app": "x"}})], location) == set()
	_deny_beside([_service("minio", {"ports": []})], location) == set()
	_deny_beside([_service("minio", {"selector": null})], location) == set()
	count(_deny_beside([_service("minio", {"selector": {"app": "minio"}})], location)) == 1
	count(_deny_beside([_service("other", {})], location)) == 1
}

test_the_namespace_of_a_bare_name if {
	service := clusters.make("v1", "Service", "minio", {})
	_deny_beside([service], _location("http://minio:9000")) == set()
	count(_deny_beside([_service("minio", {})], _location("http://minio:9000"))) == 1
}

good_example := `apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: main
  namespace: velero
spec:
  provider: aws
  objectStorage: {bucket: shop-backups}
  config: {region: eu-central-1}
`

bad_example := `apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: main
  namespace: velero
spec:
  provider: aws
  objectStorage: {bucket: velero}
  config:
    region: minio
    s3ForcePathStyle: "true"
    s3Url: http://minio.velero.svc:9000
`
