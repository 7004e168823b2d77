package report

import (
	"fmt"
	"time"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func at(file string, line, column int) resource.Location {
	return resource.Location{File: file, Line: line, Column: column}
}

func path(steps ...any) resource.Path { return steps }

// sampleRules are the rules of the sample, with what their findings say.
func sampleRules() []policy.Rule {
	rule := func(id, title string, severity policy.Severity, remediation string, controls ...string) policy.Rule {
		category := "security"
		for _, c := range []string{"allocation", "dr"} {
			if len(id) > len(c) && id[:len(c)] == c {
				category = c
			}
		}
		return policy.Rule{
			ID: id, Policy: "holdfast." + id, Title: title, Category: category, Severity: severity,
			Remediation: remediation, Controls: controls, Scope: policy.ScopeResource,
			Decisions: []policy.Decision{policy.Deny}, Profile: "recommended", Builtin: true,
			Location: at("policies/"+id+".rego", 12, 1),
		}
	}
	return []policy.Rule{
		rule("allocation/cpu-request", "Containers say how much CPU they need", policy.Medium,
			"Set resources.requests.cpu to what the container uses at its busiest hour.", "cis-k8s/5.7.1"),
		rule("allocation/memory-limit", "Containers have a memory limit", policy.High,
			"Set resources.limits.memory, so that one container cannot starve its node.", "cis-k8s/5.7.2"),
		rule("dr/backup-copy", "Stateful workloads have a backup that is kept elsewhere", policy.Critical,
			"Add a backup whose destination is in another region. See https://docs.example.com/dr/backups for the ones that are ready to use.",
			"iso27001/A.8.13", "soc2/A1.2"),
		rule("dr/replicas", "What users depend on runs more than once", policy.High,
			"Set spec.replicas to 2 or more.", "soc2/A1.1"),
		rule("security/file-mode", "Files that hold configuration are not writable by all", policy.High,
			"Give the file mode \"0644\" or stricter.", "cis-linux/6.1.10"),
		rule("security/image-digest", "Images are named by digest", policy.Low,
			"Write the image as name@sha256:….", "slsa/3"),
		rule("security/privileged", "Containers do not run privileged", policy.Critical,
			"Set securityContext.privileged to false and add the capabilities that are really needed.", "pss/baseline", "cis-k8s/5.2.1"),
	}
}

// sampleAudit is what a middling repository would give: 40 findings over three
// targets, each kind of finding, change and waiver among them.
func sampleAudit() *reconcile.Audit {
	generated := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	audit := &reconcile.Audit{
		Unmanaged: []reconcile.AuditUnmanaged{
			{Driver: "kubernetes", Destination: "kubernetes://staging", Namespace: "", Count: 1, Resources: []reconcile.ResourceRef{
				{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRole", Name: "by-hand"},
			}},
			{Driver: "kubernetes", Destination: "kubernetes://staging", Namespace: "shop", Count: 3, Findings: 2, Resources: []reconcile.ResourceRef{
				{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "<b>debug</b>"},
				{APIVersion: "v1", Kind: "ConfigMap", Namespace: "shop", Name: "notes"},
			}},
			{Driver: "kubernetes", Destination: "kubernetes://prod", Reason: "list what is not managed here: secrets is forbidden"},
		},
		Title:     "Acme infrastructure",
		Generated: generated,
		Tool:      "holdfast v0.1.0",
		Source:    "https://git.example.com/acme/infra.git",
		Commit: sources.Revision{
			ID: "9f2c1e7ab04d5c6f8e9a0b1c2d3e4f5061728394", Ref: "main", Time: generated.Add(-40 * time.Minute),
			Author: "Maren Holt <maren@example.com>", Subject: "Raise the shop's memory for the sale", Signer: "maren@example.com",
		},
		Rules:    sampleRules(),
		Excerpts: map[int][]sources.Line{},
		Trend: []reconcile.TrendPoint{
			{At: generated.AddDate(0, 0, -35), Revision: "1111111", Findings: 58, Blocking: 31},
			{At: generated.AddDate(0, 0, -28), Revision: "2222222", Findings: 61, Blocking: 33},
			{At: generated.AddDate(0, 0, -21), Revision: "3333333", Findings: 52, Blocking: 27},
			{At: generated.AddDate(0, 0, -14), Revision: "4444444", Findings: 47, Blocking: 24},
			{At: generated.AddDate(0, 0, -7), Revision: "5555555", Findings: 44, Blocking: 25},
			{At: generated, Revision: "9f2c1e7", Findings: 40, Blocking: 21},
		},
	}
	audit.Revision = audit.Commit.ID
	addFindings(audit)
	audit.Undecided = []reconcile.UndecidedRecord{{
		Rule: "dr/backup-copy", Target: "prod",
		Resource: &reconcile.ResourceRef{APIVersion: "apps/v1", Kind: "StatefulSet", Namespace: "shop", Name: "orders-db"},
		Location: at("clusters/prod/orders-db.yaml", 4, 7), WaitsFor: []resource.Path{path("spec", "backup", "destination")},
	}}
	audit.NotEvaluated = []policy.NotEvaluated{
		{What: "clusters/prod/legacy.tpl", Reason: "a template, not a manifest"},
		{What: "hosts/edge/firmware.bin", Reason: "binary file"},
	}
	audit.Warnings = []resource.Problem{{Msg: "the identity ConfigMap shop/flags appears again; the first one counts", Location: at("clusters/staging/flags.yaml", 30, 1)}}
	audit.Coverage = reconcile.Coverage{
		Uncovered: []reconcile.ResourceRef{
			{APIVersion: "v1", Kind: "ConfigMap", Namespace: "shop", Name: "flags"},
			{APIVersion: "host.holdfast.dev/v1", Kind: "Directory", Name: "/srv/edge"},
		},
		IdleRules: []string{"security/host-network"},
	}
	audit.Targets = sampleTargets(generated)
	audit.Waivers = []reconcile.AuditWaiver{
		{Waived: *sampleWaived(), Rule: "security/privileged", Resource: "DaemonSet kube-system/*", State: "used", Findings: 1},
		{Waived: policy.Waived{By: "waiver", Reason: "Batch jobs tolerate a restart.", Owner: "data@example.com", Expires: "2026-11-30", File: "waivers/batch.yaml:1"},
			Rule: "dr/replicas", Resource: "Deployment batch/*", State: "expiring", Findings: 0},
		{Waived: policy.Waived{By: "waiver", Reason: "Until the new registry is in use.", Owner: "platform@example.com", Expires: "2026-10-31", File: "waivers/registry.yaml:9"},
			Rule: "security/image-digest", Resource: "* shop/*", State: "expired", Findings: 0},
	}
	audit.Summary = reconcile.Summary{
		Resources: 61, Rules: len(audit.Rules) + 1, Findings: len(audit.Findings),
		Undecided: len(audit.Undecided), NotEvaluated: len(audit.NotEvaluated),
	}
	counted := tallyOf(&audit.Report)
	audit.Summary.Blocking, audit.Summary.Waived, audit.Summary.Existing = counted.block, counted.waived, counted.existing
	return audit
}

func sampleWaived() *policy.Waived {
	return &policy.Waived{
		By: "waiver", Reason: "The node agent needs the host's devices; its vendor works on it.",
		Owner: "platform@example.com", Expires: "2026-12-01", File: "waivers/agent.yaml:3",
	}
}

// addFindings adds 40 findings: some hand-made, the rest one for each of the
// services of a shop.
func addFindings(audit *reconcile.Audit) {
	rules := map[string]policy.Rule{}
	for _, rule := range audit.Rules {
		rules[rule.ID] = rule
	}
	add := func(rule, target string, ref reconcile.ResourceRef, where resource.Location, p resource.Path, msg string, lines ...string) *reconcile.FindingRecord {
		r := rules[rule]
		d := policy.Deny
		if r.Severity.Rank() < policy.High.Rank() {
			d = policy.Warn
		}
		audit.Findings = append(audit.Findings, reconcile.FindingRecord{
			Rule: rule, Policy: r.Policy, Category: r.Category, Severity: r.Severity, Decision: d, Msg: msg, Target: target,
			Resource: &ref, Location: where, Path: p, Remediation: r.Remediation, Controls: r.Controls, Phase: policy.PhaseCheck,
		})
		index := len(audit.Findings) - 1
		for i, text := range lines {
			audit.Excerpts[index] = append(audit.Excerpts[index], sources.Line{Number: where.Line - len(lines)/2 + i, Text: text})
		}
		return &audit.Findings[index]
	}
	image := path("spec", "template", "spec", "containers", 0, "image")
	for i, service := range []string{"basket", "catalog", "checkout", "invoices", "mailer", "orders", "payments", "search", "stock", "users", "web"} {
		file := "clusters/prod/" + service + ".yaml"
		ref := reconcile.ResourceRef{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: service}
		add("security/image-digest", "prod", ref, at(file, 22, 18), image,
			fmt.Sprintf("image registry.example.com/shop/%s:1.%d is named by tag", service, i),
			"      containers:", "        - name: "+service, fmt.Sprintf("          image: registry.example.com/shop/%s:1.%d", service, i), "          ports:", "            - containerPort: 8080")
		add("allocation/memory-limit", "prod", ref, at(file, 26, 11), path("spec", "template", "spec", "containers", 0, "resources"),
			fmt.Sprintf("container %q has no memory limit", service),
			"            - containerPort: 8080", "          env: []", "          resources:", "            requests: {cpu: 200m}", "---")
		if i%2 == 0 {
			f := add("dr/replicas", "prod", ref, at(file, 9, 3), path("spec", "replicas"),
				fmt.Sprintf("Deployment shop/%s runs 1 replica; a node's restart is an outage", service), "spec:", "  replicas: 1", "  selector:")
			f.Existing = i%4 == 0
		}
	}
	agent := reconcile.ResourceRef{APIVersion: "apps/v1", Kind: "DaemonSet", Namespace: "kube-system", Name: "node-agent"}
	add("security/privileged", "prod", agent, at("clusters/prod/agent.yaml", 24, 13), path("spec", "template", "spec", "containers", 0, "securityContext", "privileged"),
		"container \"agent\" runs privileged").Waived = sampleWaived()
	database := reconcile.ResourceRef{APIVersion: "apps/v1", Kind: "StatefulSet", Namespace: "shop", Name: "orders-db"}
	add("dr/backup-copy", "prod", database, at("clusters/prod/orders-db.yaml", 4, 7), nil,
		"StatefulSet shop/orders-db keeps data and no backup of it is kept elsewhere; its password is "+resource.Mask,
		"apiVersion: apps/v1", "kind: StatefulSet", "metadata:", "  name: orders-db", "  namespace: shop", "spec:", "  password: "+resource.Mask)
	for i, service := range []string{"basket", "catalog", "checkout", "web"} {
		ref := reconcile.ResourceRef{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: service}
		add("allocation/cpu-request", "staging", ref, at("clusters/staging/"+service+".yaml", 20+i, 11), path("spec", "template", "spec", "containers", 0),
			fmt.Sprintf("container %q does not say how much CPU it needs", service))
	}
	for i, file := range []string{"motd", "proxy.conf", "resolv.conf", "sysctl.conf", "update.sh"} {
		ref := reconcile.ResourceRef{APIVersion: "host.holdfast.dev/v1", Kind: "File", Name: "/etc/edge/" + file}
		add("security/file-mode", "edge", ref, at("hosts/edge/files.yaml", 7+12*i, 9), path("spec", "mode"),
			fmt.Sprintf("file /etc/edge/%s has mode 0666: anyone on the host can change it", file),
			"spec:", "  path: /etc/edge/"+file, "  mode: \"0666\"", "  owner: root")
	}
	audit.Findings = append(audit.Findings, reconcile.FindingRecord{
		Rule: policy.RuleError, Policy: "acme.naming", Category: "security", Severity: policy.High, Decision: policy.Deny,
		Msg: "rule acme/naming could not be evaluated: it took longer than 5s", Target: "edge",
		Location: at("policies/naming.rego", 14, 1), Phase: policy.PhaseCheck,
	})
}

func sampleTargets(now time.Time) []reconcile.AuditTarget {
	changes := sampleChanges()
	return []reconcile.AuditTarget{
		{Name: "edge", Driver: "host", Path: "hosts/edge", Mode: "apply", Destination: "host:///", Resources: 9, Findings: 6, Blocking: 6,
			Observed: true, InLine: 3, Changes: changes, LastRun: &reconcile.Run{
				ID: "r-0191", Target: "edge", Driver: "host", Mode: "apply", Revision: "9f2c1e7ab04d5c6f8e9a0b1c2d3e4f5061728394",
				Started: now.Add(-12 * time.Minute), Ended: now.Add(-12*time.Minute + 4*time.Second), Outcome: reconcile.OutcomeBlocked,
				Message: "1 change is held back by security/file-mode", Resources: 9, InLine: 3,
			}},
		{Name: "prod", Driver: "kubernetes", Path: "clusters/prod", Mode: "apply", Destination: "https://prod.k8s.example.com:6443", Resources: 34,
			Findings: 30, Blocking: 15, Reason: "no credentials for this destination were given to the audit"},
		{Name: "staging", Driver: "kubernetes", Path: "clusters/staging", Mode: "flag", Destination: "https://staging.k8s.example.com:6443", Resources: 18,
			Findings: 4, Observed: true, InLine: 18},
	}
}

// sampleChanges has each action and each state that holds a change back.
func sampleChanges() []reconcile.ChangeRecord {
	file := func(name string) reconcile.ResourceRef {
		return reconcile.ResourceRef{APIVersion: "host.holdfast.dev/v1", Kind: "File", Name: name}
	}
	digest := "sha256:4be1c0ffee4be1c0ffee4be1c0ffee4be1c0ffee4be1c0ffee4be1c0ffee4be1"
	return []reconcile.ChangeRecord{
		{Resource: file("/etc/edge/motd"), Action: resource.ActionUpdate, State: reconcile.StatePlanned, Drift: true, ChangedBy: "root (uid 0), 2026-11-22T08:51:07Z",
			Location: at("hosts/edge/files.yaml", 4, 1),
			Diff: []resource.FieldDiff{
				{Path: path("spec", "content"), Before: "Welcome.\nThis host is edge-1.\nIt is looked after by hand.\n", After: "Welcome.\nThis host is edge-1.\nIt is looked after by holdfast.\n"},
				{Path: path("spec", "mode"), Before: "0666", After: "0644"},
			}},
		{Resource: file("/etc/edge/proxy.conf"), Action: resource.ActionUpdate, State: reconcile.StateBlocked, Reason: "security/file-mode denies it",
			Location: at("hosts/edge/files.yaml", 16, 1),
			Diff:     []resource.FieldDiff{{Path: path("spec", "workers"), Before: int64(2), After: int64(8)}, {Path: path("spec", "tls"), After: true}, {Path: path("spec", "limits", "idle"), Before: "30s"}}},
		{Resource: file("/etc/edge/token"), Action: resource.ActionUpdate, State: reconcile.StatePlanned, Location: at("hosts/edge/token.yaml", 1, 1),
			Diff: []resource.FieldDiff{{Path: path("spec", "content"), Before: resource.Mask, After: resource.Mask, Sensitive: true}}},
		{Resource: file("/etc/edge/sysctl.conf"), Action: resource.ActionCreate, State: reconcile.StatePlanned, Location: at("hosts/edge/files.yaml", 40, 1),
			Diff: []resource.FieldDiff{{After: map[string]any{
				"apiVersion": "host.holdfast.dev/v1", "kind": "File", "metadata": map[string]any{"name": "/etc/edge/sysctl.conf"},
				"spec": map[string]any{"mode": "0644", "content": "net.ipv4.ip_forward = 1\nnet.core.somaxconn = 1024\n"},
			}}}},
		{Resource: file("/etc/edge/old.conf"), Action: resource.ActionDelete, State: reconcile.StateFlagged, Approval: digest,
			Reason: "2 deletes are more than the 1 that may be made in 24 hours"},
		{Resource: file("/etc/edge/older.conf"), Action: resource.ActionDelete, State: reconcile.StateFlagged, Approval: digest,
			Reason: "2 deletes are more than the 1 that may be made in 24 hours"},
		{Resource: file("/etc/edge/data"), Action: resource.ActionReplace, State: reconcile.StateStale, Reason: "changed since it was planned",
			Diff: []resource.FieldDiff{{Path: path("spec", "type"), Before: "file", After: "link"}}},
		{Resource: file("/etc/edge/moved"), Action: resource.ActionMove, State: reconcile.StatePlanned, Reason: "comes from target core"},
	}
}

// emptyAudit has nothing but the time.
func emptyAudit() *reconcile.Audit {
	return &reconcile.Audit{Title: "Nothing", Generated: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), Tool: "holdfast v0.1.0"}
}
