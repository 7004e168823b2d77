package holdfast.security.azure_security_contact_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_security_contact

_found(kind, spec) := found if {
	found := azure_security_contact.warn with input as attributes_test.judged(kind, spec)
}

test_no_alerts_are_found if {
	_found("azurerm_security_center_contact", {"alert_notifications": false, "alerts_to_admins": false}) == {
		{
			"msg": "azurerm_security_center_contact.it sends no alerts: alert_notifications is false",
			"path": ["spec", "alert_notifications"],
		},
		{
			"msg": "azurerm_security_center_contact.it sends no alerts: alerts_to_admins is false",
			"path": ["spec", "alerts_to_admins"],
		},
	}
	count(_found("azurerm_security_center_contact", {"alert_notifications": true, "alerts_to_admins": false})) == 1
}

test_alerts_pass if {
	_found("azurerm_security_center_contact", {"alert_notifications": true, "alerts_to_admins": true}) == set()
	_found("azurerm_security_center_contact", {}) == set()
}

good_example := `resource "azurerm_security_center_contact" "team" {
  email               = "security@example.com"
  alert_notifications = true
  alerts_to_admins    = true
}
`

bad_example := `resource "azurerm_security_center_contact" "team" {
  email               = "security@example.com"
  alert_notifications = false
  alerts_to_admins    = true
}
`
