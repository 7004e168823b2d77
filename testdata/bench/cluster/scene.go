package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"
)

const namespaces = 10

func (s *scene) repository() string { return filepath.Join(s.folder, "repository") }

// write makes the repository: three config maps, a deployment and a service in
// five, in namespaces of their own, fifty objects a file.
func (s *scene) write() error {
	manifests := filepath.Join(s.repository(), "manifests")
	if err := os.MkdirAll(manifests, 0o755); err != nil {
		return err
	}
	var text strings.Builder
	for n := range namespaces {
		fmt.Fprintf(&text, "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: team-%d}\n", n)
	}
	file := 0
	for i := range s.size - namespaces {
		text.WriteString("---\n" + object(i, 1))
		if i%50 == 49 || i == s.size-namespaces-1 {
			if err := os.WriteFile(filepath.Join(manifests, fmt.Sprintf("%04d.yaml", file)), []byte(text.String()), 0o644); err != nil {
				return err
			}
			text.Reset()
			file++
		}
	}
	return nil
}

func object(i, version int) string {
	name, namespace := fmt.Sprintf("app-%05d", i), fmt.Sprintf("team-%d", i%namespaces)
	head := fmt.Sprintf("metadata:\n  name: %s\n  namespace: %s\n  labels: {app: %s}\n", name, namespace, name)
	switch i % 5 {
	case 3:
		return "apiVersion: apps/v1\nkind: Deployment\n" + head + fmt.Sprintf(`spec:
  replicas: 0 # no nodes run pods here
  selector: {matchLabels: {app: %s}}
  template:
    metadata: {labels: {app: %s}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:%d
        resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}
`, name, name, version)
	case 4:
		return "apiVersion: v1\nkind: Service\n" + head + fmt.Sprintf("spec:\n  selector: {app: %s}\n  ports: [{name: http, port: 80, targetPort: 8080}]\n", name)
	}
	return "apiVersion: v1\nkind: ConfigMap\n" + head + fmt.Sprintf("data:\n  version: %q\n  settings: |\n    level = info\n    workers = 4\n", strconv.Itoa(version))
}

// drift changes one object behind the subject's back, and waits until it is set back.
func (s *scene) drift(ctx context.Context, subject subject) error {
	client, err := kubernetes.NewForConfig(s.server.Config())
	if err != nil {
		return err
	}
	maps := client.CoreV1().ConfigMaps("team-0")
	_, err = maps.Patch(ctx, "app-00000", types.MergePatchType, []byte(`{"data":{"version":"drifted"}}`), metav1.PatchOptions{FieldManager: "kubectl-edit"})
	if err != nil {
		return err
	}
	if controller, ok := subject.(*controller); ok { // it does not watch what it applied: without this it is seen at its interval
		if err := controller.ask(ctx); err != nil {
			return err
		}
	}
	return s.until(ctx, client, "1")
}

// change commits a new version of one object, and waits until it is live.
func (s *scene) change(ctx context.Context, subject subject) error {
	client, err := kubernetes.NewForConfig(s.server.Config())
	if err != nil {
		return err
	}
	file := filepath.Join(s.repository(), "manifests", "0000.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	changed := strings.Replace(string(text), `version: "1"`, `version: "2"`, 1)
	if err := os.WriteFile(file+".new", []byte(changed), 0o644); err != nil {
		return err
	}
	if err := os.Rename(file+".new", file); err != nil {
		return err
	}
	if err := subject.commit(ctx); err != nil {
		return err
	}
	return s.until(ctx, client, "2")
}

func (s *scene) until(ctx context.Context, client kubernetes.Interface, version string) error {
	for ; ctx.Err() == nil; time.Sleep(10 * time.Millisecond) {
		got, err := client.CoreV1().ConfigMaps("team-0").Get(ctx, "app-00000", metav1.GetOptions{})
		if err != nil {
			return err
		}
		if got.Data["version"] == version {
			return nil
		}
	}
	return fmt.Errorf("version %s is not live: %w", version, ctx.Err())
}

// kubeconfig is the server's, for a user of that name with an administrator's rights.
func (s *scene) kubeconfig(user string) (string, error) {
	config, err := s.server.Administrator(user)
	if err != nil {
		return "", err
	}
	file := filepath.Join(s.folder, user+".kubeconfig")
	return file, os.WriteFile(file, config, 0o600)
}

func writeYAML(file string, value any) error {
	text, err := yaml.Marshal(value)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}
