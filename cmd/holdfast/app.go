package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/lmittmann/tint"
	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/report"
)

// app is what all commands share: where they write, and how.
type app struct {
	stdout, stderr io.Writer
	logLevel       string
	logFormat      string
	color          string
}

func newApp(stdout, stderr io.Writer) *app { return &app{stdout: stdout, stderr: stderr} }

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "holdfast",
		Short: "Keep infrastructure where Git says it should be, and where policy says it may be",
		Long: `holdfast keeps infrastructure where Git says it should be, and where policy says it may be.

It pulls desired state from Git, judges it by Rego policies (security, allocation, disaster
recovery), and applies or flags the changes through drivers, on a loop.

  holdfast check   judges a folder or a pull request before it is merged
  holdfast run     keeps targets in line with a Git repository
  holdfast audit   writes a report of findings, drift and coverage

` + exitHelp,
		Example: `  holdfast check .
  holdfast audit . --format html=report.html
  holdfast run --config holdfast.yaml`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	flags := root.PersistentFlags()
	flags.StringVar(&a.logLevel, "log-level", "", "debug, info, warn or error (default: info for run, else warn)")
	flags.StringVar(&a.logFormat, "log-format", "", "text or json (default: text on a terminal, else json)")
	flags.StringVar(&a.color, "color", "auto", "auto, always or never")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains([]string{"auto", "always", "never"}, a.color) {
			return mistake(fmt.Errorf("--color %q: use auto, always or never", a.color))
		}
		return nil
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return mistake(fmt.Errorf("%w\nsee `%s --help`", err, cmd.CommandPath()))
	})
	root.AddCommand(
		a.checkCommand(), a.auditCommand(), a.planCommand(), a.applyCommand(), a.runCommand(), a.statusCommand(),
		a.explainCommand(), a.policyCommand(), a.initCommand(), a.configCommand(), a.versionCommand(),
	)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, command := range root.Commands() {
		switch command.Name() {
		case "help":
			command.Args = func(_ *cobra.Command, args []string) error {
				_, rest, err := root.Find(args)
				if len(rest) > 0 || err != nil {
					return noCommand(root, args)
				}
				return nil
			}
		case "completion":
			command.Args = noCommand
			command.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			command.Example = "  source <(holdfast completion bash)"
		}
	}
	misuse(root)
	return root
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, and was given %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// noCommand is what a command that only holds others takes.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	path := cmd.CommandPath()
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("%s has no command %q; did you mean %q?", path, args[0], near[0])
	}
	return fmt.Errorf("%s has no command %q; see `%s --help`", path, args[0], path)
}

// misuse makes wrong arguments the user's mistake, in this command and those below it.
func misuse(command *cobra.Command) {
	if check := command.Args; check != nil {
		command.Args = func(cmd *cobra.Command, args []string) error { return mistake(check(cmd, args)) }
	}
	for _, below := range command.Commands() {
		misuse(below)
	}
}

// logger writes to standard error: for people on a terminal, JSON otherwise.
func (a *app) logger(fallback slog.Level) (*slog.Logger, error) {
	level := fallback
	if a.logLevel != "" {
		if err := level.UnmarshalText([]byte(a.logLevel)); err != nil {
			return nil, mistake(fmt.Errorf("--log-level %q: use debug, info, warn or error", a.logLevel))
		}
	}
	format := a.logFormat
	if format == "" {
		format = "json"
		if isTerminal(a.stderr) {
			format = "text"
		}
	}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(a.stderr, &slog.HandlerOptions{Level: level})), nil
	case "text":
		return slog.New(tint.NewTextHandler(a.stderr, &tint.Options{
			Level: level, TimeFormat: time.TimeOnly, NoColor: !a.colorOn(a.stderr),
		})), nil
	}
	return nil, mistake(fmt.Errorf("--log-format %q: use text or json", a.logFormat))
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// colorOn follows --color, and the conventions of no-color.org where that says nothing.
func (a *app) colorOn(w io.Writer) bool {
	switch a.color {
	case "always":
		return true
	case "never":
		return false
	}
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func (a *app) textOptions(verbose bool) report.TextOptions {
	options := report.TextOptions{Color: a.colorOn(a.stdout), Verbose: verbose}
	if file, ok := a.stdout.(*os.File); ok && isTerminal(file) {
		if size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ); err == nil {
			options.Width = int(size.Col)
		}
	}
	return options
}

func (a *app) errorPrefix() string {
	if a.colorOn(a.stderr) {
		return "\x1b[31mholdfast:\x1b[0m "
	}
	return "holdfast: "
}

// formats parses --format values of the form NAME or NAME=FILE.
type output struct{ name, file string }

func parseFormats(values, known []string) ([]output, error) {
	var outputs []output
	for _, value := range values {
		name, file, hasFile := strings.Cut(value, "=")
		found := false
		for _, k := range known {
			found = found || k == name
		}
		switch {
		case !found:
			return nil, mistake(fmt.Errorf("--format %q: there are %s", name, strings.Join(known, ", ")))
		case hasFile && file == "":
			return nil, mistake(fmt.Errorf("--format %s: a file name is missing after =", value))
		}
		outputs = append(outputs, output{name, file})
	}
	return outputs, oneEach(outputs)
}
