package rego

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/loader/filter"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Bundle is an OPA bundle as it was fetched: a gzipped tar archive.
type Bundle struct {
	Name    string // as it is shown; what is in it is shown as "NAME:/path"
	Content []byte
	Key     *BundleKey // nil asks for no signature
}

// BundleKey is what a bundle must be signed with.
type BundleKey struct {
	Key       string // public key or certificate in PEM; for HS256 and the like the secret
	ID        string // that the signature must name; "" for any
	Scope     string // that the signature must have
	Algorithm string // "" for the one that goes with the key
}

// Opened is what a bundle holds.
type Opened struct {
	Policies []policy.File // Rego, its tests too
	Data     []policy.File // each with its documents where OPA would put them
	Others   []policy.File // other YAML and JSON, such as Gatekeeper's templates
}

// OpenBundle verifies a bundle and takes it apart. Its manifest is honoured: no
// policy and no data lies outside of its roots. What is wrong with it comes back as
// resource.Problems.
func OpenBundle(b Bundle) (*Opened, error) {
	entries, err := unpack(b.Content)
	if err != nil {
		return nil, b.mistake(err.Error())
	}
	if err := refuseCompiled(entries); err != nil {
		return nil, b.mistake(err.Error())
	}
	if err := b.read(entries); err != nil {
		return nil, err
	}
	var opened Opened
	for _, e := range entries {
		file := policy.File{Name: b.shown(e.name), Content: e.content}
		base := path.Base(e.name)
		switch ext := path.Ext(base); {
		case ext == bundle.RegoExt:
			opened.Policies = append(opened.Policies, file)
		case base == "data.json", bundle.IsYAMLDataFile(base):
			if file.Content, err = mounted(e); err != nil {
				return nil, resource.Problems{{Msg: err.Error(), Location: resource.Location{File: file.Name}}}
			}
			opened.Data = append(opened.Data, file)
		case strings.HasPrefix(base, "."): // the manifest and the signatures
		case ext == ".json", bundle.IsYAMLFile(base):
			opened.Others = append(opened.Others, file)
		}
	}
	return &opened, nil
}

func (b Bundle) shown(name string) string { return b.Name + ":/" + name }

func (b Bundle) mistake(msg string) error {
	return resource.Problems{{Msg: msg, Location: resource.Location{File: b.Name}}}
}

// refuseCompiled refuses what would have to be believed rather than evaluated,
// and a delta, which is nothing by itself.
func refuseCompiled(entries []archived) error {
	for _, e := range entries {
		switch path.Base(e.name) {
		case bundle.WasmFile:
			return fmt.Errorf("the bundle holds compiled policies (%s), which are not evaluated here; build it with the target rego", e.name)
		case bundle.PlanFile, bundle.PlanProtoFile:
			return fmt.Errorf("the bundle holds a plan (%s), which is not evaluated here; build it with the target rego", e.name)
		case "patch.json":
			return fmt.Errorf("the bundle is a delta (%s), which changes another; give a whole one", e.name)
		}
	}
	return nil
}

// read has OPA's reader verify the signature and hold the content against the
// manifest. A bundle is of one version of Rego where its manifest does not say
// of which: v1, or else v0.
func (b Bundle) read(entries []archived) error {
	config, err := b.verification()
	if err != nil {
		return b.mistake(err.Error())
	}
	attempt := func(version ast.RegoVersion, verify *bundle.VerificationConfig) error {
		_, err := bundle.NewCustomReader(&unpacked{entries: entries}).
			WithSizeLimitBytes(maxUnpacked).WithLazyLoadingMode(false).WithRegoVersion(version).
			WithBundleVerificationConfig(verify).WithSkipBundleVerification(verify == nil).Read()
		return err
	}
	v1 := attempt(ast.RegoV1, config)
	var syntax ast.Errors
	switch {
	case v1 == nil:
		return nil
	case errors.As(v1, &syntax) || errors.As(v1, new(*ast.Error)):
		if attempt(ast.RegoV0, config) == nil {
			return nil
		}
		return b.syntax(v1)
	case config != nil && attempt(ast.RegoV1, nil) == nil:
		return b.mistake("the signature is not accepted: " + v1.Error())
	}
	return b.mistake(v1.Error())
}

// syntax gives what OPA's parser has against the modules, each with its place.
func (b Bundle) syntax(err error) error {
	var found problems
	found.addAST(err)
	for i := range found.list {
		if at := &found.list[i].Location; at.File != "" {
			at.File = b.shown(cleanName(at.File))
		}
	}
	return found.err()
}

// keyName is what a key is called where the signature need not name one.
const keyName = "key"

