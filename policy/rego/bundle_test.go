package rego_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/holdfast-dev/holdfast/policies"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// packed is a gzipped tar archive of the files, in the order of their names.
func packed(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var headers []tar.Header
	for _, name := range slices.Sorted(maps.Keys(files)) {
		headers = append(headers, tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(files[name])), Mode: 0o644})
	}
	return archived(t, headers, func(h tar.Header) []byte { return []byte(files[h.Name]) })
}

func archived(t testing.TB, headers []tar.Header, content func(tar.Header) []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	archive := tar.NewWriter(compressed)
	for _, header := range headers {
		err := archive.WriteHeader(&header)
		if err == nil && header.Typeflag == tar.TypeReg {
			_, err = archive.Write(content(header))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(archive.Close(), compressed.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// signing is what OPA's signer signs with.
type signing struct {
	private, algorithm, id string
	claims                 map[string]any
}

// sign adds to the files the signature that `opa sign` would.
func (s signing) sign(t testing.TB, files map[string]string) map[string]string {
	t.Helper()
	hasher, err := bundle.NewSignatureHasher(bundle.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	var infos []bundle.FileInfo
	for _, name := range slices.Sorted(maps.Keys(files)) {
		value := any([]byte(files[name]))
		if bundle.IsStructuredDoc(name) {
			if err := util.Unmarshal([]byte(files[name]), &value); err != nil {
				t.Fatal(err)
			}
		}
		sum, err := hasher.HashFile(value)
		if err != nil {
			t.Fatal(err)
		}
		infos = append(infos, bundle.NewFile(strings.TrimPrefix(name, "/"), hex.EncodeToString(sum), string(bundle.SHA256)))
	}
	claims := ""
	if s.claims != nil {
		raw, err := json.Marshal(s.claims)
		if err != nil {
			t.Fatal(err)
		}
		claims = filepath.Join(t.TempDir(), "claims.json")
		if err := os.WriteFile(claims, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	token, err := bundle.GenerateSignedToken(infos, bundle.NewSigningConfig(s.private, s.algorithm, claims), s.id)
	if err != nil {
		t.Fatal(err)
	}
	return with(files, ".signatures.json", `{"signatures": ["`+token+`"]}`)
}

func with(files map[string]string, name, content string) map[string]string {
	more := maps.Clone(files)
	more[name] = content
	return more
}

func pair(t testing.TB, private any, public any) (privatePEM, publicPEM string) {
	t.Helper()
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	rawPublic, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(kind string, raw []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}))
	}
	return encode("PRIVATE KEY", raw), encode("PUBLIC KEY", rawPublic)
}

func rsaPair(t testing.TB) (privatePEM, publicPEM string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return pair(t, key, key.Public())
}

func ecPair(t testing.TB, curve elliptic.Curve) (privatePEM, publicPEM string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return pair(t, key, key.Public())
}

const (
	bundledRule = "# METADATA\n# custom: {id: acme/owner}\npackage holdfast.acme.owner\n\nimport data.acme.lists\n\n" +
		"deny contains {\"msg\": msg} if {\n\tnot input.resource.metadata.labels.owner in lists.owners\n\tmsg := lists.message\n}\n"
	bundledTest = "package holdfast.acme.owner_test\n\nimport data.holdfast.acme.owner\n\ntest_owner if {\n\tcount(owner.deny) == 1 with input as {\"resource\": {\"metadata\": {\"labels\": {\"owner\": \"x\"}}}}\n}\n"
)

// base is a bundle as OPA builds one.
func base() map[string]string {
	return map[string]string{
		"/.manifest":             `{"revision": "7", "roots": ["holdfast/acme", "acme"]}`,
		"/acme/owner.rego":       bundledRule,
		"/acme/owner_test.rego":  bundledTest,
		"/acme/lists/data.json":  "{\n  \"owners\": [\"shop\"]\n}",
		"/acme/lists/data.yaml":  "message: it has no owner\n",
		"/gatekeeper/limit.yaml": "kind: Limit\n",
		"/README.md":             "A bundle.",
	}
}

func open(t *testing.T, files map[string]string, key *rego.BundleKey) (*rego.Opened, error) {
	t.Helper()
	return rego.OpenBundle(rego.Bundle{Name: "base.tar.gz", Content: packed(t, files), Key: key})
}

func names(files []policy.File) []string {
	var all []string
	for _, file := range files {
		all = append(all, file.Name)
	}
	return all
}

// What is in a bundle judges as the team's own rules do, with its data where
// OPA puts it, its tests and its places.
func TestOpenBundle(t *testing.T) {
	opened, err := open(t, base(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for what, test := range map[string]struct{ got, want []string }{
		"policies": {names(opened.Policies), []string{"base.tar.gz:/acme/owner.rego", "base.tar.gz:/acme/owner_test.rego"}},
		"data":     {names(opened.Data), []string{"base.tar.gz:/acme/lists/data.json", "base.tar.gz:/acme/lists/data.yaml"}},
		"others":   {names(opened.Others), []string{"base.tar.gz:/gatekeeper/limit.yaml"}},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	judge, err := rego.New(rego.Options{}).Compile(t.Context(), policy.Input{Policies: opened.Policies, Data: opened.Data})
	if err != nil {
		t.Fatal(err)
	}
	rules := judge.Rules()
	if len(rules) != 1 || rules[0].ID != "acme/owner" || rules[0].Location.String() != "base.tar.gz:/acme/owner.rego:3:1" {
		t.Errorf("the rules are %+v", rules)
	}
	pod := func(name, owner string) policy.Subject {
		res := resource.Resource{
			ID:      resource.ID{Target: "prod", APIVersion: "v1", Kind: "Pod", Name: name},
			Content: map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": name, "labels": map[string]any{"owner": owner}}},
		}
		return policy.Subject{ID: res.ID, Resource: &res}
	}
	report, err := judge.Judge(t.Context(), policy.Case{Phase: policy.PhaseCheck, Subjects: []policy.Subject{pod("a", "shop"), pod("b", "nobody")}})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != 1 || report.Findings[0].Msg != "it has no owner" || report.Findings[0].Resource.Name != "b" {
		t.Errorf("the findings are %+v", report.Findings)
	}
	tested, err := rego.Test(t.Context(), rego.TestOptions{Library: policies.Library, Policies: opened.Policies, Data: opened.Data})
	if err != nil || len(tested.Tests) != 1 || !tested.OK() {
		t.Errorf("its tests: %+v, %v", tested, err)
	}
}

// A bundle of Rego v0 is read where its manifest says so, and where it says nothing.
func TestOpenBundleOfV0(t *testing.T) {
	const v0 = "package main\n\ndeny[msg] {\n\tinput.kind == \"Pod\"\n\tmsg := \"no pods\"\n}\n"
	for _, manifest := range []string{`{"roots": ["main"]}`, `{"rego_version": 0}`, `{"rego_version": 1, "file_rego_versions": {"*main.rego": 0}}`} {
		if opened, err := open(t, map[string]string{".manifest": manifest, "main.rego": v0}, nil); err != nil || len(opened.Policies) != 1 {
			t.Errorf("%s: %v", manifest, err)
		}
	}
	if _, err := open(t, map[string]string{".manifest": `{"rego_version": 1}`, "main.rego": v0}, nil); err == nil {
		t.Error("v0 in a bundle of v1 is read")
	}
}

// What cannot be relied on is no bundle, and the reason is told with its place.
func TestBadBundles(t *testing.T) {
	with := func(name, content string) map[string]string { return with(base(), name, content) }
	for name, test := range map[string]struct {
		files map[string]string
		says  string
	}{
		"a policy outside of the roots": {with("/x.rego", "package other\n"), "base.tar.gz: manifest roots [holdfast/acme acme] do not permit 'package other'"},
		"data outside of the roots":     {with("/other/data.json", "{}"), "do not permit data at path '/other'"},
		"a root of the same name":       {with("/acme2/data.json", `{"a": 1}`), "do not permit data at path '/acme2'"},
		"overlapping roots":             {with("/.manifest", `{"roots": ["a", "a/b"]}`), "overlapped roots"},
		"not a manifest":                {with("/.manifest", `{`), "manifest"},
		"not Rego":                      {with("/acme/x.rego", "package acme\n\nallow if {\n"), "base.tar.gz:/acme/x.rego:4"},
		"not JSON":                      {with("/acme/data.json", "{"), "data.json"},
		"data that is a list":           {map[string]string{"data.json": "[]"}, "data.json"},
		"the same data twice":           {with("/acme/lists/data.yml", "message: another\n"), "acme/lists"},
		"WebAssembly":                   {with("/policy.wasm", "\x00asm"), "compiled policies (policy.wasm)"},
		"a plan":                        {with("/acme/plan.json", "{}"), "a plan (acme/plan.json)"},
		"a delta":                       {map[string]string{"/patch.json": `{"data": []}`}, "a delta"},
		"a name that leads out":         {with("../../etc/x.rego", "package acme\n"), `"../../etc/x.rego" leads out of the bundle`},
		"a name that leads out within":  {with("/acme/../../x.rego", "package acme\n"), "leads out of the bundle"},
		"a Windows name":                {with(`acme\x.rego`, "package acme\n"), "cannot be the name"},
		"a name twice":                  {with("./acme/owner.rego", "package acme\n"), `"acme/owner.rego" twice`},
		"a large policy":                {with("/acme/x.rego", "package acme\n"+strings.Repeat("# more\n", 1<<20)), "too large"},
		"nothing":                       {nil, "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(t, test.files, nil)
			var problems resource.Problems
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), test.says) || !strings.HasPrefix(err.Error(), "base.tar.gz:") {
				t.Errorf("got %v, which should say %q", err, test.says)
			}
		})
	}
}

// A link could name any file of the machine, were it followed.
func TestBundleWithLinks(t *testing.T) {
	for kind, name := range map[byte]string{tar.TypeSymlink: "symbolic", tar.TypeLink: "hard", tar.TypeChar: "device", tar.TypeFifo: "pipe"} {
		content := archived(t, []tar.Header{
			{Typeflag: tar.TypeDir, Name: "acme/", Mode: 0o755},
			{Typeflag: kind, Name: "acme/data.json", Linkname: "/etc/passwd"},
		}, nil)
		if _, err := rego.OpenBundle(rego.Bundle{Name: "b", Content: content}); err == nil || !strings.Contains(err.Error(), "links") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A bundle of which a part is missing or changed is not read as a smaller one.
func TestDamagedBundles(t *testing.T) {
	whole := packed(t, base())
	for n := range whole {
		if _, err := rego.OpenBundle(rego.Bundle{Name: "b", Content: whole[:n]}); err == nil {
			t.Fatalf("the first %d of %d bytes are a bundle", n, len(whole))
		}
	}
	want, err := rego.OpenBundle(rego.Bundle{Name: "b", Content: whole})
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		changed := bytes.Clone(whole)
		changed[n] ^= 0x10
		// Some bits mean nothing, such as those of the time.
		if got, err := rego.OpenBundle(rego.Bundle{Name: "b", Content: changed}); err == nil && cmp.Diff(want, got) != "" {
			t.Errorf("with byte %d changed it is another bundle", n)
		}
	}
	for _, content := range []string{"", "package a", "{}", "\x1f\x8b"} {
		if _, err := rego.OpenBundle(rego.Bundle{Name: "b", Content: []byte(content)}); err == nil {
			t.Errorf("%q is a bundle", content)
		}
	}
}

// A few kilobytes that unpack to gigabytes stop at the bound.
func TestBundleBombs(t *testing.T) {
	large := bytes.Repeat([]byte(" "), 50<<20)
	var headers []tar.Header
	for _, name := range strings.Split("abcdefgh", "") {
		headers = append(headers, tar.Header{Typeflag: tar.TypeReg, Name: name + "/data.json", Size: int64(len(large)), Mode: 0o644})
	}
	content := archived(t, headers, func(tar.Header) []byte { return large })
	if _, err := rego.OpenBundle(rego.Bundle{Name: "b", Content: content}); err == nil || !strings.Contains(err.Error(), "unpacks to more than 256 MiB") {
		t.Errorf("%d bytes that unpack to 400 MiB: %v", len(content), err)
	}
	var behind bytes.Buffer
	compressed := gzip.NewWriter(&behind)
	archive := tar.NewWriter(compressed)
	err := errors.Join(
		archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "data.json", Size: 2, Mode: 0o644}),
		write(archive, []byte("{}")), archive.Close(), write(compressed, large), compressed.Close())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rego.OpenBundle(rego.Bundle{Name: "b", Content: behind.Bytes()}); err == nil || !strings.Contains(err.Error(), "goes on after its last file") {
		t.Errorf("50 MiB behind the archive: %v", err)
	}
}

func write(w interface{ Write([]byte) (int, error) }, content []byte) error {
	_, err := w.Write(content)
	return err
}

// Each algorithm that OPA signs with is verified, and none with another's key.
func TestSignedBundles(t *testing.T) {
	rsaPrivate, rsaPublic := rsaPair(t)
	_, otherRSA := rsaPair(t)
	p256, p256Public := ecPair(t, elliptic.P256())
	_, otherP256 := ecPair(t, elliptic.P256())
	p384, p384Public := ecPair(t, elliptic.P384())
	p521, p521Public := ecPair(t, elliptic.P521())
	tests := []struct{ algorithm, private, public, other string }{
		{"RS256", rsaPrivate, rsaPublic, otherRSA}, {"RS512", rsaPrivate, rsaPublic, otherRSA}, {"PS256", rsaPrivate, rsaPublic, otherRSA},
		{"ES256", p256, p256Public, otherP256}, {"ES384", p384, p384Public, p256Public}, {"ES512", p521, p521Public, p384Public},
		{"HS256", "a long enough secret of the team", "a long enough secret of the team", "another secret"},
	}
	for _, test := range tests {
		t.Run(test.algorithm, func(t *testing.T) {
			files := signing{private: test.private, algorithm: test.algorithm}.sign(t, base())
			if opened, err := open(t, files, &rego.BundleKey{Key: test.public, Algorithm: test.algorithm}); err != nil || len(opened.Policies) != 2 {
				t.Errorf("with its key: %v", err)
			}
			if _, err := open(t, files, &rego.BundleKey{Key: test.other, Algorithm: test.algorithm}); err == nil {
				t.Error("with another key it is accepted")
			}
			if test.algorithm == "RS256" || test.algorithm[:2] == "ES" {
				if _, err := open(t, files, &rego.BundleKey{Key: test.public}); err != nil {
					t.Errorf("the algorithm that goes with the key: %v", err)
				}
			}
		})
	}
	if _, err := open(t, base(), nil); err != nil {
		t.Errorf("where no signature is asked for: %v", err)
	}
}

// A signature is of these files, this key and this scope, or it is none.
func TestRefusedSignatures(t *testing.T) {
	private, public := rsaPair(t)
	_, other := rsaPair(t)
	ecPrivate, _ := ecPair(t, elliptic.P256())
	signed := signing{private: private, algorithm: "RS256", id: "team"}.sign(t, base())
	scoped := signing{private: private, algorithm: "RS256", claims: map[string]any{"scope": "read"}}.sign(t, base())
	key := func(k rego.BundleKey) *rego.BundleKey {
		if k.Key == "" {
			k.Key = public
		}
		return &k
	}
	without := func(files map[string]string, name string) map[string]string {
		fewer := maps.Clone(files)
		delete(fewer, name)
		return fewer
	}
	token := func(header string) string { // of the same payload, with another header and no signature
		parts := strings.Split(strings.Split(signed[".signatures.json"], `"`)[3], ".")
		return `{"signatures": ["` + base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + parts[1] + `."]}`
	}
	// The public key taken for a secret, as whoever has it could.
	confused := signing{private: filepath.Join(t.TempDir(), "k"), algorithm: "HS256"}
	if err := os.WriteFile(confused.private, []byte(public), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		files map[string]string
		key   *rego.BundleKey
		says  string
	}{
		"":                    {signed, key(rego.BundleKey{}), ""},
		"that id":             {signed, key(rego.BundleKey{ID: "team"}), ""},
		"that scope":          {scoped, key(rego.BundleKey{Scope: "read"}), ""},
		"no signature":        {base(), key(rego.BundleKey{}), "missing .signatures.json"},
		"another key":         {signed, key(rego.BundleKey{Key: other}), "the signature is not accepted"},
		"another id":          {signed, key(rego.BundleKey{ID: "others"}), `team`},
		"another scope":       {signed, key(rego.BundleKey{Scope: "read"}), "scope mismatch"},
		"a scope too many":    {scoped, key(rego.BundleKey{}), "scope mismatch"},
		"a changed file":      {with(signed, "/acme/owner.rego", "package holdfast.acme.owner\n"), key(rego.BundleKey{}), "digest mismatch (want: "},
		"changed data":        {with(signed, "/acme/lists/data.json", `{"owners": ["me"]}`), key(rego.BundleKey{}), "digest mismatch"},
		"a changed manifest":  {with(signed, "/.manifest", `{"roots": ["holdfast/acme", "acme", "x"]}`), key(rego.BundleKey{}), "digest mismatch"},
		"a file more":         {with(signed, "/acme/more.rego", "package acme.more\n"), key(rego.BundleKey{}), "not included in bundle signature"},
		"a file less":         {without(signed, "/acme/owner_test.rego"), key(rego.BundleKey{}), "not found in the target bundle"},
		"a second signature":  {with(signed, "/acme/.signatures.json", signed[".signatures.json"]), key(rego.BundleKey{}), "multiple signatures files"},
		"no algorithm":        {with(base(), ".signatures.json", token(`{"alg":"none"}`)), key(rego.BundleKey{}), "not accepted"},
		"the key as a secret": {confused.sign(t, base()), key(rego.BundleKey{}), "not accepted"},
		"asked for as secret": {confused.sign(t, base()), key(rego.BundleKey{Algorithm: "HS256"}), "HS256 needs a secret"},
		"an algorithm of EC":  {signed, key(rego.BundleKey{Algorithm: "ES256"}), "the key is not one of ES256; it goes with RS256, RS384"},
		"a private key":       {signed, key(rego.BundleKey{Key: ecPrivate}), "give the public one"},
		"no key at all":       {signed, key(rego.BundleKey{Key: "team"}), "not a public key in PEM"},
		"a plugin":            {with(base(), ".signatures.json", `{"signatures": ["a.b.c"], "plugin": "yes"}`), key(rego.BundleKey{}), "yes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := open(t, test.files, test.key)
			if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, which should say %q", err, test.says)
			}
			if err != nil && !errors.As(err, new(resource.Problems)) {
				t.Errorf("%T is no mistake of the user", err)
			}
		})
	}
	publicEd, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKIXPublicKey(publicEd)
	if err != nil {
		t.Fatal(err)
	}
	edwards := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: raw}))
	if _, err := open(t, signed, key(rego.BundleKey{Key: edwards})); err == nil || !strings.Contains(err.Error(), "RSA or ECDSA") {
		t.Errorf("a key of another kind: %v", err)
	}
}

// Whatever the bytes, there is a bundle or a mistake of the user.
func FuzzOpenBundle(f *testing.F) {
	f.Add(packed(f, base()))
	f.Add(packed(f, map[string]string{".manifest": `{"rego_version": 0, "roots": ["a"]}`, "a.rego": "package a\nb[1]", "x/y/data.yml": "a: [b]"}))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, raw := range [][]byte{content, packed(t, map[string]string{".manifest": string(content), "a.rego": string(content), "b/data.json": string(content)})} {
			opened, err := rego.OpenBundle(rego.Bundle{Name: "b", Content: raw})
			if err != nil && !errors.As(err, new(resource.Problems)) {
				t.Fatalf("%T: %v", err, err)
			}
			if err == nil && opened == nil {
				t.Fatal("nothing, and no reason")
			}
		}
	})
}
