package host_test

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// decode reads YAML as the port says that contents are: whole numbers are int64.
func decode(t testing.TB, text string) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return normal(value)
}

func normal(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for k := range v {
			v[k] = normal(v[k])
		}
	case []any:
		for i := range v {
			v[i] = normal(v[i])
		}
	case int:
		return int64(v)
	}
	return value
}

func identified(content any) *resource.Resource {
	text := func(path ...any) string {
		value, _ := resource.Lookup(content, path)
		s, _ := value.(string)
		return s
	}
	return &resource.Resource{Content: content, ID: resource.ID{
		Target: "web", APIVersion: text("apiVersion"), Kind: text("kind"), Name: text("metadata", "name"),
	}}
}

const head = "apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: x}\n"

func spec(fields string) string { return head + "spec: {" + fields + "}" }

// validation is one case: where the one mistake is, and a part of its message;
// both are "" if the resource is valid.
type validation struct{ name, yaml, path, msg string }

func (v validation) test(t *testing.T) {
	snapshot := fstest.MapFS{
		"web/motd":      {Data: []byte("hello")},
		"shared/motd":   {Data: []byte("hello")},
		"web/sub/x.txt": {Data: []byte("hello")},
		"web/huge":      {Data: make([]byte, 64<<20+1)},
	}
	invalid := host.Kind().Validate(snapshot, "web", []resource.Resource{*identified(decode(t, v.yaml))})
	switch {
	case v.msg == "" && len(invalid) > 0:
		t.Errorf("refused: %v", invalid)
	case v.msg == "":
	case len(invalid) != 1:
		t.Errorf("%d mistakes: %v, want one", len(invalid), invalid)
	case invalid[0].Path.String() != v.path || !strings.Contains(invalid[0].Msg, v.msg):
		t.Errorf("%s: %s\nwant %s: … %s …", invalid[0].Path, invalid[0].Msg, v.path, v.msg)
	}
}

