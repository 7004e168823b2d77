package sops

import (
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// metadata is what a file says of how it was encrypted.
type metadata struct {
	group                   `yaml:",inline"`
	Groups                  []group `yaml:"key_groups"`
	LastModified            string  `yaml:"lastmodified"`
	MAC                     string  `yaml:"mac"`
	UnencryptedSuffix       string  `yaml:"unencrypted_suffix"`
	EncryptedSuffix         string  `yaml:"encrypted_suffix"`
	UnencryptedRegex        string  `yaml:"unencrypted_regex"`
	EncryptedRegex          string  `yaml:"encrypted_regex"`
	UnencryptedCommentRegex string  `yaml:"unencrypted_comment_regex"`
	EncryptedCommentRegex   string  `yaml:"encrypted_comment_regex"`
	MACOnlyEncrypted        bool    `yaml:"mac_only_encrypted"`

	node     *yaml.Node // where it stands; nil if that is unknown
	modified string     // LastModified as it is bound to the MAC
	rule     func(path []string) bool
}

// group is the keys of which each decrypts the data key.
type group struct {
	Age []struct {
		Recipient string `yaml:"recipient"`
		Enc       string `yaml:"enc"`
	} `yaml:"age"`
	PGP []struct {
		Fingerprint string `yaml:"fp"`
		Enc         string `yaml:"enc"`
	} `yaml:"pgp"`
	// Keys of clouds, of which only the names are of interest.
	KMS []struct{ ARN string } `yaml:"kms"`
	GCP []struct {
		ID string `yaml:"resource_id"`
	} `yaml:"gcp_kms"`
	Azure []struct{ Name string } `yaml:"azure_kv"`
	Vault []struct {
		Name string `yaml:"key_name"`
	} `yaml:"hc_vault"`
	Huawei []struct {
		ID string `yaml:"key_id"`
	} `yaml:"hckms"`
}

// names are the keys' for people.
func (g *group) names() []string {
	var names []string
	for _, key := range g.Age {
		names = append(names, "age "+key.Recipient)
	}
	for _, key := range g.PGP {
		names = append(names, "PGP "+key.Fingerprint)
	}
	for _, key := range g.KMS {
		names = append(names, "AWS KMS "+key.ARN)
	}
	for _, key := range g.GCP {
		names = append(names, "Google Cloud KMS "+key.ID)
	}
	for _, key := range g.Azure {
		names = append(names, "Azure Key Vault "+key.Name)
	}
	for _, key := range g.Vault {
		names = append(names, "Vault "+key.Name)
	}
	for _, key := range g.Huawei {
		names = append(names, "Huawei Cloud KMS "+key.ID)
	}
	return names
}

func metadataOf(document *yaml.Node) (*metadata, error) {
	n := entry(document, metadataKey)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil, mistake(document, "the file is not encrypted with SOPS: there is no mapping under the key sops")
	}
	m := &metadata{node: n}
	if err := n.Decode(m); err != nil {
		return nil, mistake(n, "the metadata of SOPS cannot be read; restore the file")
	}
	return m, m.check()
}

// check refuses what is missing, and what cannot be decrypted here.
func (m *metadata) check() error {
	if len(m.Groups) > 1 {
		return m.keyless("the file's key is split among %d groups of keys (shamir_threshold), which is not supported; "+
			"encrypt it for one group: sops updatekeys with a .sops.yaml without key_groups", len(m.Groups))
	}
	if len(m.Groups) == 1 && len(m.names()) == 0 {
		m.group = m.Groups[0]
	}
	if m.MAC == "" {
		return mistake(m.node, "the encrypted file has no code of authenticity (sops.mac); restore it")
	}
	modified, err := time.Parse(time.RFC3339, m.LastModified)
	if err != nil {
		return mistake(m.node, "the encrypted file does not say when it was changed (sops.lastmodified); restore it")
	}
	m.modified = modified.Format(time.RFC3339)
	return m.rules()
}

// rules makes the rule by which values are encrypted, nil where comments say
// so: then it is told by the values' form.
func (m *metadata) rules() error {
	suffix := func(suffix string, encrypted bool) {
		m.rule = func(path []string) bool {
			for _, key := range path {
				if strings.HasSuffix(key, suffix) {
					return encrypted
				}
			}
			return !encrypted
		}
	}
	var wrong error
	regex := func(name, text string, encrypted bool) {
		pattern, err := regexp.Compile(text)
		if err != nil {
			wrong = mistake(m.node, "sops.%s is not a regular expression; restore the file", name)
			return
		}
		m.rule = func(path []string) bool {
			for _, key := range path {
				if pattern.MatchString(key) {
					return encrypted
				}
			}
			return !encrypted
		}
	}
	count := 0
	for _, row := range []struct {
		value string
		apply func()
	}{
		{m.UnencryptedSuffix, func() { suffix(m.UnencryptedSuffix, false) }},
		{m.EncryptedSuffix, func() { suffix(m.EncryptedSuffix, true) }},
		{m.UnencryptedRegex, func() { regex("unencrypted_regex", m.UnencryptedRegex, false) }},
		{m.EncryptedRegex, func() { regex("encrypted_regex", m.EncryptedRegex, true) }},
		{m.UnencryptedCommentRegex, func() {}},
		{m.EncryptedCommentRegex, func() {}},
	} {
		if row.value != "" {
			count++
			row.apply()
		}
	}
	switch {
	case wrong != nil:
		return wrong
	case count > 1:
		return mistake(m.node, "the metadata of SOPS has more than one rule of what is encrypted; restore the file")
	case count == 0:
		suffix("_unencrypted", false)
	}
	return nil
}

// missing says that no key at hand decrypts the file, and which ones would.
func (m *metadata) missing(have bool) error {
	names := strings.Join(m.names(), ", ")
	switch {
	case names == "":
		return mistake(m.node, "the encrypted file names no key; restore it")
	case len(m.Age)+len(m.PGP) == 0:
		return m.keyless("the file is encrypted for keys of a cloud only (%s), which are not asked; "+
			"encrypt it for an age or PGP key too", names)
	case have:
		return m.keyless("none of the keys given decrypts the file; it is encrypted for %s: "+
			"give the private key of one of them under decryption", names)
	}
	return m.keyless("the file is encrypted, and no key is given; it is encrypted for %s: "+
		"give the private key of one of them under decryption", names)
}

func (m *metadata) keyless(format string, args ...any) error {
	wrong := newMistake(m.node, format, args...)
	wrong.NoKey = true
	return wrong
}
