package live

import (
	"fmt"
	"runtime"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/holdfast-dev/holdfast/drivers"
)

// Thousands of objects are kept in a few megabytes: as trees of maps they would take ten times as much.
func TestMemory(t *testing.T) {
	const count = 5000
	cache := New(Options{Status: func(*unstructured.Unstructured) (drivers.Status, string) { return "", "" }})
	obj := object(t, deployment)
	objects := map[place]entry{}
	before := heap()
	for i := range count {
		obj.SetName(fmt.Sprint(i))
		e, err := cache.read(obj)
		if err != nil {
			t.Fatal(err)
		}
		objects[place{deployments, "shop", obj.GetName()}] = e
	}
	if per := (heap() - before) / count; per > 3<<10 {
		t.Errorf("%d bytes for each object", per)
	}
	runtime.KeepAlive(objects)
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func BenchmarkGet(b *testing.B) {
	cache := New(Options{Status: func(*unstructured.Unstructured) (drivers.Status, string) { return "", "" }})
	e, err := cache.read(object(b, deployment))
	if err != nil {
		b.Fatal(err)
	}
	at := place{deployments, "shop", "web"}
	cache.kinds[deployments] = &kind{streams: map[string]*stream{"": {connected: true, objects: map[place]entry{at: e}}}}
	for b.Loop() {
		cache.Get(deployments, "shop", "web")
	}
}
