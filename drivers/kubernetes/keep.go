package kubernetes

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/live"
)

const (
	// maxInventory is what the API server takes in one object, less what is
	// beside the entries. It is some 15,000 of them.
	maxInventory = 1_000_000
	// maxEntries bounds what is read back, unpacked.
	maxEntries = 64 << 20
)

// inventory is where this target's is kept: in a ConfigMap named after a digest
// of the target's name, which may have any characters.
func (d *Driver) inventory() place {
	sum := sha256.Sum256([]byte(d.target))
	namespace := d.settings.InventoryNamespace
	if namespace == "" && len(d.settings.Namespaces) > 0 && !strings.HasSuffix(d.settings.Namespaces[0], "*") {
		namespace = d.settings.Namespaces[0]
	}
	if namespace == "" && d.settings.InCluster {
		namespace = d.cluster.namespace
	}
	return place{
		resource:  schema.GroupVersionResource{Version: "v1", Resource: "configmaps"},
		namespace: cmp.Or(namespace, metav1.NamespaceDefault),
		name:      "holdfast-" + hex.EncodeToString(sum[:8]),
	}
}

// Holding is what the ConfigMap says. What cannot be understood is an error:
// it may say that someone else holds the target. It is watched as all is that
// the target owns, by the same label; Hold goes by the version that was seen.
func (d *Driver) Holding(ctx context.Context) (*drivers.Holding, error) {
	at := d.inventory()
	obj, known := d.cache.Get(at.resource, at.namespace, at.name)
	err := error(nil)
	if !known {
		obj, err = d.cluster.get(ctx, at)
	}
	if apierrors.IsUnauthorized(err) {
		if err := d.reconnect(); err != nil {
			return nil, err
		}
		obj, err = d.cluster.get(ctx, at)
	}
	if err != nil {
		return nil, fmt.Errorf("read ConfigMap %s/%s: %w", at.namespace, at.name, err)
	}
	if obj == nil {
		d.kept = ""
		return nil, nil
	}
	d.kept = obj.GetResourceVersion()
	holding, err := readHolding(obj)
	if err == nil && holding.Target != d.target {
		err = fmt.Errorf("it is about target %q", holding.Target)
	}
	if err != nil {
		return nil, fmt.Errorf("ConfigMap %s/%s is damaged: remove it, and holdfast adopts what matches: %w", at.namespace, at.name, err)
	}
	holding.Where = fmt.Sprintf("ConfigMap %s/%s", at.namespace, at.name)
	return holding, nil
}

// Hold writes the ConfigMap, unless somebody has written it since it was last seen.
func (d *Driver) Hold(ctx context.Context, holding drivers.Holding) error {
	at := d.inventory()
	obj, err := writeHolding(holding)
	if err != nil {
		return err
	}
	obj.SetName(at.name)
	obj.SetNamespace(at.namespace)
	obj.SetResourceVersion(d.kept)
	written, err := request(ctx, d.cluster, func(ctx context.Context) (*unstructured.Unstructured, error) {
		if d.kept == "" {
			return d.cluster.objects(at).Create(ctx, obj, metav1.CreateOptions{FieldManager: live.Manager})
		}
		return d.cluster.objects(at).Update(ctx, obj, metav1.UpdateOptions{FieldManager: live.Manager})
	})
	switch {
	case apierrors.IsAlreadyExists(err), apierrors.IsConflict(err):
		return fmt.Errorf("write ConfigMap %s/%s: somebody else wrote it meanwhile", at.namespace, at.name)
	case apierrors.IsNotFound(err) && d.kept == "":
		return fmt.Errorf("write ConfigMap %s/%s: there is no such namespace: make it, or name another one in settings.inventoryNamespace", at.namespace, at.name)
	case err != nil:
		return fmt.Errorf("write ConfigMap %s/%s: %w", at.namespace, at.name, err)
	}
	d.kept = d.wrote(at, written).GetResourceVersion()
	return nil
}

// writeHolding shows what a person would look for, and packs the entries.
func writeHolding(holding drivers.Holding) (*unstructured.Unstructured, error) {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if err := errors.Join(json.NewEncoder(zip).Encode(holding.Owned), zip.Close()); err != nil {
		return nil, fmt.Errorf("write the inventory: %w", err)
	}
	text := base64.StdEncoding.EncodeToString(packed.Bytes())
	if len(text) > maxInventory {
		return nil, fmt.Errorf("the inventory of %d resources is larger than a ConfigMap may be: part the target in two", len(holding.Owned))
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"labels": map[string]any{
			live.LabelInventory: "true", live.Label: holding.Target, "app.kubernetes.io/managed-by": "holdfast",
		}},
		"data": map[string]any{
			"holder": holding.Holder, "target": holding.Target, "since": holding.Since.UTC().Format(time.RFC3339Nano),
			"resources": fmt.Sprint(len(holding.Owned)),
		},
		"binaryData": map[string]any{"owned.json.gz": text},
	}}, nil
}

func readHolding(obj *unstructured.Unstructured) (*drivers.Holding, error) {
	data, _, _ := unstructured.NestedStringMap(obj.Object, "data")
	text, _, _ := unstructured.NestedString(obj.Object, "binaryData", "owned.json.gz")
	since, err := time.Parse(time.RFC3339Nano, data["since"])
	if err != nil {
		return nil, fmt.Errorf("since: %w", err)
	}
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("owned: %w", err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("owned: %w", err)
	}
	holding := &drivers.Holding{Holder: data["holder"], Target: data["target"], Since: since}
	decoder := json.NewDecoder(io.LimitReader(zip, maxEntries))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&holding.Owned); err != nil {
		return nil, fmt.Errorf("owned: %w", err)
	}
	return holding, nil
}
