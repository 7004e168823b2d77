package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"github.com/holdfast-dev/holdfast/sources"
)

// verifier judges signatures.
type verifier struct {
	signers []signer           // the operator's
	keys    openpgp.EntityList // the operator's
	inTree  string             // path of the repository's own allowed signers
	trusted string             // a commit that needs no signature
}

func newVerifier(options Verify) (*verifier, error) {
	v := &verifier{inTree: options.AllowedSignersInTree, trusted: options.TrustedRevision}
	if options.AllowedSigners != "" {
		name, content, err := fileOrContent(options.AllowedSigners, " \t")
		if err != nil {
			return nil, fmt.Errorf("reading the allowed signers: %w", err)
		}
		if v.signers, err = parseSigners(name, content); err != nil {
			return nil, err
		}
	}
	if options.OpenPGPKeys != "" {
		name, content, err := fileOrContent(options.OpenPGPKeys, "")
		if err != nil {
			return nil, fmt.Errorf("reading the OpenPGP keys: %w", err)
		}
		if v.keys, err = openpgp.ReadArmoredKeyRing(bytes.NewReader(content)); err != nil {
			return nil, fmt.Errorf("reading the OpenPGP keys in %s: %w", name, err)
		}
	}
	return v, nil
}

// fileOrContent reads the file that text names, or is text itself if that has
// a line break, or one of the marks and no file goes by that name.
func fileOrContent(text, marks string) (name string, content []byte, err error) {
	_, missing := os.Stat(text)
	if strings.Contains(text, "\n") || missing != nil && strings.ContainsAny(text, marks) {
		return "(inline)", []byte(text), nil
	}
	content, err = readBounded(text)
	return text, content, err
}

// since verifies every commit that found has and the verified revision has
// not, and gives who signed the newest. With no revision verified before, that
// is the newest alone.
func (v *verifier) since(ctx context.Context, found *tip, verified string) (string, error) {
	verified, err := v.base(ctx, found.store, verified)
	if err != nil {
		return "", err
	}
	if v.inTree != "" && verified == "" {
		return "", fmt.Errorf("%w: the allowed signers are kept in the repository, so a first revision must be trusted by hand; "+
			"set source.verify.trustedRevision to the full hash of a commit that you have looked at, such as %s",
			sources.ErrUnverified, found.commit)
	}
	// A signed tag vouches for all that it leads to, as a release does.
	if verified == "" || found.signedTag() {
		return v.one(found, verified)
	}
	base := plumbing.NewHash(verified)
	walked, err := between(ctx, found.store, found.commit, base)
	if err != nil {
		return "", err
	}
	if walked.freshCut {
		return "", fmt.Errorf("%w: the commits since %s cannot be told: %w", sources.ErrUnverified, base, errCut)
	}
	if len(walked.fresh) == 0 { // the tip is what was verified, or older
		return v.one(found, verified)
	}
	return v.all(found, base, walked.fresh)
}

// base is what to verify from: the revision that was verified last, or the
// trusted one where that is newer, or the other is gone after a rewrite.
func (v *verifier) base(ctx context.Context, objects *store, verified string) (string, error) {
	trusted := v.trusted
	if trusted != "" && !objects.has(plumbing.NewHash(trusted)) {
		trusted = ""
	}
	if verified == "" {
		return trusted, nil
	}
	if !objects.has(plumbing.NewHash(verified)) {
		if trusted == "" {
			return "", fmt.Errorf("%w: revision %s, which was verified last, is no longer in the repository, so what is new since cannot be told; "+
				"set source.verify.trustedRevision to the full hash of a commit that you have looked at", sources.ErrUnverified, verified)
		}
		return trusted, nil
	}
	if trusted == "" {
		return verified, nil
	}
	walked, err := between(ctx, objects, plumbing.NewHash(trusted), plumbing.NewHash(verified))
	if err != nil {
		return "", err
	}
	if walked.descends {
		return trusted, nil
	}
	return verified, nil
}

