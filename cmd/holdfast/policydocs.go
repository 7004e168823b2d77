package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/report"
)

func (a *app) policyDocsCommand() *cobra.Command {
	var f checkFlags
	var format, title string
	cmd := &cobra.Command{
		Use:   "docs [PATH...]",
		Short: "Write documentation of rules from their METADATA",
		Long: `docs writes what the METADATA of rules says, with an index by category: of the rules that check
would judge by, as policy list shows them, and of your own in PATH. The outcome changes only when
the rules do, so that it can be kept in Git.`,
		Example: `  holdfast policy docs --profile strict
  holdfast policy docs policies/ --no-builtin --format html=policies.html`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			f.policies = append(f.policies, paths...)
			return a.policyDocs(cmd.Context(), &f, format, title)
		},
	}
	f.registerSelection(cmd)
	cmd.Flags().StringVar(&format, "format", "markdown", "markdown or html, as NAME or NAME=FILE")
	cmd.Flags().StringVar(&title, "title", "Policies", "what the documentation is called")
	return cmd
}

func (a *app) policyDocs(ctx context.Context, f *checkFlags, format, title string) error {
	outputs, err := parseFormats([]string{format}, []string{"markdown", "html"})
	if err != nil {
		return err
	}
	judge, _, err := f.compile(ctx)
	if err != nil {
		return err
	}
	docs := &report.PolicyDocs{Title: title, Rules: judge.Rules()}
	return a.write(outputs[0], func(w io.Writer) error {
		if outputs[0].name == "html" {
			return report.PolicyDocsHTML(w, docs)
		}
		return report.PolicyDocsMarkdown(w, docs)
	})
}
