package sops

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"math"
	"regexp"
	"strconv"
	"time"
)

// sealed is the form of an encrypted value.
var sealed = regexp.MustCompile(`^ENC\[AES256_GCM,data:([A-Za-z0-9+/=]*),iv:([A-Za-z0-9+/=]+),tag:([A-Za-z0-9+/=]+),type:([a-z]+)\]$`)

// maxNonce is in bytes; SOPS writes 32.
const maxNonce = 64

var (
	errForm = errors.New("it does not have the form of an encrypted value")
	errOpen = errors.New("it was changed, moved to another key or encrypted with another data key")
	errType = errors.New("its type is unknown or does not fit")
)

// opened is a decrypted value.
type opened struct {
	text string // as YAML writes it, and as it is authenticated but for booleans
	kind string // str, bytes, int, float, bool, time or comment
}

// open decrypts a value that is bound to a text.
func open(key []byte, value, bound string) (opened, error) {
	parts := sealed.FindStringSubmatch(value)
	if parts == nil {
		return opened{}, errForm
	}
	var raw [3][]byte
	for i, text := range parts[1:4] {
		var err error
		if raw[i], err = base64.StdEncoding.DecodeString(text); err != nil {
			return opened{}, errForm
		}
	}
	data, nonce, tag := raw[0], raw[1], raw[2]
	if len(nonce) == 0 || len(nonce) > maxNonce || len(tag) != aes.BlockSize {
		return opened{}, errForm
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return opened{}, errOpen
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(nonce))
	if err != nil {
		return opened{}, errOpen
	}
	plain, err := gcm.Open(nil, nonce, append(data, tag...), []byte(bound))
	if err != nil {
		return opened{}, errOpen
	}
	return typed(string(plain), parts[4])
}

// typed is a decrypted text as a value of its type.
func typed(text, kind string) (opened, error) {
	switch kind {
	case "str", "bytes", "comment":
		return opened{text, kind}, nil
	case "int":
		number, err := strconv.Atoi(text)
		if err != nil {
			return opened{}, errType
		}
		return opened{strconv.Itoa(number), kind}, nil
	case "float":
		number, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
			return opened{}, errType
		}
		return opened{floatText(number), kind}, nil
	case "bool":
		is, err := strconv.ParseBool(text)
		if err != nil {
			return opened{}, errType
		}
		return opened{strconv.FormatBool(is), kind}, nil
	case "time":
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return opened{}, errType
		}
		return opened{at.Format(time.RFC3339Nano), kind}, nil
	}
	return opened{}, errType
}

func floatText(number float64) string { return strconv.FormatFloat(number, 'f', -1, 64) }

// authenticated is the value as the code of authenticity takes it in.
func (o opened) authenticated() string {
	if o.kind == "bool" {
		return boolText(o.text == "true")
	}
	return o.text
}

func boolText(is bool) string {
	if is {
		return "True"
	}
	return "False"
}
