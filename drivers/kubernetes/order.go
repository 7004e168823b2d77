package kubernetes

import (
	"slices"

	"github.com/fluxcd/pkg/ssa"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// clusterWide are the built-in kinds that are in no namespace. Of others the
// server tells it, but not to a check, nor before they are made.
var clusterWide = []string{
	"core/Namespace", "core/Node", "core/PersistentVolume",
	"apiextensions.k8s.io/CustomResourceDefinition", "apiregistration.k8s.io/APIService",
	"admissionregistration.k8s.io/MutatingWebhookConfiguration", "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
	"admissionregistration.k8s.io/ValidatingAdmissionPolicy", "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
	"admissionregistration.k8s.io/MutatingAdmissionPolicy", "admissionregistration.k8s.io/MutatingAdmissionPolicyBinding",
	"rbac.authorization.k8s.io/ClusterRole", "rbac.authorization.k8s.io/ClusterRoleBinding",
	"scheduling.k8s.io/PriorityClass", "node.k8s.io/RuntimeClass", "networking.k8s.io/IngressClass",
	"storage.k8s.io/StorageClass", "storage.k8s.io/CSIDriver", "storage.k8s.io/CSINode", "storage.k8s.io/VolumeAttachment",
	"storage.k8s.io/VolumeAttributesClass", "snapshot.storage.k8s.io/VolumeSnapshotClass", "snapshot.storage.k8s.io/VolumeSnapshotContent",
	"flowcontrol.apiserver.k8s.io/FlowSchema", "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration",
	"certificates.k8s.io/CertificateSigningRequest", "gateway.networking.k8s.io/GatewayClass",
}

func isClusterWide(id resource.ID) bool { return slices.Contains(clusterWide, id.GroupKind()) }

// stateful are the kinds whose deletion destroys data: volumes and what makes
// them, snapshots, what takes others with it, and the resources by which the
// usual operators keep a database.
var stateful = []string{
	"core/Namespace", "core/PersistentVolume", "core/PersistentVolumeClaim", "apps/StatefulSet",
	"apiextensions.k8s.io/CustomResourceDefinition",
	"snapshot.storage.k8s.io/VolumeSnapshot", "snapshot.storage.k8s.io/VolumeSnapshotContent",
	"postgresql.cnpg.io/Cluster", "postgresql.cnpg.io/Database", "acid.zalan.do/postgresql",
	"postgres-operator.crunchydata.com/PostgresCluster", "mysql.oracle.com/InnoDBCluster",
	"pxc.percona.com/PerconaXtraDBCluster", "psmdb.percona.com/PerconaServerMongoDB", "pgv2.percona.com/PerconaPGCluster",
	"mongodbcommunity.mongodb.com/MongoDBCommunity", "mariadb.mmontes.io/MariaDB", "k8s.mariadb.com/MariaDB",
	"kafka.strimzi.io/Kafka", "kafka.strimzi.io/KafkaTopic", "kafka.strimzi.io/KafkaNodePool",
	"elasticsearch.k8s.elastic.co/Elasticsearch", "rabbitmq.com/RabbitmqCluster", "cassandra.datastax.com/CassandraDatacenter",
	"k8ssandra.io/K8ssandraCluster", "minio.min.io/Tenant", "ceph.rook.io/CephCluster", "ceph.rook.io/CephBlockPool",
	"ceph.rook.io/CephFilesystem", "ceph.rook.io/CephObjectStore", "longhorn.io/Volume", "etcd.database.coreos.com/EtcdCluster",
}

func isStateful(id resource.ID) bool { return slices.Contains(stateful, id.GroupKind()) }

// DependsOn leads from each object to its Namespace, and from a custom
// resource to the CustomResourceDefinition of its kind, where those are among
// the resources.
func (d *Driver) DependsOn(resources []resource.Resource) map[resource.Key][]resource.Key {
	namespaces := map[string]resource.Key{}
	definitions := map[string]resource.Key{}
	for i := range resources {
		id := resources[i].ID
		if id.GroupKind() == "core/Namespace" {
			namespaces[id.Name] = id.Key()
		} else if kind, ok := definedBy(&resources[i]); ok {
			definitions[kind] = id.Key()
		}
	}
	edges := map[resource.Key][]resource.Key{}
	for i := range resources {
		id := resources[i].ID
		namespace := id.Namespace
		if namespace == "" && !isClusterWide(id) {
			namespace = d.namespace
		}
		if key, ok := namespaces[namespace]; ok && id.GroupKind() != "core/Namespace" {
			edges[id.Key()] = append(edges[id.Key()], key)
		}
		if key, ok := definitions[id.GroupKind()]; ok {
			edges[id.Key()] = append(edges[id.Key()], key)
		}
	}
	return edges
}

// definedBy is the kind that a CustomResourceDefinition makes.
func definedBy(res *resource.Resource) (groupKind string, ok bool) {
	if res.ID.GroupKind() != "apiextensions.k8s.io/CustomResourceDefinition" {
		return "", false
	}
	group, _ := resource.Lookup(res.Content, resource.Path{"spec", "group"})
	kind, _ := resource.Lookup(res.Content, resource.Path{"spec", "names", "kind"})
	groupName, isText := group.(string)
	kindName, areTexts := kind.(string)
	return groupName + "/" + kindName, isText && areTexts
}

// rank says what is applied before what, among changes that may be made side
// by side: what others mention comes first, webhooks last.
func rank(id resource.ID) int {
	if at := slices.Index(ssa.ReconcileOrder.First, id.Kind); at >= 0 {
		return at - len(ssa.ReconcileOrder.First)
	}
	return 1 + slices.Index(ssa.ReconcileOrder.Last, id.Kind) // 0 for those that are in neither list
}
