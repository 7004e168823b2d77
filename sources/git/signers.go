package git

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// sshNamespace is what git signs under; see PROTOCOL.sshsig of OpenSSH.
const sshNamespace = "git"

// signer is one line of an allowed signers file.
type signer struct {
	principals  string
	key         ssh.PublicKey
	namespaces  []string // patterns; nil allows all
	validAfter  time.Time
	validBefore time.Time
}

// parseSigners reads the format of ssh-keygen(1), ALLOWED SIGNERS. Lines that
// are not understood are errors, since a key that is taken for another, or for
// one without its limits, would be accepted wrongly. Errors are
// "name:line: what".
func parseSigners(name string, content []byte) ([]signer, error) {
	var signers []signer
	lines := bufio.NewScanner(bytes.NewReader(content))
	lines.Buffer(nil, maxCredentialFile)
	number := 0
	for lines.Scan() {
		number++
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parsed, err := parseSigner(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, number, err)
		}
		signers = append(signers, parsed)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, number+1, err)
	}
	if len(signers) == 0 {
		return nil, fmt.Errorf("%s: no signer is listed", name)
	}
	return signers, nil
}

func parseSigner(line string) (signer, error) {
	principals, rest, err := cutPrincipals(line)
	if err != nil {
		return signer{}, err
	}
	if rest == "" {
		return signer{}, errors.New("no key follows the principals; a line is: principals [options] keytype base64-key")
	}
	key, _, options, more, err := ssh.ParseAuthorizedKey([]byte(rest))
	if err != nil || len(more) > 0 {
		return signer{}, errors.New("the key cannot be read; a line is: principals [options] keytype base64-key")
	}
	if _, isCertificate := key.(*ssh.Certificate); isCertificate {
		return signer{}, errors.New("certificates are not supported; list the key itself")
	}
	parsed := signer{principals: principals, key: key}
	seen := map[string]bool{}
	for _, option := range options {
		keyword, _, _ := strings.Cut(option, "=")
		if keyword = strings.ToLower(keyword); seen[keyword] {
			return signer{}, fmt.Errorf("the option %q is given twice", keyword)
		}
		seen[keyword] = true
		if err := parsed.apply(option); err != nil {
			return signer{}, err
		}
	}
	if !parsed.validAfter.IsZero() && !parsed.validBefore.IsZero() && !parsed.validAfter.Before(parsed.validBefore) {
		return signer{}, errors.New("valid-after is not before valid-before, so the key is never valid")
	}
	return parsed, nil
}

// cutPrincipals takes the first field off, which may be in double quotes.
func cutPrincipals(line string) (principals, rest string, err error) {
	if quoted, ok := strings.CutPrefix(line, `"`); ok {
		if principals, rest, ok = strings.Cut(quoted, `"`); !ok {
			return "", "", errors.New("the quote of the principals is not closed")
		}
		if rest != "" && !strings.ContainsAny(rest[:1], " \t") {
			return "", "", errors.New("a space must follow the quoted principals")
		}
	} else if end := strings.IndexAny(line, " \t"); end >= 0 {
		principals, rest = line[:end], line[end:]
	} else {
		principals = line
	}
	if strings.Trim(principals, ", \t") == "" {
		return "", "", errors.New("the principals are empty")
	}
	return principals, strings.TrimSpace(rest), nil
}

func (s *signer) apply(option string) (err error) {
	keyword, value, _ := strings.Cut(option, "=")
	keyword = strings.ToLower(keyword)
	if keyword == "cert-authority" {
		return errors.New("cert-authority is not supported; list the signers' own keys")
	}
	if len(value) < 3 || value[0] != '"' || value[len(value)-1] != '"' {
		return fmt.Errorf("the option %q is not known, or lacks its value in double quotes", keyword)
	}
	value = value[1 : len(value)-1]
	switch keyword {
	case "namespaces":
		for pattern := range strings.SplitSeq(value, ",") {
			if pattern == "" {
				return errors.New("namespaces holds an empty pattern")
			}
			s.namespaces = append(s.namespaces, pattern)
		}
	case "valid-after":
		s.validAfter, err = parseTimestamp(value)
	case "valid-before":
		s.validBefore, err = parseTimestamp(value)
	default:
		return fmt.Errorf("the option %q is not known", keyword)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", keyword, err)
	}
	return nil
}

// parseTimestamp reads YYYYMMDD[Z] or YYYYMMDDHHMM[SS][Z]. Without the Z it is
// in the time zone of this machine, as in OpenSSH.
func parseTimestamp(text string) (time.Time, error) {
	zone := time.Local
	digits, utc := strings.CutSuffix(strings.ToUpper(text), "Z")
	if utc {
		zone = time.UTC
	}
	layout, known := map[int]string{8: "20060102", 12: "200601021504", 14: "20060102150405"}[len(digits)]
	if known && strings.Trim(digits, "0123456789") == "" {
		if parsed, err := time.ParseInLocation(layout, digits, zone); err == nil {
			return parsed, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time like 20260131Z or 202601311200Z", text)
}

// allows reports whether the line admits a signature of key, made for
// namespace, on something of the given time; and if not, why.
func (s *signer) allows(key ssh.PublicKey, namespace string, at time.Time) error {
	if !bytes.Equal(s.key.Marshal(), key.Marshal()) {
		return errors.New("another key")
	}
	if s.namespaces != nil && !matchesList(s.namespaces, namespace) {
		return fmt.Errorf("the key of %s is not allowed for the namespace %q", s.principals, namespace)
	}
	if !s.validAfter.IsZero() && at.Before(s.validAfter) {
		return fmt.Errorf("the key of %s is valid only after %s", s.principals, s.validAfter.UTC().Format(time.RFC3339))
	}
	if !s.validBefore.IsZero() && at.After(s.validBefore) {
		return fmt.Errorf("the key of %s was valid only before %s", s.principals, s.validBefore.UTC().Format(time.RFC3339))
	}
	return nil
}

// matchesList reports whether a pattern matches and no negated one does.
func matchesList(patterns []string, text string) bool {
	matched := false
	for _, pattern := range patterns {
		pattern, negated := strings.CutPrefix(pattern, "!")
		if matchesPattern(pattern, text) {
			if negated {
				return false
			}
			matched = true
		}
	}
	return matched
}

// matchesPattern knows * and ? alone, as ssh_config(5) PATTERNS.
func matchesPattern(pattern, text string) bool {
	escaped := strings.NewReplacer(`\`, `\\`, `[`, `\[`).Replace(pattern)
	// path.Match stops at slashes, which are nothing special here.
	escaped, text = strings.ReplaceAll(escaped, "/", "\x00"), strings.ReplaceAll(text, "/", "\x00")
	matched, err := path.Match(escaped, text)
	return err == nil && matched
}
