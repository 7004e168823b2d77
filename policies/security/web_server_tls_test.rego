package holdfast.security.web_server_tls_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.web_server_tls

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: nginx
spec:
  path: /etc/nginx/conf.d/site.conf
  content: |
    server {
      listen 443 ssl;
      ssl_protocols TLSv1.2 TLSv1.3;
    }
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: nginx
spec:
  path: /etc/nginx/conf.d/site.conf
  content: |
    server {
      listen 443 ssl;
      ssl_protocols TLSv1 TLSv1.1 TLSv1.2;
    }
`

_deny(content) := _deny_at("/etc/nginx/conf.d/site.conf", content)

_deny_at(path, content) := found if {
	found := web_server_tls.deny with input as samples.of(samples.file({"path": path, "content": content}))
}

_msg(versions, directive) := sprintf(`File "app" accepts %s (%s)`, [versions, directive])

test_nginx_is_found if {
	_deny("http {\n  ssl_protocols SSLv3 TLSv1 TLSv1.1\n    TLSv1.2;\n}\n") == {{
		"msg": _msg("SSLv3, TLSv1, TLSv1.1", "ssl_protocols"),
		"path": ["spec", "content"],
	}}
	count(_deny("server { listen 443 ssl; ssl_protocols sslv2; }")) == 1
	count(_deny_at("/usr/local/nginx/conf/nginx.conf", "ssl_protocols TLSv1;")) == 1
}

test_nginx_of_today_passes if {
	every content in [
		"ssl_protocols TLSv1.2 TLSv1.3;", "# ssl_protocols TLSv1;", "server { } # ssl_protocols TLSv1;",
		"proxy_ssl_protocols TLSv1;", "listen 443 ssl;",
	] {
		_deny(content) == set()
	}
	_deny_at("/etc/motd", "ssl_protocols TLSv1;") == set()
}

_apache := "/etc/apache2/mods-available/ssl.conf"

test_apache_is_found if {
	every words, versions in {
		"all -SSLv3": "TLSv1, TLSv1.1",
		"+TLSv1 +TLSv1.2": "TLSv1",
		"TLSv1.2 +TLSv1.1": "TLSv1.1",
		"ALL": "TLSv1, TLSv1.1",
		"+all -TLSv1": "TLSv1.1",
		"all -SSLv3 -TLSv1 -TLSv1.1 +SSLv3": "SSLv3",
		"-all +SSLv2 +TLSv1.3": "SSLv2",
	} {
		_deny_at(_apache, sprintf("<IfModule>\n\tSSLProtocol %s\n</IfModule>\n", [words])) == {{
			"msg": _msg(versions, "SSLProtocol"),
			"path": ["spec", "content"],
		}}
	}
}

test_apache_of_today_passes if {
	every words in [
		"all -SSLv3 -TLSv1 -TLSv1.1", "-all +TLSv1.2 +TLSv1.3", "TLSv1.2", "+TLSv1.2", "+TLSv1 TLSv1.2", "all -all +TLSv1.3",
	] {
		_deny_at(_apache, sprintf("sslprotocol %s\r\n", [words])) == set()
	}
	_deny_at(_apache, "# SSLProtocol all\n") == set()
	_deny_at("/etc/httpd", "SSLProtocol all\n") == set()
	count(_deny_at("/etc/httpd/conf.d/ssl.conf", "SSLProtocol all\n")) == 1
}

_haproxy := "/etc/haproxy/haproxy.cfg"

test_haproxy_is_found if {
	_deny_at(_haproxy, "global\n  ssl-default-bind-options ssl-min-ver TLSv1.0\n") == {{
		"msg": _msg("TLSv1.0", "ssl-min-ver"),
		"path": ["spec", "content"],
	}}
}

test_haproxy_of_today_passes if {
	_deny_at(_haproxy, "  bind :443 ssl ssl-min-ver TLSv1.2\n  # ssl-min-ver TLSv1.0\n") == set()
	_deny_at("/etc/motd", "  bind :443 ssl ssl-min-ver TLSv1.0\n") == set()
}
