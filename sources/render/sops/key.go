package sops

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"
	agearmor "filippo.io/age/armor"
	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Keys are private keys. The zero value and nil have none.
type Keys struct {
	age []age.Identity
	pgp openpgp.EntityList
}

// NewKeys reads keys: of age as age-keygen writes them, and of OpenPGP in
// armor. Each may be empty. Errors never show a key.
func NewKeys(ageText, pgpText []byte) (*Keys, error) {
	k := &Keys{}
	if len(bytes.TrimSpace(ageText)) > 0 {
		identities, err := ageIdentities(ageText)
		if err != nil {
			return nil, err
		}
		k.age = identities
	}
	if len(bytes.TrimSpace(pgpText)) > 0 {
		entities, err := pgpEntities(pgpText)
		if err != nil {
			return nil, err
		}
		k.pgp = entities
	}
	return k, nil
}

// Join is all of the keys together.
func Join(all ...*Keys) *Keys {
	joined := &Keys{}
	for _, k := range all {
		if k != nil {
			joined.age, joined.pgp = append(joined.age, k.age...), append(joined.pgp, k.pgp...)
		}
	}
	return joined
}

// Empty reports whether there are no keys.
func (k *Keys) Empty() bool { return k == nil || len(k.age)+len(k.pgp) == 0 }

func ageIdentities(text []byte) ([]age.Identity, error) {
	if bytes.Contains(text, []byte("AGE-PLUGIN-")) {
		return nil, errors.New("a key of an age plugin cannot be used, since no program is run; make one with age-keygen")
	}
	identities, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		// The error may quote a part of a key.
		return nil, errors.New("not keys of age: each line must be a comment or begin with AGE-SECRET-KEY-1, as age-keygen writes it")
	}
	return identities, nil
}

const pgpBegin = "-----BEGIN PGP "

func pgpEntities(text []byte) (openpgp.EntityList, error) {
	var all openpgp.EntityList
	for _, block := range strings.Split(string(text), pgpBegin)[1:] {
		entities, err := openpgp.ReadArmoredKeyRing(strings.NewReader(pgpBegin + block))
		if err != nil {
			return nil, errors.New("not a private key of OpenPGP in armor; write it with gpg --export-secret-keys --armor")
		}
		all = append(all, entities...)
	}
	if len(all) == 0 {
		return nil, errors.New("there is no private key of OpenPGP in armor; write it with gpg --export-secret-keys --armor")
	}
	for _, entity := range all {
		switch {
		case entity.PrivateKey == nil:
			return nil, fmt.Errorf("the PGP key %X is a public one; write the private one with gpg --export-secret-keys --armor", entity.PrimaryKey.Fingerprint)
		case entity.PrivateKey.Encrypted:
			return nil, fmt.Errorf("the PGP key %X has a passphrase, which nobody could type here; take it off before it is exported", entity.PrimaryKey.Fingerprint)
		}
	}
	return all, nil
}

// dataKeySize is in bytes, for AES-256.
const dataKeySize = 32

// dataKey decrypts the key with which a file's values are encrypted.
func (k *Keys) dataKey(m *metadata) ([]byte, error) {
	if k.Empty() {
		return nil, m.missing(false)
	}
	damaged := ""
	try := func(name string, decrypt func() ([]byte, error)) []byte {
		key, err := decrypt()
		switch {
		case errors.Is(err, errNotOurs):
		case err != nil || len(key) != dataKeySize:
			damaged = name
		default:
			return key
		}
		return nil
	}
	for _, entry := range m.Age {
		if key := try("age "+entry.Recipient, func() ([]byte, error) { return k.openAge(entry.Enc) }); key != nil {
			return key, nil
		}
	}
	for _, entry := range m.PGP {
		if key := try("PGP "+entry.Fingerprint, func() ([]byte, error) { return k.openPGP(entry.Enc) }); key != nil {
			return key, nil
		}
	}
	if damaged != "" {
		return nil, mistake(m.node, "the data key that is encrypted for %s is damaged; restore the file", damaged)
	}
	return nil, m.missing(true)
}

var errNotOurs = errors.New("encrypted for another key")

func (k *Keys) openAge(text string) ([]byte, error) {
	if len(k.age) == 0 {
		return nil, errNotOurs
	}
	plain, err := age.Decrypt(agearmor.NewReader(strings.NewReader(text)), k.age...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return nil, errNotOurs
	}
	if err != nil {
		return nil, err
	}
	return readKey(plain)
}

func (k *Keys) openPGP(text string) ([]byte, error) {
	if len(k.pgp) == 0 {
		return nil, errNotOurs
	}
	block, err := armor.Decode(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	message, err := openpgp.ReadMessage(block.Body, k.pgp, nil, &packet.Config{})
	if err != nil {
		return nil, errNotOurs // it says no more than that it cannot be decrypted
	}
	return readKey(message.UnverifiedBody)
}

// readKey reads a data key to its end, where it is found to be whole.
func readKey(r io.Reader) ([]byte, error) {
	key, err := io.ReadAll(io.LimitReader(r, 2*dataKeySize))
	return slices.Clip(key), err
}
