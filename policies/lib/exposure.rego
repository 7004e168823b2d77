# METADATA
# title: What load balancers let in
# description: |
#   Whether a Service of type LoadBalancer is for the provider's own network
#   only, or for given addresses, by its fields and the annotations of AWS,
#   Azure, Google Cloud and others, MetalLB, Cilium and kube-vip.
package holdfast.lib.exposure

_internal_annotations := {
	"service.beta.kubernetes.io/aws-load-balancer-internal": `^(?i:true|0\.0\.0\.0/0)$`,
	"service.beta.kubernetes.io/aws-load-balancer-scheme": `^internal$`,
	"service.beta.kubernetes.io/azure-load-balancer-internal": `^(?i:true)$`,
	"networking.gke.io/load-balancer-type": `^(?i:internal)$`,
	"cloud.google.com/load-balancer-type": `^(?i:internal)$`,
	"service.beta.kubernetes.io/oci-load-balancer-internal": `^(?i:true)$`,
	"service.beta.kubernetes.io/openstack-internal-load-balancer": `^(?i:true)$`,
	"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": `^private$`,
	"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": `^intranet$`,
	"service.kubernetes.io/qcloud-loadbalancer-internal-subnetid": `.`,
	"load-balancer.hetzner.cloud/disable-public-network": `^(?i:true)$`,
}

_range_annotations := {
	"service.beta.kubernetes.io/load-balancer-source-ranges",
	"service.beta.kubernetes.io/azure-allowed-ip-ranges",
	"service.beta.kubernetes.io/azure-allowed-service-tags",
}

_address_annotations := {
	"metallb.io/loadBalancerIPs",
	"metallb.universe.tf/loadBalancerIPs",
	"lbipam.cilium.io/ips",
	"io.cilium/lb-ipam-ips",
	"kube-vip.io/loadbalancerIPs",
}

# Load balancers that are internal unless an annotation says otherwise.
_internal_classes := {"service.k8s.aws/nlb", "eks.amazonaws.com/nlb", "tailscale"}

# RFC 1918, RFC 6598 and RFC 4193.
_private := `^(?:10\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.|100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.|[fF][cCdD][0-9a-fA-F]{2}:)`

# open is true for a Service of type LoadBalancer that nothing restricts.
open(service) if {
	service.spec.type == "LoadBalancer"
	not _internal(service)
	not _restricted(service)
}

_internal(service) if {
	some annotation, pattern in _internal_annotations
	value := service.metadata.annotations[annotation]
	is_string(value)
	regex.match(pattern, value)
}

_internal(service) if {
	service.spec.loadBalancerClass in _internal_classes
	not _internet_facing(service)
}

_internal(service) if {
	service.metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-type"] in {"external", "nlb-ip"}
	not _internet_facing(service)
}

_internet_facing(service) if {
	service.metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"] == "internet-facing"
}

_internal(service) if _private_address(service.spec.loadBalancerIP)

_internal(service) if {
	some annotation in _address_annotations
	value := service.metadata.annotations[annotation]
	is_string(value)
	every address in split(value, ",") {
		_private_address(trim_space(address))
	}
}

_private_address(text) if {
	is_string(text)
	regex.match(_private, text)
}

_restricted(service) if {
	_ := service.spec.loadBalancerSourceRanges[0]
	every range in service.spec.loadBalancerSourceRanges {
		_narrow(range)
	}
}

_restricted(service) if {
	some annotation in _range_annotations
	value := service.metadata.annotations[annotation]
	is_string(value)
	every range in split(value, ",") {
		_narrow(range)
	}
}

_narrow(range) if {
	is_string(range)
	not trim_space(range) in {"", "0.0.0.0/0", "::/0", "Internet"}
}
