package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/server"
	"github.com/holdfast-dev/holdfast/reconcile"
)

func (a *app) runCommand() *cobra.Command {
	var file string
	var once bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Keep the targets in line, continuously",
		Long: `run watches the source and brings each target in line with it, within what policy allows; it
corrects drift and serves /healthz, /readyz, /metrics and /status on loopback.

SIGTERM and SIGINT finish the change in hand, record it and end. SIGHUP reads the configuration anew
and looks at everything again at once. SIGUSR1 looks at the source and the targets at once, and so
does POST /sync with the token of server.tokenFile.

With --once, a change that mode apply does not make before someone decides on it, such as a delete
over the limit, ends with exit code 1 as well.

` + exitHelp,
		Example: `  holdfast run --config /etc/holdfast/holdfast.yaml
  holdfast run --once`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.run(cmd.Context(), file, once) },
	}
	cmd.Flags().StringVar(&file, "config", "", "the operator's configuration file (default: holdfast.yaml here or above)")
	cmd.Flags().BoolVar(&once, "once", false, "one pass over all targets, then exit with the codes below")
	return cmd
}

func (a *app) run(ctx context.Context, file string, once bool) error {
	logger, err := a.logger(slog.LevelInfo)
	if err != nil {
		return err
	}
	_, c, err := openConfig(file)
	if err != nil {
		return err
	}
	if once {
		return a.runOnce(ctx, c, logger)
	}
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)
	var before *config.Config // the one that worked, after a reload
	for {
		next, err := serve(ctx, c, file, reload, logger)
		if unusable := (*notStarted)(nil); errors.As(err, &unusable) && before != nil {
			logger.Error(notTakenUp, "err", err)
			c, before = before, nil
			continue
		}
		if err != nil || next == nil {
			return err
		}
		before, c = c, next
	}
}

const notTakenUp = "the configuration was not taken up; going on with the one before"

// notStarted is why a configuration that reads well cannot be run with.
type notStarted struct{ err error }

func (n *notStarted) Error() string { return n.err.Error() }
func (n *notStarted) Unwrap() error { return n.err }

func (a *app) runOnce(ctx context.Context, c *config.Config, logger *slog.Logger) (err error) {
	engine, err := newEngine(ctx, c, engineOptions{logger: logger, events: logEvents(logger)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	result, err := engine.Pass(ctx, reconcile.PassOptions{})
	if err != nil {
		return err
	}
	return ended(onceCode(result))
}

// serve runs the loop and the server with one configuration. It returns the
// next one after SIGHUP, and nil when ctx ended.
func serve(ctx context.Context, c *config.Config, file string, reload <-chan os.Signal, logger *slog.Logger) (next *config.Config, err error) {
	spareMemory()
	registry := prometheus.NewRegistry()
	metrics, err := server.NewMetrics(registry, versionName())
	if err != nil {
		return nil, fmt.Errorf("set up metrics: %w", err)
	}
	watch, idle := &readiness{}, newIdle()
	defer idle.stop()
	engine, err := newEngine(ctx, c, engineOptions{logger: logger, events: func(e reconcile.Event) {
		logEvents(logger)(e)
		measure(metrics, e)
		watch.take(e)
		idle.take(e)
	}})
	if err != nil {
		return nil, &notStarted{err}
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served, err := listen(ctx, server.Options{
		Listen: c.Server.Listen, AllowRemote: c.Server.AllowRemote, Logger: logger, Registry: registry, Alive: engine.Alive,
		Sync: engine.Sync, Token: func() (string, error) { return readToken(c.Server.TokenFile) },
		Ready:  func(ctx context.Context) []string { return watch.reasons(engine.store.Writable(ctx)) },
		Status: func(ctx context.Context) (reconcile.Status, error) { return readStatus(ctx, engine.store, c) },
	})
	if err != nil {
		return nil, &notStarted{err}
	}
	sync := make(chan os.Signal, 1)
	signal.Notify(sync, syscall.SIGUSR1)
	defer signal.Stop(sync)
	looped := make(chan error, 1)
	go func() { looped <- engine.Run(ctx) }()
	for {
		select {
		case err := <-looped:
			stop()
			return nil, errors.Join(err, <-served)
		case <-sync:
			logger.Info("a sync was asked for")
			if err := engine.Sync(""); err != nil {
				logger.Error("a sync could not be asked for", "err", err)
			}
		case <-reload:
			_, next, err := openConfig(file)
			if err != nil {
				logger.Error(notTakenUp, "err", err)
				continue
			}
			logger.Info("configuration read anew", "file", next.File)
			stop()
			return next, errors.Join(<-looped, <-served)
		}
	}
}

// maxToken bounds the file of a token, in bytes.
const maxToken = 4096

// readToken reads the token each time that it is needed, so that it can be
// changed; "" without a file. A file that holds none is no leave for everybody.
func readToken(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	opened, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("read server.tokenFile: %w", err)
	}
	defer opened.Close()
	content, err := io.ReadAll(io.LimitReader(opened, maxToken+1))
	if err != nil {
		return "", fmt.Errorf("read server.tokenFile: %w", err)
	}
	token := strings.TrimSpace(string(content))
	if token == "" || len(content) > maxToken {
		return "", fmt.Errorf("server.tokenFile %s holds no token of at most %d bytes", file, maxToken)
	}
	return token, nil
}

// listen serves until ctx ends, unless that is off; how it ended is sent.
func listen(ctx context.Context, options server.Options) (<-chan error, error) {
	served := make(chan error, 1)
	if options.Listen == "" {
		served <- nil
		return served, nil
	}
	s := server.New(options)
	address, err := s.Listen(ctx)
	if err != nil {
		return nil, err
	}
	options.Logger.Info("serving health, metrics and status", "address", address.String())
	go func() { served <- s.Run(ctx) }()
	return served, nil
}
