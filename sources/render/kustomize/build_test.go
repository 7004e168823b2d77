package kustomize_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"github.com/holdfast-dev/holdfast/sources/render/kustomize"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// treeOf is a tree with these files.
func treeOf(files map[string]string) *kustomize.Tree {
	all := fstest.MapFS{}
	for name, text := range files {
		all[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return kustomize.New(all, options(all))
}

func options(all fstest.MapFS) kustomize.Options {
	return kustomize.Options{
		Read:    all.ReadFile,
		Admit:   func(string, []byte) error { return nil },
		Timeout: 10 * time.Second,
	}
}

// written is what a build made: each object with the place that it is from.
func written(objects []kustomize.Object) string {
	var b strings.Builder
	for _, object := range objects {
		text, err := yaml.JSONToYAML(object.JSON)
		if err != nil {
			return err.Error()
		}
		from := object.File
		if object.Generated {
			from += ", generated"
		}
		fmt.Fprintf(&b, "--- # %s\n%s", from, text)
	}
	return b.String()
}

// What kustomize says that it does, and where each object is from. The files of
// testdata end in what is wanted; with UPDATE=1 they get what there is.
func TestBuild(t *testing.T) {
	names, _ := filepath.Glob("testdata/build/*.txtar")
	if len(names) < 6 {
		t.Fatal("the table is not there")
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files, want := map[string]string{}, ""
		for _, file := range archive.Files {
			if file.Name == "WANT" {
				want = string(file.Data)
				continue
			}
			files[file.Name] = string(file.Data)
		}
		root := kustomize.Root{}
		for line := range strings.Lines(string(archive.Comment)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			switch key {
			case "build":
				root.Folder = value
			case "together":
				root.Folder = value
				root.Resources = []string{value + "/a.yaml", value + "/apps"}
			case "namespace":
				root.Namespace = value
			}
		}
		objects, problems := treeOf(files).Build(root)
		if len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
			continue
		}
		got := written(objects)
		if os.Getenv("UPDATE") != "" {
			archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "WANT" })
			archive.Files = append(archive.Files, txtar.File{Name: "WANT", Data: []byte(got)})
			if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"

// What is wrong, or not done here, is told at its place, and then nothing is built.
func TestRefused(t *testing.T) {
	remote := " is remote, and nothing but bases is fetched for a kustomization; put a copy of it into the source and name that"
	const here = ", or write ./ before the name of a folder that is here"
	orFolder := remote + here
	unpinned := " is not pinned: give the full hash of a commit, of 40 digits, in ?ref=, as a branch or tag may come to mean something else; " +
		"a single file by its URL cannot be pinned, so put a copy of it into the source"
	const form, commit = "; write it as https://host/owner/repository//folder?ref=…", "0123456789abcdef0123456789abcdef01234567"
	onlyHTTPS := " is not fetched: only Git over https is" + form
	for _, test := range []struct {
		name, kustomization string
		want                string
	}{
		{"a base by https", "resources:\n- a.yaml\n- https://example.com/base?ref=v1\n", "3:3: https://example.com/base?ref=v1" + unpinned},
		{"half a hash", "resources: ['https://example.com/a/b?ref=0123456']\n", "1:13: https://example.com/a/b?ref=0123456" + unpinned},
		{"a file by https", "resources: ['https://example.com/a/b/c.yaml']\n", "1:13: https://example.com/a/b/c.yaml" + unpinned},
		{"pinned", "resources: ['https://example.com/a/b?ref=" + commit + "']\n", "1:13: https://example.com/a/b?ref=" + commit +
			" is remote, and nothing may be fetched here; add its repository to remotes in a file that is given with --config, or put a copy of it into the source"},
		{"not encrypted", "resources: ['http://example.com/a/b?ref=" + commit + "']\n", "1:13: http://example.com/a/b?ref=" + commit + onlyHTTPS},
		{"no repository", "resources: ['https://example.com/a?ref=" + commit + "']\n", "1:13: https://example.com/a?ref=" + commit + " is not fetched: it names no repository" + form},
		{"out of the repository", "resources: ['https://example.com/a/b//../c?ref=" + commit + "']\n", "1:13: https://example.com/a/b//../c?ref=" + commit + " is not fetched: its folder leads out of the repository"},
		{"a path that is not plain", "resources: ['https://example.com/a/b%2fc?ref=" + commit + "']\n", "1:13: https://example.com/a/b%2fc?ref=" + commit + " is not fetched: its path is no plain one" + form},
		{"a password in it", "resources: ['https://me:secret@example.com/x']\n", "1:13: https://me:xxxxx@example.com/x is not fetched: a user name, password or token does not belong in the address"},
		{"a base by ssh", "resources: ['git@github.com:a/b']\n", "1:13: git@github.com:a/b" + onlyHTTPS + here},
		{"a base by its host", "resources: [github.com/a/b]\n", "1:13: github.com/a/b" + unpinned + here},
		{"in capitals", "resources: [GitHub.com/a/b]\n", "1:13: GitHub.com/a/b" + unpinned + here},
		{"an old prefix", "resources: ['git::https://example.com/a/b']\n", "1:13: git::https://example.com/a/b" + unpinned},
		{"a local repository", "resources: ['file:///etc']\n", "1:13: file:///etc" + onlyHTTPS},
		{"a component", "components: ['https://example.com/c']\n", "1:14: https://example.com/c" + unpinned},
		{"a patch", "resources: [a.yaml]\npatches: [{path: 'https://example.com/p.yaml'}]\n", "2:18: https://example.com/p.yaml" + remote},
		{"an older patch", "resources: [a.yaml]\npatchesStrategicMerge: ['https://example.com/p.yaml']\n", "2:25: https://example.com/p.yaml" + remote},
		{"an input", "configMapGenerator: [{name: a, files: ['k=http:x/y']}]\n", " http:x/y" + orFolder},
		{"a definition", "crds: ['http://example.com/c']\n", "1:8: http://example.com/c" + remote},
		{"a configuration", "configurations: ['http://example.com/c']\n", "1:18: http://example.com/c" + remote},
		{"a schema", "openapi: {path: 'http://example.com/c'}\n", "1:17: http://example.com/c" + remote},
		{"a replacement", "replacements: [{path: 'http://example.com/c'}]\n", "1:23: http://example.com/c" + remote},
		{"a transformer's file", "transformers: ['http://example.com/c']\n", "1:16: http://example.com/c" + remote},
		{"what a transformer loads", "resources: [a.yaml]\ntransformers: [evil.yaml]\n", " http://169.254.169.254/latest" + remote},
		{"what it loads by another field", "resources: [a.yaml]\ntransformers:\n- |-\n  {apiVersion: builtin, kind: ValueAddTransformer, metadata: {name: a}, value: x, TargetFilePath: 'http://x/y'}\n", " http://x/y" + remote},
		{"a plugin", "resources: [a.yaml]\ntransformers: [plugin.yaml]\n", "2:16: Evil of example.com/v1 is a plugin, and no programs or containers are run; put what it makes into the source, or use one of kustomize's own transformers"},
		{"a generator", "generators:\n- |-\n  apiVersion: example.com/v1\n  kind: Run\n  metadata: {name: a}\n", "2:3: Run of example.com/v1 is a plugin, and no programs or containers are run; put what it makes into the source, or use one of kustomize's own transformers"},
		{"a folder of transformers", "resources: [a.yaml]\ntransformers: [../other]\n", "2:16: other is a folder of transformers; name its files instead"},
		{"charts", "helmCharts:\n- name: a\n", "1:1: charts are not inflated by a kustomization, as that would run helm; make the chart a target of its own, or put what it renders into the source"},
		{"a generator of charts", "generators:\n- |-\n  {apiVersion: builtin, kind: HelmChartInflationGenerator, metadata: {name: a}, name: x}\n", "2:3: HelmChartInflationGenerator would run helm; put what the chart renders into the source"},
		{"out of the source", "resources: [../../../etc/passwd]\n", "1:13: ../../../etc/passwd leads out of the source, where nothing is read; put what it needs into the source, or begin at a folder that has it all"},
		{"an absolute path", "resources: [/etc/passwd]\n", "1:13: /etc/passwd leads out of the source, where nothing is read; put what it needs into the source, or begin at a folder that has it all"},
		{"a file that is not there", "resources:\n- a.yaml\n- gone.yaml\n", "3:3: gone.yaml is not there; correct the path, which begins at app, or remove it"},
		{"a folder without one", "resources: [../empty]\n", "1:13: the folder empty has no kustomization; name its files, or write one there"},
		{"a component that is a file", "components: [a.yaml]\n", "1:14: app/a.yaml is a file; a component is a folder with a kustomization of kind Component"},
		{"a patch that is a folder", "resources: [a.yaml]\npatches: [{path: ../other}]\n", "2:18: other is a folder; name a file"},
		{"an unknown field", "resources: [a.yaml]\nresource: [b.yaml]\n", `2:1: a kustomization has no field "resource"; correct its name, or remove it`},
		{"another form", "resources: a.yaml\n", " not a kustomization: cannot unmarshal string into Go struct field Kustomization.resources of type []string"},
		{"a circle", "resources: [../circle]\n", " it goes into folders more than 1000 times, or around in a circle; simplify it"},
		{"a patch of nothing", "resources: [a.yaml]\npatches: [{patch: '{apiVersion: v1, kind: Pod, metadata: {name: b}}'}]\n",
			` cannot be built: no resource matches strategic merge patch "Pod.v1.[noGrp]/b.[noNs]": no matches for Id Pod.v1.[noGrp]/b.[noNs]; failed to find unique target for patch Pod.v1.[noGrp]/b.[noNs]`},
		{"the same twice", "resources: [a.yaml, b.yaml]\n", "app/b.yaml: cannot be built: may not add resource with an already registered id: Pod.v1.[noGrp]/a.[noNs]"},
		{"no resource", "resources: [../other/odd.yaml]\n", "other/odd.yaml: cannot be built: missing metadata.name in object {{v1 Pod} {{ } map[] map[]}}"},
	} {
		objects, problems := treeOf(map[string]string{
			"app/kustomization.yaml": test.kustomization, "app/a.yaml": pod, "app/b.yaml": pod,
			"app/evil.yaml":                     "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: a}\nPath: http://169.254.169.254/latest\ntarget: {kind: Pod}\n",
			"app/plugin.yaml":                   "apiVersion: example.com/v1\nkind: Evil\nmetadata: {name: a}\n",
			"other/kustomization.yaml":          "resources: [x.yaml]\n",
			"other/x.yaml":                      pod,
			"other/odd.yaml":                    "apiVersion: v1\nkind: Pod\n",
			"empty/x.yaml":                      pod,
			"circle/kustomization.yaml":         "resources: [../app]\n",
			"github.com/a/b/kustomization.yaml": "resources: []\n",
		}).Build(kustomize.Root{Folder: "app"})
		want := test.want
		if !strings.HasPrefix(want, "app/") && !strings.HasPrefix(want, "other/") {
			want = "app/kustomization.yaml:" + want
		}
		if len(problems) != 1 || problems[0].Error() != want || objects != nil {
			t.Errorf("%s:\n got %v\nwant %s", test.name, problems, want)
		}
	}
}

// Errors of the library name no secret, and no path that only it has.
func TestFaultsAreBlind(t *testing.T) {
	for name, kustomization := range map[string]string{
		"a literal":  "secretGenerator: [{name: a, literals: [hunter2222]}]\n",
		"a value":    "secretGenerator: [{name: a, behavior: merge, literals: ['b=hunter2222']}]\n",
		"a file":     "secretGenerator: [{name: a, behavior: merge, envs: [login.env]}]\n",
		"a patch":    "resources: [secret.yaml]\npatches:\n- patch: |-\n    kind: Secret\n    apiVersion: v1\n    metadata: {name: hunter2222}\n    stringData: {a: hunter2222}\n",
		"a manifest": "resources: [secret.yaml, secret.yaml]\npatches: [{patch: '{', target: {kind: Secret}}]\n",
	} {
		_, problems := treeOf(map[string]string{
			"app/kustomization.yaml": kustomization, "app/login.env": "password=hunter2222\n",
			"app/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: hunter2222}\n",
		}).Build(kustomize.Root{Folder: "app"})
		text := fmt.Sprint(problems)
		if len(problems) == 0 || strings.Contains(text, "hunter2222") || strings.Contains(text, "holdfast-source") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// What a build is to cost has an end.
func TestBounds(t *testing.T) {
	all := fstest.MapFS{"0/kustomization.yaml": {Data: []byte("resources: [a.yaml]\n")}, "0/a.yaml": {Data: []byte(pod)}}
	for i := 1; i < 30; i++ {
		text := fmt.Sprintf("resources: [../%d, ../%[1]d]\nnamePrefix: x\n", i-1)
		all[fmt.Sprintf("%d/kustomization.yaml", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	if _, problems := kustomize.New(all, options(all)).Build(kustomize.Root{Folder: "29"}); !strings.Contains(fmt.Sprint(problems), "more than 1000 times") {
		t.Errorf("a tree that doubles at each level: %v", problems)
	}
	few := options(all)
	few.Bytes = 10
	if _, problems := kustomize.New(all, few).Build(kustomize.Root{Folder: "0"}); len(problems) != 1 ||
		problems[0].Error() != "0/a.yaml: with this file the build reads more than 10 bytes; split it" {
		t.Errorf("a build that reads much: %v", problems)
	}
	odd := options(all)
	odd.Admit = func(name string, _ []byte) error {
		if name == "0/a.yaml" {
			return resource.Problem{Msg: "too deep", Location: resource.Location{File: name, Line: 7}}
		}
		return nil
	}
	if _, problems := kustomize.New(all, odd).Build(kustomize.Root{Folder: "0"}); len(problems) != 1 || problems[0].Error() != "0/a.yaml:7: too deep" {
		t.Errorf("a file that is not admitted: %v", problems)
	}
}

// A link is where it leads to, also for the paths that begin there.
func TestLinks(t *testing.T) {
	all := fstest.MapFS{
		"overlay/kustomization.yaml":     {Data: []byte("resources: [base]\n")},
		"overlay/base":                   {Data: []byte("../shared/base"), Mode: os.ModeSymlink | 0o777},
		"shared/base/kustomization.yaml": {Data: []byte("resources: [../a.yaml]\n")},
		"shared/a.yaml":                  {Data: []byte(pod)},
	}
	objects, problems := kustomize.New(all, options(all)).Build(kustomize.Root{Folder: "overlay"})
	if len(problems) > 0 || len(objects) != 1 || objects[0].File != "shared/a.yaml" {
		t.Errorf("%v %+v", problems, objects)
	}
}

// Where a file system has something around the tree, a build may go there.
func TestAround(t *testing.T) {
	all := fstest.MapFS{
		"kustomization.yaml":            {Data: []byte("resources: [../../base]\n")},
		"../../base/kustomization.yaml": {Data: []byte("resources: [a.yaml]\npatches: [{patch: '{apiVersion: v1, kind: Pod, metadata: {name: b}}'}]\n")},
		"../../base/a.yaml":             {Data: []byte(pod)},
	}
	around := aroundFS{all}
	tree := kustomize.New(around, kustomize.Options{Read: around.ReadFile, Admit: func(string, []byte) error { return nil }})
	_, problems := tree.Build(kustomize.Root{Folder: "."})
	if len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), "../../base/kustomization.yaml: cannot be built: no resource matches") || strings.Contains(problems[0].Msg, "-holdfast-source-") {
		t.Errorf("what is wrong around the tree: %v", problems)
	}
	all["../../base/kustomization.yaml"].Data = []byte("resources: [a.yaml]\n")
	objects, problems := kustomize.New(around, kustomize.Options{Read: around.ReadFile, Admit: func(string, []byte) error { return nil }}).Build(kustomize.Root{Folder: "."})
	if len(problems) > 0 || len(objects) != 1 || objects[0].File != "../../base/a.yaml" {
		t.Errorf("%v %s", problems, written(objects))
	}
}

// aroundFS also has names that begin with ../
type aroundFS struct{ files fstest.MapFS }

func (a aroundFS) Open(name string) (fs.File, error) {
	folder := false
	for known := range a.files {
		folder = folder || name == ".." || name == "." || strings.HasPrefix(known, name+"/")
	}
	switch {
	case a.files[name] != nil:
		return fstest.MapFS{"x": a.files[name]}.Open("x")
	case folder:
		return fstest.MapFS{"x/y": {}}.Open("x")
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (a aroundFS) ReadFile(name string) ([]byte, error) { return a.files[name].Data, nil }

// A schema that one kustomization brings is not there for the next.
func TestSchemaEnds(t *testing.T) {
	crd := "apiVersion: example.com/v1\nkind: Fleet\nmetadata: {name: a}\nspec: {cars: [{name: one, size: 1}]}\n"
	patch := "patches: [{patch: '{apiVersion: example.com/v1, kind: Fleet, metadata: {name: a}, spec: {cars: [{name: one, color: red}]}}'}]\n"
	schema := `{"definitions": {"v1.Fleet": {"type": "object", "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Fleet"}],
		"properties": {"spec": {"type": "object", "properties": {"cars": {"type": "array", "items": {"type": "object"},
		"x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge"}}}}}}}`
	tree := treeOf(map[string]string{
		"with/kustomization.yaml": "resources: [a.yaml]\nopenapi: {path: schema.json}\n" + patch, "with/a.yaml": crd, "with/schema.json": schema,
		"without/kustomization.yaml": "resources: [a.yaml]\n" + patch, "without/a.yaml": crd,
	})
	for _, test := range []struct{ folder, want string }{
		{"with", `"cars":[{"color":"red","name":"one","size":1}]`}, {"without", `"cars":[{"color":"red","name":"one"}]`},
	} {
		objects, problems := tree.Build(kustomize.Root{Folder: test.folder})
		if len(problems) > 0 || !strings.Contains(string(objects[0].JSON), test.want) {
			t.Errorf("%s: %v %s", test.folder, problems, written(objects))
		}
	}
}
