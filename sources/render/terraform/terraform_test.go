package terraform_test

import (
	"io/fs"
	"testing"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render/terraform"
)

func tree(files fs.FS, options terraform.Options) *terraform.Tree {
	options.Read = func(name string) ([]byte, error) { return fs.ReadFile(files, name) }
	return terraform.New(files, options)
}

func evaluate(t *testing.T, files fs.FS) sources.FileRendering {
	t.Helper()
	return tree(files, terraform.Options{}).Evaluate(terraform.Root{Folder: ".", Target: "t"})
}