// all verifies commits, parents first. Where signers are kept in the tree, a
// commit is judged by those of its parents that follow from the base, and
// otherwise by the base's: a branch that forked off before a signer was
// removed does not bring that signer back.
func (v *verifier) all(found *tip, base plumbing.Hash, fresh []*object.Commit) (name string, err error) {
	descends := map[plumbing.Hash]bool{base: true}
	for _, commit := range fresh {
		var judges []plumbing.Hash
		for _, parent := range commit.ParentHashes {
			if descends[parent] {
				judges = append(judges, parent)
				descends[commit.Hash] = true
			}
		}
		if len(judges) == 0 {
			judges = []plumbing.Hash{base}
		}
		if name, err = v.commit(found.store, commit, judges); err != nil {
			return "", err
		}
	}
	return name, nil
}

// one verifies a single revision. What was verified before, or is trusted,
// is not judged by its own tree, which could vouch for itself.
func (v *verifier) one(found *tip, verified string) (string, error) {
	hash := found.commit.String()
	if hash == v.trusted {
		return "", nil
	}
	if hash == verified && v.inTree != "" {
		return "", nil
	}
	var judges []plumbing.Hash
	if verified != "" {
		judges = []plumbing.Hash{plumbing.NewHash(verified)}
	}
	if found.signedTag() {
		return v.tag(found, judges)
	}
	commit, err := found.store.commit(found.commit)
	if err != nil {
		return "", err
	}
	return v.commit(found.store, commit, judges)
}

func (v *verifier) commit(objects *store, commit *object.Commit, judges []plumbing.Hash) (string, error) {
	signed := &signed{what: "commit " + commit.Hash.String(), signature: commit.PGPSignature, at: commit.Committer.When}
	var err error
	if signed.payload, err = payload(commit); err != nil {
		return "", fmt.Errorf("%s: %w", signed.what, err)
	}
	return v.judge(objects, signed, judges)
}

// tag verifies an annotated tag. Its signature vouches for the commit that it
// points to. The name is checked too, so that an old tag's signature cannot
// be passed off under another name.
func (v *verifier) tag(found *tip, judges []plumbing.Hash) (string, error) {
	what := fmt.Sprintf("tag %s (%s)", found.tag.Name, found.tag.Hash)
	if found.tag.Name != found.ref {
		return "", fmt.Errorf("%w: %s was found under the name %s", sources.ErrUnverified, what, found.ref)
	}
	if found.tag.TargetType != plumbing.CommitObject {
		return "", fmt.Errorf("%w: %s does not point to a commit directly", sources.ErrUnverified, what)
	}
	signed := &signed{what: what, signature: found.tag.PGPSignature, at: found.tag.Tagger.When}
	var err error
	if signed.payload, err = payload(found.tag); err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	return v.judge(found.store, signed, judges)
}

// signed is an object with its signature.
type signed struct {
	what      string
	payload   []byte
	signature string
	at        time.Time
}

func payload(of interface {
	EncodeWithoutSignature(plumbing.EncodedObject) error
}) ([]byte, error) {
	var encoded plumbing.MemoryObject
	if err := of.EncodeWithoutSignature(&encoded); err != nil {
		return nil, fmt.Errorf("encoding without its signature: %w", err)
	}
	reader, err := encoded.Reader()
	if err != nil {
		return nil, fmt.Errorf("encoding without its signature: %w", err)
	}
	defer reader.Close()
	return io.ReadAll(reader)
}

// judge accepts what the operator's signers vouch for, and else what the
// signers in each of the judges' trees do.
func (v *verifier) judge(objects *store, what *signed, judges []plumbing.Hash) (string, error) {
	name, err := what.check(v.signers, v.keys)
	if err != nil && v.inTree != "" && len(judges) > 0 {
		for _, judge := range judges {
			var signers []signer
			if signers, err = v.signersAt(objects, judge); err != nil {
				break
			}
			if name, err = what.check(signers, nil); err != nil {
				break
			}
		}
	}
	if err != nil {
		return "", fmt.Errorf("%w: %s: %w", sources.ErrUnverified, what.what, err)
	}
	return name, nil
}

