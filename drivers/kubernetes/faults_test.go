package kubernetes_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
)

func TestCredentialsAreReadAnewWhenTheyExpire(t *testing.T) {
	p := newProxy(t)
	w := newTarget(t, map[string]any{"kubeconfig": p.kubeconfig})
	w.bring(configMap("settings", fields{"a": "1"}))
	valid := "Bearer second"
	p.meddleWith(func(out http.ResponseWriter, in *http.Request) bool {
		if in.Header.Get("Authorization") == valid {
			return false
		}
		out.Header().Set("Content-Type", "application/json")
		out.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(out, `{"apiVersion": "v1", "kind": "Status", "status": "Failure", "reason": "Unauthorized", "code": 401}`)
		return true
	})
	_, err := w.tryPlan(configMap("settings", fields{"a": "2"}))
	if err == nil {
		t.Fatal("there are no valid credentials, and there is a plan")
	}
	p.write(t, p.address, "second")
	w.bring(configMap("settings", fields{"a": "2"}))
}

func TestBusyServerIsGivenTime(t *testing.T) {
	p := newProxy(t)
	w := newTarget(t, map[string]any{"kubeconfig": p.kubeconfig})
	var answers atomic.Int64 // requests come side by side
	p.meddleWith(func(out http.ResponseWriter, in *http.Request) bool {
		if answers.Add(1)%2 == 0 || in.URL.Query().Get("watch") != "" {
			return false
		}
		out.Header().Set("Retry-After", "0")
		out.WriteHeader(http.StatusTooManyRequests)
		return true
	})
	w.bring(configMap("settings", fields{"a": "1"}), configMap("more", fields{"a": "1"}))
}

func TestServerAwayIsUnreachable(t *testing.T) {
	p := newProxy(t)
	w := newTarget(t, map[string]any{"kubeconfig": p.kubeconfig})
	w.bring(configMap("settings", fields{"a": "1"}))
	plan := w.plan(configMap("settings", fields{"a": "2"}))
	p.meddleWith(func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
	if err := w.apply(plan)["settings"]; !errors.Is(err, drivers.ErrUnreachable) {
		t.Errorf("the change ended with %v", err)
	}
	if _, err := w.tryPlan(configMap("other", nil)); !errors.Is(err, drivers.ErrUnreachable) {
		t.Errorf("observing ended with %v", err)
	}
	p.meddleWith(nil)
	w.bring(configMap("settings", fields{"a": "2"}))
}

// The answer to a create is lost: the object is there, and belongs to the target.
func TestLostAnswerLeadsToTheSameEnd(t *testing.T) {
	p := newProxy(t)
	w := newTarget(t, map[string]any{"kubeconfig": p.kubeconfig})
	plan := w.plan(configMap("settings", fields{"a": "1"}))
	var lost atomic.Bool
	p.meddleWith(func(out http.ResponseWriter, in *http.Request) bool {
		if in.Method == http.MethodPatch && lost.CompareAndSwap(false, true) {
			p.forward(nowhere{}, in)
			panic(http.ErrAbortHandler)
		}
		return false
	})
	if err := w.apply(plan)["settings"]; !errors.Is(err, drivers.ErrStale) {
		t.Errorf("it ended with %v", err)
	}
	time.Sleep(told)
	w.bring(configMap("settings", fields{"a": "1"}))
}

type nowhere struct{}

func (nowhere) Header() http.Header { return http.Header{} }

func (nowhere) Write(text []byte) (int, error) { return len(text), nil }

func (nowhere) WriteHeader(int) {}
