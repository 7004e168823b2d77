package terraform

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"testing"
)

func TestScratch(t *testing.T) {
	dir := os.Getenv("TFDIR")
	if dir == "" {
		t.Skip()
	}
	files := os.DirFS(dir)
	tree := New(files, Options{Read: func(name string) ([]byte, error) { return fs.ReadFile(files, name) }})
	out := tree.Evaluate(Root{Folder: "."})
	for _, r := range out.Resources {
		b, _ := json.MarshalIndent(r.Content, "", " ")
		fmt.Println(r.ID, r.Origin, "unknown", r.Unknown, "sensitive", r.Sensitive)
		fmt.Println(string(b))
	}
	fmt.Println(out.Skipped, out.Problems)
}
