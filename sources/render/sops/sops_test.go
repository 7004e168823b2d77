package sops_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources/render/sops"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// keysOf are the keys of these files, age.key and pgp.asc among them.
func keysOf(t testing.TB, names ...string) *sops.Keys {
	t.Helper()
	var age, pgp []byte
	for _, name := range names {
		if strings.HasSuffix(name, ".asc") {
			pgp = append(pgp, file(t, name)...)
		} else {
			age = append(age, file(t, name)...)
		}
	}
	keys, err := sops.NewKeys(age, pgp)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func documents(t testing.TB, text []byte) []*yaml.Node {
	t.Helper()
	var all []*yaml.Node
	for decoder := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var n yaml.Node
		if err := decoder.Decode(&n); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, n.Content[0])
	}
}

func valuesOf(t testing.TB, nodes []*yaml.Node) []any {
	t.Helper()
	var all []any
	for _, n := range nodes {
		var value any
		if err := n.Decode(&value); err != nil {
			t.Fatal(err)
		}
		all = append(all, value)
	}
	return all
}

// Each file that SOPS encrypted is what SOPS decrypts it to. testdata/sops at
// the top level makes them.
func TestAgainstSOPS(t *testing.T) {
	names, err := filepath.Glob("testdata/*.enc.*")
	if err != nil || len(names) < 15 {
		t.Fatal("files are missing", err)
	}
	keys := keysOf(t, "age.key", "pgp.asc")
	for _, name := range names {
		name = filepath.Base(name)
		if strings.HasPrefix(name, "stranger") || strings.HasPrefix(name, "shamir") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			encrypted, want := file(t, name), file(t, strings.Replace(name, ".enc.", ".dec.", 1))
			if !sops.IsEncrypted(name, encrypted) || sops.IsEncrypted(name, want) {
				t.Error("what is encrypted is not told from what is not")
			}
			got, secrets, err := keys.Text(name, encrypted)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range secrets {
				if strings.HasPrefix(name, "settings.enc.env") && !bytes.Contains(want, []byte(strings.ReplaceAll(secret, "\n", `\n`))) {
					t.Errorf("%q is no secret of the file", secret)
				}
			}
			switch filepath.Ext(name) {
			case ".yaml":
				if diff := cmp.Diff(valuesOf(t, documents(t, want)), valuesOf(t, documents(t, got))); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			case ".json":
				var a, b any
				if err := errors.Join(json.Unmarshal(want, &a), json.Unmarshal(got, &b)); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(a, b); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			case ".env":
				want = regexp.MustCompile(`(?m)^#.*\n`).ReplaceAll(want, nil)
				fallthrough
			default:
				if !bytes.Equal(want, got) {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
}

// Values are decrypted where they stand, and it is told which they were.
func TestInPlace(t *testing.T) {
	text := file(t, "documents.enc.yaml")
	before, nodes := documents(t, text), documents(t, text)
	paths, err := keysOf(t, "age.key").Decrypt(nodes)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(paths); got != "[[data.x] [stringData.y stringData.z] []]" {
		t.Errorf("got %s", got)
	}
	lines := func(n *yaml.Node) (lines []int) {
		for at := range n.Content {
			if n.Content[at].Value == "sops" {
				break
			}
			lines = append(lines, n.Content[at].Line)
			for _, child := range n.Content[at].Content {
				lines = append(lines, child.Line)
			}
		}
		return lines
	}
	for i := range nodes {
		if diff := cmp.Diff(lines(before[i]), lines(nodes[i])); diff != "" {
			t.Errorf("document %d: -want +got:\n%s", i, diff)
		}
	}
	sealed := sops.Sealed(before)
	if diff := cmp.Diff(paths, sealed); diff != "" {
		t.Errorf("without keys: -want +got:\n%s", diff)
	}
	if sops.Encrypted(before[0]) {
		t.Error("the metadata is still there")
	}
}

// Elements that were comments are no elements, and paths count without them.
func TestPathsWithComments(t *testing.T) {
	nodes := documents(t, file(t, "everything.enc.yaml"))
	paths, err := keysOf(t, "age.key").Decrypt(nodes)
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, path := range paths[0] {
		if path[0] == "items" {
			shown = append(shown, path.String())
		}
	}
	want := "items[0] items[1] items[2][0] items[2][1] items[3].name items[3].secrets[0] items[3].secrets[1] items[3].secrets[2]"
	if got := strings.Join(shown, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Without the right key it is said whose would do.
func TestKeys(t *testing.T) {
	recipient := func(name string) string {
		return regexp.MustCompile(`age1\w+`).FindString(string(file(t, name)))
	}
	fingerprint := regexp.MustCompile(`fp: (\w+)`).FindStringSubmatch(string(file(t, "pgp.enc.yaml")))[1]
	tests := map[string]struct {
		file string
		keys *sops.Keys
		want []string // in the error; nil if it is decrypted
	}{
		"age":                    {"secret.enc.yaml", keysOf(t, "age.key"), nil},
		"two keys in a file":     {"secret.enc.yaml", keysOf(t, "stranger.key", "age.key"), nil},
		"PGP":                    {"pgp.enc.yaml", keysOf(t, "pgp.asc"), nil},
		"any of several: age":    {"both.enc.yaml", keysOf(t, "age.key"), nil},
		"any of several: PGP":    {"both.enc.yaml", keysOf(t, "pgp.asc"), nil},
		"none":                   {"secret.enc.yaml", nil, []string{"no key is given", recipient("age.key"), "under decryption"}},
		"no keys":                {"pgp.enc.yaml", &sops.Keys{}, []string{"no key is given", fingerprint}},
		"another's":              {"secret.enc.yaml", keysOf(t, "stranger.key"), []string{"none of the keys", recipient("age.key")}},
		"another kind":           {"pgp.enc.yaml", keysOf(t, "age.key"), []string{"none of the keys", "PGP " + fingerprint}},
		"another kind still":     {"stranger.enc.yaml", keysOf(t, "pgp.asc"), []string{"none of the keys", recipient("stranger.key")}},
		"split among two groups": {"shamir.enc.yaml", keysOf(t, "age.key", "pgp.asc"), []string{"2 groups", "key_groups"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := test.keys.Decrypt(documents(t, file(t, test.file)))
			if (err == nil) != (test.want == nil) {
				t.Fatalf("got %v", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in %q", want, err)
				}
			}
			var placed *sops.Mistake
			if err != nil && (!errors.As(err, &placed) || placed.Line == 0) {
				t.Errorf("it has no place: %v", err)
			}
		})
	}
}

// What was changed after it was encrypted is refused, whatever was changed, and
// nothing of it is shown.
func TestTampered(t *testing.T) {
	const canary = "correct-horse-battery"
	value := regexp.MustCompile(`(?m)^( +(?:password|url): )(.*)$`)
	changes := map[string]func(text string) string{
		"an open value":         func(text string) string { return strings.Replace(text, "namespace: shop", "namespace: shoq", 1) },
		"an open value added":   func(text string) string { return strings.Replace(text, "type: Opaque", "type: Opaque\nextra: 1", 1) },
		"an open value removed": func(text string) string { return strings.Replace(text, "type: Opaque\n", "", 1) },
		"two values exchanged": func(text string) string {
			found := value.FindAllStringSubmatch(text, -1)
			text = strings.Replace(text, found[0][2], "@", 1)
			return strings.Replace(strings.Replace(text, found[1][2], found[0][2], 1), "@", found[1][2], 1)
		},
		"a value renamed":      func(text string) string { return strings.Replace(text, "    password:", "    passwort:", 1) },
		"a value in the clear": func(text string) string { return value.ReplaceAllString(text, "${1}"+canary) },
		"a value cut off": func(text string) string {
			return value.ReplaceAllStringFunc(text, func(line string) string { return line[:len(line)-20] })
		},
		"another type":  func(text string) string { return strings.Replace(text, "type:str]", "type:int]", 1) },
		"unknown type":  func(text string) string { return strings.Replace(text, "type:str]", "type:odd]", 1) },
		"a short nonce": func(text string) string { return regexp.MustCompile(`iv:[^,]+`).ReplaceAllString(text, "iv:") },
		"a long nonce": func(text string) string {
			return regexp.MustCompile(`iv:[^,]+`).ReplaceAllString(text, "iv:"+strings.Repeat("AAAA", 1000))
		},
		"no MAC": func(text string) string { return regexp.MustCompile(`(?m)^    mac: .*\n`).ReplaceAllString(text, "") },
		"an empty MAC": func(text string) string {
			return regexp.MustCompile(`(?m)^    mac: .*$`).ReplaceAllString(text, `    mac: ""`)
		},
		"another time": func(text string) string {
			return regexp.MustCompile(`lastmodified: "2`).ReplaceAllString(text, `lastmodified: "3`)
		},
		"no time": func(text string) string {
			return regexp.MustCompile(`(?m)^    lastmodified: .*\n`).ReplaceAllString(text, "")
		},
		"another rule": func(text string) string { return strings.Replace(text, "^(data|stringData)$", "^(data)$", 1) },
		"two rules": func(text string) string {
			return strings.Replace(text, "    encrypted_regex:", "    encrypted_suffix: data\n    encrypted_regex:", 1)
		},
		"no expression": func(text string) string { return strings.Replace(text, "^(data|stringData)$", "^(data", 1) },
		"a damaged key": func(text string) string { return strings.Replace(text, "-> X25519", "-> X25518", 1) },
		"a key cut off": func(text string) string {
			return regexp.MustCompile(`(?m)^ +-----END AGE.*\n`).ReplaceAllString(text, "")
		},
		"odd metadata": func(text string) string { return text[:strings.Index(text, "\nsops:")] + "\nsops: [1]\n" },
		"no metadata":  func(text string) string { return text[:strings.Index(text, "\nsops:")] },
		"only the cipher": func(text string) string {
			return strings.Replace(text, "mac_only", "x", 1) + "    mac_only_encrypted: true\n"
		},
		"an alias": func(text string) string { return strings.Replace(text, "type: Opaque", "a: &x 1\nb: *x", 1) },
		"a list at the top": func(text string) string {
			return text + "---\n- 1\n"
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			original := string(file(t, "secret.enc.yaml"))
			text := change(original)
			if name == "a damaged key" {
				lines := strings.Split(original, "\n")
				at := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, "BEGIN AGE") })
				lines[at+4] = strings.ToLower(lines[at+4])
				text = strings.Join(lines, "\n")
			}
			if text == original {
				t.Fatal("nothing was changed")
			}
			_, err := keysOf(t, "age.key").Decrypt(documents(t, []byte(text)))
			var placed *sops.Mistake
			if !errors.As(err, &placed) {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "ENC[") {
				t.Errorf("it shows too much: %v", err)
			}
		})
	}
}

// Keys that cannot be used are named with the mend, and not shown.
func TestBadKeys(t *testing.T) {
	secret := regexp.MustCompile(`AGE-SECRET-KEY-1\w+`).FindString(string(file(t, "age.key")))
	tests := map[string]struct {
		age, pgp string
		want     string
	}{
		"cut off":       {age: secret[:40], want: "age-keygen"},
		"a public key":  {age: "age1w0jqsxf9l6ycs7gc57hg6dzkqen3lzxl04k567h6u8ecrmpwqvqqfnh9d5", want: "age-keygen"},
		"of a plugin":   {age: "AGE-PLUGIN-YUBIKEY-1XYZ", want: "no program is run"},
		"no PGP":        {pgp: "hello", want: "--export-secret-keys"},
		"damaged PGP":   {pgp: strings.Replace(string(file(t, "pgp.asc")), "\n\n", "\n\nAAAA", 1), want: "--export-secret-keys"},
		"encrypted PGP": {pgp: string(file(t, "secret.enc.yaml")), want: "--export-secret-keys"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := sops.NewKeys([]byte(test.age), []byte(test.pgp))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), secret[20:39]) {
				t.Errorf("it shows the key: %v", err)
			}
		})
	}
	if keys, err := sops.NewKeys(nil, []byte("  \n")); err != nil || !keys.Empty() {
		t.Errorf("no keys: %v, %v", keys, err)
	}
}

