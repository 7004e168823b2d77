package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
	gitssh "github.com/go-git/go-git/v5/plumbing/transport/ssh"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

const (
	defaultSSHPort = 22
	// maxStderr bounds what is kept of the server's messages, in bytes.
	maxStderr = 4 << 10
	// lastWords is how long a server that gave no answer may take to say why.
	lastWords = 5 * time.Second
)

// sshSession runs git-upload-pack over SSH. go-git's own transport is not used
// because it cannot be interrupted while it connects.
type sshSession struct {
	client  *ssh.Client
	stdin   io.WriteCloser
	stdout  io.Reader
	stderr  *boundedBuffer
	ended   chan struct{} // closed when stderr has ended
	packRun bool
}

// dialSSH connects and starts git-upload-pack. The end of ctx, or hangUp,
// closes the connection and so ends whatever waits for it.
func dialSSH(ctx context.Context, endpoint *transport.Endpoint, options Options) (session, func(), error) {
	port := endpoint.Port
	if port <= 0 {
		port = defaultSSHPort
	}
	address := net.JoinHostPort(strings.Trim(endpoint.Host, "[]"), strconv.Itoa(port))
	config, done, err := sshConfig(endpoint, options.Auth, address)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, nil, fmt.Errorf("connecting: %w", err)
	}
	release := context.AfterFunc(ctx, func() { raw.Close() })
	hangUp := func() {
		release()
		raw.Close()
	}
	connection, channels, requests, err := ssh.NewClientConn(raw, address, config)
	if err != nil {
		hangUp()
		return nil, nil, fmt.Errorf("connecting to %s: %w", address, sshHint(err))
	}
	s := &sshSession{client: ssh.NewClient(connection, channels, requests), stderr: &boundedBuffer{}, ended: make(chan struct{})}
	if err := s.start(endpoint.Path); err != nil {
		hangUp()
		return nil, nil, fmt.Errorf("starting git-upload-pack on %s: %w", address, err)
	}
	return s, func() {
		hangUp()
		// The client's goroutines end with the connection.
		_ = s.client.Wait()
		<-s.ended
	}, nil
}

func sshConfig(endpoint *transport.Endpoint, auth Auth, address string) (*ssh.ClientConfig, func(), error) {
	var files []string
	if auth.KnownHostsFile != "" {
		files = []string{auth.KnownHostsFile}
	}
	hosts, err := gitssh.NewKnownHostsDb(files...)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the known hosts: %w", err)
	}
	user := endpoint.User
	if user == "" {
		user = defaultUsername
	}
	config := &ssh.ClientConfig{
		User:              user,
		HostKeyCallback:   hosts.HostKeyCallback(),
		HostKeyAlgorithms: hosts.HostKeyAlgorithms(address),
	}
	if auth.SSHKeyFile != "" {
		pem, err := readBounded(auth.SSHKeyFile)
		if err != nil {
			return nil, nil, fmt.Errorf("reading the SSH key: %w", err)
		}
		signer, err := ssh.ParsePrivateKey(pem)
		var locked *ssh.PassphraseMissingError
		if errors.As(err, &locked) {
			return nil, nil, fmt.Errorf("the SSH key %s needs a passphrase; use the SSH agent for it", auth.SSHKeyFile)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("the SSH key %s cannot be read: %w", auth.SSHKeyFile, err)
		}
		config.Auth = []ssh.AuthMethod{ssh.PublicKeys(signer)}
		return config, func() {}, nil
	}
	socket, err := net.Dial("unix", os.Getenv("SSH_AUTH_SOCK"))
	if err != nil {
		return nil, nil, fmt.Errorf("no sshKeyFile is set in auth, and the SSH agent cannot be reached: %w", err)
	}
	config.Auth = []ssh.AuthMethod{ssh.PublicKeysCallback(agent.NewClient(socket).Signers)}
	return config, func() { socket.Close() }, nil
}

// sshHint adds the mend to the errors that newcomers meet.
func sshHint(err error) error {
	switch {
	case strings.Contains(err.Error(), "knownhosts: key is unknown"):
		return fmt.Errorf("%w; add the host to the known hosts after you have compared its key, `ssh-keyscan HOST` prints it", err)
	case strings.Contains(err.Error(), "knownhosts: key mismatch"):
		return fmt.Errorf("%w; it is not the key in the known hosts, so somebody may be in between", err)
	case strings.Contains(err.Error(), "unable to authenticate"):
		return fmt.Errorf("%w; the server does not accept the key", err)
	}
	return err
}

func (s *sshSession) start(path string) error {
	running, err := s.client.NewSession()
	if err != nil {
		return err
	}
	if s.stdin, err = running.StdinPipe(); err != nil {
		return err
	}
	if s.stdout, err = running.StdoutPipe(); err != nil {
		return err
	}
	stderr, err := running.StderrPipe()
	if err != nil {
		return err
	}
	// The server hands the command to a shell.
	if err := running.Start("git-upload-pack '" + strings.ReplaceAll(path, "'", `'\''`) + "'"); err != nil {
		return err
	}
	go func() {
		defer close(s.ended)
		// It ends with the connection, and that is no news.
		_, _ = io.Copy(s.stderr, stderr)
	}()
	return nil
}

func (s *sshSession) AdvertisedReferencesContext(ctx context.Context) (*packp.AdvRefs, error) {
	advRefs := packp.NewAdvRefs()
	err := advRefs.Decode(s.stdout)
	if errors.Is(err, packp.ErrEmptyAdvRefs) || err == nil && advRefs.IsEmpty() {
		return nil, transport.ErrEmptyRemoteRepository
	}
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	transport.FilterUnsupportedCapabilities(advRefs.Capabilities)
	return advRefs, nil
}

// explain adds what the server wrote to its standard error.
func (s *sshSession) explain(ctx context.Context, err error) error {
	select {
	case <-s.ended:
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(lastWords):
	}
	said := strings.Join(strings.Fields(s.stderr.String()), " ")
	if said == "" {
		return err
	}
	for _, known := range []string{"does not appear to be a git repository", "repository not found", "could not be found", "no such repository"} {
		if strings.Contains(strings.ToLower(said), known) {
			return fmt.Errorf("%w: the server says %q", transport.ErrRepositoryNotFound, said)
		}
	}
	return fmt.Errorf("the server says %q: %w", said, err)
}

func (s *sshSession) UploadPack(_ context.Context, request *packp.UploadPackRequest) (*packp.UploadPackResponse, error) {
	s.packRun = true
	if err := request.Validate(); err != nil {
		return nil, err
	}
	if err := request.UploadRequest.Encode(s.stdin); err != nil {
		return nil, err
	}
	if err := request.UploadHaves.Encode(s.stdin, false); err != nil {
		return nil, err
	}
	if err := pktline.NewEncoder(s.stdin).EncodeString("done\n"); err != nil {
		return nil, err
	}
	if err := s.stdin.Close(); err != nil {
		return nil, err
	}
	response := packp.NewUploadPackResponse(request)
	if err := response.Decode(io.NopCloser(s.stdout)); err != nil {
		return nil, err
	}
	return response, nil
}

// Close takes leave of the server as the protocol wants it.
func (s *sshSession) Close() error {
	if s.packRun {
		return nil
	}
	_, err := s.stdin.Write(pktline.FlushPkt)
	return err
}

// boundedBuffer keeps the first maxStderr bytes written to it.
type boundedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *boundedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buffer.Write(p[:min(len(p), maxStderr-b.buffer.Len())])
	return len(p), nil
}

func (b *boundedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
