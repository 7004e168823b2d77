package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/server"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// served is a server on a port of its own that runs until the test ends.
type served struct {
	address string
	stop    context.CancelFunc
	ended   chan error
}

func healthy() server.Options {
	return server.Options{
		Listen:   "127.0.0.1:0",
		Logger:   slog.New(slog.DiscardHandler),
		Status:   func(context.Context) (reconcile.Status, error) { return reconcile.Status{}, nil },
		Ready:    func(context.Context) []string { return nil },
		Alive:    func() error { return nil },
		Sync:     func(string) error { return nil },
		Token:    func() (string, error) { return "", nil },
		Registry: prometheus.NewRegistry(),
	}
}

func serve(t *testing.T, options server.Options) *served {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	s := server.New(options)
	address, err := s.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	run := &served{address: address.String(), stop: stop, ended: make(chan error, 1)}
	go func() { run.ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-run.ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return run
}

// ask sends one request on a connection of its own; host "" is the address.
func (s *served) ask(t *testing.T, method, path, host string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host, request.Close = host, true
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestHealthFollowsTheLoop(t *testing.T) {
	var alive atomic.Bool
	options := healthy()
	options.Alive = func() error {
		if alive.Load() {
			return nil
		}
		return errors.New("the loop has not turned for 10m0s")
	}
	s := serve(t, options)
	response, body := s.ask(t, "GET", "/healthz", "")
	if response.StatusCode != 503 || !strings.Contains(body, "has not turned for 10m0s") {
		t.Errorf("dead: %d %q", response.StatusCode, body)
	}
	alive.Store(true)
	if response, body := s.ask(t, "GET", "/healthz", ""); response.StatusCode != 200 || body != "ok\n" {
		t.Errorf("alive: %d %q", response.StatusCode, body)
	}
}

func TestReadinessNamesTheReasons(t *testing.T) {
	reasons := make(chan []string, 1)
	options := healthy()
	options.Ready = func(context.Context) []string { return <-reasons }
	s := serve(t, options)
	reasons <- []string{"target web was not looked at yet", "the state cannot be written: no space"}
	response, body := s.ask(t, "GET", "/readyz", "")
	if response.StatusCode != 503 || body != "target web was not looked at yet\nthe state cannot be written: no space\n" {
		t.Errorf("not ready: %d %q", response.StatusCode, body)
	}
	reasons <- nil
	if response, body := s.ask(t, "GET", "/readyz", ""); response.StatusCode != 200 || body != "ok\n" {
		t.Errorf("ready: %d %q", response.StatusCode, body)
	}
}

func TestStatusIsJSON(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	want := reconcile.Status{
		Version: "v1.2.3", Source: "https://git.example.com/acme/infra.git", Generated: noon,
		Revision: sources.Revision{ID: "abc", Ref: "main", Time: noon},
		Targets: []reconcile.TargetStatus{{
			Name: "web", Outcome: reconcile.OutcomeBlocked, Message: "1 finding blocks", Revision: "abc", Owned: 3,
			LastRun: &reconcile.RunSummary{ID: "r", Started: noon, Ended: noon,
				Changes: map[reconcile.State]int{reconcile.StateBlocked: 1}, Findings: reconcile.FindingCounts{Total: 1, Blocking: 1}},
		}},
	}
	options := healthy()
	options.Status = func(context.Context) (reconcile.Status, error) { return want, nil }
	response, body := serve(t, options).ask(t, "GET", "/status", "")
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %q", response.StatusCode, response.Header.Get("Content-Type"))
	}
	var got reconcile.Status
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var loose struct {
		Targets []map[string]any `json:"targets"`
	}
	if err := json.Unmarshal([]byte(body), &loose); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"name", "driver", "mode", "outcome", "revision", "owned", "lastRun"} {
		if _, there := loose.Targets[0][key]; !there {
			t.Errorf("a target has no %q in %s", key, body)
		}
	}
}

// What went wrong inside is for the log, not for whoever asks.
func TestStatusErrorStaysInside(t *testing.T) {
	var log bytes.Buffer
	options := healthy()
	options.Logger = slog.New(slog.NewTextHandler(&log, nil))
	options.Status = func(context.Context) (reconcile.Status, error) {
		return reconcile.Status{}, errors.New("disk /dev/inner is broken")
	}
	s := serve(t, options)
	response, body := s.ask(t, "GET", "/status", "")
	if response.StatusCode != 500 || strings.Contains(body, "inner") {
		t.Errorf("%d %q", response.StatusCode, body)
	}
	s.stop()
	if err := <-s.ended; err != nil { // from here on nothing writes to the log
		t.Fatal(err)
	}
	s.ended <- nil
	if !strings.Contains(log.String(), "/dev/inner") {
		t.Errorf("the log does not say why: %s", log.String())
	}
}

func TestAnswersHaveSafeHeaders(t *testing.T) {
	s := serve(t, healthy())
	for _, path := range []string{"/healthz", "/readyz", "/status", "/metrics", "/nothing", "/"} {
		response, _ := s.ask(t, "GET", path, "")
		for name, want := range map[string]string{
			"Cache-Control":                "no-store",
			"X-Content-Type-Options":       "nosniff",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := response.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if got := response.Header.Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("%s may be read from %s", path, got)
		}
	}
}

