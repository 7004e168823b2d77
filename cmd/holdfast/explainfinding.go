package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/report"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// explainedLines is how many source lines are shown before and after a finding's.
const explainedLines = 2

// fingerprintPattern is a fingerprint or the beginning of one; a shorter one
// could be a rule's id.
var fingerprintPattern = regexp.MustCompile(`^[0-9a-f]{6,32}$`)

func isFingerprint(text string) bool { return fingerprintPattern.MatchString(text) }

// explainFinding checks as the flags say, and asks the finding's rule again
// with an eye on how it comes to its answer.
func (a *app) explainFinding(ctx context.Context, f *checkFlags, begins string, paths []string) (err error) {
	logger, err := a.logger(slog.LevelWarn)
	if err != nil {
		return err
	}
	stop := a.progress("checking")
	checked, w, err := a.judge(ctx, f, paths, logger)
	stop()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	at, err := findingOf(&checked.Report, begins)
	if err != nil {
		return err
	}
	x, err := f.examine(ctx, w, logger)
	if err != nil {
		return err
	}
	finding := &checked.Judged[at]
	rule, known := x.ruleOf(finding)
	trace := &policy.Trace{Error: "rule " + finding.Rule + " is not among the rules here; with --base it may be one that the change takes away"}
	if known {
		if trace, err = x.exhibit.Explain(ctx, x.judge, finding, rule); err != nil {
			return err
		}
	}
	options := a.textOptions(true)
	options.Excerpt = func(int) []sources.Line { return checked.Excerpt(x.locator, at, explainedLines) }
	if err := report.Explanation(a.stdout, &checked.Findings[at], trace, options); err != nil || !known {
		return err
	}
	if _, err := io.WriteString(a.stdout, "\n"); err != nil {
		return err
	}
	return writeRule(a.stdout, rule)
}

// findingOf is the index of the finding whose fingerprint begins so.
func findingOf(r *reconcile.Report, begins string) (int, error) {
	var found []int
	for i := range r.Findings {
		if strings.HasPrefix(r.Findings[i].Fingerprint, begins) {
			found = append(found, i)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return 0, mistake(fmt.Errorf("%d findings have a fingerprint that begins with %q; give more of it", len(found), begins))
	case len(r.Errors) > 0:
		return 0, fmt.Errorf("what is checked cannot be read:\n%w", resource.Problems(r.Errors))
	}
	return 0, mistake(fmt.Errorf("none of the %d findings here has a fingerprint that begins with %q; "+
		"give the same PATH and flags as to `holdfast check --format json`, which shows the fingerprints", len(r.Findings), begins))
}

// ruleOf is the rule that gave the finding, also where it was that the rule
// could not be evaluated.
func (x *examination) ruleOf(f *policy.Finding) (policy.Rule, bool) {
	if f.Rule != policy.RuleError {
		return x.rule(f.Rule)
	}
	for _, rule := range x.judge.Rules() {
		if strings.HasPrefix(f.Msg, "rule "+rule.ID+" could not be evaluated") {
			return rule, true
		}
	}
	return policy.Rule{}, false
}
