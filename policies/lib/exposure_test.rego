package holdfast.lib.exposure_test

import data.holdfast.lib.exposure

_open(annotations, spec) if exposure.open({
	"metadata": {"annotations": annotations},
	"spec": object.union({"type": "LoadBalancer"}, spec),
})

test_open if {
	exposure.open({"spec": {"type": "LoadBalancer"}})
	every annotations in [
		null,
		{"service.beta.kubernetes.io/aws-load-balancer-internal": "false"},
		{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"},
		{"networking.gke.io/load-balancer-type": "External"},
		{"service.kubernetes.io/qcloud-loadbalancer-internal-subnetid": ""},
		{"service.beta.kubernetes.io/azure-load-balancer-internal": true},
		{"example.com/internal": "true"},
		{"service.beta.kubernetes.io/aws-load-balancer-type": "nlb"},
		{
			"service.beta.kubernetes.io/aws-load-balancer-type": "external",
			"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
		},
		{"example.com/ip": "10.0.0.1"},
		{"metallb.io/loadBalancerIPs": "10.0.0.1, 203.0.113.1"},
		{"metallb.io/loadBalancerIPs": 10},
		{"service.beta.kubernetes.io/load-balancer-source-ranges": ["10.0.0.0/8"]},
		{"service.beta.kubernetes.io/load-balancer-source-ranges": "10.0.0.0/8,0.0.0.0/0"},
		{"service.beta.kubernetes.io/azure-allowed-service-tags": "Internet"},
		{"service.beta.kubernetes.io/azure-allowed-ip-ranges": ""},
	] {
		_open(annotations, {})
	}
	every spec in [
		{"loadBalancerSourceRanges": []},
		{"loadBalancerSourceRanges": null},
		{"loadBalancerSourceRanges": ["10.0.0.0/8", "0.0.0.0/0"]},
		{"loadBalancerSourceRanges": [" ::/0"]},
		{"loadBalancerSourceRanges": [1]},
		{"loadBalancerIP": "203.0.113.1"},
		{"loadBalancerIP": "172.32.0.1"},
		{"loadBalancerIP": "100.63.0.1"},
		{"loadBalancerIP": "11.0.0.1"},
		{"loadBalancerIP": null},
		{"loadBalancerClass": "example.com/lb"},
	] {
		_open({}, spec)
	}
	_open({"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"}, {"loadBalancerClass": "service.k8s.aws/nlb"})
}

test_internal if {
	every annotation, value in {
		"service.beta.kubernetes.io/aws-load-balancer-internal": "0.0.0.0/0",
		"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
		"service.beta.kubernetes.io/azure-load-balancer-internal": "True",
		"networking.gke.io/load-balancer-type": "Internal",
		"cloud.google.com/load-balancer-type": "internal",
		"service.beta.kubernetes.io/oci-load-balancer-internal": "true",
		"service.beta.kubernetes.io/openstack-internal-load-balancer": "true",
		"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": "private",
		"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": "intranet",
		"service.kubernetes.io/qcloud-loadbalancer-internal-subnetid": "subnet-1",
		"load-balancer.hetzner.cloud/disable-public-network": "true",
		"metallb.io/loadBalancerIPs": "10.0.0.1, fd00::1",
		"metallb.universe.tf/loadBalancerIPs": "192.168.1.2",
		"lbipam.cilium.io/ips": "172.16.0.1",
		"io.cilium/lb-ipam-ips": "100.64.0.1",
		"kube-vip.io/loadbalancerIPs": "172.31.0.1",
		"service.beta.kubernetes.io/load-balancer-source-ranges": "198.51.100.0/24",
		"service.beta.kubernetes.io/azure-allowed-ip-ranges": "198.51.100.0/24,203.0.113.0/24",
		"service.beta.kubernetes.io/azure-allowed-service-tags": "AzureFrontDoor.Backend",
	} {
		not _open({annotation: value}, {})
	}
	not _open({"service.beta.kubernetes.io/aws-load-balancer-internal": "true"}, {})
	not _open({"service.beta.kubernetes.io/aws-load-balancer-type": "external"}, {})
	not _open({"service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip"}, {})
	every spec in [
		{"loadBalancerSourceRanges": ["198.51.100.0/24"]},
		{"loadBalancerIP": "172.20.0.1"},
		{"loadBalancerIP": "100.127.0.1"},
		{"loadBalancerClass": "service.k8s.aws/nlb"},
		{"loadBalancerClass": "tailscale"},
		{"loadBalancerClass": "eks.amazonaws.com/nlb"},
	] {
		not _open({}, spec)
	}
}

test_other_types_are_not_open if {
	every type in ["ClusterIP", "NodePort", "ExternalName", null] {
		not exposure.open({"spec": {"type": type}})
	}
	not exposure.open({"spec": null})
}
