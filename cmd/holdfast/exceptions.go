package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// readWaivers reads the waivers that the configuration points at, each within
// the scopes of the file that it is in.
func readWaivers(from tree, c *config.Config) ([]policy.Waiver, error) {
	return parseAll(from, c.Waivers, func(name string, content []byte) ([]policy.Waiver, error) {
		waivers, err := config.ParseWaivers(name, content)
		for i := range waivers {
			waivers[i].Bounds = c.Bounds(name)
		}
		return waivers, err
	})
}

// parseAll reads each file of the paths, once; the mistakes of all come back
// together. A path that is not there holds no exceptions, which is the stricter
// reading: Git does not keep an empty folder.
func parseAll[T any](from tree, names []string, parse func(string, []byte) ([]T, error)) ([]T, error) {
	there := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return missing(from, name) })
	files, err := collectAll(from, there, isData)
	if err != nil {
		return nil, err
	}
	var all []T
	var wrong resource.Problems
	read := map[string]bool{}
	for _, file := range files {
		if read[file.Name] {
			continue
		}
		read[file.Name] = true
		items, err := parse(file.Name, file.Content)
		if problems := (resource.Problems)(nil); errors.As(err, &problems) {
			wrong = append(wrong, problems...)
		} else if err != nil {
			return nil, err
		}
		all = append(all, items...)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return all, nil
}

// missing reports whether a path of the configuration leads nowhere.
func missing(from tree, name string) bool {
	at, within := from, name
	if filepath.IsAbs(name) {
		at, within = onDisk(name)
	}
	_, err := fs.Stat(at, within)
	return errors.Is(err, fs.ErrNotExist)
}

// lost are the paths of one of the configuration's lists that lead nowhere,
// each with its place.
func lost(from tree, c *config.Config, list string, names []string, mend string) resource.Problems {
	var problems resource.Problems
	for _, name := range names {
		if missing(from, name) {
			problems = append(problems, resource.Problem{
				Msg: fmt.Sprintf("%s: %s does not exist; %s", list, name, mend), Location: c.PathAt(list, name),
			})
		}
	}
	return problems
}

// waiverWarnings say what of the waivers deserves a look: those that have ended
// or soon will, that cover nothing, or that their scope keeps from what they name.
func (f *checkFlags) waiverWarnings(w *workspace, checked *reconcile.Checked, request *reconcile.CheckRequest, unknown resource.Problems) []resource.Problem {
	var warnings []resource.Problem
	if w.config != nil {
		const mend = "it holds none; correct the path, or take it out"
		warnings = append(warnings, lost(inSource(w.tree()), w.config, "waivers", w.config.Waivers, mend)...)
		warnings = append(warnings, lost(inSource(w.tree()), w.config, "approvals", w.config.Approvals, mend)...)
	}
	ran := map[string]bool{}
	for _, rule := range checked.Rules {
		ran[rule.ID] = true
	}
	uses := checked.Waivers
	if request.Base != nil {
		uses = stillThere(uses, request.Waivers)
		warnings = append(warnings, w.notYet(checked, request)...)
	}
	for i := range uses {
		if slices.ContainsFunc(unknown, func(p resource.Problem) bool { return p.Location == w.shownAt(uses[i].Waiver.RuleAt) }) {
			continue
		}
		// Whether it is of use shows only where everything is looked at.
		whole := w.whole && f.ignore == "" && (ran[uses[i].Waiver.Rule] || !f.narrowed())
		for _, msg := range advice(&uses[i], whole, ran[uses[i].Waiver.Rule]) {
			warnings = append(warnings, resource.Problem{Msg: msg, Location: w.shownAt(uses[i].Waiver.At)})
		}
	}
	return warnings
}

// narrowed reports whether the flags leave out rules that the configuration has.
func (f *checkFlags) narrowed() bool {
	return f.noBuiltin || f.profile != "" || len(f.rules)+len(f.categories)+len(f.controls) > 0
}

