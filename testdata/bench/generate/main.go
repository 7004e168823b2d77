// Command generate writes what the benchmarks run on: a repository of
// Kubernetes manifests, five documents a file of some thirty lines each, and
// one set of forty rules in two dialects, holdfast's own and conftest's. What
// it writes is the same each time.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", "", "folder to write to")
	resources := flag.Int("resources", 1000, "how many resources, a multiple of five")
	flag.Parse()
	if *out == "" || *resources%5 != 0 {
		log.Fatal("generate: -out is needed, and -resources a multiple of five")
	}
	if err := write(*out, *resources); err != nil {
		log.Fatal(err)
	}
}

func write(out string, resources int) error {
	for i := range resources / 5 {
		dir := filepath.Join(out, "manifests", fmt.Sprintf("team-%02d", i%50))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("app-%05d.yaml", i)), manifests(i), 0o644); err != nil {
			return err
		}
	}
	sets := map[string]func(rule) string{
		"native":   rule.native,
		"conftest": rule.conftest,
	}
	// Sets of 160: four of each, and each once with three of kinds that are not there.
	for copy := range 4 {
		again := func(r rule) rule { r.name = fmt.Sprintf("%s-%d", r.name, copy); return r }
		sets[fmt.Sprintf("more/%d", copy)] = func(r rule) string { return again(r).native() }
		sets[fmt.Sprintf("absent/%d", copy)] = func(r rule) string {
			if copy > 0 {
				r.kinds = []string{"example.com/Absent"}
			}
			return again(r).native()
		}
	}
	for name, text := range sets {
		dir := filepath.Join(out, name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		for _, rule := range rules() {
			if err := os.WriteFile(filepath.Join(dir, rule.name+".rego"), []byte(text(rule)), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// manifests are the five documents of one application. One in fifty has a
// container without a memory limit and runs a latest image.
func manifests(i int) []byte {
	image, memory := fmt.Sprintf("registry.example.com/team/app-%d:1.%d.%d", i, i%9, i%7), "\n              memory: 256Mi"
	if i%50 == 0 {
		image, memory = fmt.Sprintf("registry.example.com/team/app-%d:latest", i), ""
	}
	name, namespace := fmt.Sprintf("app-%05d", i), fmt.Sprintf("team-%02d", i%50)
	var b bytes.Buffer
	fmt.Fprintf(&b, workload, "Deployment", name, namespace, 3, name, "", name, image, memory)
	fmt.Fprintf(&b, "---\n"+service, name, namespace, name)
	fmt.Fprintf(&b, "---\n"+configMap, name, namespace, i, i%17)
	fmt.Fprintf(&b, "---\n"+workload, "StatefulSet", name+"-db", namespace, 2, name+"-db", "\n  serviceName: "+name+"-db", name+"-db", image, memory)
	fmt.Fprintf(&b, "---\n"+policy, name, namespace, name)
	return b.Bytes()
}

const workload = `apiVersion: apps/v1
kind: %s
metadata:
  name: %s
  namespace: %s
  labels: {app.kubernetes.io/part-of: shop, team: platform}
spec:
  replicas: %d
  selector:
    matchLabels: {app: %s}%s
  template:
    metadata:
      labels: {app: %s}
    spec:
      serviceAccountName: app
      containers:
        - name: main
          image: %s
          ports: [{containerPort: 8080}]
          env:
            - {name: LOG_LEVEL, value: info}
          securityContext:
            runAsNonRoot: true
            allowPrivilegeEscalation: false
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              cpu: "1"%s
`

const service = `apiVersion: v1
kind: Service
metadata:
  name: %s
  namespace: %s
  labels:
    app.kubernetes.io/part-of: shop
    app.kubernetes.io/managed-by: git
    team: platform
  annotations:
    example.com/owner: platform
    example.com/tier: backend
    example.com/runbook: https://runbooks.example.com/shop
spec:
  type: ClusterIP
  sessionAffinity: None
  internalTrafficPolicy: Cluster
  ipFamilyPolicy: SingleStack
  selector:
    app: %s
  ports:
    - name: http
      port: 80
      protocol: TCP
      targetPort: 8080
    - name: metrics
      port: 9090
      protocol: TCP
      targetPort: 9090
`

const configMap = `apiVersion: v1
kind: ConfigMap
metadata:
  name: %s
  namespace: %s
  labels:
    app.kubernetes.io/part-of: shop
    team: platform
data:
  LOG_LEVEL: info
  LOG_FORMAT: json
  REGION: eu-central-1
  SHARD: "%d"
  WORKERS: "%d"
  TIMEOUT: 30s
  RETRIES: "3"
  app.conf: |
    listen = 0.0.0.0:8080
    workers = 8
    keepalive = 60
    access_log = on
    [upstream]
    host = upstream.example.com
    port = 443
    tls = on
    verify = on
  features.json: |
    {"search": true, "checkout": true,
     "recommendations": false}
`

const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: %s
  namespace: %s
  labels:
    app.kubernetes.io/part-of: shop
    team: platform
spec:
  podSelector:
    matchLabels:
      app: %s
  policyTypes:
    - Ingress
    - Egress
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: ingress
      ports:
        - protocol: TCP
          port: 8080
  egress:
    - to:
        - namespaceSelector: {}
      ports:
        - protocol: UDP
          port: 53
`

// rule is one rule, as conditions on r, the resource.
type rule struct {
	name  string
	kinds []string // group/kind
	body  string   // binds msg-relevant values and fails or holds
	msg   string   // a Rego expression
}

func (r rule) names() string {
	var names []string
	for _, kind := range r.kinds {
		_, name, _ := strings.Cut(kind, "/")
		names = append(names, `"`+name+`"`)
	}
	return strings.Join(names, ", ")
}

func (r rule) native() string {
	return fmt.Sprintf(`# METADATA
# title: %s
# custom:
#   id: bench/%s
#   severity: medium
#   kinds: [%s]
package holdfast.bench.%s

deny contains {"msg": msg} if {
	r := input.resource
%s
	msg := %s
}
`, r.name, r.name, strings.Join(r.kinds, ", "), strings.ReplaceAll(r.name, "-", "_"), r.body, r.msg)
}

func (r rule) conftest() string {
	return fmt.Sprintf(`package main

import rego.v1

deny contains msg if {
	input.kind in {%s}
	r := input
%s
	msg := %s
}
`, r.names(), r.body, r.msg)
}

// rules are forty: conditions on each container, on metadata, and on services,
// configuration and network policies.
func rules() []rule {
	workloads := []string{"apps/Deployment", "apps/StatefulSet"}
	every := []string{"apps/Deployment", "apps/StatefulSet", "core/Service", "core/ConfigMap", "networking.k8s.io/NetworkPolicy"}
	container := "\tsome c in r.spec.template.spec.containers\n\t"
	named := func(text string) string {
		return fmt.Sprintf(`sprintf("%%s: container %%s %s", [r.metadata.name, c.name])`, text)
	}
	whole := func(text string) string { return fmt.Sprintf(`sprintf("%%s %s", [r.metadata.name])`, text) }
	var all []rule
	add := func(name string, kinds []string, body, msg string) { all = append(all, rule{name, kinds, body, msg}) }
	for _, c := range []struct{ name, condition, text string }{
		{"image-latest", `endswith(c.image, ":latest")`, "runs a latest image"},
		{"image-tagged", `not contains(c.image, ":")`, "has an image without a tag"},
		{"image-registry", `not startswith(c.image, "registry.example.com/")`, "has an image of another registry"},
		{"memory-limit", `not c.resources.limits.memory`, "has no memory limit"},
		{"memory-request", `not c.resources.requests.memory`, "has no memory request"},
		{"cpu-request", `not c.resources.requests.cpu`, "has no cpu request"},
		{"cpu-limit", `not c.resources.limits.cpu`, "has no cpu limit"},
		{"privileged", `c.securityContext.privileged == true`, "is privileged"},
		{"escalation", `not c.securityContext.allowPrivilegeEscalation == false`, "may escalate"},
		{"non-root", `not c.securityContext.runAsNonRoot == true`, "may run as root"},
		{"host-port", "some p in c.ports\n\tp.hostPort", "has a host port"},
		{"low-port", "some p in c.ports\n\tp.containerPort < 1024", "has a low port"},
		{"capabilities", `count(object.get(c, ["securityContext", "capabilities", "add"], [])) > 0`, "adds capabilities"},
		{"pull-policy", `c.imagePullPolicy == "Never"`, "is never pulled"},
		{"env-secret", "some e in c.env\n\tregex.match(`(?i)(password|secret|token)`, e.name)\n\te.value", "has a secret in its environment"},
		{"env-debug", "some e in c.env\n\te.value == \"debug\"", "logs too much"},
		{"proc-mount", `c.securityContext.procMount == "Unmasked"`, "unmasks proc"},
		{"name-length", `count(c.name) > 63`, "has a long name"},
	} {
		add(c.name, workloads, container+c.condition, named(c.text))
	}
	for _, w := range []struct{ name, condition, text string }{
		{"replicas", `r.spec.replicas < 2`, "has a single replica"},
		{"host-network", `r.spec.template.spec.hostNetwork`, "uses the host's network"},
		{"host-pid", `r.spec.template.spec.hostPID`, "uses the host's processes"},
		{"host-ipc", `r.spec.template.spec.hostIPC`, "uses the host's memory"},
		{"host-path", "some v in r.spec.template.spec.volumes\n\tv.hostPath", "mounts a path of the host"},
		{"service-account", `not r.spec.template.spec.serviceAccountName`, "has no service account"},
		{"selector", `r.spec.selector.matchLabels.app != r.spec.template.metadata.labels.app`, "selects other pods"},
		{"share-processes", `r.spec.template.spec.shareProcessNamespace`, "shares processes"},
	} {
		add(w.name, workloads, "\t"+w.condition, whole(w.text))
	}
	for _, e := range []struct{ name, condition, text string }{
		{"namespace", `not r.metadata.namespace`, "has no namespace"},
		{"namespace-default", `r.metadata.namespace == "default"`, "is in the default namespace"},
		{"label-team", `not r.metadata.labels.team`, "has no team"},
		{"label-part-of", `not r.metadata.labels["app.kubernetes.io/part-of"]`, "is part of nothing"},
		{"name-dns", "not regex.match(`^[a-z0-9-]+$`, r.metadata.name)", "has a name that is no DNS label"},
	} {
		add(e.name, every, "\t"+e.condition, whole(e.text))
	}
	service, config, network := []string{"core/Service"}, []string{"core/ConfigMap"}, []string{"networking.k8s.io/NetworkPolicy"}
	add("service-node-port", service, "\tr.spec.type == \"NodePort\"", whole("is a node port"))
	add("service-load-balancer", service, "\tr.spec.type == \"LoadBalancer\"", whole("is a load balancer"))
	add("service-selector", service, "\tcount(r.spec.selector) == 0", whole("selects nothing"))
	add("config-size", config, "\tsum([count(v) | some v in r.data]) > 500000", whole("is large"))
	add("config-key", config, "\tsome v in r.data\n\tcontains(v, \"PRIVATE KEY\")", whole("holds a private key"))
	add("config-password", config, "\tsome k, _ in r.data\n\tlower(k) == \"password\"", whole("holds a password"))
	add("network-ingress", network, "\tnot \"Ingress\" in r.spec.policyTypes", whole("says nothing of ingress"))
	add("network-open", network, "\tsome rule in r.spec.ingress\n\tnot rule.from", whole("lets all in"))
	add("network-any-port", network, "\tsome rule in r.spec.egress\n\tnot rule.ports", whole("lets all out"))
	return all
}