func TestValidate(t *testing.T) {
	for _, test := range []validation{
		{name: "the least", yaml: spec(`path: /etc/motd, content: ""`)},
		{name: "all there is", yaml: "apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: x, annotations: {holdfast.dev/prune: never}, labels: {a: b}}\n" +
			`spec: {path: /etc/motd, source: motd, mode: "4755", owner: root, group: "0", sensitive: true}`},
		{name: "a mode of three digits", yaml: spec(`path: /a, content: a, mode: "640"`)},
		{name: "a source beside the target's folder", yaml: spec(`path: /a, source: ../shared/motd`)},
		{name: "a directory", yaml: strings.Replace(head, "File", "Directory", 1) + `spec: {path: /etc, mode: "1777", owner: app}`},

		{name: "another apiVersion", yaml: strings.Replace(spec("path: /a, content: a"), "/v1", "/v2", 1), path: "apiVersion", msg: "takes apiVersion host.holdfast.dev/v1"},
		{name: "a misspelt kind", yaml: strings.Replace(spec("path: /a, content: a"), "File", "Fiel", 1), path: "kind", msg: `did you mean "File"?`},
		{name: "a strange kind", yaml: strings.Replace(spec("path: /a, content: a"), "File", "Deployment", 1), path: "kind", msg: "known here: Directory, File"},
		{name: "an unknown field at the top", yaml: spec("path: /a, content: a") + "\nspce: {}", path: "spce", msg: `did you mean "spec"?`},
		{name: "an unknown field in the spec", yaml: spec("path: /a, contents: a, content: a"), path: "spec.contents", msg: `did you mean "content"?`},
		{name: "an unknown field in the metadata", yaml: "apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: x, namespace: y}\nspec: {path: /a, content: a}", path: "metadata.namespace", msg: "unknown field"},
		{name: "content of a directory", yaml: strings.Replace(spec("path: /a, content: a"), "File", "Directory", 1), path: "spec.content", msg: "unknown field"},
		{name: "an annotation that is no string", yaml: "apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: x, annotations: {holdfast.dev/prune: true}}\nspec: {path: /a, content: a}", path: `metadata.annotations["holdfast.dev/prune"]`, msg: "put it in quotes"},
		{name: "no spec", yaml: head, path: "spec", msg: "must be an object"},
		{name: "a spec that is a list", yaml: head + "spec: []", path: "spec", msg: "must be an object"},
		{name: "a mode without quotes", yaml: spec("path: /a, content: a, mode: 0644"), path: "spec.mode", msg: "octal number, 420"},
		{name: "a mode with a letter", yaml: spec("path: /a, content: a, mode: u=rw"), path: "spec.mode", msg: "octal digits"},
		{name: "a mode of five digits", yaml: spec(`path: /a, content: a, mode: "04755"`), path: "spec.mode", msg: "three or four octal digits"},
		{name: "a mode that is not octal", yaml: spec(`path: /a, content: a, mode: "0888"`), path: "spec.mode", msg: "octal digits"},
		{name: "an owner without quotes", yaml: spec("path: /a, content: a, owner: 0"), path: "spec.owner", msg: "number in quotes"},
		{name: "owner and group in one", yaml: spec(`path: /a, content: a, owner: "root:root"`), path: "spec.owner", msg: "must be a name"},
		{name: "an impossible number", yaml: spec(`path: /a, content: a, group: "4294967295"`), path: "spec.group", msg: "4294967294"},

		{name: "neither content nor source", yaml: spec("path: /a"), path: "spec.content", msg: `write content: ""`},
		{name: "content and source", yaml: spec("path: /a, content: a, source: motd"), path: "spec.source", msg: "exclude each other"},
		{name: "content that is a number", yaml: spec("path: /a, content: 12"), path: "spec.content", msg: "must be a string"},
		{name: "content that is null", yaml: spec("path: /a, content: null"), path: "spec.content", msg: "must be a string"},
		{name: "sensitive in quotes", yaml: spec(`path: /a, content: a, sensitive: "no"`), path: "spec.sensitive", msg: "true or false"},
		{name: "an absolute source", yaml: spec("path: /a, source: /etc/shadow"), path: "spec.source", msg: "must be relative"},
		{name: "a source that climbs out", yaml: spec("path: /a, source: ../../etc/shadow"), path: "spec.source", msg: "leads out of the repository"},
		{name: "a source that is not there", yaml: spec("path: /a, source: mtod"), path: "spec.source", msg: "there is no file web/mtod"},
		{name: "a source that is a folder", yaml: spec("path: /a, source: sub"), path: "spec.source", msg: "is not a file"},
		{name: "a source that is too large", yaml: spec("path: /a, source: huge"), path: "spec.source", msg: "larger than 64 MiB"},
	} {
		t.Run(test.name, test.test)
	}
}

func TestValidatePath(t *testing.T) {
	long := strings.Repeat("x", 256)
	for _, test := range []validation{
		{name: "no path", yaml: spec("content: a"), path: "spec.path", msg: "is required"},
		{name: "a path that is a number", yaml: spec("path: 1, content: a"), path: "spec.path", msg: "is required"},
		{name: "a relative path", yaml: spec("path: etc/motd, content: a"), path: "spec.path", msg: `write "/etc/motd"`},
		{name: "a path that climbs", yaml: spec("path: /etc/../../motd, content: a"), path: "spec.path", msg: `must not hold ".."`},
		{name: "a path that only climbs", yaml: spec("path: ../x, content: a"), path: "spec.path", msg: "must start with a slash"},
		{name: "the root", yaml: spec("path: /, content: a"), path: "spec.path", msg: "root itself"},
		{name: "the root in other words", yaml: spec("path: /./, content: a"), path: "spec.path", msg: "root itself"},
		{name: "a path with two slashes", yaml: spec("path: /etc//motd, content: a"), path: "spec.path", msg: `write "/etc/motd"`},
		{name: "a path with a slash at its end", yaml: spec("path: /etc/, content: a"), path: "spec.path", msg: `write "/etc"`},
		{name: "a NUL byte", yaml: spec(`path: "/etc/\0motd", content: a`), path: "spec.path", msg: "control character"},
		{name: "a newline", yaml: spec(`path: "/etc/mo\ntd", content: a`), path: "spec.path", msg: "control character"},
		{name: "the reserved directory", yaml: spec("path: /.holdfast/web.json, content: a"), path: "spec.path", msg: "reserved"},
		{name: "the reserved directory, for a file system that ignores case", yaml: spec("path: /.HoldFast, content: a"), path: "spec.path", msg: "reserved"},
		{name: "a reserved name", yaml: spec("path: /etc/.holdfast-tmp-1, content: a"), path: "spec.path", msg: "reserved"},
		{name: "a long name", yaml: spec("path: /" + long + ", content: a"), path: "spec.path", msg: "longer than 255"},
		{name: "a long path", yaml: spec("path: " + strings.Repeat("/abcdefg", 600) + ", content: a"), path: "spec.path", msg: "longer than 4096"},
	} {
		t.Run(test.name, test.test)
	}
}

