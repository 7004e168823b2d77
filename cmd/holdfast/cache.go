package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/reconcile/results"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/dir"
)

// cacheFlags say whether and where a check keeps what it found.
type cacheFlags struct {
	dir string
	off bool
}

func (f *cacheFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.dir, "cache", "", "folder for what was found before (default: $HOLDFAST_CACHE, or holdfast in the user's cache folder)")
	cmd.Flags().BoolVar(&f.off, "no-cache", false, "judge everything anew, and keep nothing")
}

// open is the store of a workspace's results; nil if none is wanted. What is
// wrong with it costs time and no more.
func (f *cacheFlags) open(w *workspace, logger *slog.Logger) *results.Store {
	limit := int64(0)
	if w.config != nil {
		limit = w.config.Limits.MaxFileSize
	}
	return f.store(strings.Join(w.roots, "\n"), fmt.Sprintf("%s %d", buildName(), limit), logger)
}

// store is what is kept under a name; nil if nothing is to be.
func (f *cacheFlags) store(name, version string, logger *slog.Logger) *results.Store {
	dir := f.folder()
	if f.off || dir == "" {
		return nil
	}
	store := results.Open(results.Options{Dir: dir, Name: name, Version: version})
	if notice := store.Notice(); notice != "" {
		logger.Debug("doing everything anew", "reason", notice)
	}
	return store
}

// readFolder reads folders with the help of what is kept of them.
func (f *cacheFlags) readFolder(logger *slog.Logger) folderReader {
	return func(ctx context.Context, options dir.Options) (sources.Snapshot, error) {
		store := f.store("folder "+options.Path, "1", logger)
		if store == nil || options.Only != "" {
			return readFolder(ctx, options)
		}
		options.Sums = store
		snapshot, err := readFolder(ctx, options)
		saveResults(ctx, store, logger)
		return snapshot, err
	}
}

func (f *cacheFlags) folder() string {
	if f.dir != "" {
		return f.dir
	}
	if dir := os.Getenv("HOLDFAST_CACHE"); dir != "" {
		return dir
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(base, "holdfast", "results")
}

// save keeps the results for the next check, which has to do without if it fails.
func saveResults(ctx context.Context, store *results.Store, logger *slog.Logger) {
	if store == nil {
		return
	}
	if err := store.Save(ctx); err != nil {
		logger.Warn("what was found could not be kept for the next check", "error", err)
	}
}

// buildName tells builds apart: what another build found is not used. One that
// was not made of a clean commit is told by its file.
func buildName() string {
	name := versionName()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return name
	}
	clean := false
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			name += " " + setting.Value
		case "vcs.modified":
			clean = setting.Value == "false"
		}
	}
	if clean || version != "" {
		return name
	}
	if file, err := os.Executable(); err == nil {
		if stat, err := os.Stat(file); err == nil {
			name += fmt.Sprintf(" %d %d", stat.Size(), stat.ModTime().UnixNano())
		}
	}
	return name
}
