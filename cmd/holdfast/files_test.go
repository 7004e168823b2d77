package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cli runs a command line in this process, in the folder.
func cli(t *testing.T, folder string, args ...string) (code int, output string) {
	t.Helper()
	t.Chdir(folder)
	var out bytes.Buffer
	app := newApp(&out, &out)
	root := app.rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(context.WithoutCancel(t.Context()))
	if err != nil {
		out.WriteString(message(err))
	}
	return exitCode(err), out.String()
}

// Nothing of a change under review makes check read, or show, what is outside
// of the tree: not by a link in place of a folder, nor by one in a folder.
func TestCheckReadsNothingOutOfTheTree(t *testing.T) {
	const canary = "correct-horse-battery-staple"
	outside := t.TempDir()
	write(t, filepath.Join(outside, "secret.yaml"), "token: "+canary+"\n"+canary+": 1\n")
	write(t, filepath.Join(outside, "secret.rego"), canary+" "+canary+"\n")
	tell := "package holdfast.tell\ndeny contains {\"msg\": data.token}\n"
	tests := map[string]struct {
		config string
		links  map[string]string // name in the tree: what it leads to
		args   []string
	}{
		"data as a link":              {"policies: {paths: [policies], data: [data]}\n", map[string]string{"data": outside}, nil},
		"a link among the data":       {"policies: {paths: [policies], data: [data]}\n", map[string]string{"data/x.yaml": outside + "/secret.yaml"}, nil},
		"a link among the policies":   {"policies: {paths: [policies]}\n", map[string]string{"policies/x.rego": outside + "/secret.rego"}, nil},
		"waivers as a link":           {"policies: {paths: [policies]}\nwaivers: [waivers]\n", map[string]string{"waivers": outside}, nil},
		"a link among --data":         {"", map[string]string{"data/x.yaml": outside + "/secret.yaml"}, []string{"--policy", "policies", "--data", "data"}},
		"a link among --policy":       {"", map[string]string{"policies/x.rego": outside + "/secret.rego"}, []string{"--policy", "policies"}},
		"a folder outside of --data":  {"", map[string]string{"data/x": outside}, []string{"--policy", "policies", "--data", "data"}},
		"a link to what never ends":   {"policies: {paths: [policies]}\n", map[string]string{"policies/x.rego": "/proc/self/environ"}, nil},
		"a link among the parameters": {"policies: {paths: [policies], data: [data/x.yaml]}\n", map[string]string{"data/x.yaml": outside + "/secret.yaml"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tree := t.TempDir()
			if test.config != "" {
				write(t, filepath.Join(tree, "holdfast.yaml"), test.config)
			}
			write(t, filepath.Join(tree, "policies", "tell.rego"), tell)
			write(t, filepath.Join(tree, "web", "a.yaml"), aFile("a", "one"))
			for link, to := range test.links {
				at := filepath.Join(tree, link)
				if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(to, at); err != nil {
					t.Fatal(err)
				}
			}
			code, output := cli(t, tree, append([]string{"check", ".", "-v"}, test.args...)...)
			if strings.Contains(output, canary) {
				t.Errorf("what is outside is shown:\n%s", output)
			}
			if code != exitMistake && name != "a folder outside of --data" {
				t.Errorf("exit code %d:\n%s", code, output)
			}
		})
	}
}

// Where a person names a link, it is theirs to follow.
func TestALinkThatIsNamedIsFollowed(t *testing.T) {
	tree := t.TempDir()
	write(t, filepath.Join(tree, "shared", "bad.rego"), denyBad)
	write(t, filepath.Join(tree, "a.yaml"), aFile("a", "bad"))
	for link, to := range map[string]string{"file.rego": "shared/bad.rego", "folder": "shared"} {
		at := filepath.Join(tree, "links", link)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(tree, to), at); err != nil {
			t.Fatal(err)
		}
		if code, output := cli(t, tree, "check", "a.yaml", "--no-builtin", "--policy", "links/"+link); code != exitBlocked {
			t.Errorf("%s: exit code %d:\n%s", link, code, output)
		}
	}
}
