# METADATA
# title: Image references
# description: |
#   The parts of a container image's name, with the defaults that the container
#   runtimes put in: nginx is docker.io/library/nginx.
package holdfast.lib.images

# repository is an image's full name without tag and digest. It is undefined
# for what is none, such as an empty text.
repository(image) := concat("/", array.concat(_registry(parts), _path(parts))) if {
	parts := split(_untagged(image), "/")
}

# tag is an image's tag, or undefined.
tag(image) := match[1] if {
	is_string(image)
	some match in regex.find_all_string_submatch_n(`:([^/:@]+)(?:@.*)?$`, split(image, "@")[0], 1)
}

# digest is true for an image with a digest.
digest(image) if regex.match(`@[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$`, image)

# moving is true for an image that is latest, by its tag or by default.
moving(image) if {
	not digest(image)
	_last_tag(image) == "latest"
}

_last_tag(image) := found if {
	found := tag(image)
} else := "latest"

# within is true if a repository is below a place, which is a registry, or a
# registry and the beginning of a path: registry.example.com/shop. A place ends
# where a name does, so registry.example.com is not registry.example.com.evil.org.
within(image, place) if {
	is_string(place)
	full := _place(regex.replace(place, `/?\*?$`, ""))
	_below(repository(image), full)
}

_below(name, name)

_below(name, place) if startswith(name, concat("", [place, "/"]))

# A place of one part is a registry if it looks like one, else a user or an
# image of Docker Hub.
_place(text) := text if {
	_is_registry(split(text, "/")[0])
} else := concat("/", ["docker.io", text])

_untagged(image) := regex.replace(split(image, "@")[0], `:[^/]*$`, "") if {
	is_string(image)
	trim_space(image) != ""
}

_registry(parts) := [_canonical(parts[0])] if {
	count(parts) > 1
	_is_registry(parts[0])
} else := ["docker.io"]

_path(parts) := array.slice(parts, 1, count(parts)) if {
	count(parts) > 1
	_is_registry(parts[0])
} else := ["library", parts[0]] if {
	count(parts) == 1
} else := parts

# Docker Hub's other names.
_canonical(name) := object.get({"index.docker.io": "docker.io", "registry-1.docker.io": "docker.io"}, name, name)

_is_registry("localhost")

_is_registry(part) if regex.match(`[.:]`, part)