// signersAt reads the allowed signers in a commit's tree.
func (v *verifier) signersAt(objects *store, at plumbing.Hash) ([]signer, error) {
	commit, err := objects.commit(at)
	if err != nil {
		return nil, err
	}
	hash := commit.TreeHash
	for step := range strings.SplitSeq(v.inTree, "/") {
		raw, err := objects.raw(plumbing.TreeObject, hash, maxMetadata)
		if err != nil {
			return nil, err
		}
		tree := &object.Tree{}
		if err := tree.Decode(raw); err != nil {
			return nil, fmt.Errorf("tree %s: %w", hash, err)
		}
		hash = plumbing.ZeroHash
		for _, entry := range tree.Entries {
			if entry.Name == step {
				hash = entry.Hash
			}
		}
		if hash.IsZero() {
			return nil, fmt.Errorf("revision %s, which was verified before, has no %s", at, v.inTree)
		}
	}
	raw, err := objects.raw(plumbing.BlobObject, hash, maxCredentialFile)
	if err != nil {
		return nil, err
	}
	reader, err := raw.Reader()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	content, err := io.ReadAll(reader)
	if err != nil {
		return nil, err
	}
	return parseSigners(v.inTree, content)
}

// check gives who signed, or what is wrong with the signature.
func (s *signed) check(signers []signer, keys openpgp.EntityList) (string, error) {
	switch text := strings.TrimSpace(s.signature); {
	case text == "":
		return "", errors.New("it is not signed")
	case strings.HasPrefix(text, "-----BEGIN SSH SIGNATURE-----"):
		return s.checkSSH(signers)
	case strings.HasPrefix(text, "-----BEGIN PGP SIGNATURE-----"):
		return s.checkOpenPGP(keys)
	}
	return "", errors.New("its signature is of an unknown kind; OpenPGP and SSH signatures are known")
}

func (s *signed) checkSSH(signers []signer) (string, error) {
	signature, err := sshsig.Unarmor([]byte(s.signature))
	if err != nil {
		return "", fmt.Errorf("its SSH signature cannot be read: %w", err)
	}
	fingerprint := ssh.FingerprintSHA256(signature.PublicKey)
	if err := sshsig.Verify(bytes.NewReader(s.payload), signature, signature.PublicKey, signature.HashAlgorithm, sshNamespace); err != nil {
		return "", fmt.Errorf("its SSH signature, of the key %s, is bad: %w", fingerprint, err)
	}
	refusal := fmt.Errorf("the SSH key %s is not among the allowed signers", fingerprint)
	for _, candidate := range signers {
		if !bytes.Equal(candidate.key.Marshal(), signature.PublicKey.Marshal()) {
			continue
		}
		err := candidate.allows(signature.PublicKey, sshNamespace, s.at)
		if err == nil {
			return candidate.principals, nil
		}
		refusal = err
	}
	return "", refusal
}

func (s *signed) checkOpenPGP(keys openpgp.EntityList) (string, error) {
	if len(keys) == 0 {
		return "", errors.New("it has an OpenPGP signature, and no OpenPGP keys are allowed")
	}
	entity, err := openpgp.CheckArmoredDetachedSignature(keys, bytes.NewReader(s.payload), strings.NewReader(s.signature), nil)
	if err != nil {
		return "", fmt.Errorf("its OpenPGP signature is not accepted: %w", err)
	}
	if identity := entity.PrimaryIdentity(); identity != nil {
		return identity.Name, nil
	}
	return fmt.Sprintf("%X", entity.PrimaryKey.Fingerprint), nil
}
