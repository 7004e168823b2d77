package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// syncAnswer is what /sync answers where the loop was told.
type syncAnswer struct {
	Accepted bool   `json:"accepted"`
	Target   string `json:"target,omitempty"`
}

// sync asks for a look at the source at once. A web page cannot send what is
// asked for here without the browser asking first, which is answered with no.
func (s *Server) sync(w http.ResponseWriter, r *http.Request) {
	if status, why := s.admits(r); status != http.StatusOK {
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		http.Error(w, why, status)
		return
	}
	target := r.URL.Query().Get("target")
	switch err := s.options.Sync(target); {
	case errors.Is(err, reconcile.ErrNoTarget):
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	case err != nil:
		s.options.Logger.Error("a sync could not be asked for", "error", err)
		http.Error(w, "a sync could not be asked for; the log says why", http.StatusInternalServerError)
		return
	}
	s.options.Logger.Info("a sync was asked for", "target", target)
	body, err := json.Marshal(syncAnswer{true, target})
	if err != nil {
		http.Error(w, "the answer could not be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	s.write(w, "application/json", append(body, '\n'))
}

// admits says whether a request may do something, and if not why.
func (s *Server) admits(r *http.Request) (int, string) {
	want, err := s.options.Token()
	switch {
	case err != nil:
		s.options.Logger.Error("the token cannot be read", "error", err)
		return http.StatusInternalServerError, "the token cannot be read; the log says why"
	case want == "":
		return http.StatusForbidden, "this server only shows: name a file with a token as server.tokenFile to let it do something, or send the process SIGUSR1"
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return http.StatusUnsupportedMediaType, "send Content-Type: application/json"
	}
	scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	// The sums are of one length, so that nothing is told by how long it takes.
	a, b := sha256.Sum256([]byte(want)), sha256.Sum256([]byte(strings.TrimSpace(given)))
	if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(a[:], b[:]) != 1 {
		return http.StatusUnauthorized, "send the token: Authorization: Bearer …"
	}
	return http.StatusOK, ""
}
