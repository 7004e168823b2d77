package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// says reports whether the daemon's log has a line with all of the words.
func (d *daemon) says(words ...string) func() bool {
	return func() bool {
		for line := range strings.Lines(d.log.String()) {
			found := true
			for _, word := range words {
				found = found && strings.Contains(line, word)
			}
			if found {
				return true
			}
		}
		return false
	}
}

// settles waits until the daemon has brought the cluster to the values, ends
// it, and sees that the inventory is complete and nothing is left to do.
func (s *clusterSite) settles(d *daemon, want map[string]string) {
	s.t.Helper()
	eventually(s.t, "the cluster is as desired", s.hold(want))
	if code := d.stop(syscall.SIGTERM); code != exitClean {
		s.t.Errorf("exit code %d", code)
	}
	p := s.open()
	defer p.close()
	p.pass() // the daemon may have been stopped before it recorded the end of its own
	var names []string
	for name := range want {
		names = append(names, name)
	}
	s.wantOwned(p, "web", names...)
	s.wantValues(want)
	expect(s.t, only(s.t, p.pass(), "web"), reconcile.OutcomeOK)
}

const runFailed = `"outcome":"failed"`

// The parts of the cluster go away while holdfast is at work. It takes nothing
// for gone that it cannot see, and goes on by itself when they are back.
func TestOutages(t *testing.T) {
	server := cluster.own(t)
	slow := strings.Replace(oneCluster, "SETTINGS", "{kubeconfig: KUBECONFIG, namespace: NAMESPACE, inventoryNamespace: NAMESPACE, timeout: 2s, qps: 20, burst: 1}", 1)
	slow += "limits: {maxDelete: 1000}\n"
	t.Run("API server", func(t *testing.T) {
		s := newClusterSite(t, server, slow)
		untouched := s.handmade("web")
		documents, _ := manyMaps(30, "one")
		s.commit(map[string]string{"web/a.yaml": documents})
		d := s.start("run", "--config", s.config)
		eventually(t, "the apply is under way", func() bool { return strings.Count(d.log.String(), `"state":"applied"`) > 5 })
		server.StopAPIServer(t)
		eventually(t, "the run fails", d.says("run ended", runFailed))
		documents, want := manyMaps(4, "two")
		s.commit(map[string]string{"web/a.yaml": documents})
		eventually(t, "the newer commit is tried", d.says("run ended", runFailed, s.git("rev-parse", "HEAD")))
		server.StartAPIServer(t)
		s.settles(d, want)
		untouched()
	})
	t.Run("etcd", func(t *testing.T) {
		s := newClusterSite(t, server, slow)
		untouched := s.handmade("web")
		documents, want := manyMaps(8, "one")
		s.commit(map[string]string{"web/a.yaml": documents})
		d := s.start("run", "--config", s.config)
		eventually(t, "the first apply", s.hold(want))
		documents, want = manyMaps(6, "two")
		server.RestartEtcd(t, func() {
			s.commit(map[string]string{"web/a.yaml": documents})
			eventually(t, "the run fails", d.says("run ended", runFailed))
		})
		s.settles(d, want)
		untouched()
	})
}

// tooMany answers as an API server does that has too much to do.
func tooMany(w http.ResponseWriter, retryAfter string) {
	w.Header().Set("Content-Type", "application/json")
	if retryAfter != "" {
		w.Header().Set("Retry-After", retryAfter)
	}
	w.WriteHeader(http.StatusTooManyRequests)
	_ = json.NewEncoder(w).Encode(apierrors.NewTooManyRequests("the server is busy", 0).Status()) // a client that is gone needs no answer
}

func TestTooManyRequests(t *testing.T) {
	server := cluster.get(t)
	s := newClusterSite(t, server, oneCluster)
	g := newGate(t, server)
	s.through(g.kubeconfig, oneCluster)
	untouched := s.handmade("web")
	documents, want := manyMaps(8, "one")
	s.commit(map[string]string{"web/a.yaml": documents})
	var seen, refused atomic.Int64
	g.with(func(w http.ResponseWriter, r *http.Request, forward http.Handler) {
		if seen.Add(1)%4 == 0 {
			refused.Add(1)
			tooMany(w, "1")
			return
		}
		forward.ServeHTTP(w, r)
	})
	d := s.start("run", "--once", "--config", s.config)
	<-d.done
	if d.code != exitClean || refused.Load() < 5 {
		t.Errorf("exit code %d after %d refusals", d.code, refused.Load())
	}
	s.wantValues(want)

	// A server that refuses everything is not one that holds nothing.
	g.with(func(w http.ResponseWriter, r *http.Request, _ http.Handler) { tooMany(w, "") })
	documents, newer := manyMaps(7, "two")
	s.commit(map[string]string{"web/a.yaml": documents})
	d = s.start("run", "--config", s.config)
	eventually(t, "the run fails", d.says("run ended", runFailed, "too many requests"))
	s.wantValues(want)
	g.with(nil)
	s.settles(d, newer)
	untouched()
}

