package report

import (
	"fmt"
	"io"
	"strings"
)

// PolicyDocsMarkdown writes the documentation as GitHub Flavored Markdown.
func PolicyDocsMarkdown(w io.Writer, d *PolicyDocs) error {
	m := &markdown{}
	m.line("<!-- Made by `holdfast policy docs` of the policies' METADATA and tests. -->\n")
	m.line("# %s\n", escape(d.Title))
	for _, paragraph := range d.Intro {
		m.line("%s\n", escape(paragraph))
	}
	categories := d.categories()
	if d.profiled() {
		m.docsCounts(categories)
	}
	for i := range categories {
		m.docsIndex(&categories[i], d.profiled())
	}
	m.docsEntries("Parameters", "Default", d.parameters())
	m.docsEntries("Controls", "", d.controls())
	for _, category := range categories {
		for _, group := range category.Groups {
			for i := range group.Rules {
				m.docsRule(&group.Rules[i])
			}
		}
	}
	if _, err := io.WriteString(w, strings.TrimRight(m.String(), "\n")+"\n"); err != nil {
		return fmt.Errorf("write the documentation: %w", err)
	}
	return nil
}

// docsCounts says how many rules each profile has in all, by category.
func (m *markdown) docsCounts(categories []docsCategory) {
	heads := []string{"Category"}
	for _, profile := range docsProfiles {
		heads = append(heads, " "+profile)
	}
	var rows [][]string
	for _, category := range categories {
		row := []string{fmt.Sprintf("[%s](#%s)", escape(category.Name), category.Anchor)}
		for _, count := range category.Counts {
			row = append(row, fmt.Sprint(count))
		}
		rows = append(rows, row)
	}
	m.table(heads, rows)
}

func (m *markdown) docsIndex(category *docsCategory, profiled bool) {
	m.line("<a id=\"%s\"></a>\n\n## %s\n", category.Anchor, escape(category.Name))
	for _, group := range category.Groups {
		if group.Name != "" {
			m.line("<a id=\"%s\"></a>\n\n### %s\n", group.Anchor, escape(group.Name))
		}
		heads := []string{"Rule", "Title", "Severity", "Decision"}
		if profiled {
			heads = append(heads, "Profile")
		}
		var rows [][]string
		for i := range group.Rules {
			rule := &group.Rules[i]
			row := []string{
				fmt.Sprintf("[%s](#%s)", escape(rule.ID), rule.Anchor), escape(rule.Title),
				escape(string(rule.Severity)), escape(joinDecisions(rule.Decisions)),
			}
			if profiled {
				row = append(row, escape(rule.Profile))
			}
			rows = append(rows, row)
		}
		m.table(heads, rows)
	}
}

// docsEntries is an index of something else than rules; value is the head of
// the column between, or "".
func (m *markdown) docsEntries(title, value string, entries []docsEntry) {
	if len(entries) == 0 {
		return
	}
	m.line("## %s\n", title)
	heads := []string{strings.TrimSuffix(title, "s")}
	if value != "" {
		heads = append(heads, value)
	}
	var rows [][]string
	for _, entry := range entries {
		row := []string{code(entry.Name)}
		if value != "" {
			row = append(row, code(entry.Value))
		}
		links := make([]string, len(entry.Rules))
		for i, link := range entry.Rules {
			links[i] = fmt.Sprintf("[%s](#%s)", escape(link.ID), link.Anchor)
		}
		rows = append(rows, append(row, strings.Join(links, ", ")))
	}
	m.table(append(heads, "Rules"), rows)
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
	if rule.With != "" {
		m.line("The examples are with the parameters %s.\n", code(rule.With))
	}
	for _, example := range rule.Examples {
		fence := strings.Repeat("`", max(3, longestRun(example.Text, '`')+1))
		m.line("%s:\n\n%s%s\n%s\n%s\n", example.Title, fence, example.Language, printable(example.Text), fence)
	}
}
