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
	Rules []policy.Rule
}

// docsCategory is the rules of one category.
type docsCategory struct {
	Name   string
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
}

// docsFact is a name and its values.
type docsFact struct {
	Name   string
	Values []string
	Code   bool // the values are names of things
}

// categories are the rules in groups: those of the built-in library first.
func (d *PolicyDocs) categories() []docsCategory {
	byName := map[string][]docsRule{}
	for _, rule := range d.Rules {
		byName[rule.Category] = append(byName[rule.Category], newDocsRule(rule))
	}
	names := slices.Sorted(maps.Keys(byName))
	builtin := []string{"security", "allocation", "dr"}
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(builtin, name) })
	var all []docsCategory
	for _, name := range slices.Concat(builtin, names) {
		if rules := byName[name]; len(rules) > 0 {
			all = append(all, docsCategory{name, anchor("category", name), rules})
		}
	}
	return all
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
	fact("Policy", true, rule.Policy)
	fact("Written at", true, rule.Location.String())
	for _, name := range slices.Sorted(maps.Keys(rule.Params)) {
		value, err := json.Marshal(rule.Params[name])
		if err != nil {
			value = []byte("?") // METADATA comes from YAML, and JSON can say all of that
		}
		r.Parameters = append(r.Parameters, docsFact{Name: name, Values: []string{string(value)}})
	}
	return r
}

// PolicyDocsMarkdown writes the documentation as GitHub Flavored Markdown.
func PolicyDocsMarkdown(w io.Writer, d *PolicyDocs) error {
	m := &markdown{}
	m.line("# %s\n", escape(d.Title))
	categories := d.categories()
	for _, category := range categories {
		m.line("## %s\n", escape(category.Name))
		var rows [][]string
		for i := range category.Rules {
			rule := &category.Rules[i]
			rows = append(rows, []string{
				fmt.Sprintf("[%s](#%s)", escape(rule.ID), rule.Anchor), escape(rule.Title),
				escape(string(rule.Severity)), escape(joinDecisions(rule.Decisions)),
			})
		}
		m.table([]string{"Rule", "Title", "Severity", "Decision"}, rows)
	}
	for _, category := range categories {
		for i := range category.Rules {
			m.docsRule(&category.Rules[i])
		}
	}
	if _, err := io.WriteString(w, strings.TrimRight(m.String(), "\n")+"\n"); err != nil {
		return fmt.Errorf("write the documentation: %w", err)
	}
	return nil
}

func (m *markdown) docsRule(rule *docsRule) {
	m.line("<a id=\"%s\"></a>\n\n### %s\n\n**%s**\n", rule.Anchor, escape(rule.ID), escape(rule.Title))
	for _, paragraph := range rule.Paragraphs {
		m.line("%s\n", escape(paragraph))
	}
	for _, fact := range rule.Facts {
		values := make([]string, len(fact.Values))
		for i, value := range fact.Values {
			if values[i] = escape(value); fact.Code {
				values[i] = code(value)
			}
		}
		m.line("- %s: %s", fact.Name, strings.Join(values, ", "))
	}
	m.line("")
	var rows [][]string
	for _, parameter := range rule.Parameters {
		rows = append(rows, []string{code(parameter.Name), code(parameter.Values[0])})
	}
	m.table([]string{"Parameter", "Default"}, rows)
	if rule.Remediation != "" {
		m.line("To mend it: %s\n", escape(rule.Remediation))
	}
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
		"Title": d.Title, "Categories": d.categories(), "CSS": template.CSS(style), // a file of this package
		"CSP": fmt.Sprintf("default-src 'none'; style-src '%s'; base-uri 'none'; form-action 'none'", sourceHash(style)),
	}); err != nil {
		return fmt.Errorf("render the page: %w", err)
	}
	if _, err := io.WriteString(w, printable(b.String())); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}