// account is a service account that may keep ConfigMaps in the namespace, and
// gives a token of it.
func (s *clusterSite) account(name string) (token string) {
	s.t.Helper()
	accounts := s.kube.CoreV1().ServiceAccounts(s.namespace)
	if _, err := accounts.Create(s.t.Context(), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{}); err != nil {
		s.t.Fatal(err)
	}
	hour := int64(3600)
	made, err := accounts.CreateToken(s.t.Context(), name, &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &hour},
	}, metav1.CreateOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	return made.Status.Token
}

func (s *clusterSite) allow(account string) {
	s.t.Helper()
	name := metav1.ObjectMeta{Name: account}
	role := &rbacv1.Role{ObjectMeta: name, Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"*"}}}}
	binding := &rbacv1.RoleBinding{
		ObjectMeta: name, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: account},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: account, Namespace: s.namespace}},
	}
	if _, err := s.kube.RbacV1().Roles(s.namespace).Create(s.t.Context(), role, metav1.CreateOptions{}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.kube.RbacV1().RoleBindings(s.namespace).Create(s.t.Context(), binding, metav1.CreateOptions{}); err != nil {
		s.t.Fatal(err)
	}
}

// withToken writes a kubeconfig of which the token is in a file.
func (s *clusterSite) withToken(config *rest.Config, tokenFile string) (kubeconfig string) {
	s.t.Helper()
	authority := filepath.Join(s.folder, "ca.pem")
	write(s.t, authority, string(config.CAData))
	kubeconfig = filepath.Join(s.folder, "kubeconfig")
	write(s.t, kubeconfig, fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "x",
		"clusters": [{"name": "x", "cluster": {"server": %q, "certificate-authority": %q}}],
		"users": [{"name": "x", "user": {"tokenFile": %q}}],
		"contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}]}`, config.Host, authority, tokenFile))
	return kubeconfig
}

// The daemon's credentials end while it runs; it takes up those that follow
// from the same file, and does not have to be started again for it.
func TestATokenThatEndsIsReadAnew(t *testing.T) {
	server := cluster.get(t)
	s := newClusterSite(t, server, oneCluster)
	untouched := s.handmade("web")
	tokenFile := filepath.Join(s.folder, "token")
	token := s.account("deployer")
	s.allow("deployer")
	write(t, tokenFile, token)
	config := server.Config()
	s.through(s.withToken(config, tokenFile), oneCluster)
	s.commit(map[string]string{"web/a.yaml": aMap("a", "one"), "web/b.yaml": aMap("b", "one")})
	d := s.start("run", "--config", s.config)
	eventually(t, "the first apply", s.hold(map[string]string{"a": "one", "b": "one"}))

	if err := s.kube.CoreV1().ServiceAccounts(s.namespace).Delete(t.Context(), "deployer", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	next := s.account("deployer")
	bearer := rest.AnonymousClientConfig(config)
	bearer.BearerToken = token
	old, err := kubernetes.NewForConfig(bearer)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the old token is refused", func() bool {
		_, err := old.CoreV1().ConfigMaps(s.namespace).Get(t.Context(), "a", metav1.GetOptions{})
		return apierrors.IsUnauthorized(err)
	})
	s.commit(map[string]string{"web/a.yaml": aMap("a", "two"), "web/b.yaml": "", "web/c.yaml": aMap("c", "two")})
	eventually(t, "the run fails", d.says("run ended", runFailed, "does not accept the credentials"))
	s.wantValues(map[string]string{"a": "one", "b": "one"})
	if err := os.WriteFile(tokenFile, []byte(next), 0o600); err != nil {
		t.Fatal(err)
	}
	s.settles(d, map[string]string{"a": "two", "c": "two"})
	untouched()
}
