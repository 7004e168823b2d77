package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// daemon is `holdfast run`.
type daemon struct {
	*scene
	program, address string
	command          *exec.Cmd
}

func (d *daemon) user() string { return "holdfast" }
func (d *daemon) pid() int     { return d.command.Process.Pid }

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
		"source": map[string]any{"dir": d.folder}, "state": "sqlite://" + filepath.Join(d.folder, "state.db"),
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
	for ; ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
		var status struct {
			Targets []struct {
				Run *struct {
					Outcome, Message string
					Ended            time.Time
				}
			}
		}
		if err := d.get(ctx, "/status", &status); err != nil || len(status.Targets) == 0 || status.Targets[0].Run == nil {
			continue
		}
		last := status.Targets[0].Run
		message = last.Message
		if last.Outcome == "ok" && last.Ended.After(after) {
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
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+d.address+"/sync", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		return errors.New("sync: " + answer.Status)
	}
	return d.ended(ctx, began)
}

func (d *daemon) commit(context.Context) error { return nil } // it watches the folder

func (d *daemon) stop() { stop(d.command) }

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// run starts a program with its log in the folder.
func run(folder, name, program string, args ...string) (*exec.Cmd, error) {
	log, err := os.Create(filepath.Join(folder, name+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	command := exec.Command(program, args...)
	command.Dir, command.Stdout, command.Stderr = folder, log, log
	return command, command.Start()
}

func stop(command *exec.Cmd) {
	if command != nil {
		_ = command.Process.Kill() // it may have ended
		_ = command.Wait()
	}
}
