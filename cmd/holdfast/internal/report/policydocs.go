package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
)

// PolicyDocs is what documentation of rules is made from. Nothing in it hangs
// on the time or the machine, so that the outcome can be kept in Git.
type PolicyDocs struct {
	Title string
	Intro []string // paragraphs before the index
	Rules []policy.Rule
}

// docsCategory is the rules of one category, by what they are about.
type docsCategory struct {
	Name   string
	Anchor template.URL
	Groups []docsGroup
	Counts []int // of rules, by profile; a team's own are in all
}

// docsGroup is the rules of a category about the same things.
type docsGroup struct {
	Name   string // "" where the category has no other
	Anchor template.URL
	Rules  []docsRule
}

// docsRule is a rule as both formats show it.
type docsRule struct {
	policy.Rule
	Anchor     template.URL
	Paragraphs []string // of the description
	Facts      []docsFact
	Parameters []docsFact
	With       string // the parameters of the examples
	Examples   []docsExample
}

// docsFact is a name and its values.
type docsFact struct {
	Name   string
	Values []string
	Code   bool // the values are names of things
}

// docsExample is a document that a rule is shown by.
type docsExample struct{ Title, Language, Text string }

// docsEntry is a line of an index: a name, and the rules that have to do with it.
type docsEntry struct {
	Name, Value string
	Rules       []docsLink
}

type docsLink struct {
	ID     string
	Anchor template.URL
}

// docsProfiles are the profiles, each with the rules of those before it.
var docsProfiles = []string{"starter", "recommended", "strict"}

// profiled reports whether there are rules that profiles choose among.
func (d *PolicyDocs) profiled() bool {
	return slices.ContainsFunc(d.Rules, func(rule policy.Rule) bool { return rule.Profile != "" })
}

// categories are the rules in groups: those of the built-in library first.
func (d *PolicyDocs) categories() []docsCategory {
	byName := map[string][]policy.Rule{}
	for _, rule := range d.Rules {
		byName[rule.Category] = append(byName[rule.Category], rule)
	}
	names := slices.Sorted(maps.Keys(byName))
	builtin := []string{"security", "allocation", "dr"}
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(builtin, name) })
	var all []docsCategory
	for _, name := range slices.Concat(builtin, names) {
		rules := byName[name]
		if len(rules) == 0 {
			continue
		}
		category := docsCategory{
			Name: name, Anchor: anchor("category", name), Groups: docsGroups(name, rules),
			Counts: make([]int, len(docsProfiles)),
		}
		for _, rule := range rules {
			for at := max(slices.Index(docsProfiles, rule.Profile), 0); at < len(docsProfiles); at++ {
				category.Counts[at]++
			}
		}
		all = append(all, category)
	}
	return all
}

func docsGroups(category string, rules []policy.Rule) []docsGroup {
	byName := map[string][]docsRule{}
	for _, rule := range rules {
		name := kindsFrom(&rule)
		byName[name] = append(byName[name], newDocsRule(rule))
	}
	var groups []docsGroup
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		groups = append(groups, docsGroup{name, anchor("group", category+"/"+strings.ReplaceAll(name, " ", "-")), byName[name]})
	}
	if len(groups) == 1 {
		groups[0].Name = ""
	}
	return groups
}

// providers are the prefixes of Terraform's types, and who makes what they are.
var providers = []struct{ prefix, name string }{
	{"aws_", "AWS"}, {"azurerm_", "Azure"}, {"azuread_", "Azure"}, {"azapi_", "Azure"},
	{"google_", "Google Cloud"}, {"kubernetes_", "Kubernetes"}, {"helm_", "Kubernetes"},
}

// kindsFrom is what a rule's kinds belong to.
func kindsFrom(rule *policy.Rule) string {
	found := map[string]bool{}
	for _, groupKind := range rule.Kinds {
		group, kind, _ := strings.Cut(groupKind, "/")
		name := "Kubernetes"
		switch group {
		case "terraform":
			name = "Terraform"
			kind = strings.TrimPrefix(kind, "data.")
			for _, provider := range providers {
				if strings.HasPrefix(kind, provider.prefix) {
					name = provider.name
				}
			}
		case "host.holdfast.dev":
			name = "Hosts"
		}
		found[name] = true
	}
	switch names := slices.Sorted(maps.Keys(found)); len(names) {
	case 0:
		return "All kinds"
	case 1:
		return names[0]
	default:
		return "Several"
	}
}

