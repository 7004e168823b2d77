package kubetest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// auditPolicy has each request written down once it is answered, and each
// watch when it begins.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
`

func (s *Server) audit() error {
	policy := filepath.Join(s.dir, "audit-policy.yaml")
	if err := os.WriteFile(policy, []byte(auditPolicy), 0o600); err != nil {
		return fmt.Errorf("have requests counted: %w", err)
	}
	s.plane.APIServer.Configure().
		Set("audit-policy-file", policy).Set("audit-log-path", s.auditLog()).Set("audit-log-mode", "blocking")
	return nil
}

func (s *Server) auditLog() string { return filepath.Join(s.dir, "audit.log") }

// Requests counts what a user has asked the API server for so far, by verb:
// get, list, create, patch, delete, watch and so on. Options.Audit must be set.
func (s *Server) Requests(user string) (map[string]int, error) {
	file, err := os.Open(s.auditLog())
	if err != nil {
		return nil, fmt.Errorf("count requests: %w", err)
	}
	defer file.Close()
	count := map[string]int{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var event struct {
			Stage, Verb string
			User        struct{ Username string }
		}
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			continue // a line that is being written
		}
		began := event.Stage == "ResponseStarted"
		if event.User.Username == user && began == (event.Verb == "watch") {
			count[event.Verb]++
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("count requests: %w", err)
	}
	return count, nil
}