// advice is what there is to say of a waiver, one sentence each.
func advice(use *policy.WaiverUse, whole, ran bool) []string {
	waiver := &use.Waiver
	what := fmt.Sprintf("the waiver of %s for %s", waiver.Rule, waiver.Resource)
	var all []string
	if use.Outside > 0 {
		scope := use.Beyond.String()
		if scope == "" {
			scope = "nothing"
		}
		all = append(all, fmt.Sprintf("%s does not cover %s that it names: the scope of its file is %s (%s)",
			what, countOf(use.Outside, "finding"), scope, use.Beyond.At))
	}
	switch {
	case use.Missed > 0:
		all = append(all, fmt.Sprintf("%s ended with %s; mend what it covered, or give it a new date", what, waiver.Expires))
	case use.State == policy.WaiverExpired && whole:
		all = append(all, fmt.Sprintf("%s ended with %s, and there is nothing left that it covered; take it out", what, waiver.Expires))
	case use.State == policy.WaiverExpiring:
		all = append(all, fmt.Sprintf("%s ends with %s; mend what it covers, or give it a new date", what, waiver.Expires))
	case use.State == policy.WaiverUnused && whole && !ran:
		all = append(all, what+" covers nothing: the rule is not among those that judge; take the waiver out, or select the rule")
	case use.State == policy.WaiverUnused && use.Outside == 0 && whole:
		all = append(all, what+" covers nothing; take it out, or correct its rule and resource")
	}
	return all
}

func countOf(n int, noun string) string {
	if n == 1 {
		return "a " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// notYet are the waivers that the change under review brings and that would
// cover what it brings: who wrote one should not have to search for why it does not.
func (w *workspace) notYet(checked *reconcile.Checked, request *reconcile.CheckRequest) []resource.Problem {
	var warnings []resource.Problem
	before := saidBy(request.Base.Waivers)
	for i := range request.Waivers {
		own := &request.Waivers[i]
		if _, known := before[sayingOf(*own)]; known {
			continue
		}
		if slices.ContainsFunc(checked.Judged, func(f policy.Finding) bool { return f.Blocks() && own.Covers(&f, request.Now) }) {
			warnings = append(warnings, resource.Problem{
				Msg:      fmt.Sprintf("the waiver of %s for %s counts once it is merged: a change cannot excuse itself", own.Rule, own.Resource),
				Location: w.shownAt(own.At),
			})
		}
	}
	return warnings
}

// saying is what a waiver says, wherever it is written.
type saying struct {
	rule                   string
	resource               policy.Selector
	reason, owner, expires string
}

func sayingOf(w policy.Waiver) saying {
	return saying{w.Rule, w.Resource, w.Reason, w.Owner, w.Expires}
}

func saidBy(waivers []policy.Waiver) map[saying]policy.Waiver {
	all := make(map[saying]policy.Waiver, len(waivers))
	for _, w := range waivers {
		all[sayingOf(w)] = w
	}
	return all
}

// stillThere are the uses of the base's waivers that the change leaves, with
// their places at the head.
func stillThere(uses []policy.WaiverUse, head []policy.Waiver) []policy.WaiverUse {
	said := saidBy(head)
	var kept []policy.WaiverUse
	for _, use := range uses {
		if own, still := said[sayingOf(use.Waiver)]; still {
			use.Waiver.At, use.Waiver.RuleAt = own.At, own.RuleAt
			kept = append(kept, use)
		}
	}
	return kept
}

// unknownWaivers are the waivers at the head of rules that there are not. The
// rules that only the base has are going away, and their waivers are to go with them.
func (w *workspace) unknownWaivers(ctx context.Context, compiler policy.Compiler, checked *reconcile.Checked, request *reconcile.CheckRequest) (resource.Problems, error) {
	if len(checked.Rules) == 0 {
		return nil, nil // the policies do not compile, which is reported
	}
	judging := checked.Rules
	if request.Base != nil {
		judging = slices.DeleteFunc(slices.Clone(judging), func(rule policy.Rule) bool { return !rule.Builtin })
	}
	err := policy.CheckWaivers(ctx, compiler, request.Policy, judging, request.Waivers)
	var unknown resource.Problems
	if err != nil && !errors.As(err, &unknown) {
		return nil, err
	}
	for i := range unknown {
		unknown[i].Location = w.shownAt(unknown[i].Location)
	}
	return unknown, nil
}

// shownAt is a place in the configuration's folder, as it is seen from the working directory.
func (w *workspace) shownAt(at resource.Location) resource.Location {
	at.File = w.shown(at.File)
	return at
}