// Whatever a file holds, decrypting it ends with an error or with values.
func FuzzText(f *testing.F) {
	for _, name := range []string{"secret.enc.yaml", "everything.enc.json", "settings.enc.env", "settings.enc.bin", "pgp.enc.yaml", "shamir.enc.yaml"} {
		f.Add(name, file(f, name))
	}
	f.Add("a.yaml", []byte("sops: {mac: 'ENC[AES256_GCM,data:,iv:AA==,tag:AAAAAAAAAAAAAAAAAAAAAA==,type:str]', lastmodified: '2020-01-01T00:00:00Z', age: [{}]}"))
	keys := keysOf(f, "age.key", "pgp.asc")
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		sops.IsEncrypted(name, text)
		if _, _, err := keys.Text(name, text); err != nil && bytes.Contains([]byte(err.Error()), []byte("correct-horse-battery")) {
			t.Errorf("it shows a value: %v", err)
		}
	})
}

// A decoy has the form of what it stands for: the same lines, of the same length and
// with the same marks, and nothing of what was encrypted in them.
func TestDecoy(t *testing.T) {
	keys := keysOf(t, "age.key", "pgp.asc")
	for _, name := range []string{"secret.enc.yaml", "everything.enc.yaml", "everything.enc.json", "settings.enc.env", "settings.enc.bin"} {
		plain, _, err := keys.Text(name, file(t, name))
		if err != nil {
			t.Fatal(err)
		}
		decoy, err := keys.Decoy(name, file(t, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"correct", "horse", "battery", "Y29y"} {
			if bytes.Contains(decoy, []byte(secret)) {
				t.Errorf("%s: %q is in it", name, secret)
			}
		}
		if got, want := bytes.Count(decoy, []byte("\n")), bytes.Count(plain, []byte("\n")); got != want {
			t.Errorf("%s: %d lines, want %d", name, got, want)
		}
	}
	text, err := keys.Decoy("mac-only-encrypted.enc.yaml", file(t, "mac-only-encrypted.enc.yaml"))
	if err != nil || !bytes.Contains(text, []byte("postgres://shop:correct-horse-battery@db/shop")) {
		t.Error("what is not encrypted is another value too", err)
	}
}