func newDocsRule(rule policy.Rule) docsRule {
	r := docsRule{Rule: rule, Anchor: anchor("rule", rule.ID)}
	for paragraph := range strings.SplitSeq(rule.Description, "\n\n") {
		if paragraph = oneLine(paragraph); paragraph != "" {
			r.Paragraphs = append(r.Paragraphs, paragraph)
		}
	}
	fact := func(name string, isCode bool, values ...string) {
		if len(values) > 0 && values[0] != "" {
			r.Facts = append(r.Facts, docsFact{name, values, isCode})
		}
	}
	var decisions []string
	for _, d := range rule.Decisions {
		decisions = append(decisions, string(d))
	}
	fact("Severity", false, string(rule.Severity))
	fact("Decision", false, decisions...)
	fact("Profile", false, rule.Profile)
	fact("Asked once for each", false, string(rule.Scope))
	fact("Kinds", true, rule.Kinds...)
	fact("Controls", true, rule.Controls...)
	if rule.Builtin { // the file says the package, and lines would change with each edit of it
		fact("Written in", true, rule.Location.File)
	} else {
		fact("Policy", true, rule.Policy)
		fact("Written at", true, rule.Location.String())
	}
	for _, name := range slices.Sorted(maps.Keys(rule.Params)) {
		r.Parameters = append(r.Parameters, docsFact{Name: name, Values: []string{docsValue(rule.Params[name])}})
	}
	if e := rule.Example; e != nil {
		for _, part := range []docsExample{{Title: "It finds", Text: e.Bad}, {Title: "It accepts", Text: e.Good}} {
			if part.Text = strings.Trim(part.Text, "\n"); part.Text != "" {
				part.Language = map[string]string{"main.tf": "hcl", "example.yaml": "yaml"}[policy.ExampleFile(part.Text)]
				r.Examples = append(r.Examples, part)
			}
		}
		if len(e.Params) > 0 {
			r.With = docsValue(e.Params)
		}
	}
	return r
}

func docsValue(value any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // both formats escape for themselves
	if err := encoder.Encode(value); err != nil {
		return "?" // METADATA comes from YAML, and JSON can say all of that
	}
	return strings.TrimSpace(b.String())
}

// parameters are an index of the rules' parameters with their defaults, and
// controls one of what the rules hold somebody to.
func (d *PolicyDocs) parameters() []docsEntry {
	values := map[string]string{}
	entries := d.entries(func(rule *policy.Rule) []string {
		for name, value := range rule.Params {
			values[name] = docsValue(value)
		}
		return slices.Collect(maps.Keys(rule.Params))
	})
	for i := range entries {
		entries[i].Value = values[entries[i].Name]
	}
	return entries
}

func (d *PolicyDocs) controls() []docsEntry {
	return d.entries(func(rule *policy.Rule) []string { return rule.Controls })
}

func (d *PolicyDocs) entries(names func(*policy.Rule) []string) []docsEntry {
	rules := map[string][]docsLink{}
	for i := range d.Rules {
		rule := &d.Rules[i]
		for _, name := range names(rule) {
			rules[name] = append(rules[name], docsLink{rule.ID, anchor("rule", rule.ID)})
		}
	}
	var all []docsEntry
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		all = append(all, docsEntry{Name: name, Rules: rules[name]})
	}
	return all
}

func joinDecisions(decisions []policy.Decision) string {
	names := make([]string, len(decisions))
	for i, d := range decisions {
		names[i] = string(d)
	}
	return strings.Join(names, ", ")
}

// PolicyDocsHTML writes the documentation as one page that needs nothing else,
// in the style of the audit's, and without a script.
func PolicyDocsHTML(w io.Writer, d *PolicyDocs) error {
	style, err := htmlFiles.ReadFile("html/page.css")
	if err != nil {
		return fmt.Errorf("read the page's style: %w", err)
	}
	functions := htmlFuncs()
	functions["decisions"] = joinDecisions
	templates, err := template.New("policydocs.html").Funcs(functions).ParseFS(htmlFiles, "html/policydocs.html")
	if err != nil {
		return fmt.Errorf("parse the page: %w", err)
	}
	var b bytes.Buffer
	if err := templates.Execute(&b, map[string]any{
		"Title": d.Title, "Intro": d.Intro, "Categories": d.categories(), "Profiled": d.profiled(), "Profiles": docsProfiles,
		"Parameters": d.parameters(), "Controls": d.controls(), "CSS": template.CSS(style), // a file of this package
		"CSP": fmt.Sprintf("default-src 'none'; style-src '%s'; base-uri 'none'; form-action 'none'", sourceHash(style)),
	}); err != nil {
		return fmt.Errorf("render the page: %w", err)
	}
	if _, err := io.WriteString(w, printable(b.String())); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}
