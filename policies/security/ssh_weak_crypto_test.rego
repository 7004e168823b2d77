package holdfast.security.ssh_weak_crypto_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.ssh_weak_crypto

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sshd
spec:
  path: /etc/ssh/sshd_config.d/50-site.conf
  content: |
    Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com
    KexAlgorithms curve25519-sha256
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sshd
spec:
  path: /etc/ssh/sshd_config.d/50-site.conf
  content: |
    Ciphers aes256-ctr,aes256-cbc,3des-cbc
    KexAlgorithms diffie-hellman-group1-sha1
`

_deny(content) := _deny_at("/etc/ssh/sshd_config", content)

_deny_at(path, content) := found if {
	found := ssh_weak_crypto.deny with input as samples.of(samples.file({"path": path, "content": content}))
}

test_each_list_is_found if {
	_deny(concat("\n", [
		"Ciphers aes128-ctr,aes128-cbc, arcfour256",
		"MACs hmac-sha2-256,hmac-md5-96",
		"KexAlgorithms +diffie-hellman-group14-sha1",
		"HostKeyAlgorithms ^ssh-rsa",
		"PubkeyAcceptedAlgorithms ssh-dss-cert-v01@openssh.com",
		"PubkeyAcceptedKeyTypes ssh-dss",
		"Protocol 2,1",
	])) == {{"msg": sprintf(`File "app" lets SSH use what is weak (%s)`, [what]), "path": ["spec", "content"]} | some what in [
		"Ciphers aes128-cbc,arcfour256",
		"MACs hmac-md5-96",
		"KexAlgorithms diffie-hellman-group14-sha1",
		"HostKeyAlgorithms ssh-rsa",
		"PubkeyAcceptedAlgorithms ssh-dss-cert-v01@openssh.com",
		"PubkeyAcceptedKeyTypes ssh-dss",
		"Protocol 1",
	]}
}

test_every_weak_one_is_found if {
	every keyword, algorithms in {
		"Ciphers": ["3des-cbc", "aes192-cbc", "aes256-cbc", "blowfish-cbc", "cast128-cbc", "rijndael-cbc@lysator.liu.se", "arcfour", "none"],
		"MACs": ["hmac-md5", "hmac-md5-etm@openssh.com", "hmac-ripemd160", "hmac-sha1-96", "hmac-sha1-96-etm@openssh.com", "none"],
		"KexAlgorithms": ["diffie-hellman-group1-sha1", "diffie-hellman-group-exchange-sha1", "rsa1024-sha1"],
	} {
		every algorithm in algorithms {
			count(_deny(sprintf("%s %s\n", [keyword, algorithm]))) == 1
		}
	}
}

test_a_list_that_takes_away_passes if {
	_deny("Ciphers -aes128-cbc,3des-cbc\nMACs -hmac-md5\n") == set()
}

test_others_pass if {
	_deny(concat("\n", [
		"Protocol 2",
		"Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-ctr",
		"MACs hmac-sha2-512-etm@openssh.com,hmac-sha1,umac-64@openssh.com",
		"KexAlgorithms curve25519-sha256,diffie-hellman-group14-sha256,diffie-hellman-group-exchange-sha256",
		"HostKeyAlgorithms ssh-ed25519,rsa-sha2-512,ecdsa-sha2-nistp256",
	])) == set()
	_deny("# Ciphers 3des-cbc\nCiphers ~3des-cbc\n") == set()
}

test_for_some_says_so if {
	{f.msg | some f in _deny("Match User old\nPubkeyAcceptedAlgorithms +ssh-rsa\n")} == {
		`File "app" lets SSH use what is weak (PubkeyAcceptedAlgorithms ssh-rsa, for Match User old)`,
	}
}