func TestMethods(t *testing.T) {
	s := serve(t, healthy())
	for method, want := range map[string]int{"GET": 200, "HEAD": 200, "POST": 405, "PUT": 405, "DELETE": 405, "OPTIONS": 405, "PATCH": 405} {
		for _, path := range []string{"/healthz", "/readyz", "/status", "/metrics"} {
			response, body := s.ask(t, method, path, "")
			if response.StatusCode != want {
				t.Errorf("%s %s: %d, want %d", method, path, response.StatusCode, want)
			}
			if method == "HEAD" && body != "" {
				t.Errorf("HEAD %s has a body", path)
			}
		}
	}
	if response, _ := s.ask(t, "GET", "/status/../secret", ""); response.StatusCode == 200 {
		t.Error("a path that does not exist was answered")
	}
}

func TestHostHeader(t *testing.T) {
	local := map[string]bool{
		"localhost": true, "localhost:9780": true, "LocalHost.": true, "127.0.0.1": true, "127.0.0.1:80": true, "127.8.9.1": true,
		"[::1]": true, "[::1]:9780": true, "[::ffff:127.0.0.1]:1": true,
		"evil.example": false, "evil.example:9780": false, "localhost.evil.example": false, "127.0.0.1.evil.example": false,
		"10.0.0.5": false, "10.0.0.5:9780": false, "0.0.0.0": false, "[::]": false, "[fe80::1]": false, "2130706433": false,
	}
	s := serve(t, healthy())
	for host, allowed := range local {
		want := http.StatusMisdirectedRequest
		if allowed {
			want = http.StatusOK
		}
		if response, _ := s.ask(t, "GET", "/status", host); response.StatusCode != want {
			t.Errorf("host %q: %d, want %d", host, response.StatusCode, want)
		}
	}
	options := healthy()
	options.AllowRemote = true
	remote := serve(t, options)
	for host, want := range map[string]int{"10.0.0.5:9780": 200, "[fe80::1]": 200, "localhost": 200, "evil.example": 421} {
		if response, _ := remote.ask(t, "GET", "/status", host); response.StatusCode != want {
			t.Errorf("with AllowRemote, host %q: %d, want %d", host, response.StatusCode, want)
		}
	}
}

// HTTP/1.0 needs no Host header; without one nothing says who is meant.
func TestNoHostHeader(t *testing.T) {
	s := serve(t, healthy())
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /status HTTP/1.0\r\n\r\n")
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.Contains(line, " 421 ") {
		t.Errorf("%q, %v", line, err)
	}
}

func TestLongHeaderIsRefused(t *testing.T) {
	s := serve(t, healthy())
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		// The server may hang up before it has read all of it.
		fmt.Fprintf(conn, "GET /status HTTP/1.1\r\nHost: localhost\r\nX-Long: %s\r\n\r\n", strings.Repeat("a", 64<<10))
	}()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.Contains(line, " 431 ") {
		t.Errorf("a header of 64 KiB was answered with %q", line)
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	for address, sentinel := range map[string]error{
		":0": server.ErrNotLoopback, "0.0.0.0:0": server.ErrNotLoopback, "[::]:0": server.ErrNotLoopback,
		"192.0.2.1:0": server.ErrNotLoopback, "example.com:80": server.ErrNotLoopback,
		"127.0.0.1": nil, "": nil, "127.0.0.1:port": nil,
	} {
		options := healthy()
		options.Listen = address
		_, err := server.New(options).Listen(t.Context())
		if err == nil || (sentinel != nil && !errors.Is(err, sentinel)) {
			t.Errorf("%q: %v", address, err)
		}
		if err := server.New(options).Run(t.Context()); err == nil {
			t.Errorf("%q: Run served", address)
		}
	}
	options := healthy()
	options.Listen = "localhost:0"
	serve(t, options)
	options.Listen, options.AllowRemote = ":0", true
	serve(t, options)
}

func TestAddressInUse(t *testing.T) {
	options := healthy()
	options.Listen = serve(t, healthy()).address
	if _, err := server.New(options).Listen(t.Context()); err == nil || !strings.Contains(err.Error(), options.Listen) {
		t.Errorf("%v", err)
	}
}

// A request that is being answered when the daemon is told to stop gets its answer.
func TestStopLetsRequestsFinish(t *testing.T) {
	asked, answer := make(chan struct{}), make(chan struct{})
	options := healthy()
	options.Ready = func(context.Context) []string {
		close(asked)
		<-answer
		return nil
	}
	s := serve(t, options)
	got := make(chan string, 1)
	go func() {
		defer close(got) // also when asking fails
		_, body := s.ask(t, "GET", "/readyz", "")
		got <- body
	}()
	<-asked
	s.stop()
	for { // until the address is given up: from then on it is being stopped
		conn, err := net.Dial("tcp", s.address)
		if err != nil {
			break
		}
		conn.Close()
	}
	close(answer)
	if body := <-got; body != "ok\n" {
		t.Errorf("the last answer is %q", body)
	}
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
	s.ended <- nil
}

// A fault in one answer neither ends the daemon nor shows its insides.
func TestPanicIsContained(t *testing.T) {
	options := healthy()
	options.Status = func(context.Context) (reconcile.Status, error) { panic("inner state") }
	s := serve(t, options)
	request, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+s.address+"/status", nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	if response, err := transport.RoundTrip(request); err == nil {
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode == 200 || strings.Contains(string(body), "inner state") {
			t.Errorf("%d %q", response.StatusCode, body)
		}
	}
	if response, _ := s.ask(t, "GET", "/healthz", ""); response.StatusCode != 200 {
		t.Errorf("afterwards: %d", response.StatusCode)
	}
}
