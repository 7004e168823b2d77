package holdfast.lib.boot_test

import data.holdfast.lib.boot

test_credentials_are_found if {
	boot.secrets("#!/bin/sh\nexport DB_PASSWORD=hunter2\nexport HOST=a") == {"a credential of DB_PASSWORD"}
	boot.secrets("runcmd:\n  - token: x\n    api_key: \"0123456789\"") == {"a credential of api_key"}
	boot.secrets("curl -H 'Authorization: ghp_0123456789abcdefghijABCDEFGHIJ012345'") == {"a GitHub token"}
	boot.secrets("URL=postgres://shop:hunter2@db/shop") == {"a password in a URL of URL"}
	boot.secrets("GITHUB_TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ012345") == {"a GitHub token"}
}

test_base64_is_read if {
	boot.secrets(base64.encode("export DB_PASSWORD=hunter2")) == {"a credential of DB_PASSWORD"}
	boot.secrets("YWJj") == set()
	boot.secrets("aaaaaaaaaaaaaaaaa") == set()

	# Base64 to look at, and a key as well.
	boot.secrets("AKIAABCDEFGHIJKLMNOP") == {"an AWS access key id"}
}

test_references_pass if {
	boot.secrets("export DB_PASSWORD=$(fetch db)\nexport API_KEY=\"${API_KEY}\"\nPASSWORD=") == set()
	boot.secrets("#!/bin/sh\napt-get install -y nginx") == set()
	boot.secrets("") == set()
}
