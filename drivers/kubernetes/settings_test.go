package kubernetes_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func TestPermits(t *testing.T) {
	tenant := map[string]any{"serviceAccount": map[string]any{"namespace": "team-a", "name": "deployer"}}
	for _, test := range []struct {
		name              string
		settings, allowed fields
		want              bool
	}{
		{"nothing said on either side", nil, nil, true},
		{"the allowed context", fields{"context": "prod"}, fields{"context": "prod"}, true},
		{"another context", fields{"context": "admin"}, fields{"context": "prod"}, false},
		{"no context, so the current one", nil, fields{"context": "prod"}, false},
		{"a context that nobody allowed", fields{"context": "prod"}, nil, false},
		{"a kubeconfig that nobody allowed", fields{"context": "prod", "kubeconfig": "/tmp/x"}, fields{"context": "prod"}, false},
		{"the cluster that holdfast is in", fields{"inCluster": true}, fields{"context": "prod"}, false},
		{"not whom it shall act as", fields{"context": "prod"}, fields{"context": "prod", "impersonate": tenant}, false},
		{"somebody else", fields{"context": "prod", "impersonate": fields{"user": "root"}}, fields{"context": "prod", "impersonate": tenant}, false},
		{"somebody that nobody allowed", fields{"context": "prod", "impersonate": tenant}, fields{"context": "prod"}, false},
		{"with a group more", fields{"impersonate": fields{"user": "a", "groups": []any{"system:masters"}}}, fields{"impersonate": fields{"user": "a"}}, false},
		{"whom it shall act as", fields{"impersonate": tenant}, fields{"impersonate": tenant}, true},
		{"more requests than allowed", fields{"qps": 10000}, nil, false},
		{"an inventory where nobody allowed it", fields{"inventoryNamespace": "kube-system"}, nil, false},
		{"what is the target's own affair", fields{"context": "prod", "namespace": "shop", "takeOver": []any{"x"}, "ignoreDifferences": []any{}}, fields{"context": "prod"}, true},
		{"all namespaces, where some are allowed", nil, fields{"namespaces": []any{"team-a"}}, false},
		{"its namespace", fields{"namespaces": []any{"team-a"}}, fields{"namespaces": []any{"team-a"}}, true},
		{"one of its namespaces", fields{"namespaces": []any{"team-a-web"}, "namespace": "team-a-web"}, fields{"namespaces": []any{"team-a-*"}}, true},
		{"a narrower pattern", fields{"namespaces": []any{"team-a-x*"}}, fields{"namespaces": []any{"team-a-*"}}, true},
		{"a wider pattern", fields{"namespaces": []any{"team-*"}}, fields{"namespaces": []any{"team-a-*"}}, false},
		{"another's namespace", fields{"namespaces": []any{"team-a", "team-b"}}, fields{"namespaces": []any{"team-a"}}, false},
		{"another's namespace by default", fields{"namespaces": []any{"team-a"}, "namespace": "team-b"}, fields{"namespaces": []any{"team-a"}}, false},
		{"a pattern without an end", fields{"namespaces": []any{"team-a*"}}, fields{"namespaces": []any{"team-a"}}, false},
		{"not a list", fields{"namespaces": "team-a"}, fields{"namespaces": []any{"team-a"}}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := kubernetes.Kind().Permits(test.settings, test.allowed); got != test.want {
				t.Errorf("permitted: %t, want %t", got, test.want)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	with := func(metadata fields) resource.Resource {
		res := configMap("x", nil)
		res.Content.(fields)["metadata"] = metadata
		return res
	}
	for _, test := range []struct {
		name string
		res  resource.Resource
		want string // "" for valid
	}{
		{"valid", configMap("x", fields{"a": "b"}), ""},
		{"an RBAC name", object("rbac.authorization.k8s.io/v1", "ClusterRole", "system:x", nil), ""},
		{"an exported object", with(fields{"name": "x", "uid": "1", "resourceVersion": "2", "creationTimestamp": nil, "managedFields": []any{}}), ""},
		{"no mapping", resource.Resource{Content: []any{}}, "mapping"},
		{"nothing", resource.Resource{}, "mapping"},
		{"no version", object("apps/", "Deployment", "x", nil), "apiVersion"},
		{"no kind", object("v1", "", "x", nil), "kind"},
		{"no metadata", resource.Resource{Content: fields{"apiVersion": "v1", "kind": "ConfigMap"}}, "metadata is missing"},
		{"no name", with(fields{}), "metadata.name is missing"},
		{"a generated name", with(fields{"generateName": "x-"}), "metadata.name in the place of generateName"},
		{"a number for a name", with(fields{"name": int64(7)}), "quotes"},
		{"upper case", configMap("Upper", nil), "lowercase"},
		{"a way out", object("example.com/v1", "Thing", "../x", nil), "/"},
		{"a namespace with a dot", with(fields{"name": "x", "namespace": "a.b"}), "metadata.namespace"},
		{"a label that is no text", with(fields{"name": "x", "labels": fields{"on": true}}), "metadata.labels.on"},
		{"an annotation that is no text", with(fields{"name": "x", "annotations": fields{"n": int64(1)}}), "metadata.annotations.n"},
		{"labels as a list", with(fields{"name": "x", "labels": []any{}}), "metadata.labels"},
		{"a label's value", with(fields{"name": "x", "labels": fields{"a": "b c"}}), "metadata.labels.a"},
		{"holdfast's label", with(fields{"name": "x", "labels": fields{"holdfast.dev/target": "web"}}), "remove it"},
		{"a word without meaning", with(fields{"name": "x", "annotations": fields{"holdfast.dev/replace": "yes"}}), "allow"},
		{"a wave", with(fields{"name": "x", "annotations": fields{"argocd.argoproj.io/sync-wave": "first"}}), "whole number"},
	} {
		t.Run(test.name, func(t *testing.T) {
			invalid := kubernetes.Kind().Validate(nil, "", []resource.Resource{test.res})
			switch {
			case test.want == "" && len(invalid) > 0:
				t.Errorf("it is said to be wrong: %v", invalid)
			case test.want != "" && (len(invalid) == 0 || !strings.Contains(invalid[0].Msg, test.want)):
				t.Errorf("got %v, want %q", invalid, test.want)
			}
		})
	}
}

func TestOpenRefusesWhatLeadsNowhere(t *testing.T) {
	folder := t.TempDir()
	broken, lame, nobody := filepath.Join(folder, "broken"), filepath.Join(folder, "lame"), filepath.Join(folder, "nobody")
	for name, content := range map[string]string{
		broken: "contexts: [\n",
		lame:   "{apiVersion: v1, kind: Config, current-context: x, clusters: [{name: x, cluster: {server: \"https://127.0.0.1:1\", certificate-authority: /nowhere/ca.crt}}], users: [{name: x, user: {}}], contexts: [{name: x, context: {cluster: x, user: x}}]}",
		nobody: "{apiVersion: v1, kind: Config}",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("KUBECONFIG", filepath.Join(folder, "none"))
	for name, test := range map[string]struct {
		settings fields
		want     string
	}{
		"no such file":       {fields{"kubeconfig": "/nowhere/kubeconfig"}, "the kubeconfig /nowhere/kubeconfig does not exist: put it there, or name another in settings.kubeconfig"},
		"a folder":           {fields{"kubeconfig": folder}, "the kubeconfig " + folder + " cannot be read"},
		"broken YAML":        {fields{"kubeconfig": broken}, "the kubeconfig " + broken + " cannot be read; mend the file"},
		"no certificate":     {fields{"kubeconfig": lame}, "mend the kubeconfig " + lame},
		"no such context":    {fields{"kubeconfig": lame, "context": "prod"}, "settings.context: the kubeconfig " + lame + " has no context \"prod\"; there are x"},
		"no context at all":  {fields{"kubeconfig": nobody, "context": "prod"}, "has no context \"prod\", nor any other"},
		"an empty one":       {fields{"kubeconfig": nobody}, "no cluster is named by the kubeconfig " + nobody + ": name a kubeconfig in settings.kubeconfig"},
		"none":               {fields{}, "no cluster is named by the kubeconfig " + filepath.Join(folder, "none")},
		"not in a pod":       {fields{"inCluster": true}, "settings.inCluster"},
		"both":               {fields{"inCluster": true, "context": "x"}, "settings.inCluster"},
		"an unknown setting": {fields{"contxt": "x"}, "contxt"},
		"a bad pointer":      {fields{"kubeconfig": server.Kubeconfig(), "ignoreDifferences": []any{fields{"kind": "Pod", "jsonPointers": []any{"/metadata/name"}}}}, "settings.ignoreDifferences"},
	} {
		t.Run(name, func(t *testing.T) {
			driver, err := kubernetes.Kind().Open(t.Context(), drivers.Options{Target: "web", Settings: test.settings, Key: key})
			if err == nil {
				driver.Close()
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("open: %v, want something about %s", err, test.want)
			}
			if !errors.Is(err, drivers.ErrSettings) {
				t.Errorf("%v is not said to be a mistake", err)
			}
		})
	}
}

// Two ways to one cluster are one destination, and telling it takes no server.
func TestDestination(t *testing.T) {
	p := newProxy(t)
	var seen []string
	for _, address := range []string{"https://Example.com:6443/", "https://example.com:6443"} {
		p.write(t, address, "")
		driver, err := kubernetes.Kind().Open(t.Context(), drivers.Options{Target: "web", Settings: fields{"kubeconfig": p.kubeconfig}, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, driver.Destination())
		driver.Close()
	}
	if seen[0] != "kubernetes:https://example.com:6443" || seen[1] != seen[0] {
		t.Errorf("destinations are %q", seen)
	}
}
