package render

import (
	"bytes"
	"reflect"
	"sync"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// The cache keeps so many files, and so many bytes of them, in their parsed form.
const (
	cachedFiles = 16
	cachedBytes = 16 << 20
)

// cache holds the files that were located in last: who asks for one line of a
// file asks for the next one soon. The zero value is ready for use.
type cache struct {
	mu      sync.Mutex
	entries []*cacheEntry // most recently used first
}

type cacheEntry struct {
	snapshot any
	name     string
	parser   string
	once     sync.Once
	file     *parsedFile // nil if it cannot be read
}

// parsed is the file in its parsed form, nil if it cannot be read.
func (r *Renderer) parsed(snapshot sources.Snapshot, origin resource.Origin) *parsedFile {
	read := manifest{tree: snapshot, name: origin.File, parser: origin.Parser, limits: &r.limits}
	if !reflect.ValueOf(snapshot).Comparable() {
		return read.parse()
	}
	entry := r.cache.entry(snapshot, origin)
	entry.once.Do(func() {
		file := read.parse()
		r.cache.mu.Lock()
		defer r.cache.mu.Unlock()
		entry.file = file
		r.cache.trim()
	})
	return entry.file
}

func (m *manifest) parse() *parsedFile {
	var buffer bytes.Buffer
	data, err := readFile(m.tree, m.name, m.limits, &buffer)
	if err != nil {
		return nil
	}
	data, mistake := decodeText(data)
	if mistake != nil {
		return nil
	}
	return newParsedFile(m, data)
}

// entry finds or makes the entry and moves it to the front.
func (c *cache) entry(snapshot sources.Snapshot, origin resource.Origin) *cacheEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, e := range c.entries {
		if e.name == origin.File && e.parser == origin.Parser && e.snapshot == any(snapshot) {
			copy(c.entries[1:i+1], c.entries[:i])
			c.entries[0] = e
			return e
		}
	}
	made := &cacheEntry{snapshot: snapshot, name: origin.File, parser: origin.Parser}
	c.entries = append([]*cacheEntry{made}, c.entries...)
	c.trim()
	return made
}

// trim forgets the entries over the bounds, but never the newest.
func (c *cache) trim() {
	size := 0
	for i, e := range c.entries {
		if e.file != nil {
			size += e.file.size
		}
		if i > 0 && (i >= cachedFiles || size > cachedBytes) {
			c.entries = c.entries[:i:i]
			return
		}
	}
}