func (b Bundle) verification() (*bundle.VerificationConfig, error) {
	if b.Key == nil {
		return nil, nil
	}
	algorithm, err := b.Key.algorithm()
	if err != nil {
		return nil, err
	}
	key := &bundle.KeyConfig{Key: b.Key.Key, Algorithm: algorithm}
	if b.Key.ID != "" {
		return bundle.NewVerificationConfig(map[string]*bundle.KeyConfig{b.Key.ID: key}, "", b.Key.Scope, nil), nil
	}
	return bundle.NewVerificationConfig(map[string]*bundle.KeyConfig{keyName: key}, keyName, b.Key.Scope, nil), nil
}

// algorithm is the one to verify with (RFC 7518, section 3.1), which the key
// decides and never the signature: a public key must not be taken for a secret.
func (k BundleKey) algorithm() (string, error) {
	block, _ := pem.Decode([]byte(k.Key))
	if strings.HasPrefix(k.Algorithm, "HS") {
		if block != nil || strings.TrimSpace(k.Key) == "" {
			return "", fmt.Errorf("%s needs a secret as the key, and this is none", k.Algorithm)
		}
		return k.Algorithm, nil
	}
	if block == nil {
		return "", errors.New("the key is not a public key in PEM")
	}
	public, err := publicKey(block)
	if err != nil {
		return "", err
	}
	standard, families := "", ""
	switch key := public.(type) {
	case *rsa.PublicKey:
		standard, families = "RS256", "RS256 RS384 RS512 PS256 PS384 PS512"
	case *ecdsa.PublicKey:
		standard = map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}[key.Curve.Params().BitSize]
		families = standard
	}
	switch {
	case standard == "":
		return "", fmt.Errorf("bundles are signed with RSA or ECDSA keys, and this one is of another kind (%T)", public)
	case k.Algorithm == "":
		return standard, nil
	case !strings.Contains(families, k.Algorithm):
		return "", fmt.Errorf("the key is not one of %s; it goes with %s", k.Algorithm, strings.ReplaceAll(families, " ", ", "))
	}
	return k.Algorithm, nil
}

func publicKey(block *pem.Block) (any, error) {
	var public any
	var err error
	switch block.Type {
	case "PUBLIC KEY":
		public, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		public, err = x509.ParsePKCS1PublicKey(block.Bytes)
	case "CERTIFICATE":
		var certificate *x509.Certificate
		if certificate, err = x509.ParseCertificate(block.Bytes); err == nil {
			public = certificate.PublicKey
		}
	default:
		return nil, fmt.Errorf("the key is a %s; give the public one", strings.ToLower(block.Type))
	}
	if err != nil {
		return nil, fmt.Errorf("the key cannot be read: %w", err)
	}
	return public, nil
}

// mounted is a data file of a bundle as one whose documents appear under data:
// OPA puts a/b/data.json at data.a.b. A line stays the line that it is.
func mounted(e archived) ([]byte, error) {
	content := e.content
	if bundle.IsYAMLDataFile(e.name) {
		var value any
		if err := util.Unmarshal(content, &value); err != nil {
			return nil, fmt.Errorf("data file: %w", err)
		}
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("data file: %w", err)
		}
		content = raw
	}
	dir := path.Dir(e.name)
	if dir == "." {
		return content, nil
	}
	var before, after bytes.Buffer
	for step := range strings.SplitSeq(dir, "/") {
		name, err := json.Marshal(step)
		if err != nil {
			return nil, fmt.Errorf("data file: %w", err)
		}
		before.WriteString("{" + string(name) + ":")
		after.WriteByte('}')
	}
	return bytes.Join([][]byte{before.Bytes(), content, after.Bytes()}, nil), nil
}

// unpacked lets OPA's reader read what is unpacked already, within our bounds.
type unpacked struct {
	entries []archived
	at      int
}

var _ bundle.DirectoryLoader = (*unpacked)(nil)

func (u *unpacked) NextFile() (*bundle.Descriptor, error) {
	if u.at == len(u.entries) {
		return nil, io.EOF
	}
	e := u.entries[u.at]
	u.at++
	return bundle.NewDescriptor(e.written, e.written, bytes.NewBuffer(bytes.Clone(e.content))), nil
}

// The reader's own settings are not used here: all is in memory, and small enough.
func (u *unpacked) WithFilter(filter.LoaderFilter) bundle.DirectoryLoader   { return u }
func (u *unpacked) WithPathFormat(bundle.PathFormat) bundle.DirectoryLoader { return u }
func (u *unpacked) WithSizeLimitBytes(int64) bundle.DirectoryLoader         { return u }
func (u *unpacked) WithFollowSymlinks(bool) bundle.DirectoryLoader          { return u }
