package main

import (
	"strings"
	"syscall"
	"testing"
)

// A target's live state is looked at again after its interval, whether or not
// anything was seen to change.
func TestATargetIsLookedAtAnewAfterItsInterval(t *testing.T) {
	s := newSite(t, oneTarget+"    interval: 1s\n")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	d := s.start("run", "--config", s.config, "--log-level", "debug")
	eventually(t, "several passes", func() bool { return strings.Count(d.log.String(), "run ended") > 3 })
	if code := d.stop(syscall.SIGTERM); code != exitClean {
		t.Errorf("exit code %d", code)
	}
}
