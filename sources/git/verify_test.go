package git_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/git"
	"github.com/holdfast-dev/holdfast/sources/sourcetest"
)

// person signs with an SSH key, through the real git and ssh-keygen.
type person struct {
	name, keyFile, public string
}

func newPerson(t *testing.T, name string) person {
	t.Helper()
	keyFile, key := newKey(t, filepath.Join(t.TempDir(), name))
	return person{name + "@example.com", keyFile, strings.TrimSpace(authorizedKey(key))}
}

// line is the person's line in an allowed signers file.
func (p person) line(options ...string) string {
	return strings.Join(append(append([]string{p.name}, options...), p.public), " ") + "\n"
}

// sign are the arguments with which git signs as this person.
func (p person) sign() []string {
	return []string{"-c", "gpg.format=ssh", "-c", "user.signingKey=" + p.keyFile}
}

// commitAs commits tree, signed by p.
func (r *repo) commitAs(t *testing.T, p person, tree sourcetest.Tree) string {
	t.Helper()
	r.write(t, tree)
	r.git(t, "add", "-A")
	r.git(t, append(p.sign(), "commit", "-q", "--allow-empty", "-S", "-m", "signed")...)
	return r.git(t, "rev-parse", "HEAD")
}

func TestSSHSignatures(t *testing.T) {
	eachOrigin(t, func(t *testing.T, r *repo, options git.Options) {
		ada, eve := newPerson(t, "ada"), newPerson(t, "eve")
		r.commit(t, file("0")) // from before signing was asked for
		first := r.commitAs(t, ada, file("1"))
		options.Verify.AllowedSigners = "# who may\n\n" + ada.line(`namespaces="git,file"`)
		source := newSource(t, options)
		snapshot := wantRevision(t, source, first)
		if got := snapshot.Revision().Signer; got != ada.name {
			t.Errorf("the signer is %q, want %q", got, ada.name)
		}

		unsigned := r.commit(t, file("2"))
		wantError(t, source, sources.ErrUnverified, unsigned, "not signed")
		r.commitAs(t, ada, file("3"))
		wantError(t, source, sources.ErrUnverified, unsigned) // a signed tip does not hide it

		r.git(t, "reset", "-q", "--hard", first)
		foreign := r.commitAs(t, eve, file("4"))
		wantError(t, source, sources.ErrUnverified, foreign, "not among the allowed signers")
		wantError(t, newSource(t, options), sources.ErrUnverified, foreign)

		r.git(t, "reset", "-q", "--hard", first)
		wantRevision(t, source, first)
		wantRevision(t, source, r.commitAs(t, ada, file("5")))
	})
}

// What ssh-keygen and git say of a signature is what we say of it.
func TestAgreesWithGit(t *testing.T) {
	r := newRepo(t)
	ada, eve := newPerson(t, "ada"), newPerson(t, "eve")
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r.env = append(r.env, "GIT_COMMITTER_DATE="+at.Format(time.RFC3339))
	hash := r.commitAs(t, ada, file("1"))
	files := map[string]string{
		"listed":               ada.line(),
		"another":              eve.line(),
		"both":                 eve.line() + ada.line(),
		"quoted principals":    `"ada@example.com,*@example.org" ` + ada.public + "\n",
		"wildcard principals":  "*@example.com " + ada.public + "\n",
		"namespace":            ada.line(`namespaces="git"`),
		"namespace pattern":    ada.line(`namespaces="file,g?t"`),
		"other namespace":      ada.line(`namespaces="file"`),
		"negated namespace":    ada.line(`namespaces="!git,*"`),
		"valid":                ada.line(`valid-after="20260101Z",valid-before="20270101Z"`),
		"expired":              ada.line(`valid-before="20260301Z"`),
		"not yet valid":        ada.line(`valid-after="202603011201Z"`),
		"valid to the second":  ada.line(`valid-after="20260301120000Z"`),
		"expired by a second":  ada.line(`valid-before="20260301115959Z"`),
		"local time":           ada.line(`valid-after="20260227",valid-before="20260303"`),
		"unquoted option":      ada.line(`valid-before=20270101Z`),
		"capital keyword":      ada.line(`VALID-BEFORE="20260301Z"`),
		"second line counts":   ada.line(`namespaces="file"`) + ada.line(),
		"comment and key note": "# comment\n" + strings.TrimSpace(ada.line()) + " a note\n",
		"tabs":                 strings.ReplaceAll(ada.line(), " ", "\t"),
	}
	for name, content := range files {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "allowed_signers")
			write(t, path, content)
			gitAccepts := r.succeeds("-c", "gpg.ssh.allowedSignersFile="+path, "verify-commit", hash)
			source, err := git.New(git.Options{URL: r.dir, Verify: git.Verify{AllowedSigners: path}})
			if err == nil {
				_, err = source.Fetch(t.Context())
			}
			if gitAccepts != (err == nil) {
				t.Errorf("git accepts: %t; we say: %v", gitAccepts, err)
			}
		})
	}
}

