package holdfast.lib.images_test

import data.holdfast.lib.images

_digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

test_repositories if {
	every image, name in {
		"nginx": "docker.io/library/nginx",
		"nginx:1.27": "docker.io/library/nginx",
		"my.image:1": "docker.io/library/my.image",
		"localhost": "docker.io/library/localhost",
		"docker.io/nginx": "docker.io/nginx",
		"bitnami/redis:7": "docker.io/bitnami/redis",
		"index.docker.io/bitnami/redis": "docker.io/bitnami/redis",
		"registry-1.docker.io/bitnami/redis": "docker.io/bitnami/redis",
		"localhost/web": "localhost/web",
		"localhost:5000/shop/web": "localhost:5000/shop/web",
		"localhost:5000/shop/web:1": "localhost:5000/shop/web",
		"registry.example.com/web@sha256:00": "registry.example.com/web",
		"registry.example.com/a/b/web:1@sha256:00": "registry.example.com/a/b/web",
	} {
		images.repository(image) == name
	}
	every none in ["", " ", null, 1] {
		not images.repository(none)
	}
}

test_tags if {
	images.tag("nginx:1.27") == "1.27"
	images.tag("localhost:5000/web:v1") == "v1"
	images.tag(sprintf("web:v1@%s", [_digest])) == "v1"
	every image in ["nginx", "localhost:5000/web", sprintf("web@%s", [_digest]), null, ""] {
		not images.tag(image)
	}
}

test_digests if {
	images.digest(sprintf("web@%s", [_digest]))
	images.digest(sprintf("web:1@%s", [_digest]))
	every image in ["web", "web:1", "web@sha256:", "web@sha256:0000", "sha256:", _digest, "web@v1"] {
		not images.digest(image)
	}
}

test_moving if {
	every image in ["web", "web:latest", "localhost:5000/web"] {
		images.moving(image)
	}
	every image in ["web:1", sprintf("web:latest@%s", [_digest]), "web:latest-1"] {
		not images.moving(image)
	}
}

test_within if {
	every image, place in {
		"registry.example.com/web": "registry.example.com",
		"registry.example.com/web:1": "registry.example.com/",
		"registry.example.com/shop/web:1": "registry.example.com/shop",
		"registry.example.com/shop/api:1": "registry.example.com/shop/*",
		"registry.example.com/shop/x@sha256:00": "registry.example.com/shop/x",
		"registry.example.com:5000/web": "registry.example.com:5000",
		"nginx:1": "docker.io",
		"nginx:2": "docker.io/library",
		"nginx:3": "docker.io/library/nginx",
		"nginx:4": "library",
		"bitnami/redis": "bitnami",
		"bitnami/redis.io:1": "bitnami/redis.io",
		"index.docker.io/bitnami/redis": "docker.io/bitnami",
		"localhost/web": "localhost",
	} {
		images.within(image, place)
	}
	every image, place in {
		"registry.example.com.evil.org/web": "registry.example.com",
		"registry.example.com/shopping/web": "registry.example.com/shop",
		"registry.example.com:5000/web": "registry.example.com",
		"evil.org/registry.example.com/web": "registry.example.com",
		"registry.example.com/web": "docker.io",
		"bitnami/redis": "library",
		"registry.example.com/x": 1,
		"": "docker.io",
	} {
		not images.within(image, place)
	}
}
