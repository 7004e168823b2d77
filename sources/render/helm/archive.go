package helm

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"helm.sh/helm/v4/pkg/chart/loader/archive"

	"github.com/holdfast-dev/holdfast/sources"
)

// isSubchartArchive reports whether a file is a subchart by its path within a chart.
func isSubchartArchive(name string) bool {
	parts := strings.Split(name, "/")
	at := len(parts) - 2
	return at >= 0 && parts[at] == "charts" && path.Ext(name) == ".tgz" && strings.IndexAny(parts[at+1], "_.") != 0 &&
		(at == 0 || at >= 2 && parts[at-2] == "charts")
}

// archive takes in what is in an archive: as the chart itself, or, where name
// is not empty, in a folder in the place of that file of the chart.
func (l *chartFiles) archive(data []byte, name, file string, depth int) error {
	if depth > l.r.Options.MaxDepth {
		return fmt.Errorf("archives are nested more than %d deep", l.r.Options.MaxDepth)
	}
	if err := l.measure(data); err != nil {
		return err
	}
	files, err := archive.LoadArchiveFiles(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("not a chart's archive: %w", err)
	}
	prefix := ""
	if name != "" {
		// The loader goes by the ending, and would unpack a name that has it.
		prefix = name + ".unpacked/"
	}
	for _, f := range files {
		inner := f.Name
		if isSubchartArchive(inner) {
			err = l.archive(f.Data, prefix+inner, file, depth+1)
		} else {
			err = l.add(prefix+inner, f.Data, place{file: file, archive: true, inner: inner})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// measure refuses an archive that is too large once it is unpacked.
func (l *chartFiles) measure(data []byte) error {
	unzipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("not a chart's archive, which is a gzipped tar file: %w", err)
	}
	limit := l.r.Options.MaxSize - l.size
	limited := &io.LimitedReader{R: unzipped, N: limit + 1}
	entries := 0
	for reader := tar.NewReader(limited); ; entries++ {
		_, err := reader.Next()
		if limited.N <= 0 {
			return sources.ErrTooLarge
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("not a chart's archive: %w", err)
		}
		if entries+len(l.files) > l.r.Options.MaxFiles {
			return l.tooMany()
		}
	}
}
