package server_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/server"
	"github.com/holdfast-dev/holdfast/reconcile"
)

// post asks for a sync with the headers given.
func (s *served) post(t *testing.T, path, host string, headers map[string]string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host, request.Close = host, true
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
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

func syncing(token string, asked *[]string) server.Options {
	options := healthy()
	options.Token = func() (string, error) { return token, nil }
	options.Sync = func(target string) error {
		if target == "nothing" {
			return fmt.Errorf("target %q: %w", target, reconcile.ErrNoTarget)
		}
		*asked = append(*asked, target)
		return nil
	}
	return options
}

func TestSync(t *testing.T) {
	var asked []string
	s := serve(t, syncing("the token", &asked))
	good := map[string]string{"Content-Type": "application/json", "Authorization": "Bearer the token"}
	with := func(name, value string) map[string]string {
		headers := map[string]string{}
		for k, v := range good {
			headers[k] = v
		}
		headers[name] = value
		return headers
	}
	for what, test := range map[string]struct {
		path, host string
		headers    map[string]string
		want       int
	}{
		"as it should be":          {"/sync", "", good, 202},
		"of a target":              {"/sync?target=web", "", good, 202},
		"with a character set":     {"/sync", "", with("Content-Type", "application/json; charset=utf-8"), 202},
		"of no target":             {"/sync?target=nothing", "", good, 404},
		"without a token":          {"/sync", "", with("Authorization", ""), 401},
		"with another token":       {"/sync", "", with("Authorization", "Bearer the tokens"), 401},
		"with a password":          {"/sync", "", with("Authorization", "Basic the token"), 401},
		"as a form of a web page":  {"/sync", "", with("Content-Type", "text/plain"), 415},
		"by a name of someone's":   {"/sync", "evil.example", good, 421},
		"without a kind of body":   {"/sync", "", with("Content-Type", ""), 415},
		"beside what can be asked": {"/sync/web", "", good, 404},
	} {
		asked = nil
		response, body := s.post(t, test.path, test.host, test.headers)
		if response.StatusCode != test.want {
			t.Errorf("%s: %d, want %d: %s", what, response.StatusCode, test.want, body)
		}
		if done := len(asked) == 1; done != (test.want == 202) {
			t.Errorf("%s: asked for %q", what, asked)
		}
		if strings.Contains(body, "the token\"") {
			t.Errorf("%s: the answer tells the token: %s", what, body)
		}
	}
	response, body := s.post(t, "/sync?target=web", "", good)
	if response.Header.Get("Content-Type") != "application/json" || body != `{"accepted":true,"target":"web"}`+"\n" {
		t.Errorf("%v %s", response.Header, body)
	}
	for _, method := range []string{"GET", "HEAD", "PUT", "OPTIONS"} {
		if response, _ := s.ask(t, method, "/sync", ""); response.StatusCode != 405 {
			t.Errorf("%s: %d", method, response.StatusCode)
		}
	}
}

// Where no token is set nobody can do anything, and one that cannot be read lets nobody in.
func TestSyncWithoutAToken(t *testing.T) {
	var asked []string
	headers := map[string]string{"Content-Type": "application/json", "Authorization": "Bearer "}
	response, body := serve(t, syncing("", &asked)).post(t, "/sync", "", headers)
	if response.StatusCode != 403 || !strings.Contains(body, "server.tokenFile") {
		t.Errorf("%d %s", response.StatusCode, body)
	}
	options := syncing("", &asked)
	options.Token = func() (string, error) { return "", errors.New("open /etc/inner: no such file") }
	if response, body := serve(t, options).post(t, "/sync", "", headers); response.StatusCode != 500 || strings.Contains(body, "inner") {
		t.Errorf("%d %s", response.StatusCode, body)
	}
	if len(asked) > 0 {
		t.Errorf("asked for %q", asked)
	}
}
