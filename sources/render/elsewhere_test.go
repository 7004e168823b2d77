package render_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

// repositories are what may be fetched, by URL; each is the same at any commit.
type repositories map[string]fstest.MapFS

func (r repositories) get(_ context.Context, url, at string) (fs.FS, error) {
	tree, there := r[url]
	if !there || at != commit {
		return nil, fmt.Errorf("%s is not allowed", url)
	}
	return tree, nil
}

func treeOf(contents map[string]string) fstest.MapFS {
	tree := fstest.MapFS{}
	for name, text := range contents {
		if to, link := strings.CutPrefix(text, "-> "); link {
			tree[name] = &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink | 0o777}
			continue
		}
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

func configMap(name string) string {
	return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\n"
}

func kustomizationOf(entries ...string) string {
	return "resources: ['" + strings.Join(entries, "', '") + "']\n"
}

// ours are repositories that build on each other.
func ours() repositories {
	return repositories{
		"https://git.example.com/acme/base": treeOf(map[string]string{
			"kustomization.yaml":            kustomizationOf("root.yaml"),
			"root.yaml":                     configMap("root"),
			"deploy/web/kustomization.yaml": kustomizationOf("../../shared/all.yaml", "https://git.example.com/acme/deep.git/here?ref="+commit) + "configMapGenerator: [{name: made, literals: [a=b]}]\n",
			"shared/all.yaml":               "-> ../files/all.yaml",
			"files/all.yaml":                "# shared\n" + configMap("shared"),
			"out/kustomization.yaml":        kustomizationOf("../../own.yaml"),
			"evil/kustomization.yaml":       kustomizationOf("../evil.yaml", "https://elsewhere.example.com/a/b?ref="+commit),
			"evil.yaml":                     configMap("evil"),
		}),
		"https://git.example.com/acme/deep.git": treeOf(map[string]string{
			"here/kustomization.yaml": "namePrefix: deep-\nresources: [a.yaml]\n", "here/a.yaml": configMap("a"),
		}),
	}
}

// A base that is pinned by a commit is built as if it were here, with the bases
// that it names in turn; its files go by the repository's URL.
func TestRemoteBases(t *testing.T) {
	for _, test := range []struct {
		name, entry string
		want        []string
	}{
		{"a folder", "https://git.example.com/acme/base//deploy/web?ref=" + commit, []string{
			"local@app/local.yaml:1", "shared@https://git.example.com/acme/base@0123456789ab/files/all.yaml:2",
			"deep-a@https://git.example.com/acme/deep.git@0123456789ab/here/a.yaml:1",
			"made@https://git.example.com/acme/base@0123456789ab/deploy/web/kustomization.yaml:2",
		}},
		{"by two parts", "git::https://git.example.com/acme/base/deploy/web?timeout=3m&ref=" + commit, []string{
			"local@app/local.yaml:1", "shared@https://git.example.com/acme/base@0123456789ab/files/all.yaml:2",
			"deep-a@https://git.example.com/acme/deep.git@0123456789ab/here/a.yaml:1",
			"made@https://git.example.com/acme/base@0123456789ab/deploy/web/kustomization.yaml:2",
		}},
		{"the whole", "https://git.example.com/acme/base?version=" + commit, []string{
			"local@app/local.yaml:1", "root@https://git.example.com/acme/base@0123456789ab/root.yaml:1",
		}},
	} {
		for _, field := range []string{"resources", "components"} {
			all := ours()
			tree := map[string]string{"app/local.yaml": configMap("local"), "app/kustomization.yaml": "resources: [local.yaml]\n" + field + ": ['" + test.entry + "']\n"}
			if field == "components" {
				for _, repository := range all {
					for name, file := range repository {
						if strings.HasSuffix(name, "kustomization.yaml") && !strings.HasPrefix(name, "here") {
							file.Data = append([]byte("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"), file.Data...)
						}
					}
				}
			} else {
				tree["app/kustomization.yaml"] = kustomizationOf("local.yaml", test.entry)
			}
			selection := sources.Selection{Path: "app"}
			rendering, err := render.New(render.Options{Remotes: render.Remotes{Repository: all.get}}).Render(t.Context(), files(tree), selection)
			if err != nil || len(rendering.Problems) > 0 {
				t.Errorf("%s: %v %v", test.name, err, rendering.Problems)
				continue
			}
			var got []string
			for _, res := range rendering.Resources {
				name, _, _ := strings.Cut(res.ID.Name, "-k") // and the generator's hash
				if strings.HasPrefix(name, "made") {
					name = "made"
				}
				line := res.Origin.Line
				if field == "components" && name == "made" {
					line -= 2 // the lines that make it a component
				}
				got = append(got, fmt.Sprintf("%s@%s:%d", name, res.Origin.File, line))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s of %s (-want +got):\n%s", test.name, field, diff)
			}
		}
	}
}

// What may not be fetched, or leads out of its repository, is a mistake at its
// place, and nothing is built.
func TestRemoteBaseMistakes(t *testing.T) {
	const base = "https://git.example.com/acme/base//"
	for name, test := range map[string]struct {
		kustomization, want string
		elsewhere           bool
	}{
		"not allowed":        {kustomizationOf("https://elsewhere.example.com/a/b?ref=" + commit), "app/kustomization.yaml:1:13: https://elsewhere.example.com/a/b?ref=" + commit + " cannot be had: https://elsewhere.example.com/a/b is not allowed", true},
		"in a base":          {kustomizationOf(base + "evil?ref=" + commit), "https://git.example.com/acme/base@0123456789ab/evil/kustomization.yaml:1:29: https://elsewhere.example.com/a/b?ref=", true},
		"no such folder":     {kustomizationOf(base + "none?ref=" + commit), "app/kustomization.yaml:1:13: " + base + "none?ref=" + commit + " is not there", false},
		"no kustomization":   {kustomizationOf(base + "files?ref=" + commit), "https://git.example.com/acme/base@0123456789ab/files is no folder with a kustomization", false},
		"a file":             {kustomizationOf(base + "root.yaml?ref=" + commit), "https://git.example.com/acme/base@0123456789ab/root.yaml is no folder with a kustomization", false},
		"out of the base":    {kustomizationOf(base + "out?ref=" + commit), "https://git.example.com/acme/base@0123456789ab/out/kustomization.yaml:1:13: ../../own.yaml leads out of the source", false},
		"into a base":        {kustomizationOf(base+"?ref="+commit, "../-holdfast-elsewhere-/own.yaml"), "../-holdfast-elsewhere-/own.yaml is not there", false},
		"a patch from there": {"patches: [{path: '" + base + "root.yaml?ref=" + commit + "'}]\n", "nothing but bases is fetched", false},
	} {
		rendering, err := render.New(render.Options{Remotes: render.Remotes{Repository: ours().get}}).Render(t.Context(), files(map[string]string{
			"app/kustomization.yaml": test.kustomization, "own.yaml": configMap("own"),
		}), sources.Selection{Path: "app"})
		if err != nil || len(rendering.Problems) == 0 || len(rendering.Resources) > 0 {
			t.Errorf("%s: %v %+v", name, err, rendering)
			continue
		}
		if p := rendering.Problems[0]; !strings.Contains(p.Error(), test.want) || p.Elsewhere != test.elsewhere || p.Fault {
			t.Errorf("%s: got %v, elsewhere %v, want %s", name, p, p.Elsewhere, test.want)
		}
	}
}

// Where nothing may be fetched, a check passes such a build over and says so;
// what is to be applied it is a mistake for. A fault of the world is none.
func TestRemoteBaseAway(t *testing.T) {
	tree := files(map[string]string{"app/kustomization.yaml": kustomizationOf("https://git.example.com/acme/base?ref=" + commit)})
	for _, test := range []struct {
		remotes render.Remotes
		unknown bool
		skipped string
		want    resource.Problem
	}{
		{render.Remotes{}, true, "nothing may be fetched here", resource.Problem{}},
		{render.Remotes{}, false, "", resource.Problem{Elsewhere: true}},
		{unhelpful(sources.ErrAway), true, "", resource.Problem{Elsewhere: true, Fault: true}},
		{unhelpful(errMistake), false, "", resource.Problem{Elsewhere: true}},
	} {
		rendering, err := render.New(render.Options{Remotes: test.remotes}).Render(t.Context(), tree, sources.Selection{Path: "app", Unknown: test.unknown})
		if err != nil || len(rendering.Resources) > 0 {
			t.Fatal(err, rendering)
		}
		if skipped := fmt.Sprint(rendering.Skipped); (test.skipped != "") != (len(rendering.Skipped) > 0) || !strings.Contains(skipped, test.skipped) {
			t.Errorf("%v: skipped %s", test.want, skipped)
		}
		for _, p := range rendering.Problems {
			if p.Elsewhere != test.want.Elsewhere || p.Fault != test.want.Fault || p.Location.Line != 1 {
				t.Errorf("%v: %+v", test.want, p)
			}
		}
		if (len(rendering.Problems) == 0) != (test.skipped != "") {
			t.Errorf("%v: problems %v", test.want, rendering.Problems)
		}
	}
}
