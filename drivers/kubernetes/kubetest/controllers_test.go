package kubetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Controllers that have ended by themselves, or were stopped before, can be stopped.
func TestStopControllersThatHaveEnded(t *testing.T) {
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := begin(exec.Command("false"), log)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.ended:
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
	for range 2 {
		if err := c.stop(); err != nil {
			t.Error(err)
		}
	}
	if c.err == nil {
		t.Error("how it ended is lost")
	}
}