// A signature that does not belong to the commit is found out.
func TestForgedCommits(t *testing.T) {
	ada := newPerson(t, "ada")
	forgeries := map[string]func(raw string) string{
		"message":   func(raw string) string { return raw + "more\n" },
		"author":    func(raw string) string { return strings.Replace(raw, "author Ada", "author Eve", 1) },
		"tree":      func(raw string) string { return "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904" + raw[45:] },
		"no tail":   func(raw string) string { return strings.Replace(raw, " -----END SSH SIGNATURE-----\n", "", 1) },
		"no body":   func(raw string) string { return strings.Replace(raw, "U1NIU0lH", "AAAAAAAA", 1) },
		"PGP label": func(raw string) string { return strings.ReplaceAll(raw, "SSH SIGNATURE", "PGP SIGNATURE") },
		"nonsense": func(raw string) string {
			return strings.ReplaceAll(strings.ReplaceAll(raw, "-----BEGIN SSH", "BEGIN"), "-----END SSH", "END")
		},
	}
	for name, forge := range forgeries {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			r.commitAs(t, ada, file("1"))
			source := newSource(t, git.Options{URL: r.dir, Verify: git.Verify{AllowedSigners: ada.line()}})
			fetch(t, source)
			hash := r.commitAs(t, ada, file("2"))
			forged := r.gitInput(t, forge(r.git(t, "cat-file", "commit", hash)+"\n"), "hash-object", "-w", "-t", "commit", "--literally", "--stdin")
			r.git(t, "mktree", "--missing") // the empty tree
			r.git(t, "update-ref", "refs/heads/main", forged)
			wantError(t, source, sources.ErrUnverified, forged)
		})
	}
	t.Run("signed for another purpose", func(t *testing.T) {
		r := newRepo(t)
		r.commitAs(t, ada, file("1"))
		unsigned := r.commit(t, file("2"))
		payload := r.git(t, "cat-file", "commit", unsigned) + "\n"
		path := filepath.Join(t.TempDir(), "payload")
		write(t, path, payload)
		r.run(t, "ssh-keygen", "-Y", "sign", "-n", "file", "-f", ada.keyFile, path)
		signature, err := os.ReadFile(path + ".sig")
		if err != nil {
			t.Fatal(err)
		}
		header := "\ngpgsig " + strings.ReplaceAll(strings.TrimSpace(string(signature)), "\n", "\n ") + "\n\n"
		forged := r.gitInput(t, strings.Replace(payload, "\n\n", header, 1), "hash-object", "-w", "-t", "commit", "--stdin")
		r.git(t, "update-ref", "refs/heads/main", forged)
		source := newSource(t, git.Options{URL: r.dir, Verify: git.Verify{AllowedSigners: ada.line()}})
		wantError(t, source, sources.ErrUnverified, forged, "namespace")
	})
}

// A merge brings in other commits, each of which needs its signature.
func TestMergesAreVerified(t *testing.T) {
	eachOrigin(t, func(t *testing.T, r *repo, options git.Options) {
		ada := newPerson(t, "ada")
		r.commitAs(t, ada, file("1"))
		options.Verify.AllowedSigners = ada.line()
		source := newSource(t, options)
		good := fetch(t, source).Revision().ID

		r.git(t, "checkout", "-q", "-b", "side")
		sneaked := r.commit(t, sourcetest.Tree{"a.yaml": {Content: "1"}, "side": {}})
		r.commitAs(t, ada, sourcetest.Tree{"a.yaml": {Content: "1"}, "side": {Content: "2"}})
		r.git(t, "checkout", "-q", "main")
		r.commitAs(t, ada, file("2"))
		r.git(t, append(ada.sign(), "merge", "-q", "-S", "--no-edit", "side")...)
		wantError(t, source, sources.ErrUnverified, sneaked)

		r.git(t, "reset", "-q", "--hard", good)
		r.git(t, "checkout", "-q", "-B", "side")
		r.commitAs(t, ada, sourcetest.Tree{"a.yaml": {Content: "1"}, "side": {}})
		r.git(t, "checkout", "-q", "main")
		r.commitAs(t, ada, file("3"))
		r.git(t, append(ada.sign(), "merge", "-q", "-S", "--no-edit", "side")...)
		wantRevision(t, source, r.git(t, "rev-parse", "HEAD"))
	})
}

