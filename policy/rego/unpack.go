package rego

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of what a bundle may unpack to.
const (
	maxUnpacked = 256 << 20 // bytes in all
	maxEntries  = 20_000
	maxTrailing = 1 << 20 // bytes after the last file
)

// archived is a file of a bundle.
type archived struct {
	name    string // clean, without leading slash
	written string // as the archive has it, by which it is signed
	content []byte
}

// unpack reads a gzipped tar archive whole. Nothing is written to disk, and a
// name that leads out of the archive, a link or a name that is there twice
// makes it no bundle: other programs might read it in another way.
func unpack(content []byte) ([]archived, error) {
	compressed, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("not a bundle, which is a gzipped tar archive: %w", err)
	}
	archive := tar.NewReader(compressed)
	var entries []archived
	var size int64
	seen := map[string]bool{}
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, damaged(err)
		}
		if header.Typeflag == tar.TypeDir || header.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		name, err := entryName(header)
		if err != nil {
			return nil, err
		}
		size += header.Size
		switch {
		case seen[name]:
			return nil, fmt.Errorf("the bundle holds %q twice", name)
		case len(entries) == maxEntries:
			return nil, fmt.Errorf("the bundle holds more than %d files", maxEntries)
		case size > maxUnpacked:
			return nil, fmt.Errorf("the bundle unpacks to more than %d MiB", maxUnpacked>>20)
		case path.Ext(name) == ".rego" && header.Size > maxPolicyFile, header.Size > maxDataFile:
			return nil, fmt.Errorf("%q is too large: a policy file may have %d MiB at most, and a data file %d MiB", name, maxPolicyFile>>20, maxDataFile>>20)
		}
		seen[name] = true
		var file bytes.Buffer
		if _, err := io.Copy(&file, archive); err != nil {
			return nil, damaged(err)
		}
		entries = append(entries, archived{name, header.Name, file.Bytes()})
	}
	// What is cut off shows only at the end, in the checksum.
	switch n, err := io.Copy(io.Discard, io.LimitReader(compressed, maxTrailing+1)); {
	case err != nil:
		return nil, damaged(err)
	case n > maxTrailing:
		return nil, errors.New("the archive goes on after its last file")
	case len(entries) == 0:
		return nil, errors.New("the bundle is empty")
	}
	slices.SortFunc(entries, func(a, b archived) int { return strings.Compare(a.name, b.name) })
	return entries, nil
}

func damaged(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the bundle is cut off; fetch or build it anew")
	}
	return fmt.Errorf("the bundle is damaged: %w", err)
}

// entryName is the clean name of a regular file that stays within the archive.
func entryName(header *tar.Header) (string, error) {
	written := header.Name
	name := cleanName(written)
	switch {
	case header.Typeflag != tar.TypeReg:
		return "", fmt.Errorf("%q is not a regular file; a bundle holds no links and no devices", written)
	case !utf8.ValidString(written) || strings.ContainsAny(written, "\\\x00") || len(written) > 1024:
		return "", fmt.Errorf("%q cannot be the name of a file of a bundle", written)
	case slices.Contains(strings.Split(written, "/"), ".."), name == "" || name == ".":
		return "", fmt.Errorf("%q leads out of the bundle", written)
	}
	return name, nil
}

// cleanName is a name without what begins it: "/a", "./a" and "a" are the same.
func cleanName(written string) string {
	return strings.TrimPrefix(path.Clean("/"+written), "/")
}
