package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"syscall"
	"time"
)

// daemon is `holdfast run`.
type daemon struct {
	*scene
	program, address string
	command          *process
}

func (d *daemon) user() string { return "holdfast" }
func (d *daemon) pid() int     { return d.command.pid() }

func (d *daemon) start(ctx context.Context) error {
	kubeconfig, err := d.kubeconfig(d.user())
	if err != nil {
		return err
	}
	if d.address, err = freeAddress(); err != nil {
		return err
	}
	config := filepath.Join(d.folder, "operator.yaml")
	err = writeYAML(config, map[string]any{
		"source": map[string]any{"dir": map[string]any{"path": d.repository()}}, "state": "sqlite://" + filepath.Join(d.folder, "state.db"),
		"server": map[string]any{"listen": d.address},
		"targets": []any{map[string]any{
			"name": "bench", "driver": "kubernetes", "path": "manifests", "mode": "apply", "prune": true, "interval": "1h",
			"settings": map[string]any{"kubeconfig": kubeconfig, "qps": 1000, "burst": 2000},
		}},
	})
	if err != nil {
		return err
	}
	d.command, err = run(d.folder, "holdfast", d.program, "run", "--config", config)
	if err != nil {
		return err
	}
	return d.ended(ctx, time.Time{})
}

// ended waits until a run that began after the given time has brought the target in line.
func (d *daemon) ended(ctx context.Context, after time.Time) error {
	message := ""
	for ; ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
		if err := d.command.ended(); err != nil {
			return err
		}
		var status struct {
			Targets []struct {
				Outcome, Message string
				LastRun          struct{ Ended time.Time }
			}
		}
		if err := d.get(ctx, "/status", &status); err != nil || len(status.Targets) == 0 {
			continue
		}
		target := status.Targets[0]
		message = target.Message
		if target.Outcome == "ok" && target.LastRun.Ended.After(after) {
			return nil
		}
	}
	return fmt.Errorf("not in line: %s: %w", message, ctx.Err())
}

func (d *daemon) get(ctx context.Context, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+d.address+path, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return json.NewDecoder(answer.Body).Decode(into)
}

func (d *daemon) pass(ctx context.Context) error {
	began := time.Now()
	if err := d.command.signal(syscall.SIGUSR1); err != nil {
		return err
	}
	return d.ended(ctx, began)
}

func (d *daemon) commit(context.Context) error { return nil } // it watches the folder

func (d *daemon) stop() { d.command.stop() }

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
