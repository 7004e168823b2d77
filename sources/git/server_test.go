package git_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/holdfast-dev/holdfast/sources/git"
)

// httpsServer is git http-backend behind TLS and basic authentication.
type httpsServer struct {
	url, caFile, passwordFile string
	// breakAt cuts the answer to git-upload-pack off after so many bytes, if positive.
	breakAt atomic.Int64
	// status answers everything with this code, if positive.
	status atomic.Int64
	// stall leaves git-upload-pack unanswered until the client is gone.
	stall   atomic.Bool
	uploads atomic.Int64 // packs asked for
	// redirect sends everything to another server, if set.
	redirect atomic.Pointer[string]
}

const secret = "correct-horse-battery-staple"

// backend is Git's own server for the repositories beside r.
func backend(t *testing.T, r *repo) *cgi.Handler {
	t.Helper()
	return &cgi.Handler{
		Path: filepath.Join(r.git(t, "--exec-path"), "git-http-backend"),
		Dir:  filepath.Dir(r.dir),
		Env: []string{"GIT_PROJECT_ROOT=" + filepath.Dir(r.dir), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1",
			"GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*", "GIT_CONFIG_NOSYSTEM=1"},
		Logger: log.New(io.Discard, "", 0),
		Stderr: io.Discard,
	}
}

func serveHTTPS(t *testing.T, r *repo) *httpsServer {
	t.Helper()
	backend := backend(t, r)
	s := &httpsServer{passwordFile: filepath.Join(t.TempDir(), "token")}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if user, password, _ := request.BasicAuth(); user != "git" || password != secret {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if status := s.status.Load(); status > 0 {
			w.WriteHeader(int(status))
			return
		}
		if to := s.redirect.Load(); to != nil {
			http.Redirect(w, request, *to+request.URL.RequestURI(), http.StatusTemporaryRedirect)
			return
		}
		if request.Method == http.MethodPost {
			s.uploads.Add(1)
			if s.stall.Load() {
				_, _ = io.Copy(io.Discard, request.Body)
				<-request.Context().Done()
				return
			}
			if at := s.breakAt.Load(); at > 0 {
				backend.ServeHTTP(&breakingWriter{ResponseWriter: w, left: at}, request)
				return
			}
		}
		backend.ServeHTTP(w, request)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	s.url = server.URL + "/infra/.git"
	s.caFile = filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for path, content := range map[string][]byte{s.caFile: certificate, s.passwordFile: []byte(secret + "\n")} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *httpsServer) options() git.Options {
	return git.Options{URL: s.url, Auth: git.Auth{CAFile: s.caFile, PasswordFile: s.passwordFile}}
}

// breakingWriter drops the connection after some bytes, as a dying server does.
type breakingWriter struct {
	http.ResponseWriter
	left int64
}

func (w *breakingWriter) Write(p []byte) (int, error) {
	if int64(len(p)) > w.left {
		_, _ = w.ResponseWriter.Write(p[:w.left])
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	w.left -= int64(len(p))
	return w.ResponseWriter.Write(p)
}

// sshServer is a real sshd on a loopback port, for the current user.
type sshServer struct {
	url, keyFile, knownHosts string
	port                     int
}

func serveSSH(t *testing.T, r *repo) *sshServer {
	t.Helper()
	sshd := lookSSHD(t)
	if os.Getuid() == 0 {
		// sshd insists on it, and where it was never started as a service it is not there.
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	hostKey, hostPublic := newKey(t, filepath.Join(dir, "host"))
	keyFile, public := newKey(t, filepath.Join(dir, "client"))
	authorized := filepath.Join(dir, "authorized_keys")
	write(t, authorized, string(ssh.MarshalAuthorizedKey(public)))

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	port := listener.Addr().(*net.TCPAddr).Port
	config := filepath.Join(dir, "sshd_config")
	write(t, config, fmt.Sprintf("HostKey %s\nAuthorizedKeysFile %s\nStrictModes no\nPasswordAuthentication no\n"+
		"PermitRootLogin yes\nPidFile none\nUsePAM no\nLogLevel DEBUG\n", hostKey, authorized))
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go runInetd(sshd, config, conn)
		}
	}()
	s := &sshServer{keyFile: keyFile, knownHosts: filepath.Join(dir, "known_hosts"), port: port}
	write(t, s.knownHosts, fmt.Sprintf("[127.0.0.1]:%d %s", port, ssh.MarshalAuthorizedKey(hostPublic)))
	current, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	s.url = fmt.Sprintf("ssh://%s@127.0.0.1:%d%s", current.Username, port, r.dir)
	return s
}

// runInetd lets sshd serve one connection (sshd -i).
func runInetd(sshd, config string, conn net.Conn) {
	defer conn.Close()
	file, err := conn.(*net.TCPConn).File()
	if err != nil {
		return
	}
	defer file.Close()
	command := exec.Command(sshd, "-i", "-e", "-f", config)
	command.Stdin, command.Stdout, command.Stderr = file, file, &bytes.Buffer{}
	_ = command.Run()
}

func lookSSHD(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"sshd", "/usr/sbin/sshd", "/usr/local/sbin/sshd"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("sshd is needed for this test; it is in the Debian package openssh-server")
	return ""
}

func (s *sshServer) options() git.Options {
	return git.Options{URL: s.url, Auth: git.Auth{SSHKeyFile: s.keyFile, KnownHostsFile: s.knownHosts}}
}

func newKey(t *testing.T, path string) (string, ssh.PublicKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(pem.EncodeToMemory(block)))
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path+".pub", strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))+"\n")
	return path, key
}

func authorizedKey(key ssh.PublicKey) string { return string(ssh.MarshalAuthorizedKey(key)) }

// silentPort accepts connections and says nothing.
func silentPort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// patience bounds waits that only a failing test uses up.
const patience = 30 * time.Second
