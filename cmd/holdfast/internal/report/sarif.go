package report

import (
	"cmp"
	"io"
	"net/url"
	slashed "path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// fingerprintKey is the name under which our fingerprint stands beside those
// of others; its version changes with what it is made of.
const fingerprintKey = "holdfastFinding/v1"

// SARIF's levels.
const (
	levelError   = "error"
	levelWarning = "warning"
	levelNote    = "note"
	levelNone    = "none"
)

// SARIF writes a check as one run in the Static Analysis Results Interchange
// Format 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
// What is waived is suppressed, what was there before is "unchanged", an
// undecided answer is "open". Mistakes, warnings and what was not evaluated
// are notifications, and with a mistake the execution was not successful.
func SARIF(w io.Writer, check *Check) error {
	rules := check.allRules()
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "holdfast", Version: printable(check.Version), SemanticVersion: semantic(check.Version),
			InformationURI: "https://github.com/holdfast-dev/holdfast", Rules: make([]sarifRule, len(rules)),
		}},
		Invocations:        []sarifInvocation{check.sarifInvocation()},
		OriginalURIBaseIDs: map[string]sarifArtifact{sarifRoot: {Description: &sarifText{Text: "The folder that the check was made in."}}},
		Results:            []sarifResult{},
		ColumnKind:         "unicodeCodePoints",
		Properties:         check.sarifProperties(),
	}
	index := map[string]int{}
	for i := range rules {
		index[rules[i].ID] = i
		run.Tool.Driver.Rules[i] = sarifRuleOf(&rules[i])
	}
	standing := check.standings()
	for i := range check.Findings {
		f := &check.Findings[i]
		run.Results = append(run.Results, check.sarifFinding(f, standing(f), index[f.Rule]))
	}
	for i := range check.Undecided {
		u := &check.Undecided[i]
		run.Results = append(run.Results, check.sarifUndecided(u, index[u.Rule]))
	}
	return encode(w, sarifLog{Schema: sarifSchema, Version: sarifVersion, Runs: []sarifRun{run}}, "SARIF log")
}

// sarifProperties are what a SARIF log has no place for.
func (c *Check) sarifProperties() map[string]any {
	properties := map[string]any{
		"revision": printable(c.Revision), "summary": c.Summary,
		"uncovered": each(uncoveredNames(c.Coverage.Uncovered), oneLine), "idleRules": each(c.Coverage.IdleRules, oneLine),
	}
	if c.Base != "" {
		properties["base"] = printable(c.Base)
	}
	return properties
}

func (c *Check) sarifInvocation() sarifInvocation {
	invocation := sarifInvocation{ExecutionSuccessful: len(c.Errors) == 0, Notifications: []sarifNotification{}}
	add := func(level, msg string, at resource.Location) {
		n := sarifNotification{Level: level, Message: sarifMessage(msg)}
		if at.File != "" {
			n.Locations = []sarifLocation{{Physical: physical(at)}}
		}
		invocation.Notifications = append(invocation.Notifications, n)
	}
	for _, p := range c.Errors {
		add(levelError, p.Msg, p.Location)
	}
	for _, p := range c.Warnings {
		add(levelWarning, p.Msg, p.Location)
	}
	for _, n := range c.NotEvaluated {
		add(levelWarning, n.What+" was not evaluated: "+n.Reason, resource.Location{})
	}
	if c.uncoveredBlocks() {
		for i := range c.Coverage.Uncovered {
			add(levelError, name(&c.Coverage.Uncovered[i])+" was looked at by no rule, which blocks", resource.Location{})
		}
	}
	return invocation
}

// securitySeverity is a severity as a number, within the band in which GitHub
// calls it by the same word. GitHub takes a rule that has one for a matter of
// security, so that other categories go without.
func securitySeverity(s policy.Severity) string {
	return map[policy.Severity]string{policy.Low: "3.0", policy.Medium: "5.5", policy.High: "8.0", policy.Critical: "9.5"}[s]
}

// maxTags is how many tags of a rule GitHub accepts.
const maxTags = 20

func sarifRuleOf(rule *policy.Rule) sarifRule {
	level := levelError
	if len(rule.Decisions) > 0 && !slices.ContainsFunc(rule.Decisions, func(d policy.Decision) bool { return d != policy.Warn }) {
		level = warnLevel(rule.Severity)
	}
	r := sarifRule{
		ID:                   printable(rule.ID),
		ShortDescription:     sarifText{Text: oneLine(cmp.Or(rule.Title, rule.ID))},
		FullDescription:      sarifText{Text: printable(cmp.Or(strings.TrimSpace(rule.Description), rule.Title, rule.ID))},
		Help:                 sarifHelp(rule), // which GitHub asks for, as it does for the description
		DefaultConfiguration: sarifConfiguration{level},
		Properties:           map[string]any{},
	}
	property := func(name, value string) {
		if value != "" {
			r.Properties[name] = printable(value)
		}
	}
	property("policy", rule.Policy)
	property("category", rule.Category)
	property("severity", string(rule.Severity))
	if rule.Category == "security" {
		property("security-severity", securitySeverity(rule.Severity))
	}
	tags := slices.DeleteFunc(append([]string{rule.Category}, rule.Controls...), func(tag string) bool { return tag == "" })
	tags = each(tags, oneLine)
	slices.Sort(tags)
	if tags = slices.Compact(tags); len(tags) > 0 {
		r.Properties["tags"] = tags[:min(len(tags), maxTags)]
	}
	return r
}

