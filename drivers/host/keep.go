package host

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"

	"github.com/holdfast-dev/holdfast/drivers"
)

// keptName is the file under the reserved directory that holds this target's
// inventory, as JSON.
func (d *Driver) keptName() string { return url.PathEscape(d.target) + ".json" }

// Holding is nil if nothing is kept for the target. What cannot be read or
// understood is an error: it may say that someone else holds the target.
func (d *Driver) Holding(context.Context) (_ *drivers.Holding, err error) {
	tree, err := d.tree()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, tree.close()) }()
	name := "/" + reservedDir + "/" + d.keptName()
	kept := tree.read(name)
	switch {
	case kept == nil:
		return nil, nil
	case kept.kind == typeUnreadable:
		return nil, fmt.Errorf("read the inventory %s%s: %s", d.root, name, kept.reason)
	case kept.kind != typeFile || kept.size > maxContent:
		return nil, fmt.Errorf("the inventory %s%s is not a file that holdfast wrote: move it away", d.root, name)
	}
	var holding drivers.Holding
	decoder := json.NewDecoder(bytes.NewReader(kept.content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&holding); err != nil || decoder.More() || holding.Target != d.target {
		return nil, errors.Join(fmt.Errorf("the inventory %s%s is damaged: move it away, and holdfast adopts what matches", d.root, name), err)
	}
	holding.Where = "file " + d.root + name
	return &holding, nil
}

// Hold writes the inventory, readable by the process's own user alone.
func (d *Driver) Hold(ctx context.Context, holding drivers.Holding) (err error) {
	raw, err := json.MarshalIndent(holding, "", "  ")
	if err != nil {
		return fmt.Errorf("write the inventory: %w", err)
	}
	tree, err := d.tree()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tree.close()) }()
	dir, err := tree.reserved()
	if err != nil {
		return fmt.Errorf("make %s/%s: %w", d.root, reservedDir, err)
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	if err := tree.sweep(ctx, "/"+reservedDir); err != nil {
		return fmt.Errorf("remove what an earlier run left in %s/%s: %w", d.root, reservedDir, cause(err))
	}
	err = tree.writeFile(dir, d.keptName(), written{
		content: func(to io.Writer) error { _, err := to.Write(append(raw, '\n')); return err },
		mode:    "0600", uid: os.Geteuid(), gid: os.Getegid(),
		ready: func() error { return nil },
	})
	if err != nil {
		return fmt.Errorf("write the inventory %s/%s/%s: %w", d.root, reservedDir, d.keptName(), err)
	}
	return nil
}

// reserved opens the driver's own directory, and makes it where it is missing.
// A link in its place is not followed.
func (t *tree) reserved() (*os.Root, error) {
	if err := t.root.Mkdir(reservedDir, 0o700); err == nil {
		if err := syncDir(t.root); err != nil {
			return nil, err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return nil, cause(err)
	}
	info, err := t.root.Lstat(reservedDir)
	if err != nil {
		return nil, cause(err)
	}
	if !info.IsDir() {
		return nil, errors.New("something else stands there: move it away")
	}
	dir, err := t.root.OpenRoot(reservedDir)
	if err != nil {
		return nil, cause(err)
	}
	if opened, err := dir.Stat("."); err != nil || !os.SameFile(info, opened) {
		return nil, errors.Join(drivers.ErrStale, err, dir.Close())
	}
	return dir, nil
}
