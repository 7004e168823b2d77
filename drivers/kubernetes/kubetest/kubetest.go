// Package kubetest starts a real Kubernetes API server for tests: etcd,
// kube-apiserver, and those controllers of kube-controller-manager that act
// without nodes. Only tests import it.
//
// The programs are built from their Go modules by .ci/apiserver, which
// `make setup` runs, and kept in the user's cache folder under a digest of
// what they are built from. One Server serves all tests of a package: start it
// in TestMain with Main, and give each test a namespace of its own.
package kubetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// Options of a Server.
type Options struct {
	// Controllers starts the controllers for workloads, claims, autoscalers,
	// garbage and namespaces. Without them nothing but the API server acts:
	// no pods are made, and namespaces do not come to their end.
	Controllers bool
	// ServiceAccounts has pods and tokens checked as in a real cluster.
	ServiceAccounts bool
	// Audit has all requests counted; see Server.Requests.
	Audit bool
}

// Server is one cluster without nodes.
type Server struct {
	plane       envtest.ControlPlane
	dir         string
	admin       *rest.Config
	kubeconfig  string
	controllers *controllers
}

// Main starts a Server, runs the tests and stops it. It gives the exit code:
//
//	func TestMain(m *testing.M) { os.Exit(kubetest.Main(m, &server, kubetest.Options{})) }
func Main(m *testing.M, server **Server, options Options) int {
	if slices.Contains(os.Args, "-test.fuzzworker") {
		return m.Run() // there is one for each processor, and fuzz targets need no server
	}
	s, err := Start(options)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	*server = s
	code := m.Run()
	if err := s.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// Start starts a Server.
func Start(options Options) (*Server, error) {
	programs, err := Programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "kubetest-")
	if err != nil {
		return nil, fmt.Errorf("make room for a cluster: %w", err)
	}
	s := &Server{dir: dir}
	if err := s.start(programs, options); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Server) start(programs string, options Options) error {
	const patience = 2 * time.Minute // machines that run tests can be slow
	certs, data := filepath.Join(s.dir, "certs"), filepath.Join(s.dir, "etcd")
	for _, folder := range []string{certs, data} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			return fmt.Errorf("make room for a cluster: %w", err)
		}
	}
	s.plane.Etcd = &envtest.Etcd{
		Path: filepath.Join(programs, "etcd"), DataDir: data, StartTimeout: patience, StopTimeout: patience,
	}
	s.plane.APIServer = &envtest.APIServer{
		Path: filepath.Join(programs, "kube-apiserver"), CertDir: certs, StartTimeout: patience,
		StopTimeout: 2 * time.Second, // it waits a minute for its watches to end, and is then killed
	}
	s.plane.APIServer.Configure().
		Set("profiling", "false").
		Set("service-cluster-ip-range", "10.0.0.0/16"). // room for thousands of services
		Set("enable-priority-and-fairness", "false").   // tests of throttling set their own limits
		Set("max-requests-inflight", "0").Set("max-mutating-requests-inflight", "0")
	if options.ServiceAccounts {
		s.plane.APIServer.Configure().Disable("disable-admission-plugins")
	}
	if options.Audit {
		if err := s.audit(); err != nil {
			return err
		}
	}
	if err := s.plane.Start(); err != nil {
		return fmt.Errorf("start the API server: %w", err)
	}
	user, err := s.plane.AddUser(envtest.User{Name: "admin", Groups: []string{"system:masters"}}, unlimited())
	if err != nil {
		return fmt.Errorf("make an administrator: %w", err)
	}
	s.admin = user.Config()
	if s.kubeconfig, err = s.write("admin", user); err != nil {
		return err
	}
	if !options.Controllers {
		return nil
	}
	s.controllers, err = startControllers(programs, s.dir, s.kubeconfig)
	return err
}

// unlimited is a client without a limit of its own, so that tests do not wait for it.
func unlimited() *rest.Config { return &rest.Config{QPS: -1} }

func (s *Server) write(name string, user *envtest.AuthenticatedUser) (string, error) {
	text, err := user.KubeConfig()
	if err != nil {
		return "", fmt.Errorf("write a kubeconfig: %w", err)
	}
	file := filepath.Join(s.dir, name+".kubeconfig")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return "", fmt.Errorf("write a kubeconfig: %w", err)
	}
	return file, nil
}