func TestTagSignatures(t *testing.T) {
	r := newRepo(t)
	ada, eve := newPerson(t, "ada"), newPerson(t, "eve")
	hash := r.commit(t, file("1"))
	options := git.Options{URL: r.dir, Tag: "v1", Verify: git.Verify{AllowedSigners: ada.line()}}
	r.git(t, "tag", "v1")
	wantError(t, newSource(t, options), sources.ErrUnverified, hash, "not signed")
	r.git(t, "tag", "-f", "-a", "-m", "one", "v1")
	wantError(t, newSource(t, options), sources.ErrUnverified, hash, "not signed")
	r.git(t, append(eve.sign(), "tag", "-f", "-s", "-m", "one", "v1")...)
	wantError(t, newSource(t, options), sources.ErrUnverified, "tag v1", "not among the allowed signers")
	r.git(t, append(ada.sign(), "tag", "-f", "-s", "-m", "one", "v1")...)
	snapshot := wantRevision(t, newSource(t, options), hash)
	if got := snapshot.Revision().Signer; got != ada.name {
		t.Errorf("the signer is %q, want %q", got, ada.name)
	}
	// The next release may have any commits between.
	r.commit(t, file("2"))
	next := r.commit(t, file("3"))
	r.git(t, append(ada.sign(), "tag", "-f", "-s", "-m", "two", "v1")...)
	options.Last, options.LastVerified = hash, hash
	wantRevision(t, newSource(t, options), next)

	// An old tag under a new name would roll back to what it points to.
	r.git(t, "update-ref", "refs/tags/v2", r.git(t, "rev-parse", "refs/tags/v1"))
	options.Tag = "v2"
	wantError(t, newSource(t, options), sources.ErrUnverified, "v2")
}

