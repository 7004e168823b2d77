package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
)

// openSource opens a File's source, and gives its path within the snapshot.
// dir is the target's path there, a folder or a file. Its errors are messages
// for the user.
func openSource(snapshot fs.FS, dir, source string) (fs.File, string, error) {
	if info, err := fs.Stat(snapshot, dir); err == nil && !info.IsDir() {
		dir = path.Dir(dir)
	}
	name := path.Join(dir, source)
	if path.IsAbs(source) || !fs.ValidPath(name) {
		return nil, "", errors.New("spec.source leads out of the repository")
	}
	file, err := snapshot.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", fmt.Errorf("there is no file %s in the repository: spec.source is relative to the target's folder %s", clip(name), dir)
	}
	if err != nil {
		return nil, "", fmt.Errorf("spec.source cannot be read: %w", err)
	}
	info, err := file.Stat()
	switch {
	case err != nil:
		err = fmt.Errorf("spec.source cannot be read: %w", err)
	case !info.Mode().IsRegular():
		err = fmt.Errorf("spec.source: %s is not a file", clip(name))
	case info.Size() > maxContent:
		err = fmt.Errorf("spec.source: %s is larger than %d MiB", clip(name), maxContent>>20)
	}
	if err != nil {
		return nil, "", errors.Join(err, file.Close())
	}
	return file, name, nil
}

// readSource is the content of a File's source and its path within the snapshot.
func readSource(snapshot fs.FS, dir, source string) (raw []byte, name string, err error) {
	file, name, err := openSource(snapshot, dir, source)
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	raw, err = io.ReadAll(io.LimitReader(file, maxContent+1))
	if err != nil {
		return nil, "", fmt.Errorf("spec.source: read %s: %w", clip(name), err)
	}
	if len(raw) > maxContent {
		return nil, "", fmt.Errorf("spec.source: %s is larger than %d MiB", clip(name), maxContent>>20)
	}
	return raw, name, nil
}
