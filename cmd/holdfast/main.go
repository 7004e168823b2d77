// Command holdfast keeps infrastructure where Git says it should be, and where
// policy says it may be.
//
// Each command is one small file. builtin.go lists the drivers and puts the
// parts together; project.go reads the configuration into what the loop asks
// for; exit.go is the one table from errors to exit codes.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	spareCollections()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, ownErrors())
	stop()
	os.Exit(code)
}

// ownErrors is standard error for holdfast alone. What libraries write there by
// themselves would stand between its own lines, and say of no file which one it is about.
func ownErrors() io.Writer {
	own := os.Stderr
	if nothing, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = nothing
	}
	log.SetOutput(io.Discard) // values of charts, which may be secret, are among what is said there
	return own
}

// run is main without the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		// A bug must not show its insides to a user, nor pass for success.
		if fault := recover(); fault != nil {
			fmt.Fprintf(stderr, "holdfast: internal error: %v\nThis is a bug in holdfast; nothing more was changed. Please report it with the command that you ran.\n", fault)
			code = exitFault
		}
	}()
	app := newApp(stdout, stderr)
	root := app.rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil {
		if text := message(err); text != "" {
			fmt.Fprintln(stderr, app.errorPrefix()+text)
		}
	}
	return exitCode(err)
}
