package bundle

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Auth names what holds the credentials and certificates; they are read at
// each fetch. A token takes the place of user name and password.
type Auth struct {
	Username                  string
	PasswordEnv, PasswordFile string
	TokenEnv, TokenFile       string
	CAFile                    string
}

// maxSecret bounds a file of a credential or of certificates, in bytes.
const maxSecret = 1 << 20

// credentials are what is sent; all empty for none.
type credentials struct{ username, password, token string }

// secret reports whether there is something to log in with.
func (a Auth) secret() bool { return a.PasswordEnv+a.PasswordFile+a.TokenEnv+a.TokenFile != "" }

// Check reports what is named and cannot be read.
func (a Auth) Check() error {
	_, err := a.read()
	_, certErr := a.certificates()
	return errors.Join(err, certErr)
}

// credentialsMend is how to be let in. Where a chart's credentials are named,
// whoever asks for it knows.
func (r Ref) credentialsMend() string {
	if r.Chart {
		return ""
	}
	return "; name what holds the credentials with username and passwordEnv, or tokenEnv"
}

func (a Auth) read() (c credentials, err error) {
	c.username = a.Username
	if c.password, err = secret(a.PasswordEnv, a.PasswordFile); err != nil {
		return c, err
	}
	c.token, err = secret(a.TokenEnv, a.TokenFile)
	return c, err
}

// secret reads what is named, "" if nothing is. An error never shows it.
func secret(env, file string) (string, error) {
	switch {
	case env != "":
		value := os.Getenv(env)
		if value == "" {
			return "", fmt.Errorf("%w: the environment variable %s, which should hold the credential, is empty", ErrRefused, env)
		}
		return value, nil
	case file != "":
		content, err := readSmall(file)
		value := strings.TrimRight(string(content), "\r\n")
		if err == nil && value == "" {
			return "", fmt.Errorf("%w: the file %s, which should hold the credential, is empty", ErrRefused, file)
		}
		return value, err
	}
	return "", nil
}

// certificates are the system's and those of the file.
func (a Auth) certificates() (*x509.CertPool, error) {
	if a.CAFile == "" {
		return nil, nil // the system's
	}
	content, err := readSmall(a.CAFile)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(content) {
		return nil, fmt.Errorf("%w: there is no certificate in %s", ErrRefused, a.CAFile)
	}
	return pool, nil
}

func readSmall(file string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: there is no file %s", ErrRefused, file)
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", file, err)
	case !info.Mode().IsRegular() || info.Size() > maxSecret:
		return nil, fmt.Errorf("%w: %s is not a regular file of at most %d MiB", ErrRefused, file, maxSecret>>20)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return content, nil
}
