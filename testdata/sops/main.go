// Command sops makes the fixtures of sources/render/sops with the program's
// own library: each file of plain/ encrypted, and what the library makes of
// that again. It has a module of its own, because of the many libraries for
// clouds that it brings. Run it in this folder:
//
//	go run . ../../sources/render/sops/testdata
//
// The keys are made once and kept beside the fixtures. They protect nothing.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	sopsage "github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/config"
	"github.com/getsops/sops/v3/keys"
	"github.com/getsops/sops/v3/pgp"
	"github.com/getsops/sops/v3/stores/dotenv"
	"github.com/getsops/sops/v3/stores/json"
	"github.com/getsops/sops/v3/stores/yaml"
	"github.com/getsops/sops/v3/version"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run . FOLDER")
		os.Exit(2)
	}
	if err := generate(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// fixture says how a file of plain/ is encrypted.
type fixture struct {
	file     string
	metadata sops.Metadata
	groups   []string // of keys, each with names of keyNames; by default age
}

var fixtures = []fixture{
	{file: "secret.yaml", metadata: sops.Metadata{EncryptedRegex: "^(data|stringData)$"}},
	{file: "everything.yaml", metadata: sops.Metadata{UnencryptedSuffix: sops.DefaultUnencryptedSuffix}},
	{file: "suffix.yaml", metadata: sops.Metadata{EncryptedSuffix: "_secret"}},
	{file: "unencrypted-suffix.yaml", metadata: sops.Metadata{UnencryptedSuffix: "_open"}},
	{file: "unencrypted-regex.yaml", metadata: sops.Metadata{UnencryptedRegex: "^(apiVersion|kind|metadata)$"}},
	{file: "comment.yaml", metadata: sops.Metadata{EncryptedCommentRegex: "sops:encrypt"}},
	{file: "unencrypted-comment.yaml", metadata: sops.Metadata{UnencryptedCommentRegex: "sops:open"}},
	{file: "mac-only-encrypted.yaml", metadata: sops.Metadata{EncryptedRegex: "^data$", MACOnlyEncrypted: true}},
	{file: "documents.yaml", metadata: sops.Metadata{EncryptedRegex: "^(data|stringData)$"}},
	{file: "pgp.yaml", groups: []string{"pgp"}},
	{file: "both.yaml", groups: []string{"stranger,pgp,age"}},
	{file: "stranger.yaml", groups: []string{"stranger"}},
	{file: "shamir.yaml", metadata: sops.Metadata{ShamirThreshold: 2}, groups: []string{"age", "pgp"}},
	{file: "secret.json", metadata: sops.Metadata{EncryptedRegex: "^data$"}},
	{file: "everything.json", metadata: sops.Metadata{UnencryptedSuffix: sops.DefaultUnencryptedSuffix}},
	{file: "settings.env", metadata: sops.Metadata{UnencryptedSuffix: sops.DefaultUnencryptedSuffix}},
	{file: "settings.bin"},
}

// store reads and writes one format.
type store interface {
	LoadPlainFile([]byte) (sops.TreeBranches, error)
	LoadEncryptedFile([]byte) (sops.Tree, error)
	EmitEncryptedFile(sops.Tree) ([]byte, error)
	EmitPlainFile(sops.TreeBranches) ([]byte, error)
}

func storeOf(file string) store {
	switch filepath.Ext(file) {
	case ".json":
		return json.NewStore(&config.JSONStoreConfig{Indent: -1})
	case ".env":
		return dotenv.NewStore(&config.DotenvStoreConfig{})
	case ".bin":
		return json.NewBinaryStore(&config.JSONBinaryStoreConfig{Indent: -1})
	}
	return yaml.NewStore(&config.YAMLStoreConfig{})
}

func generate(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	recipients, err := makeKeys(folder)
	if err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	for _, f := range fixtures {
		if err := f.encrypt(folder, recipients); err != nil {
			return fmt.Errorf("%s: %w", f.file, err)
		}
	}
	return nil
}

func (f fixture) encrypt(folder string, recipients map[string]string) error {
	plain, err := os.ReadFile(filepath.Join("plain", f.file))
	if err != nil {
		return err
	}
	s := storeOf(f.file)
	tree := sops.Tree{Metadata: f.metadata, FilePath: f.file}
	if tree.Branches, err = s.LoadPlainFile(plain); err != nil {
		return err
	}
	tree.Metadata.Version = version.Version
	tree.Metadata.LastModified = time.Now().UTC()
	if f.groups == nil {
		f.groups = []string{"age"}
	}
	for _, names := range f.groups {
		var group sops.KeyGroup
		for _, name := range strings.Split(names, ",") {
			key, err := masterKey(name, recipients[name])
			if err != nil {
				return err
			}
			group = append(group, key)
		}
		tree.Metadata.KeyGroups = append(tree.Metadata.KeyGroups, group)
	}
	dataKey, errs := tree.GenerateDataKey()
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	cipher := aes.NewCipher()
	mac, err := tree.Encrypt(dataKey, cipher)
	if err != nil {
		return err
	}
	modified := tree.Metadata.LastModified.Format(time.RFC3339)
	if tree.Metadata.MessageAuthenticationCode, err = cipher.Encrypt(mac, dataKey, modified); err != nil {
		return err
	}
	encrypted, err := s.EmitEncryptedFile(tree)
	if err != nil {
		return err
	}
	decrypted, err := decrypt(s, encrypted, dataKey)
	if err != nil {
		return err
	}
	extension := filepath.Ext(f.file)
	name := filepath.Join(folder, strings.TrimSuffix(f.file, extension))
	return errors.Join(
		os.WriteFile(name+".enc"+extension, encrypted, 0o644),
		os.WriteFile(name+".dec"+extension, decrypted, 0o644),
	)
}

// decrypt is what the library makes of an encrypted file.
func decrypt(s store, encrypted, dataKey []byte) ([]byte, error) {
	tree, err := s.LoadEncryptedFile(encrypted)
	if err != nil {
		return nil, err
	}
	mac, err := tree.Decrypt(dataKey, aes.NewCipher())
	if err != nil {
		return nil, err
	}
	stated, err := aes.NewCipher().Decrypt(tree.Metadata.MessageAuthenticationCode, dataKey, tree.Metadata.LastModified.Format(time.RFC3339))
	if err != nil || stated != mac {
		return nil, fmt.Errorf("the MAC is not the one stated: %w", err)
	}
	return s.EmitPlainFile(tree.Branches)
}

func masterKey(name, recipient string) (keys.MasterKey, error) {
	if name == "pgp" {
		return pgp.NewMasterKeyFromFingerprint(recipient), nil
	}
	return sopsage.MasterKeyFromRecipient(recipient)
}

// makeKeys makes the keys that are not there yet, and gives the recipients by name.
func makeKeys(folder string) (map[string]string, error) {
	recipients := map[string]string{}
	for _, name := range []string{"age", "stranger"} {
		file := filepath.Join(folder, name+".key")
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			identity, err := age.GenerateX25519Identity()
			if err != nil {
				return nil, err
			}
			text = []byte("# public key: " + identity.Recipient().String() + "\n" + identity.String() + "\n")
			if err := os.WriteFile(file, text, 0o644); err != nil {
				return nil, err
			}
		} else if err != nil {
			return nil, err
		}
		identities, err := age.ParseIdentities(bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		recipients[name] = identities[0].(*age.X25519Identity).Recipient().String()
	}
	entity, err := pgpKey(filepath.Join(folder, "pgp.asc"))
	if err != nil {
		return nil, err
	}
	recipients["pgp"] = fmt.Sprintf("%X", entity.PrimaryKey.Fingerprint)
	return recipients, publish(entity)
}

func pgpKey(file string) (*openpgp.Entity, error) {
	text, err := os.ReadFile(file)
	if err == nil {
		entities, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		return entities[0], nil
	}
	entity, err := openpgp.NewEntity("holdfast test", "protects nothing", "test@example.com", nil)
	if err != nil {
		return nil, err
	}
	var buffer bytes.Buffer
	writer, err := armor.Encode(&buffer, openpgp.PrivateKeyType, nil)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(entity.SerializePrivate(writer, nil), writer.Close()); err != nil {
		return nil, err
	}
	return entity, os.WriteFile(file, append(buffer.Bytes(), '\n'), 0o644)
}

// publish puts the public key where the library looks for it.
func publish(entity *openpgp.Entity) error {
	home, err := os.MkdirTemp("", "gnupg")
	if err != nil {
		return err
	}
	var ring bytes.Buffer
	if err := entity.Serialize(&ring); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(home, "pubring.gpg"), ring.Bytes(), 0o600),
		os.Setenv("GNUPGHOME", home), os.Setenv("SOPS_GPG_EXEC", filepath.Join(home, "none")),
	)
}