// sarifHelp is what a reader of an alert is told: why, and how to mend it.
func sarifHelp(rule *policy.Rule) sarifText {
	var plain, marked []string
	add := func(head, text string) {
		if text = strings.TrimSpace(printable(text)); text == "" {
			return
		}
		plain = append(plain, head+text)
		mark := ""
		if head != "" {
			mark = "**" + strings.TrimSpace(head) + "** "
		}
		for paragraph := range strings.SplitSeq(text, "\n\n") {
			marked = append(marked, mark+escape(paragraph))
			mark = ""
		}
	}
	add("", cmp.Or(rule.Description, rule.Title, rule.ID))
	add("To mend it: ", rule.Remediation)
	add("Controls: ", strings.Join(rule.Controls, ", "))
	return sarifText{Text: strings.Join(plain, "\n\n"), Markdown: strings.Join(marked, "\n\n")}
}

func warnLevel(s policy.Severity) string {
	if s == policy.Low {
		return levelNote
	}
	return levelWarning
}

func (c *Check) sarifFinding(f *reconcile.FindingRecord, s standing, rule int) sarifResult {
	level := levelError
	if f.Decision == policy.Warn && s != stands {
		level = warnLevel(f.Severity)
	}
	result := sarifResult{
		RuleID: printable(f.Rule), RuleIndex: rule, Kind: "fail", Level: level, Message: sarifMessage(f.Msg),
		Locations: sarifLocations(f.Location, f.Target, f.Resource, f.Path), BaselineState: c.baselineState(f.Existing),
		Suppressions: []sarifSuppression{}, Properties: map[string]any{"decision": decision(f.Decision), "category": printable(f.Category), "severity": printable(string(f.Severity))},
	}
	if f.Fingerprint != "" {
		result.PartialFingerprints = map[string]string{fingerprintKey: f.Fingerprint}
	}
	if f.Remediation != "" {
		result.Properties["remediation"] = printable(f.Remediation)
	}
	if f.Waived != nil {
		suppression := sarifSuppression{Kind: "external", Status: "accepted", Justification: printable(waiverNote(f.Waived))}
		if at := place(f.Waived.File); at.File != "" {
			suppression.Location = &sarifLocation{Physical: physical(at)}
		}
		result.Suppressions = append(result.Suppressions, suppression)
	}
	return result
}

// sarifUndecided is a result of which it is not known whether it is a problem;
// where that blocks, it is one.
func (c *Check) sarifUndecided(u *reconcile.UndecidedRecord, rule int) sarifResult {
	result := sarifResult{
		RuleID: printable(u.Rule), RuleIndex: rule, Kind: "open", Level: levelNone, Message: sarifMessage(waitsFor(u)),
		Locations: sarifLocations(u.Location, u.Target, u.Resource, nil), BaselineState: c.baselineState(false),
		Suppressions: []sarifSuppression{}, Properties: map[string]any{"waitsFor": printable(joinPaths(u.WaitsFor))},
	}
	if u.Blocks {
		result.Kind, result.Level = "fail", levelError
	}
	return result
}

// baselineState is given only where there is a base to compare with.
func (c *Check) baselineState(existing bool) string {
	switch {
	case c.Base == "":
		return ""
	case existing:
		return "unchanged"
	}
	return "new"
}

// sarifLocations is where a result is: its file, or the whole root where none
// is known, as GitHub refuses a log in which a result is nowhere.
func sarifLocations(at resource.Location, target string, ref *reconcile.ResourceRef, steps resource.Path) []sarifLocation {
	location := sarifLocation{Physical: physical(at)}
	if ref != nil {
		qualified := name(ref)
		if target != "" {
			qualified = oneLine(target) + ": " + qualified
		}
		location.Logical = append(location.Logical, sarifLogical{Name: oneLine(ref.Name), FullyQualifiedName: qualified, Kind: "resource"})
		if len(steps) > 0 {
			path := oneLine(steps.String())
			location.Logical = append(location.Logical, sarifLogical{Name: path, FullyQualifiedName: qualified + " " + path, Kind: "member"})
		}
	}
	return []sarifLocation{location}
}

func physical(at resource.Location) *sarifPhysical {
	p := &sarifPhysical{Artifact: artifact(at.File)}
	if at.File != "" && at.Line > 0 {
		p.Region = &sarifRegion{StartLine: at.Line, StartColumn: max(at.Column, 0)}
	}
	return p
}

// artifact is a path as a URI (RFC 3986): relative to the root, or absolute.
func artifact(file string) sarifArtifact {
	file = strings.ToValidUTF8(file, "\uFFFD")
	if slashed.IsAbs(file) {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: slashed.Clean(file)}).String()}
	}
	// A colon in the first segment would read as a scheme; URL puts "./" in front.
	uri := (&url.URL{Path: slashed.Clean(file)}).String()
	return sarifArtifact{URI: uri, URIBaseID: sarifRoot}
}

// place reads back "file:line".
func place(text string) resource.Location {
	file, line, _ := strings.Cut(text, ":")
	number, err := strconv.Atoi(line)
	if err != nil {
		return resource.Location{File: text}
	}
	return resource.Location{File: file, Line: number}
}

// sarifMessage is text word for word. Brackets are escaped only where they
// would make a link (3.11.6), which others could have put there. Braces are
// left alone: readers look for placeholders only where there are arguments.
func sarifMessage(text string) sarifText {
	text = printable(text)
	if strings.Contains(text, "](") {
		text = strings.NewReplacer("[", `\[`, "]", `\]`).Replace(text)
	}
	return sarifText{Text: text}
}

var semver = regexp.MustCompile(`^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$`)

// semantic is a version as semver.org has it, "" if it is none.
func semantic(version string) string {
	if match := semver.FindStringSubmatch(version); match != nil {
		return match[1]
	}
	return ""
}
