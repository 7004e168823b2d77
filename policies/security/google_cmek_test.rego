package holdfast.security.google_cmek_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_cmek

_found(kind, spec) := found if {
	found := google_cmek.warn with input as attributes_test.judged(kind, spec)
}

_keys := {
	"google_storage_bucket": {"encryption": [{"default_kms_key_name": "x"}]},
	"google_bigquery_dataset": {"default_encryption_configuration": [{"kms_key_name": "x"}]},
	"google_bigquery_table": {"encryption_configuration": [{"kms_key_name": "x"}]},
	"google_pubsub_topic": {"kms_key_name": "x"},
	"google_compute_disk": {"disk_encryption_key": [{"kms_key_self_link": "x"}]},
	"google_sql_database_instance": {"encryption_key_name": "x"},
	"google_spanner_database": {"encryption_config": [{"kms_key_name": "x"}]},
	"google_bigtable_instance": {"cluster": [{"kms_key_name": "x"}, {"kms_key_name": "y"}]},
	"google_artifact_registry_repository": {"kms_key_name": "x"},
	"google_dataproc_cluster": {"cluster_config": [{"encryption_config": [{"kms_key_name": "x"}]}]},
	"google_filestore_instance": {"kms_key_name": "x"},
	"google_redis_instance": {"customer_managed_key": "x"},
}

_attributes := {
	"google_storage_bucket": "encryption.default_kms_key_name",
	"google_bigquery_dataset": "default_encryption_configuration.kms_key_name",
	"google_bigquery_table": "encryption_configuration.kms_key_name",
	"google_pubsub_topic": "kms_key_name",
	"google_compute_disk": "disk_encryption_key.kms_key_self_link",
	"google_sql_database_instance": "encryption_key_name",
	"google_spanner_database": "encryption_config.kms_key_name",
	"google_bigtable_instance": "cluster.kms_key_name",
	"google_artifact_registry_repository": "kms_key_name",
	"google_dataproc_cluster": "cluster_config.encryption_config.kms_key_name",
	"google_filestore_instance": "kms_key_name",
	"google_redis_instance": "customer_managed_key",
}

test_no_key_is_found if {
	every kind, attribute in _attributes {
		_found(kind, {}) == {{
			"msg": sprintf("%s.it is without a key of its owner: %s is not set", [kind, attribute]),
			"path": ["spec"],
		}}
	}
	count(_found("google_bigtable_instance", {"cluster": [{"kms_key_name": "x"}, {}]})) == 1
	count(_found("google_bigtable_instance", {"cluster": []})) == 1
}

test_a_key_passes if {
	every kind, spec in _keys {
		_found(kind, spec) == set()
	}
	_found("google_compute_disk", {"disk_encryption_key": [{"raw_key": "x"}]}) == set()
	_found("google_spanner_database", {"encryption_config": [{"kms_key_names": ["x"]}]}) == set()
	_found("google_bigtable_instance", {"cluster": [{"kms_key_name": "x"}]}) == set()
	_found("google_compute_network", {}) == set()
}

good_example := `resource "google_pubsub_topic" "orders" {
  name         = "orders"
  kms_key_name = "projects/example/locations/europe-west1/keyRings/shop/cryptoKeys/shop"
}
`

bad_example := `resource "google_pubsub_topic" "orders" {
  name = "orders"
}
`
