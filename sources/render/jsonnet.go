package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/google/go-jsonnet"

	"github.com/holdfast-dev/holdfast/sources"
)

// jsonnetStack bounds the calls that are under way at once, jsonnetTrace the
// lines that an error says of them.
const (
	jsonnetStack = 500
	jsonnetTrace = 3
)

// parseJsonnet evaluates Jsonnet. It may import files of its own tree, and
// has no external variables and no native functions.
func parseJsonnet(in input) (any, error) {
	vm := jsonnet.MakeVM()
	vm.MaxStack = jsonnetStack
	vm.ErrorFormatter.SetMaxStackTraceSize(jsonnetTrace)
	vm.Importer(&importer{in: in, files: map[string]jsonnet.Contents{}})
	text, err := vm.EvaluateAnonymousSnippet(in.name, string(in.data))
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var value any
	return value, decoder.Decode(&value)
}

// importer finds what a file imports beside the file that says so, then beside
// the first one, and never outside of the tree.
type importer struct {
	in    input
	files map[string]jsonnet.Contents
	size  int64
}

// Import implements jsonnet.Importer.
func (i *importer) Import(from, name string) (jsonnet.Contents, string, error) {
	if i.in.tree == nil {
		return jsonnet.Contents{}, "", errors.New("nothing can be imported here")
	}
	beside := []string{from, i.in.name}
	if from == "" {
		beside = beside[1:] // the first file itself
	}
	var err error
	for _, beside := range beside {
		file := path.Join(path.Dir(beside), name)
		if path.IsAbs(name) || !fs.ValidPath(file) {
			return jsonnet.Contents{}, "", fmt.Errorf("%s is outside of what is looked at", name)
		}
		var contents jsonnet.Contents
		if contents, err = i.read(file); !errors.Is(err, fs.ErrNotExist) {
			return contents, file, err
		}
	}
	return jsonnet.Contents{}, "", err
}

func (i *importer) read(file string) (jsonnet.Contents, error) {
	if known, found := i.files[file]; found {
		return known, nil
	}
	var buffer bytes.Buffer
	data, err := readFile(i.in.tree, file, i.in.limits, &buffer)
	if err != nil {
		return jsonnet.Contents{}, err
	}
	if i.size += int64(len(data)); i.size > i.in.limits.MaxFileSize {
		return jsonnet.Contents{}, fmt.Errorf("all that is imported: %w", sources.ErrTooLarge)
	}
	imported := format{name: "an import", nested: maxCode}
	if err := imported.admit(data); err != nil {
		return jsonnet.Contents{}, fmt.Errorf("%s: %w", file, err)
	}
	contents := jsonnet.MakeContentsRaw(data)
	i.files[file] = contents
	return contents, nil
}
