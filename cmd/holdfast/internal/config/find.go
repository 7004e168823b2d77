package config

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

// Find looks for the repository's configuration in dir and the folders above
// it, up to the one that has a .git and not beyond. Outside of any repository
// it looks in dir alone, so that nobody's file in a shared folder is picked up.
func Find(dir string) (file string, ok bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	inRepository := false
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			inRepository = true
		}
		if file == "" {
			if info, err := os.Stat(filepath.Join(at, FileName)); err == nil && info.Mode().IsRegular() {
				file = filepath.Join(at, FileName)
			}
		}
		if inRepository || at == filepath.Dir(at) {
			break
		}
	}
	if !inRepository && filepath.Dir(file) != dir {
		return "", false
	}
	return file, file != ""
}

// Excluder gives what patterns in the form of .gitignore leave out, by
// slash-separated path from the root of the source; nil if there are none.
func Excluder(patterns []string) func(path string) bool {
	if len(patterns) == 0 {
		return nil
	}
	parsed := make([]gitignore.Pattern, len(patterns))
	for i, pattern := range patterns {
		parsed[i] = gitignore.ParsePattern(pattern, nil)
	}
	matcher := gitignore.NewMatcher(parsed)
	return func(path string) bool { return matcher.Match(strings.Split(path, "/"), false) }
}
