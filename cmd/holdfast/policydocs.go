package main

import (
	"cmp"
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/report"
	"github.com/holdfast-dev/holdfast/policy"
)

func (a *app) policyDocsCommand() *cobra.Command {
	var f checkFlags
	var format, title string
	var builtin bool
	cmd := &cobra.Command{
		Use:   "docs [PATH...]",
		Short: "Write documentation of rules from their METADATA",
		Long: `docs writes what the METADATA of rules says, with an index by category: of the rules that check
would judge by, as policy list shows them, and of your own in PATH. Where the tests of a rule define
the texts good_example and bad_example, it shows them. The outcome changes only when the rules do,
so that it can be kept in Git.

With --builtin it is about the whole of the embedded library and nothing else.`,
		Example: `  holdfast policy docs --profile strict
  holdfast policy docs policies/ --no-builtin --format html=policies.html
  holdfast policy docs --builtin --format html=library.html`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			f.policies = append(f.policies, paths...)
			docs := &report.PolicyDocs{Title: title}
			if builtin {
				if len(paths) > 0 {
					return mistake(errors.New("--builtin is about the embedded library alone; name no PATH, or leave it out"))
				}
				docs.Title, docs.Intro = cmp.Or(title, "The built-in library"), libraryIntro
			}
			docs.Title = cmp.Or(docs.Title, "Policies")
			return a.policyDocs(cmd.Context(), &f, format, docs)
		},
	}
	f.registerSelection(cmd)
	cmd.Flags().StringVar(&format, "format", "markdown", "markdown or html, as NAME or NAME=FILE")
	cmd.Flags().StringVar(&title, "title", "", `what the documentation is called (default "Policies")`)
	cmd.Flags().BoolVar(&builtin, "builtin", false, "the whole embedded library, whatever the configuration and the profile")
	return cmd
}

// libraryIntro stands at the head of the library's documentation.
var libraryIntro = []string{
	"holdfast judges by these rules without a line of Rego of yours. Each names what it goes by, shows what it accepts and what it finds, and says how to mend that.",
	"A profile has the rules of those before it: starter, the default, finds real faults with few false alarms; recommended is what most teams should adopt; strict is all. " +
		"A rule that denies blocks, whatever its severity; one that warns does not. Parameters are set under policies.params of holdfast.yaml, or under params of a target.",
}

func (a *app) policyDocs(ctx context.Context, f *checkFlags, format string, docs *report.PolicyDocs) error {
	outputs, err := parseFormats([]string{format}, []string{"markdown", "html"})
	if err != nil {
		return err
	}
	if docs.Rules, err = f.documented(ctx, docs.Intro != nil); err != nil {
		return err
	}
	return a.write(outputs[0], func(w io.Writer) error {
		if outputs[0].name == "html" {
			return report.PolicyDocsHTML(w, docs)
		}
		return report.PolicyDocsMarkdown(w, docs)
	})
}

// documented are the rules that compile gives, or all of the library, with
// their examples.
func (f *checkFlags) documented(ctx context.Context, library bool) ([]policy.Rule, error) {
	compiler := newCompiler(0, nil)
	if library {
		rules, err := compiler.Library()
		if err != nil {
			return nil, err
		}
		return rules, compiler.AddExamples(rules, nil)
	}
	judge, files, err := f.compile(ctx)
	if err != nil {
		return nil, err
	}
	tests, err := f.tests()
	if err != nil {
		return nil, err
	}
	rules := judge.Rules()
	return rules, compiler.AddExamples(rules, append(tests, files...)) // those of bundles are among the files
}

// tests are the tests beside the policies that the flags and the configuration name.
func (f *checkFlags) tests() ([]policy.File, error) {
	named, _ := withBundles(f.policies)
	tests, err := addFiles(nil, named, onDiskNow, isPolicyTest)
	if err != nil {
		return nil, err
	}
	w := &workspace{}
	if err := w.findConfig(nil, f.config); err != nil || w.config == nil {
		return tests, err
	}
	configured, _ := withBundles(w.config.Policies.Paths)
	more, err := collectAll(inSource(rooted(w.root)), configured, isPolicyTest)
	return append(tests, more...), err
}
