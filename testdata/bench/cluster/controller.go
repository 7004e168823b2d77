package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

// controller is Flux's kustomize-controller. What source-controller would do
// is done here: the repository is packed, served, and named in the status of a
// GitRepository.
type controller struct {
	*scene
	program string
	command *process
	client  dynamic.Interface
	archive atomic.Pointer[[]byte]
	served  net.Listener
	asked   int
}

var (
	definitions    = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	repositories   = schema.GroupVersionResource{Group: "source.toolkit.fluxcd.io", Version: "v1", Resource: "gitrepositories"}
	kustomizations = schema.GroupVersionResource{Group: "kustomize.toolkit.fluxcd.io", Version: "v1", Resource: "kustomizations"}
)

func (c *controller) user() string { return "flux" }
func (c *controller) pid() int     { return c.command.pid() }

func (c *controller) start(ctx context.Context) (err error) {
	if c.client, err = dynamic.NewForConfig(c.server.Config()); err != nil {
		return err
	}
	if c.served, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return err
	}
	go http.Serve(c.served, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(*c.archive.Load()) }))
	if err := c.define(ctx); err != nil {
		return err
	}
	kubeconfig, err := c.kubeconfig(c.user())
	if err != nil {
		return err
	}
	os.Setenv("KUBECONFIG", kubeconfig)
	os.Setenv("RUNTIME_NAMESPACE", "default")
	c.command, err = run(c.folder, "flux", c.program, "--metrics-addr=127.0.0.1:0", "--health-addr=127.0.0.1:0",
		"--kube-api-qps=1000", "--kube-api-burst=2000", "--watch-all-namespaces", "--log-level=error", "--events-addr=")
	if err != nil {
		return err
	}
	repository := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
		"metadata": map[string]any{"name": "bench", "namespace": "default"},
		"spec":     map[string]any{"interval": "1h", "url": "https://git.example.com/bench"},
	}}
	if _, err := c.client.Resource(repositories).Namespace("default").Create(ctx, repository, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := c.publish(ctx, "main@sha1:1"); err != nil {
		return err
	}
	kustomization := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
		"metadata": map[string]any{"name": "bench", "namespace": "default"},
		"spec": map[string]any{
			"interval": "1h", "path": "./manifests", "prune": true, "timeout": "10m",
			"sourceRef": map[string]any{"kind": "GitRepository", "name": "bench"},
		},
	}}
	if _, err := c.client.Resource(kustomizations).Namespace("default").Create(ctx, kustomization, metav1.CreateOptions{}); err != nil {
		return err
	}
	return c.until(ctx, func(status map[string]any) bool {
		revision, _, _ := unstructured.NestedString(status, "lastAppliedRevision")
		return revision == "main@sha1:1"
	})
}

// define makes the kinds that the controller asks for, without schemas.
func (c *controller) define(ctx context.Context) error {
	for _, kind := range []struct{ group, kind, plural string }{
		{"source.toolkit.fluxcd.io", "GitRepository", "gitrepositories"},
		{"source.toolkit.fluxcd.io", "OCIRepository", "ocirepositories"},
		{"source.toolkit.fluxcd.io", "Bucket", "buckets"},
		{"source.toolkit.fluxcd.io", "ExternalArtifact", "externalartifacts"},
		{"kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations"},
	} {
		definition := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
			"metadata": map[string]any{"name": kind.plural + "." + kind.group},
			"spec": map[string]any{
				"group": kind.group, "scope": "Namespaced",
				"names": map[string]any{"kind": kind.kind, "plural": kind.plural},
				"versions": []any{map[string]any{
					"name": "v1", "served": true, "storage": true, "subresources": map[string]any{"status": map[string]any{}},
					"schema": map[string]any{"openAPIV3Schema": map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
				}},
			},
		}}
		if _, err := c.client.Resource(definitions).Create(ctx, definition, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	for ; ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		_, err := c.client.Resource(kustomizations).List(ctx, metav1.ListOptions{})
		_, other := c.client.Resource(repositories).List(ctx, metav1.ListOptions{})
		if err == nil && other == nil {
			return nil
		}
		if err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	return ctx.Err()
}

// publish packs the repository, and says in the status where it is.
func (c *controller) publish(ctx context.Context, revision string) error {
	packed, err := pack(c.repository(), "manifests")
	if err != nil {
		return err
	}
	c.archive.Store(&packed)
	sum := sha256.Sum256(packed)
	now := time.Now().UTC().Format(time.RFC3339)
	status := fmt.Sprintf(`{"status":{"observedGeneration":1,"conditions":[{"type":"Ready","status":"True","reason":"Succeeded","message":"","lastTransitionTime":%q,"observedGeneration":1}],`+
		`"artifact":{"url":"http://%s/%s.tar.gz","path":"bench.tar.gz","revision":%q,"digest":"sha256:%s","lastUpdateTime":%q,"size":%d}}}`,
		now, c.served.Addr(), hex.EncodeToString(sum[:]), revision, hex.EncodeToString(sum[:]), now, len(packed))
	_, err = c.client.Resource(repositories).Namespace("default").Patch(ctx, "bench", types.MergePatchType, []byte(status), metav1.PatchOptions{}, "status")
	return err
}

func pack(folder, below string) ([]byte, error) {
	var buffer bytes.Buffer
	zipped := gzip.NewWriter(&buffer)
	archive := tar.NewWriter(zipped)
	files, err := filepath.Glob(filepath.Join(folder, below, "*.yaml"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		header := &tar.Header{Name: filepath.Join(below, filepath.Base(file)), Mode: 0o644, Size: int64(len(text))}
		if err := archive.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := archive.Write(text); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	err = zipped.Close()
	return buffer.Bytes(), err
}

// until waits for the status of the Kustomization.
func (c *controller) until(ctx context.Context, holds func(status map[string]any) bool) error {
	conditions := any(nil)
	for ; ctx.Err() == nil; time.Sleep(10 * time.Millisecond) {
		if err := c.command.ended(); err != nil {
			return err
		}
		got, err := c.client.Resource(kustomizations).Namespace("default").Get(ctx, "bench", metav1.GetOptions{})
		if err != nil {
			return err
		}
		status, _, _ := unstructured.NestedMap(got.Object, "status")
		if conditions = status["conditions"]; holds(status) {
			return nil
		}
	}
	return fmt.Errorf("not in line: %v: %w", conditions, ctx.Err())
}

// ask has it reconcile at once.
func (c *controller) ask(ctx context.Context) error {
	c.asked++
	patch := fmt.Sprintf(`{"metadata":{"annotations":{"reconcile.fluxcd.io/requestedAt":"%d"}}}`, c.asked)
	_, err := c.client.Resource(kustomizations).Namespace("default").Patch(ctx, "bench", types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	return err
}

func (c *controller) pass(ctx context.Context) error {
	if err := c.ask(ctx); err != nil {
		return err
	}
	return c.until(ctx, func(status map[string]any) bool { return status["lastHandledReconcileAt"] == fmt.Sprint(c.asked) })
}

func (c *controller) commit(ctx context.Context) error { return c.publish(ctx, "main@sha1:2") }

func (c *controller) stop() {
	c.command.stop()
	if c.served != nil {
		c.served.Close()
	}
}
