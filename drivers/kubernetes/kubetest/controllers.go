package kubetest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// controllers is a running kube-controller-manager.
type controllers struct {
	command *exec.Cmd
	log     *os.File
	ended   chan struct{} // closed when they have ended
	err     error         // how; to be read after that
}

// startControllers starts those that need no nodes. They wait for nothing:
// what they do is seen at the API server, some moments later.
func startControllers(programs, dir, kubeconfig string) (*controllers, error) {
	log, err := os.Create(filepath.Join(dir, "controllers.log"))
	if err != nil {
		return nil, fmt.Errorf("start the controllers: %w", err)
	}
	certs := filepath.Join(dir, "certs")
	command := exec.Command(filepath.Join(programs, "kube-controller-manager"),
		"--kubeconfig="+kubeconfig, "--authentication-kubeconfig="+kubeconfig, "--authorization-kubeconfig="+kubeconfig,
		"--controllers=deployment-controller,replicaset-controller,statefulset-controller,daemonset-controller,job-controller,"+
			"garbage-collector-controller,namespace-controller,serviceaccount-controller,"+
			"persistentvolume-binder-controller,horizontal-pod-autoscaler-controller",
		"--service-account-private-key-file="+filepath.Join(certs, "sa-signer.key"),
		"--leader-elect=false", "--secure-port=0", "--horizontal-pod-autoscaler-sync-period=1s", "--min-resync-period=1h", "--kube-api-qps=200", "--kube-api-burst=400",
		"--namespace-sync-period=1m", "--concurrent-namespace-syncs=4")
	c, err := begin(command, log)
	if err != nil {
		return nil, err
	}
	select { // flags that it does not know end it at once
	case <-c.ended:
		text, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("the controllers ended: %w: %s", c.err, text)
	case <-time.After(500 * time.Millisecond):
	}
	return c, nil
}

func begin(command *exec.Cmd, log *os.File) (*controllers, error) {
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the controllers: %w", err)
	}
	c := &controllers{command: command, log: log, ended: make(chan struct{})}
	go func() {
		c.err = command.Wait()
		close(c.ended)
	}()
	return c, nil
}

// stop ends them. They may have ended before: nothing is wrong with that, but
// for what the tests found missing.
func (c *controllers) stop() error {
	if err := c.command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop the controllers: %w", err)
	}
	<-c.ended
	_ = c.log.Close() // it is closed already where they were stopped before
	return nil
}

// digest of a file's content, in short; .ci/apiserver makes the same.
func digest(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6]), nil
}
