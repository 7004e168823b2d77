package live

import (
	"crypto/sha256"
	"encoding/json"
	"maps"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/resourceversion"

	"github.com/holdfast-dev/holdfast/drivers"
)

// entry is what is kept of one object.
type entry struct {
	version string
	meaning [sha256.Size]byte
	status  drivers.Status
	raw     []byte // never changed
}

// differs reports whether there is anything in other that a pass might act on.
func (e entry) differs(other entry) bool {
	return e.meaning != other.meaning || e.status != other.status
}

// meaning is a digest of what somebody may have asked for, without what
// controllers and the API server note down.
func meaning(obj *unstructured.Unstructured) ([sha256.Size]byte, error) {
	content := maps.Clone(obj.Object)
	delete(content, "status")
	if metadata, ok := content["metadata"].(map[string]any); ok {
		metadata = maps.Clone(metadata)
		for _, noted := range []string{"managedFields", "resourceVersion", "generation"} {
			delete(metadata, noted)
		}
		content["metadata"] = metadata
	}
	raw, err := json.Marshal(content)
	return sha256.Sum256(raw), err
}

// newer reports whether version is known to be later than other; "" is the earliest.
func newer(version, other string) bool {
	order, err := resourceversion.CompareResourceVersion(version, other)
	return err == nil && order > 0
}
