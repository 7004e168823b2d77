package migrate

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// login is what an entry of remotes needs beside its URL for what lies at and below
// an address, with … for what only the operator knows.
type login struct {
	address, keys string
}

const (
	withPassword = "username: …, passwordFile: …"
	withToken    = "tokenFile: …"
	withCA       = "caFile: …"
)

// loginTo are the keys for an address, those of the longest that it is within; "" for none.
func (c *carrier) loginTo(address string) string {
	var best login
	for _, l := range c.logins {
		if strings.HasPrefix(address+"/", l.address+"/") && len(l.address) >= len(best.address) {
			best = l
		}
	}
	return best.keys
}

// entryOf is an entry of remotes.
func entryOf(address, keys string) string { return fmt.Sprintf("{url: %q, %s}", address, keys) }

// credentials tells where what a HelmRepository or OCIRepository is fetched with
// goes. It is the operator's, and no part of the configuration that is written.
func (c *carrier) credentials(t *target, o *object) {
	spec := fieldsOf(o.content["spec"])
	what, l := o.kind+" "+o.name, login{address: strings.TrimSuffix(withoutUser(spec.text("url")), "/")}
	var keys, from []string
	if secret := spec.mapping("secretRef").text("name"); secret != "" {
		keys, from = append(keys, withPassword), append(from, "the user name and password of Secret "+secret)
	}
	if secret := spec.mapping("certSecretRef").text("name"); secret != "" {
		keys, from = append(keys, withCA), append(from, "the ca.crt of Secret "+secret)
		t.note("%s: a certificate of a client, if Secret %s has one (tls.crt), is shown to no server", what, secret)
	}
	if l.keys = strings.Join(keys, ", "); l.keys != "" {
		t.note("%s: %s go into the operator's file: remotes: [%s]", what, strings.Join(from, " and "), entryOf(l.address, l.keys))
	}
	if provider := spec.text("provider"); provider != "" && provider != "generic" {
		l.keys = withPassword
		t.note("%s: provider %s: a cloud's own credentials are not used; write a user name and password into the operator's file: remotes: [%s]", what, provider, entryOf(l.address, l.keys))
	}
	if spec.flag("passCredentials") {
		t.note("%s: passCredentials: another host that its index leads to has an entry of remotes of its own", what)
	}
	if spec.flag("insecure") {
		t.note("%s: insecure: charts are fetched over TLS only", what)
	}
	if l.keys != "" {
		c.logins = append(c.logins, l)
	}
}

// isRepositorySecret reports whether a Secret holds what Argo CD logs in with.
func isRepositorySecret(o *object) bool {
	metadata, _ := o.content["metadata"].(map[string]any)
	labels := fieldsOf(metadata["labels"])
	kind := labels.text("argocd.argoproj.io/secret-type")
	return o.apiVersion == "v1" && o.kind == "Secret" && (kind == "repository" || kind == "repo-creds")
}

// repositorySecret tells where the credentials of one of Argo CD's repositories
// go. Nothing of the Secret is shown but the URL that it is for.
func (c *carrier) repositorySecret(o *object) {
	encoded, plain := fieldsOf(o.content["data"]), fieldsOf(o.content["stringData"])
	read := func(key string) string {
		if o.content["sops"] != nil {
			return ""
		}
		if text := plain.text(key); text != "" {
			return text
		}
		raw, err := base64.StdEncoding.DecodeString(encoded.text(key))
		if err != nil {
			return ""
		}
		return string(raw)
	}
	has := func(keys ...string) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return plain.has(key) || encoded.has(key) })
	}
	charts := read("type") == "helm" || read("enableOCI") == "true"
	l := login{strings.TrimSuffix(withoutUser(read("url")), "/"), withPassword}
	if charts && l.address != "" && !strings.Contains(l.address, "://") {
		l.address = "oci://" + l.address // as Argo CD writes registries
	}
	if has("bearerToken", "githubAppID", "githubAppPrivateKey") {
		l.keys = withToken
	}
	entry := entryOf(l.address, l.keys)
	if l.address == "" {
		entry = entryOf("…", l.keys)
	}
	what := fmt.Sprintf("%s, the credentials of a repository", o)
	switch {
	case has("sshPrivateKey"):
		c.note("%s: the key for %s goes into a file that source.git.auth names with sshKeyFile in the operator's file; bases and charts are fetched over HTTPS", what, l.address)
		return
	case charts && has("username", "password", "bearerToken"):
		c.note("%s: they go into the operator's file: remotes: [%s]", what, entry)
	case has("username", "password", "bearerToken"):
		c.note("%s: in the operator's file they go into source.git.auth if desired state comes from there, and for bases of kustomizations into remotes: [%s]", what, entry)
	case has("githubAppID", "githubAppPrivateKey", "gcpServiceAccountKey", "useAzureWorkloadIdentity"):
		c.note("%s: an app's or a cloud's own credentials are not used; write others into the operator's file: remotes: [%s]", what, entry)
	default:
		return
	}
	if has("tlsClientCertData") {
		c.note("%s: a certificate of a client is shown to no server", what)
	}
	if l.address != "" {
		c.logins = append(c.logins, l)
	}
}