func TestValidateTellsAllMistakesInOrder(t *testing.T) {
	res := identified(decode(t, "apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: x, lables: {}}\nspec: {path: a, mode: 420, content: a, owner: 1}"))
	var paths []string
	for _, invalid := range host.Kind().Validate(fstest.MapFS{}, ".", []resource.Resource{*res}) {
		paths = append(paths, invalid.Path.String())
	}
	if got, want := strings.Join(paths, " "), "metadata.lables spec.mode spec.owner spec.path"; got != want {
		t.Errorf("mistakes at %s, want %s", got, want)
	}
}

func TestSourceOfATargetThatIsAFile(t *testing.T) {
	snapshot := fstest.MapFS{"web/all.yaml": {Data: []byte("x")}, "web/motd": {Data: []byte("x")}}
	res := file("x", map[string]any{"path": "/a", "source": "motd"})
	if invalid := host.Kind().Validate(snapshot, "web/all.yaml", []resource.Resource{res}); len(invalid) > 0 {
		t.Errorf("refused: %v; a source is relative to the folder of the target's file", invalid)
	}
}

func FuzzValidate(f *testing.F) {
	f.Add("apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: {name: x}\nspec: {path: /a, content: a, mode: 0644}")
	f.Add("apiVersion: host.holdfast.dev/v1\nkind: Directory\nmetadata: {name: [], annotations: 3}\nspec: {path: {}, owner: null}")
	f.Add("apiVersion: host.holdfast.dev/v1\nkind: File\nmetadata: null\nspec: {source: ../../.., path: \"/\\0\"}")
	f.Add("- 1\n- {a: b}")
	snapshot := fstest.MapFS{"web/motd": {Data: []byte("hello")}}
	f.Fuzz(func(t *testing.T, text string) {
		var value any
		if yaml.Unmarshal([]byte(text), &value) != nil {
			return
		}
		res := identified(normal(value))
		res.ID.APIVersion = "host.holdfast.dev/v1"
		for _, res.ID.Kind = range []string{"File", "Directory", res.ID.Kind} {
			for _, invalid := range host.Kind().Validate(snapshot, "web", []resource.Resource{*res}) {
				if invalid.Msg == "" {
					t.Errorf("a mistake at %s without a message", invalid.Path)
				}
			}
		}
	})
}

// FuzzPath: what is accepted is below the root, and nowhere that is reserved.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"/etc/motd", "/..", "/a/../..", "/.holdfast", "/a/./b", "//a", "/a\x00b", "/\xff", "/.holdfast/x", "/a/.holdfast-tmp-x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		res := file("x", map[string]any{"path": name, "content": ""})
		if len(host.Kind().Validate(fstest.MapFS{}, ".", []resource.Resource{res})) > 0 {
			return
		}
		relative, err := filepath.Rel("/srv/root", filepath.Join("/srv/root", name))
		if err != nil || !filepath.IsLocal(relative) || relative == "." || "/"+relative != name {
			t.Errorf("%q is accepted, and is %q below the root (%v)", name, relative, err)
		}
		if strings.HasPrefix(strings.ToLower(name), "/.holdfast/") || strings.EqualFold(name, "/.holdfast") {
			t.Errorf("%q is accepted, and reserved", name)
		}
	})
}
