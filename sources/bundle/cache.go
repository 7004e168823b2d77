package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Bounds of the cache; what was used longest ago goes first.
const (
	maxCacheFiles = 200
	maxCacheSize  = 1 << 30 // bytes
)

// cache keeps content under its digest, one file each. It holds nothing that
// cannot be had again, so what goes wrong with it is logged and no error: a file
// that is not what its name says is as good as none.
type cache struct {
	dir    string // "" keeps nothing
	logger *slog.Logger
}

func (c cache) file(digest string) (string, bool) {
	sum, err := parseDigest(digest)
	return filepath.Join(c.dir, sum), c.dir != "" && err == nil
}

// get is the content of that digest, if it is there, whole and within the limit.
func (c cache) get(digest string, limit int64) ([]byte, bool) {
	name, ok := c.file(digest)
	if !ok {
		return nil, false
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, false
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil || int64(len(content)) > limit {
		return nil, false
	}
	if digestOf(content) != digest {
		c.logger.Warn("a cached archive is damaged; it is fetched anew", "file", name)
		return nil, false
	}
	c.used(name)
	return content, true
}

// used keeps a file from being taken for an old one.
func (c cache) used(name string) {
	now := time.Now()
	if err := os.Chtimes(name, now, now); err != nil {
		c.logger.Debug("the use of a cached archive is not noted", "err", err)
	}
}

// note is the file that says which digest was found for a key.
func (c cache) note(key string) string {
	return filepath.Join(c.dir, "for-"+strings.TrimPrefix(digestOf([]byte(key)), "sha256:"))
}

// noted is the content that was found for the key, if both are there.
func (c cache) noted(key string, limit int64) ([]byte, bool) {
	if c.dir == "" {
		return nil, false
	}
	digest, err := readSmall(c.note(key))
	if err != nil {
		return nil, false
	}
	content, found := c.get(string(digest), limit)
	if found {
		c.used(c.note(key))
	}
	return content, found
}

// putNoted keeps content, and that it was found for the key.
func (c cache) putNoted(key string, content []byte) {
	if c.dir == "" {
		return
	}
	digest := digestOf(content)
	c.put(digest, content)
	if err := c.write(c.note(key), []byte(digest)); err != nil {
		c.logger.Warn("what was found for a version is not noted", "err", err)
	}
}

// put keeps the content, which is that of the digest: written beside its place,
// synced and renamed, so that no reader and no crash sees half of it.
func (c cache) put(digest string, content []byte) {
	name, ok := c.file(digest)
	if !ok {
		return
	}
	if err := c.write(name, content); err != nil {
		c.logger.Warn("an archive is not cached", "err", err)
		return
	}
	c.sweep()
}

func (c cache) write(name string, content []byte) error {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return fmt.Errorf("make the cache: %w", err)
	}
	temporary, err := os.CreateTemp(c.dir, ".bundle-*")
	if err != nil {
		return fmt.Errorf("write the cache: %w", err)
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(content)
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("write the cache: %w", err)
	}
	return nil
}

// sweep takes out the oldest files while there are too many.
func (c cache) sweep() {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	var files []fs.FileInfo
	for _, entry := range entries {
		// One that is being written is left to whoever writes it.
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() && !strings.HasPrefix(entry.Name(), ".") {
			files = append(files, info)
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	var size int64
	for i, info := range files {
		if size += info.Size(); i >= maxCacheFiles || size > maxCacheSize {
			if err := os.Remove(filepath.Join(c.dir, info.Name())); err != nil {
				c.logger.Warn("an old archive is not taken out of the cache", "err", err)
			}
		}
	}
}
