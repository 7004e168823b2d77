package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/bundle"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// isBundle reports whether a name in place of a policy is that of a bundle.
func isBundle(name string) bool {
	named, err := config.ParseBundle(name)
	if err != nil || named.Remote() {
		return strings.Contains(name, "://")
	}
	return strings.HasSuffix(named.URL, ".tar.gz") || strings.HasSuffix(named.URL, ".tgz")
}

// withBundles takes the bundles out of a list of policies.
func withBundles(names []string) (others, bundles []string) {
	for _, name := range names {
		if isBundle(name) {
			bundles = append(bundles, name)
		} else {
			others = append(others, name)
		}
	}
	return others, bundles
}

// opened is what several bundles hold.
type opened struct {
	policies, data, others []policy.File
}

func (o *opened) add(ctx context.Context, b config.Bundle, from tree, within string) error {
	content, err := bundleContent(ctx, b, from, within)
	if err != nil {
		return asMistake(err, b.At)
	}
	sealed := rego.Bundle{Name: b.String(), Content: content}
	if !b.Remote() {
		sealed.Name = from.shown(within)
	}
	if b.Key != "" {
		key, err := bundleKey(b, from)
		if err != nil {
			return asMistake(err, b.At)
		}
		sealed.Key = &rego.BundleKey{Key: key, ID: b.KeyID, Scope: b.Scope, Algorithm: b.Algorithm}
	}
	held, err := rego.OpenBundle(sealed)
	if err != nil {
		return err
	}
	o.policies = append(o.policies, held.Policies...)
	o.data = append(o.data, held.Data...)
	o.others = append(o.others, held.Others...)
	return nil
}

// bundleContent fetches or reads a bundle, and sees to it that it is the one that is pinned.
func bundleContent(ctx context.Context, b config.Bundle, from tree, within string) ([]byte, error) {
	if err := b.Unguarded(); err != nil {
		return nil, mistake(fmt.Errorf("%s: %w", b, err))
	}
	if b.Remote() {
		fetcher := bundle.New(bundle.Options{Cache: keptFolder("bundles")})
		return fetcher.Fetch(ctx, bundle.Ref{URL: b.URL, Digest: b.Digest, Auth: bundle.Auth(b.Auth), Confined: b.Confined})
	}
	content, err := from.upTo(within, bundle.DefaultMaxSize)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, mistake(fmt.Errorf("there is no bundle %s; correct the path, or take it out", from.shown(within)))
	case err != nil:
		return nil, fmt.Errorf("read the bundle %s: %w", from.shown(within), err)
	case b.Digest == "":
		return content, nil
	}
	if err := bundle.Verify(content, b.Digest); err != nil {
		return nil, fmt.Errorf("%s: %w", from.shown(within), err)
	}
	return content, nil
}

// upTo reads a regular file of at most limit bytes.
func (t tree) upTo(name string, limit int64) ([]byte, error) {
	file, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, mistake(fmt.Errorf("%s is not a regular file", t.shown(name))))
	}
	content, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = sources.ErrTooLarge
	}
	return content, err
}

// bundleKey is the key itself: written out, or in a file of the source or, where
// its path is absolute, of this machine.
func bundleKey(b config.Bundle, from tree) (string, error) {
	if b.KeyInline() {
		return b.Key, nil
	}
	at, within := from, b.Key
	if filepath.IsAbs(b.Key) {
		at, within = onDisk(b.Key)
	}
	const maxKey = 64 << 10
	content, err := at.upTo(within, maxKey)
	if errors.Is(err, fs.ErrNotExist) {
		return "", mistake(fmt.Errorf("%s: there is no file %s with its key", b, b.Key))
	} else if err != nil {
		return "", fmt.Errorf("read the key of %s: %w", b, err)
	}
	return string(content), nil
}

// asMistake gives what the user can mend its place; what is a fault of the
// world stays one.
func asMistake(err error, at resource.Location) error {
	for _, known := range []error{bundle.ErrMismatch, bundle.ErrRefused, sources.ErrNotFound, sources.ErrTooLarge, sources.ErrEscapes} {
		if errors.Is(err, known) {
			return resource.Problems{{Msg: err.Error(), Location: at}}
		}
	}
	if own := (*coded)(nil); errors.As(err, &own) && own.code == exitMistake {
		return resource.Problems{{Msg: own.Error(), Location: at}}
	}
	return err
}

// keptFolder is where what is pinned is kept; "" where there is no place.
func keptFolder(name string) string {
	if dir := os.Getenv("HOLDFAST_CACHE"); dir != "" {
		return filepath.Join(dir, name)
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(base, "holdfast", name)
}

// configuredBundles opens those that the configuration names, as bundles or
// among its policies.
func configuredBundles(ctx context.Context, from tree, c *config.Config) (held opened, err error) {
	_, named := withBundles(c.Policies.Paths)
	bundles := slices.Clone(c.Policies.Bundles)
	for _, name := range named {
		bundles = append(bundles, config.Bundle{URL: name, At: c.PathAt("policies.paths", name)})
	}
	for _, b := range bundles {
		at, within := from, b.URL
		if !b.Remote() && filepath.IsAbs(b.URL) {
			at, within = onDisk(b.URL)
		}
		if err := held.add(ctx, b, at, within); err != nil {
			return held, err
		}
	}
	return held, nil
}

// namedBundles opens those that are named on the command line, each by a path or
// URL, with or without a digest behind it.
func namedBundles(ctx context.Context, names []string, find finder) (held opened, err error) {
	for _, name := range names {
		b, err := config.ParseBundle(name)
		if err != nil {
			return held, mistake(fmt.Errorf("--policy: %w", err))
		}
		var from tree
		var within string
		if !b.Remote() {
			var there bool
			if from, within, there = find(b.URL); !there {
				continue
			}
		}
		if err := held.add(ctx, b, from, within); err != nil {
			return held, err
		}
	}
	return held, nil
}

// into adds what is held to what there is to judge by. A bundle that is named
// twice is taken once; two that are shown alike would be taken for one.
func (o *opened) into(input *policy.Input) (err error) {
	if input.Policies, err = addDistinct(input.Policies, o.policies); err != nil {
		return err
	}
	if input.Constraints, err = addDistinct(input.Constraints, o.others); err != nil {
		return err
	}
	input.Data, err = addDistinct(input.Data, o.data)
	return err
}

func addDistinct(files, more []policy.File) ([]policy.File, error) {
	there := map[string][]byte{}
	for _, file := range files {
		there[file.Name] = file.Content
	}
	for _, file := range more {
		content, twice := there[file.Name]
		switch {
		case !twice:
			there[file.Name] = file.Content
			files = append(files, file)
		case !bytes.Equal(content, file.Content):
			return nil, resource.Problems{{Msg: "two bundles hold this file, and are called the same", Location: resource.Location{File: file.Name}}}
		}
	}
	return files, nil
}
