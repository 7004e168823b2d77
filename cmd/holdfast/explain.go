package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/policy"
)

func (a *app) explainCommand() *cobra.Command {
	var f checkFlags
	var source bool
	cmd := &cobra.Command{
		Use:   "explain RULE | FINDING [PATH...]",
		Short: "Tell what a rule asks for, or why a finding is there",
		Long: `explain RULE tells what a rule asks for, why, and how to mend it.

explain FINDING tells why a rule fired. FINDING is the fingerprint that check --format json shows,
or its beginning; PATH and flags are those of the check. It shows the place, the lines of the rule
that held, and what their variables stood for. Sensitive values are masked.`,
		Example: `  holdfast explain dr/single-replica
  holdfast explain security/privileged --source
  holdfast explain 3f9a1c04 deploy/ --policy policies/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name a rule, which `holdfast policy list` lists, or a finding by its fingerprint, which `holdfast check --format json` shows")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if isFingerprint(args[0]) {
				return a.explainFinding(cmd.Context(), &f, args[0], args[1:])
			}
			if len(args) > 1 {
				return mistake(fmt.Errorf("%q is no fingerprint, and a rule is explained without PATH; `holdfast check --format json` shows fingerprints", args[0]))
			}
			return a.explain(cmd.Context(), &f, args[0], source)
		},
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.base, "base", "", "of a check with --base")
	flags.BoolVar(&source, "source", false, "show the rule's Rego too")
	return cmd
}

func (a *app) explain(ctx context.Context, f *checkFlags, id string, source bool) error {
	f.profile, f.allowEmpty = "strict", true // every rule can be explained
	f.controls, f.categories, f.rules = nil, nil, nil
	judge, files, err := f.compile(ctx)
	if err != nil {
		return err
	}
	rules := judge.Rules()
	at := slices.IndexFunc(rules, func(r policy.Rule) bool { return r.ID == id })
	if at < 0 {
		return mistake(fmt.Errorf("no rule is called %q; %s", id, suggestion(id, rules)))
	}
	tests, err := f.tests()
	if err != nil {
		return err
	}
	if err := newCompiler(0, nil).AddExamples(rules[at:at+1], append(tests, files...)); err != nil {
		return err
	}
	if err := writeRule(a.stdout, rules[at]); err != nil || !source {
		return err
	}
	text, found, err := newCompiler(0, nil).Source(id, files)
	if err != nil || !found {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "\n%s\n", strings.TrimSpace(text))
	return err
}

func suggestion(id string, rules []policy.Rule) string {
	best, distance := "", len(id)/2+1
	for _, rule := range rules {
		if d := levenshtein.ComputeDistance(id, rule.ID); d < distance {
			best, distance = rule.ID, d
		}
	}
	if best == "" {
		return "`holdfast policy list --profile strict` lists them"
	}
	return fmt.Sprintf("did you mean %q?", best)
}

func writeRule(w io.Writer, rule policy.Rule) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n", rule.ID, rule.Title)
	if rule.Description != "" {
		fmt.Fprintf(&b, "%s\n\n", strings.TrimSpace(rule.Description))
	}
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-12s %s\n", name, value)
		}
	}
	row("severity", string(rule.Severity))
	row("category", rule.Category)
	row("decision", decisions(rule))
	row("profile", rule.Profile)
	row("scope", string(rule.Scope))
	row("kinds", strings.Join(rule.Kinds, ", "))
	row("controls", strings.Join(rule.Controls, ", "))
	row("policy", rule.Policy)
	row("written at", rule.Location.String())
	for _, name := range slices.Sorted(maps.Keys(rule.Params)) {
		value, err := json.Marshal(rule.Params[name])
		if err != nil {
			return fmt.Errorf("show parameter %s: %w", name, err)
		}
		row("parameter", fmt.Sprintf("%s (default %s)", name, value))
	}
	if rule.Remediation != "" {
		fmt.Fprintf(&b, "\nTo mend it: %s\n", strings.TrimSpace(rule.Remediation))
	}
	if rule.Example != nil {
		if err := writeExample(&b, rule.Example); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeExample(b *strings.Builder, example *policy.Example) error {
	if len(example.Params) > 0 {
		params, err := json.Marshal(example.Params)
		if err != nil {
			return fmt.Errorf("show the example's parameters: %w", err)
		}
		fmt.Fprintf(b, "\nThe examples are with the parameters %s.\n", params)
	}
	for _, part := range []struct{ title, text string }{{"It finds", example.Bad}, {"It accepts", example.Good}} {
		if text := strings.TrimSpace(part.text); text != "" {
			fmt.Fprintf(b, "\n%s:\n\n    %s\n", part.title, strings.ReplaceAll(text, "\n", "\n    "))
		}
	}
	return nil
}
