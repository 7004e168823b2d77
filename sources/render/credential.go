package render

import (
	"slices"
	"strings"
	"unicode"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// credentialWords in a key say that its value is a credential, and keyWords do
// if "key" comes after them.
func credentialWords() []string {
	return []string{
		"password", "passwd", "passphrase", "passwort", "pass", "pwd", "secret", "secrets", "token", "credential", "credentials",
		"apikey", "secretkey", "accesskey", "privatekey", "authtoken", "accesstoken",
	}
}

func keyWords() []string {
	return []string{"access", "api", "auth", "encryption", "private", "secret", "shared", "signing"}
}

// isCredential reports whether a key names a credential: DB_PASSWORD, apiKey,
// client-secret; and not token_ttl's neighbours such as tokenizer.
func isCredential(key string) bool {
	words := wordsOf(key)
	for i, word := range words {
		if slices.Contains(credentialWords(), word) ||
			word == "key" && i > 0 && slices.Contains(keyWords(), words[i-1]) {
			return true
		}
	}
	return false
}

// wordsOf are the words of a key in lower case: they end at what is no letter
// or digit, and where a capital follows a small letter.
func wordsOf(key string) []string {
	var spaced strings.Builder
	var last rune
	for _, r := range key {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			spaced.WriteByte(' ')
		case unicode.IsUpper(r) && unicode.IsLower(last):
			spaced.WriteByte(' ')
			fallthrough
		default:
			spaced.WriteRune(unicode.ToLower(r))
		}
		last = r
	}
	return strings.Fields(spaced.String())
}

// credentialPaths are the paths below at of what stands under a credential's name.
func credentialPaths(value any, at resource.Path) []resource.Path {
	var paths []resource.Path
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			if isCredential(key) && child != nil {
				paths = append(paths, at.Append(key))
				continue
			}
			paths = append(paths, credentialPaths(child, at.Append(key))...)
		}
	case []any:
		for i, child := range v {
			paths = append(paths, credentialPaths(child, at.Append(i))...)
		}
	}
	slices.SortFunc(paths, resource.Path.Compare)
	return paths
}
