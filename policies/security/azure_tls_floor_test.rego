package holdfast.security.azure_tls_floor_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_tls_floor

_found(kind, spec) := found if {
	found := azure_tls_floor.deny with input as attributes_test.judged(kind, spec)
}

_old(path, value) := {{
	"msg": sprintf("azurerm_x.it accepts connections with an old version of TLS: %s is %q", [path[count(path) - 1], value]),
	"path": path,
}}

test_old_versions_are_found if {
	_found("azurerm_x", {"min_tls_version": "TLS1_0"}) == _old(["spec", "min_tls_version"], "TLS1_0")
	_found("azurerm_x", {"minimum_tls_version": 1.1}) == _old(["spec", "minimum_tls_version"], "1.1")
	_found("azurerm_x", {"minimal_tls_version": "Tls11"}) == _old(["spec", "minimal_tls_version"], "Tls11")
	_found("azurerm_x", {"ssl_minimal_tls_version_enforced": "TLSEnforcementDisabled"}) == _old(
		["spec", "ssl_minimal_tls_version_enforced"],
		"TLSEnforcementDisabled",
	)
}

test_old_versions_in_blocks_are_found if {
	every name in ["min_tls_version", "minimum_tls_version", "scm_minimum_tls_version", "scm_min_tls_version"] {
		_found("azurerm_x", {"site_config": [{name: "1.0"}]}) == _old(["spec", "site_config", 0, name], "1.0")
	}
	every name in ["minimum_tls_version", "minimum_version"] {
		_found("azurerm_x", {"tls": [{name: "TLS10"}]}) == _old(["spec", "tls", 0, name], "TLS10")
	}
	_found("azurerm_x", {"cdn_managed_https": [{"tls_version": "None"}]}) == _old(
		["spec", "cdn_managed_https", 0, "tls_version"],
		"None",
	)
	_found("azurerm_x", {"user_managed_https": [{"tls_version": "TLS10"}]}) == _old(
		["spec", "user_managed_https", 0, "tls_version"],
		"TLS10",
	)
	_found("azurerm_x", {"ssl_policy": [{"min_protocol_version": "TLSv1_1"}]}) == _old(
		["spec", "ssl_policy", 0, "min_protocol_version"],
		"TLSv1_1",
	)
	_found("azurerm_x", {"ssl_policy": [{"policy_name": "AppGwSslPolicy20150501"}]}) == _old(
		["spec", "ssl_policy", 0, "policy_name"],
		"AppGwSslPolicy20150501",
	)
}

test_each_spelling_is_known if {
	every value in [
		"1.0", "1", 1, 1.1, "1.1", "TLS10", "TLS11", "TLS1_0", "TLS1_1", "Tls", "Tls11", "TLSv1_0", "TLSv1_1", "None",
		"Disabled", "TLSEnforcementDisabled", "AppGwSslPolicy20150501", "AppGwSslPolicy20170401",
	] {
		count(_found("azurerm_x", {"min_tls_version": value})) == 1
	}
}

test_new_versions_pass if {
	every value in [1.2, "1.2", "1.3", "TLS1_2", "TLS1_3", "Tls12", "TLS12", "TLSv1_2", "${var.tls}", "AppGwSslPolicy20220101"] {
		_found("azurerm_x", {"min_tls_version": value, "site_config": [{"minimum_tls_version": value}]}) == set()
	}
	_found("azurerm_storage_account", {}) == set()
	_found("azurerm_x", {"site_config": "x", "tls": null}) == set()
}

test_redis_must_say if {
	_found("azurerm_redis_cache", {}) == {{
		"msg": "azurerm_redis_cache.it accepts connections with TLS 1.0, as minimum_tls_version is not set",
		"path": ["spec"],
	}}
	_found("azurerm_redis_cache", {"minimum_tls_version": "1.2"}) == set()
	count(_found("azurerm_redis_cache", {"minimum_tls_version": "1.0"})) == 1
}

good_example := `resource "azurerm_redis_cache" "sessions" {
  name                = "sessions"
  location            = "westeurope"
  resource_group_name = "example"
  capacity            = 1
  family              = "C"
  sku_name            = "Standard"
  minimum_tls_version = "1.2"
}
`

bad_example := `resource "azurerm_mssql_server" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  version             = "12.0"
  minimum_tls_version = "1.0"
}
`
