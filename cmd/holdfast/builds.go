package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/render/sops"
)

// newRenderer is a renderer with what the configuration, nil for none, lets it
// have: keys to decrypt with, and what is kept elsewhere.
func newRenderer(c *config.Config) (*render.Renderer, error) {
	if c == nil {
		return render.New(render.Options{}), nil
	}
	var keys []render.Keys
	for i := range c.Decryption {
		own, err := decryptionKeys(&c.Decryption[i])
		if err != nil {
			return nil, err
		}
		keys = append(keys, render.Keys{Keys: own, Scope: c.Decryption[i].Scope})
	}
	return render.New(render.Options{MaxFileSize: c.Limits.MaxFileSize, Keys: keys, Remotes: newRemotes(c).allowed()}), nil
}

// decryptionKeys reads the keys that the operator names.
func decryptionKeys(d *config.Decryption) (*sops.Keys, error) {
	var texts [2][]byte
	for i, file := range []string{d.AgeKeyFile, d.PGPKeyFile} {
		if file == "" {
			continue
		}
		at, within := onDisk(file)
		const maxKeys = 1 << 20
		text, err := at.upTo(within, maxKeys)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, mistake(fmt.Errorf("decryption: there is no file %s", file))
		case err != nil:
			return nil, fmt.Errorf("decryption: read %s: %w", file, err)
		}
		texts[i] = text
	}
	for i, name := range []string{d.AgeKeyFile, d.PGPKeyFile} {
		var one [2][]byte
		one[i] = texts[i]
		if _, err := sops.NewKeys(one[0], one[1]); err != nil {
			return nil, mistake(fmt.Errorf("decryption: %s: %w", name, err))
		}
	}
	return sops.NewKeys(texts[0], texts[1])
}
