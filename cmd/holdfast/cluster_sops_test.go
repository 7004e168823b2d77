package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// sopsFixture is a file that SOPS itself encrypted, or its key.
func sopsFixture(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "sources", "render", "sops", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What is encrypted in Git is not in plain text in Git, though the key is at hand
// and the API server answers with what it opens; what was left out of the
// encryption is.
func TestWhatIsEncryptedInGitIsNotInPlainText(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), "decryption: {ageKeyFile: FOLDER/age.key}\n"+oneCluster)
	write(t, filepath.Join(s.folder, "age.key"), sopsFixture(t, "age.key"))
	// Its password is encrypted, and its URL is not.
	mixed := strings.ReplaceAll(sopsFixture(t, "mac-only-encrypted.enc.yaml"), "    namespace: shop\n", "")
	encrypted := strings.ReplaceAll(mixed, "postgres://shop:correct-horse-battery@db/shop", "nothing")
	const rule = "security/secret-in-git"
	check := func(code int) string {
		out, errs, got := s.holdfast("check", "--config", s.config, "--format", "json", s.repo)
		if got != code {
			t.Errorf("check: exit code %d, want %d\n%s%s", got, code, out, errs)
		}
		return out
	}

	s.commit(map[string]string{"web/db.yaml": mixed})
	denied := only(t, s.pass(), "web")
	expect(t, denied, reconcile.OutcomeBlocked, "create db blocked")
	if len(denied.Findings) != 1 || denied.Findings[0].Rule != rule || !strings.HasSuffix(denied.Findings[0].Msg, `under "url"`) {
		t.Errorf("the findings are %+v", denied.Findings)
	}
	plan := s.command(exitBlocked, "plan")
	wantWords(t, plan, rule, `under "url"`)
	for _, out := range []string{plan, check(exitBlocked)} {
		if strings.Contains(out, `under "password"`) || strings.Contains(out, `under \"password\"`) {
			t.Errorf("what is encrypted is denied:\n%s", out)
		}
	}

	s.commit(map[string]string{"web/db.yaml": encrypted})
	if out := s.command(exitClean, "plan"); strings.Contains(out, rule) {
		t.Errorf("what is encrypted is denied:\n%s", out)
	}
	if out := check(exitClean); strings.Contains(out, rule) {
		t.Errorf("what is encrypted is denied:\n%s", out)
	}
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "create db applied")
	made, err := s.kube.CoreV1().Secrets(s.namespace).Get(t.Context(), "db", metav1.GetOptions{})
	if err != nil || string(made.Data["password"]) != "correct-horse-battery" {
		t.Error("it was not decrypted", err)
	}
}
