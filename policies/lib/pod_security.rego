# METADATA
# title: The Pod Security Standards by version
# description: |
#   The standards change from one minor version of Kubernetes to the next. The
#   parameter pod_security_version says which one counts, in the form of the
#   label pod-security.kubernetes.io/enforce-version; anything else is the
#   latest, as it is to the API server.
package holdfast.lib.pod_security

import data.holdfast.lib.pods

# since is true if the version that counts is 1.minor or later.
since(minor) if _minor >= minor

since(_) if not _minor

_minor := to_number(trim_prefix(data.holdfast.params.pod_security_version, "v1.")) if {
	regex.match(`^v1\.(?:[0-9]|[1-9][0-9]{1,5})$`, data.holdfast.params.pod_security_version)
}

# windows is true for a pod that is exempt from what Windows does not have,
# because it says that it runs there.
windows if {
	pods.judged.os.name == "windows"
	since(25)
}

# user_namespace is true for a pod that is exempt because its users are not
# those of the node.
user_namespace if {
	pods.judged.hostUsers == false
	since(35)
}
