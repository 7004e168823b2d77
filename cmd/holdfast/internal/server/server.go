// Package server is what `holdfast run` serves over HTTP: /healthz, /readyz,
// /metrics for Prometheus and /status as JSON. It answers questions; all that
// can be done through it is to have the loop look at the source at once, by
// POST /sync and with a token.
//
// It listens on loopback, and asks for no password to be looked at. So that a
// web page cannot read it through the browser of whoever looks at that page,
// requests must name a loopback host (DNS rebinding). Start with New; Metrics
// is what the loop reports to.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/net/netutil"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// ErrNotLoopback: the address to listen on can be reached from other machines.
var ErrNotLoopback = errors.New("not a loopback address")

// The bounds of a connection. Requests have no body to speak of, so the header
// is all there is to wait for.
const (
	readTimeout     = 5 * time.Second
	writeTimeout    = 30 * time.Second
	idleTimeout     = time.Minute
	answerTimeout   = 20 * time.Second // for all that makes an answer
	shutdownTimeout = 5 * time.Second
	maxHeaderBytes  = 16 << 10
	maxConnections  = 64
)

// Options are what a Server is made from; all but AllowRemote must be given.
// The functions are called from several goroutines.
type Options struct {
	Listen string // host:port; port 0 takes a free one
	// AllowRemote permits an address that is not loopback, and requests that
	// name the host by an IP address.
	AllowRemote bool
	Logger      *slog.Logger
	// Status is what /status answers.
	Status func(ctx context.Context) (reconcile.Status, error)
	// Ready gives the reasons why the daemon is not ready, nil if it is.
	Ready func(ctx context.Context) []string
	// Alive says what is wrong with the loop, nil while it turns.
	Alive func() error
	// Sync has the loop look at the source at once; of a target that does not
	// exist the error wraps reconcile.ErrNoTarget.
	Sync func(target string) error
	// Token is what who asks for more than a look must send; with "" nobody may.
	Token func() (string, error)
	// Registry is what /metrics gathers.
	Registry prometheus.Gatherer
}

// Server answers over HTTP.
type Server struct {
	options  Options
	listener net.Listener
}

// New makes a Server; it does not yet listen.
func New(options Options) *Server { return &Server{options: options} }

// Listen takes the address, so that a mistake in it is known before the loop
// begins, and returns the one that was taken. Run must follow.
func (s *Server) Listen(ctx context.Context) (net.Addr, error) {
	address := s.options.Listen
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listening on %q: %w: write it as host:port, such as 127.0.0.1:9780", address, err)
	}
	refused := fmt.Errorf("listening on %q: %w: it would answer other machines without asking who they are; use 127.0.0.1, [::1] or localhost", address, ErrNotLoopback)
	if !s.options.AllowRemote && !loopbackHost(host) {
		return nil, refused
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening on %q: %w", address, err)
	}
	// What localhost means is up to the machine's resolver.
	if tcp, ok := listener.Addr().(*net.TCPAddr); !s.options.AllowRemote && (!ok || !tcp.IP.IsLoopback()) {
		return nil, errors.Join(refused, listener.Close())
	}
	s.listener = netutil.LimitListener(listener, maxConnections)
	return listener.Addr(), nil
}

// Run answers until ctx ends, then lets the requests in hand finish. It
// listens first, unless Listen was called.
func (s *Server) Run(ctx context.Context) error {
	if s.listener == nil {
		if _, err := s.Listen(ctx); err != nil {
			return err
		}
	}
	logger := s.options.Logger
	server := &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: readTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	logger.Info("listening", "address", s.listener.Addr().String())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(s.listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving HTTP: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		logger.Warn("requests were cut off at the end", "error", err)
		if err := server.Close(); err != nil {
			logger.Warn("closing the listener", "error", err)
		}
	}
	<-ended
	return nil
}
