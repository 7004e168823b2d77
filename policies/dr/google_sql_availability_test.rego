package holdfast.dr.google_sql_availability_test

import data.holdfast.dr.google_sql_availability
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := google_sql_availability.warn with input as attributes_test.judged(kind, spec)
}

test_one_zone_is_found if {
	_found("google_sql_database_instance", {"settings": [{"availability_type": "ZONAL"}], "master_instance_name": ""}) == {{
		"msg": "google_sql_database_instance.it has no standby in another zone",
		"path": ["spec", "settings", 0, "availability_type"],
	}}
	{f.path | some f in _found("google_sql_database_instance", {"settings": [{}]})} == {["spec"]}
}

test_a_region_passes if {
	_found("google_sql_database_instance", {"settings": [{"availability_type": "REGIONAL"}]}) == set()
	_found("google_sql_database_instance", {"settings": [{"availability_type": "${var.x}"}]}) == set()
}

test_replicas_pass if {
	_found("google_sql_database_instance", {"master_instance_name": "x"}) == set()
	_found("google_sql_database_instance", {"instance_type": "READ_REPLICA_INSTANCE"}) == set()
	_found("google_sql_database_instance", {"instance_type": "READ_POOL_INSTANCE"}) == set()
}

good_example := `resource "google_sql_database_instance" "shop" {
  name             = "shop"
  region           = "europe-west1"
  database_version = "POSTGRES_15"

  settings {
    tier = "db-custom-2-7680"

    availability_type = "REGIONAL"
  }
}
`

bad_example := `resource "google_sql_database_instance" "shop" {
  name             = "shop"
  region           = "europe-west1"
  database_version = "POSTGRES_15"

  settings {
    tier = "db-custom-2-7680"
  }
}
`