func TestOpenPGPSignatures(t *testing.T) {
	r := newRepo(t)
	ada, err := openpgp.NewEntity("Ada", "", "ada@example.com", nil)
	if err != nil {
		t.Fatal(err)
	}
	eve, err := openpgp.NewEntity("Eve", "", "eve@example.com", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.commit(t, file("0"))
	first := r.commitOpenPGP(t, ada, "1")
	options := git.Options{URL: r.dir, Verify: git.Verify{OpenPGPKeys: armored(t, ada)}}
	source := newSource(t, options)
	if got := wantRevision(t, source, first).Revision().Signer; got != "Ada <ada@example.com>" {
		t.Errorf("the signer is %q", got)
	}
	foreign := r.commitOpenPGP(t, eve, "2")
	wantError(t, source, sources.ErrUnverified, foreign, "OpenPGP")
	r.git(t, "reset", "-q", "--hard", first)
	wantRevision(t, source, r.commitOpenPGP(t, ada, "3"))

	// A ring of keys in a file, and the SSH signers beside it.
	ring := filepath.Join(t.TempDir(), "keys.asc")
	write(t, ring, armored(t, eve, ada))
	grace := newPerson(t, "grace")
	tip := r.commitAs(t, grace, file("4"))
	wantError(t, source, sources.ErrUnverified, tip)
	options.Verify = git.Verify{OpenPGPKeys: ring, AllowedSigners: grace.line()}
	options.LastVerified = first
	wantRevision(t, newSource(t, options), tip)
	options.Verify.OpenPGPKeys = ""
	wantError(t, newSource(t, options), sources.ErrUnverified, "no OpenPGP keys are allowed")
}

func (r *repo) commitOpenPGP(t *testing.T, key *openpgp.Entity, content string) string {
	t.Helper()
	r.write(t, file(content))
	repository, err := gogit.PlainOpen(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := repository.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.AddGlob("."); err != nil {
		t.Fatal(err)
	}
	hash, err := tree.Commit("signed", &gogit.CommitOptions{
		SignKey: key, Author: &object.Signature{Name: "Ada", Email: "ada@example.com", When: time.Now()},
	})
	if err != nil {
		t.Fatal(err)
	}
	return hash.String()
}

func armored(t *testing.T, keys ...*openpgp.Entity) string {
	t.Helper()
	var out bytes.Buffer
	writer, err := armor.Encode(&out, openpgp.PublicKeyType, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if err := key.Serialize(writer); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String() + "\n"
}

// signersTree is a tree that lists who may sign.
func signersTree(content string, who ...person) sourcetest.Tree {
	var lines strings.Builder
	for _, p := range who {
		lines.WriteString(p.line())
	}
	return sourcetest.Tree{"a.yaml": {Content: content}, "meta/signers": {Content: lines.String()}}
}

func TestSignersInTheTree(t *testing.T) {
	eachOrigin(t, func(t *testing.T, r *repo, options git.Options) {
		ada, bob, eve := newPerson(t, "ada"), newPerson(t, "bob"), newPerson(t, "eve")
		root := r.commit(t, signersTree("0", ada))
		options.Verify.AllowedSignersInTree = "meta/signers"
		wantError(t, newSource(t, options), sources.ErrUnverified, "trustedRevision", root)
		options.Verify.TrustedRevision = root
		source := newSource(t, options)
		wantRevision(t, source, root)

		// Who is not listed cannot list himself.
		r.commitAs(t, eve, signersTree("1", ada, eve))
		wantError(t, source, sources.ErrUnverified)
		r.commitAs(t, eve, signersTree("2", ada, eve))
		wantError(t, source, sources.ErrUnverified)

		// Who is listed can list another, who may then sign in the same fetch.
		r.git(t, "reset", "-q", "--hard", root)
		r.commitAs(t, ada, signersTree("3", ada, bob))
		added := r.commitAs(t, bob, signersTree("4", ada, bob))
		if got := wantRevision(t, source, added).Revision().Signer; got != bob.name {
			t.Errorf("the signer is %q, want %q", got, bob.name)
		}

		// Bob is removed, and tries to come back from a time when he was listed.
		removed := r.commitAs(t, ada, signersTree("5", ada))
		wantRevision(t, source, removed)
		r.git(t, "checkout", "-q", "-b", "back", added)
		old := r.commitAs(t, bob, signersTree("6", ada, bob))
		r.git(t, append(bob.sign(), "merge", "-q", "-S", "--no-edit", "-s", "ours", "main")...)
		r.git(t, "branch", "-f", "main", "back")
		r.git(t, "checkout", "-q", "main")
		wantError(t, source, sources.ErrUnverified, old)

		r.git(t, "reset", "-q", "--hard", removed)
		wantRevision(t, source, r.commitAs(t, ada, signersTree("7", ada)))
		wantRevision(t, newSource(t, options), r.git(t, "rev-parse", "HEAD"))

		// Without the list nobody can sign any more, but the operator can help.
		lost := r.commitAs(t, ada, file("8"))
		wantRevision(t, source, lost)
		stuck := r.commitAs(t, ada, file("9"))
		wantError(t, source, sources.ErrUnverified, "has no meta/signers")
		helped := options
		helped.Last, helped.LastVerified, helped.Verify.AllowedSigners = lost, lost, ada.line()
		wantRevision(t, newSource(t, helped), stuck)
	})
}

// A commit that was pushed without a signature holds everything after it,
// until the operator vouches for it.
func TestTrustedRevisionMends(t *testing.T) {
	eachOrigin(t, func(t *testing.T, r *repo, options git.Options) {
		ada := newPerson(t, "ada")
		options.Verify.AllowedSigners = ada.line()
		first := r.commitAs(t, ada, file("1"))
		wantRevision(t, newSource(t, options), first)
		options.Last, options.LastVerified = first, first
		forgotten := r.commit(t, file("2"))
		tip := r.commitAs(t, ada, file("3"))
		wantError(t, newSource(t, options), sources.ErrUnverified, forgotten)
		options.Verify.TrustedRevision = forgotten
		wantRevision(t, newSource(t, options), tip)
	})
}

// At serves older revisions under the same condition.
func TestHistoryIsVerified(t *testing.T) {
	r := newRepo(t)
	ada := newPerson(t, "ada")
	unsigned := r.commit(t, file("0"))
	first := r.commitAs(t, ada, file("1"))
	tip := r.commitAs(t, ada, file("2"))
	source := newSource(t, git.Options{URL: r.dir, Verify: git.Verify{AllowedSigners: ada.line()}})
	wantRevision(t, source, tip)
	if snapshot, err := source.At(t.Context(), first); err != nil || snapshot.Revision().Signer != ada.name {
		t.Errorf("At a signed commit: %v", err)
	}
	if snapshot, err := source.At(t.Context(), unsigned); err == nil || snapshot != nil {
		t.Error("At gave out a commit that is not signed")
	} else if want := fmt.Sprint(sources.ErrUnverified); !strings.Contains(err.Error(), want) {
		t.Errorf("At: %v", err)
	}
}
