package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// leaky is a policy that puts all it sees into its message.
const leaky = `# METADATA
# custom: {id: acme/leaky}
package holdfast.acme.leaky
warn contains {"msg": sprintf("%v %v %v", [input.resource, input.live, input.change]), "path": ["spec"]}
warn contains {"msg": sprintf("decoded %s", [base64.decode(value)]), "path": ["data", key]} if {
	some key, value in input.resource.data
}
deny contains {"msg": sprintf("because of %s", [input.resource.spec.content]), "path": ["spec", "content"]} if {
	contains(input.resource.spec.content, "refused")
}
`

// A secret that goes in comes out nowhere: not in any format, log, diff, state,
// nor in the inventory at the destination; not of a Secret, a sensitive file
// inline or from a source file, before a change, after it or in drift; not
// where a rule prints it.
func TestCanary(t *testing.T) {
	var canaries []string
	secret := func(name string) string {
		value := "canary-" + name + "-7f3e9c"
		canaries = append(canaries, value)
		return value
	}
	sensitive := func(name, content string) string {
		return aFile(name, content) + "  sensitive: true\n"
	}
	s := newSite(t, "policies: {paths: [policies/]}\n"+oneTarget)
	first := map[string]string{
		"policies/leaky.rego": leaky,
		"web/a.yaml":          sensitive("a", secret("first")),
		"web/b.yaml":          strings.Replace(sensitive("b", "x"), `content: "x"`, "source: files/b", 1),
		"web/files/b":         secret("source") + "\nand " + secret("second-line") + "\n",
		"web/c.yaml":          sensitive("c", "refused "+secret("refused")),
		"k8s/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  key: " +
			base64.StdEncoding.EncodeToString([]byte(secret("encoded"))) + "\nstringData:\n  other: |\n    " + secret("block") + "\n    more\n",
		"infra/main.tf": `variable "admin" {
  sensitive = true
  default   = "` + secret("variable") + `"
}
variable "db_password" {}
locals {
  token = "` + secret("local") + `"
}
resource "thing" "x" {
  password = "` + secret("literal") + `"
  text     = "of ${var.admin} and ${var.db_password}"
  list     = jsonencode({ of = [var.db_password, local.token] })
  broken   = [cidrhost(var.admin, 1), tonumber(local.token), parseint(var.db_password, 10)]
  nested {
    secret_key = local.token
  }
}
module "m" {
  source = "../m"
  pass   = var.admin
}
output "o" { value = local.token }
`,
		"infra/terraform.tfvars": "db_password = \"" + secret("tfvars") + "\"\n",
		"m/main.tf":              "variable \"pass\" {}\nresource \"thing\" \"y\" { name = \"n-${var.pass}\" }\n",
	}
	s.commit(first)
	var out bytes.Buffer
	report := filepath.Join(s.folder, "report")
	local := filepath.Join(s.repo, "holdfast.yaml")
	commands := func() {
		for _, args := range [][]string{
			{"plan", "--config", s.config, "-v"}, {"plan", "--config", s.config, "--format", "json"},
			{"run", "--once", "--config", s.config, "--log-level", "debug"},
			{"status", "--config", s.config}, {"status", "--config", s.config, "--format", "json"},
			{"check", s.repo, "-v", "--log-level", "debug"}, {"check", s.repo, "--format", "json"},
			{"check", s.repo, "--format", "sarif=" + report + ".sarif", "--format", "junit=" + report + ".xml", "--format", "tap=" + report + ".tap",
				"--format", "github=" + report + ".txt", "--format", "gitlab=" + report + ".gitlab.json", "--format", "markdown=" + report + ".comment.md"},
			{"audit", s.repo, "--config", local, "--format", "html=" + report + ".html", "--format", "json=" + report + ".json", "--format", "markdown=" + report + ".md"},
			{"apply", "--config", s.config, "-v", "--color", "always"},
		} {
			run(t.Context(), args, &out, &out)
		}
	}
	write(t, local, "policies: {paths: [policies/]}\nstate: "+filepath.Join(s.folder, "state.db")+
		"\ntargets: [{name: web, driver: host, path: web, settings: {root: "+s.root+"}}]\n")
	commands()
	s.commit(map[string]string{"web/a.yaml": sensitive("a", secret("changed")), "web/files/b": secret("source-changed") + "\n"})
	commands()
	for name, content := range map[string]string{"a": secret("drift"), "b": secret("drift-of-source")} {
		write(t, filepath.Join(s.root, name), content)
	}
	commands()
	s.commit(map[string]string{"web/a.yaml": "", "web/b.yaml": ""})
	write(t, filepath.Join(s.root, "a"), secret("unowned"))
	commands()
	daemon := s.start("run", "--config", s.config, "--log-level", "debug")
	eventually(t, "a pass of the daemon", func() bool { return strings.Contains(daemon.log.String(), "run ended") })
	daemon.stop(syscall.SIGTERM)
	out.WriteString(daemon.log.String())

	if text := out.String(); strings.Count(text, "acme/leaky") < 20 || !strings.Contains(text, "(sensitive)") {
		t.Fatalf("the commands did not do their part:\n%s", text)
	}
	written := map[string][]byte{"standard output and error": out.Bytes()}
	err := filepath.WalkDir(s.folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && name == s.repo {
			return firstOf(err, fs.SkipDir)
		}
		if !entry.Type().IsRegular() || filepath.Dir(name) == s.root { // the files themselves hold it, of course
			return nil
		}
		written[name], err = os.ReadFile(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, extension := range []string{".sarif", ".xml", ".tap", ".txt", ".gitlab.json", ".comment.md"} {
		if !bytes.Contains(written[report+extension], []byte("acme/leaky")) {
			t.Errorf("report%s does not tell of what it must keep to itself", extension)
		}
	}
	if len(written) < 12 {
		t.Errorf("only %d files were searched", len(written))
	}
	for name, content := range written {
		for _, canary := range canaries {
			for form, value := range map[string]string{
				"plain": canary, "base64": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(canary)), "="), "hex": hex.EncodeToString([]byte(canary)),
			} {
				if at := bytes.Index(content, []byte(value)); at >= 0 {
					t.Errorf("%s holds %s (%s): …%q…", name, canary, form, content[max(0, at-80):min(len(content), at+60)])
				}
			}
		}
	}
}

func firstOf(err, fallback error) error {
	if err != nil {
		return err
	}
	return fallback
}