// Config is an administrator's. Each call gives a copy.
func (s *Server) Config() *rest.Config { return rest.CopyConfig(s.admin) }

// Kubeconfig is the path of an administrator's kubeconfig.
func (s *Server) Kubeconfig() string { return s.kubeconfig }

// User makes one without any rights, and gives the path of its kubeconfig.
func (s *Server) User(t testing.TB, name string, groups ...string) (*rest.Config, string) {
	t.Helper()
	user, err := s.plane.AddUser(envtest.User{Name: name, Groups: groups}, unlimited())
	if err != nil {
		t.Fatal(err)
	}
	file, err := s.write(name, user)
	if err != nil {
		t.Fatal(err)
	}
	return user.Config(), file
}

// Administrator is the kubeconfig of a user with all rights, whose requests
// can be told from others'.
func (s *Server) Administrator(name string) ([]byte, error) {
	user, err := s.plane.AddUser(envtest.User{Name: name, Groups: []string{"system:masters"}}, unlimited())
	if err != nil {
		return nil, fmt.Errorf("make user %s: %w", name, err)
	}
	return user.KubeConfig()
}

// Namespace makes a namespace, which goes away after the test.
func (s *Server) Namespace(t testing.TB) string {
	t.Helper()
	client, err := kubernetes.NewForConfig(s.Config())
	if err != nil {
		t.Fatal(err)
	}
	made, err := client.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = client.CoreV1().Namespaces().Delete(context.Background(), made.Name, metav1.DeleteOptions{}) // the cluster goes away as a whole
	})
	return made.Name
}

// StopAPIServer ends the API server and leaves etcd with what it holds.
func (s *Server) StopAPIServer(t testing.TB) {
	t.Helper()
	if err := s.stopAPIServer(); err != nil {
		t.Fatal(err)
	}
}

// stopAPIServer asks it to end, and kills it soon after. What tells that it
// has ended is that nobody listens any more.
func (s *Server) stopAPIServer() error {
	killed := s.plane.APIServer.Stop()
	address := net.JoinHostPort(s.plane.APIServer.SecureServing.Address, s.plane.APIServer.SecureServing.Port)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			return nil
		}
		_ = connection.Close() // it told what there was to know
	}
	return fmt.Errorf("the API server does not end: %w", killed)
}

// StartAPIServer starts it again, at the same address.
func (s *Server) StartAPIServer(t testing.TB) {
	t.Helper()
	if err := s.plane.APIServer.Start(); err != nil {
		t.Fatal(err)
	}
}

// RestartEtcd ends etcd, and starts it again with what it held. meanwhile is
// called in between.
func (s *Server) RestartEtcd(t testing.TB, meanwhile func()) {
	t.Helper()
	if err := s.plane.Etcd.Stop(); err != nil {
		t.Fatal(err)
	}
	meanwhile()
	if err := s.plane.Etcd.Start(); err != nil {
		t.Fatal(err)
	}
}

// Stop ends all processes and removes what they wrote.
func (s *Server) Stop() error {
	var errs []error
	if s.controllers != nil {
		errs = append(errs, s.controllers.stop())
	}
	if s.admin != nil {
		errs = append(errs, s.stopAPIServer())
	}
	if s.plane.Etcd != nil {
		errs = append(errs, s.plane.Etcd.Stop())
	}
	errs = append(errs, os.RemoveAll(s.dir))
	return errors.Join(errs...)
}

// Programs is the folder that holds etcd, kube-apiserver and
// kube-controller-manager as .ci/apiserver has built them.
func Programs() (string, error) {
	root, err := projectRoot()
	if err != nil {
		return "", err
	}
	sum, err := digest(filepath.Join(root, "testdata", "apiserver", "go.mod"))
	if err != nil {
		return "", fmt.Errorf("tell which API server to use: %w", err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the API server: %w", err)
	}
	folder := filepath.Join(cache, "holdfast-test", "apiserver-"+sum)
	for _, name := range []string{"etcd", "kube-apiserver", "kube-controller-manager"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			return "", fmt.Errorf("%s is not built: run `make setup` once (%w)", name, err)
		}
	}
	return folder, nil
}

// projectRoot is the folder of the project's go.mod, at or above the working directory.
func projectRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the project: %w", err)
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module github.com/holdfast-dev/holdfast\n") {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("find the project: no go.mod of it at or above the working directory")
		}
		dir = up
	}
}
