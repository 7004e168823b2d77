package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// handler is all that is served, behind the checks that go for all of it.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /status", s.status)
	mux.HandleFunc("POST /sync", s.sync)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.options.Registry, promhttp.HandlerOpts{
		ErrorLog:            slog.NewLogLogger(s.options.Logger.Handler(), slog.LevelWarn),
		MaxRequestsInFlight: 4,
		Timeout:             answerTimeout,
		EnableOpenMetrics:   true,
	}))
	return s.guard(mux)
}

// guard refuses requests by a host's name that may be someone else's, sets the
// headers that every answer has, and bounds the time that an answer takes.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !s.answersTo(r.Host) {
			http.Error(w, "this server answers to localhost and loopback addresses only", http.StatusMisdirectedRequest)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), answerTimeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// answersTo reports whether a request's Host header is one that no attacker's
// DNS entry can stand behind.
func (s *Server) answersTo(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	} else if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	if s.options.AllowRemote {
		if _, err := netip.ParseAddr(host); err == nil {
			return true
		}
	}
	return loopbackHost(host)
}

// loopbackHost reports whether host is localhost, with or without the root's
// dot, or a loopback address.
func loopbackHost(host string) bool {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	if err := s.options.Alive(); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	s.write(w, "text/plain; charset=utf-8", []byte("ok\n"))
}

func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if reasons := s.options.Ready(r.Context()); len(reasons) > 0 {
		http.Error(w, strings.Join(reasons, "\n"), http.StatusServiceUnavailable)
		return
	}
	s.write(w, "text/plain; charset=utf-8", []byte("ok\n"))
}

func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	status, err := s.options.Status(r.Context())
	var body []byte
	if err == nil {
		body, err = json.MarshalIndent(status, "", "  ")
	}
	if err != nil {
		s.options.Logger.Error("the status could not be read", "error", err)
		http.Error(w, "the status could not be read; the log says why", http.StatusInternalServerError)
		return
	}
	s.write(w, "application/json", append(body, '\n'))
}

func (s *Server) write(w http.ResponseWriter, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	if _, err := w.Write(body); err != nil {
		s.options.Logger.Debug("an answer did not get through", "error", err)
	}
}
