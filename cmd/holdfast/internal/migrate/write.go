package migrate

import (
	"bytes"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// head begins the configuration.
const head = `# Written by "holdfast init --from %[1]s". Look over what is marked with "not carried over".
# Every target is in mode flag: "holdfast plan" shows what would be done, and
# nothing is changed before you write mode: apply.

policies:
  builtin: true     # the library that comes with holdfast, or some of it: [security, allocation, dr]
  profile: starter  # starter | recommended | strict

`

func (c *carrier) write(from From) ([]byte, error) {
	c.separate()
	var out, later bytes.Buffer
	fmt.Fprintf(&out, head, from)
	c.writeRemotes(&out)
	active := 0
	for _, t := range c.targets {
		body, err := t.body()
		if err != nil {
			return nil, err
		}
		remarks := t.remarks()
		if t.lacking == "" {
			if active++; active == 1 {
				out.WriteString("targets:\n")
			}
			indent(&out, body, "  - ", "    ")
			indent(&out, remarks, "    # ", "    # ")
			continue
		}
		fmt.Fprintf(&later, "\n  # %s is not in force: %s.\n", t.Name, oneLine(t.lacking))
		indent(&later, remarks, "  # ", "  # ")
		indent(&later, body, "  # - ", "  #   ")
	}
	if active == 0 {
		out.WriteString("targets: []\n")
	}
	out.Write(later.Bytes())
	for i, note := range c.notes {
		if i == 0 {
			out.WriteString("\n# not carried over:\n")
		}
		out.WriteString("#   " + oneLine(note.Msg) + "\n")
	}
	return out.Bytes(), nil
}

// writeRemotes says from where charts are fetched, in a comment: that is the operator's to allow.
func (c *carrier) writeRemotes(out *bytes.Buffer) {
	if len(c.remotes) == 0 {
		return
	}
	out.WriteString("# Charts are fetched from nowhere before you allow it: take out the # where no operator's file is,\n# or else write this there.")
	private := slices.ContainsFunc(c.remotes, func(remote string) bool { return c.loginTo(remote) != "" })
	if private {
		out.WriteString(" What has credentials counts only in a file that is given with --config.")
	}
	out.WriteString("\n# remotes:\n")
	for _, remote := range slices.Sorted(slices.Values(c.remotes)) {
		entry := oneLine(remote)
		if keys := c.loginTo(remote); keys != "" {
			entry = entryOf(remote, keys)
		}
		fmt.Fprintf(out, "#   - %s\n", entry)
	}
	out.WriteString("\n")
	c.note("remotes: charts are fetched from nowhere before you allow it: see remotes in what was written")
}

// body is the target in YAML.
func (t *target) body() (string, error) {
	var raw bytes.Buffer
	encoder := yaml.NewEncoder(&raw)
	encoder.SetIndent(2)
	if err := encoder.Encode(t); err != nil {
		return "", fmt.Errorf("write target %s: %w", t.Name, err)
	}
	return raw.String(), nil
}

// remarks are what is said of the target, one a line.
func (t *target) remarks() string {
	lines := []string{"from " + t.origin.String() + t.file()}
	if t.Settings["context"] == nil {
		where := ""
		if t.cluster != "" {
			where = ", " + t.cluster
		}
		lines = append(lines, "settings.context: name the context of the cluster"+where+"; without it the current one is used, as by kubectl")
	}
	for _, note := range t.notes {
		lines = append(lines, "not carried over: "+note)
	}
	for i := range lines {
		lines[i] = oneLine(lines[i]) + "\n"
	}
	return strings.Join(lines, "")
}

// indent writes lines with one thing before the first and another before the
// others; lines with nothing on them stay so.
func indent(b *bytes.Buffer, text, first, others string) {
	for line := range strings.Lines(text) {
		if line == "\n" {
			line, first = strings.TrimRight(first, " ")+line, ""
		}
		b.WriteString(first + line)
		first = others
	}
}

func (t *target) file() string {
	if t.origin.file == "" {
		return ""
	}
	return " in " + t.origin.file
}

// oneLine is text that can stand in a comment: nothing in it ends the line.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
}

// separate keeps targets apart that would be the same: of several clusters in
// one repository by a context named for the folder of each, and what is the
// same even so becomes a comment.
func (c *carrier) separate() {
	c.contexts()
	apart := map[string]bool{} // folders that are of different clusters
	same := func(a, b *target) bool {
		return a.Path == b.Path && reflect.DeepEqual(a.Settings, b.Settings) && reflect.DeepEqual(a.Render, b.Render)
	}
	c.twins(same, func(earlier, later *target) {
		if a, b := path.Dir(earlier.origin.file), path.Dir(later.origin.file); label(path.Base(a)) != label(path.Base(b)) {
			apart[a], apart[b] = true, true
		}
	})
	for _, t := range c.targets {
		if folder := path.Dir(t.origin.file); apart[folder] && t.Settings["context"] == nil {
			t.context(path.Base(folder), "the name of the folder")
		}
	}
	c.twins(same, func(earlier, later *target) {
		later.lacking = "it is the same as target " + earlier.Name
	})
	for _, t := range c.targets {
		t.DependsOn = slices.DeleteFunc(t.DependsOn, func(name string) bool {
			commented := slices.ContainsFunc(c.targets, func(on *target) bool { return on.Name == name && on.lacking != "" })
			if commented {
				t.note("dependsOn %s: that target is a comment for now", name)
			}
			return commented
		})
	}
}

func (c *carrier) twins(same func(a, b *target) bool, found func(earlier, later *target)) {
	for i, later := range c.targets {
		for _, earlier := range c.targets[:i] {
			if earlier.lacking == "" && later.lacking == "" && same(earlier, later) {
				found(earlier, later)
			}
		}
	}
}

// allNotes are those of all targets, and those about none.
func (c *carrier) allNotes() []Note {
	var all []Note
	for _, t := range c.targets {
		if t.lacking != "" {
			all = append(all, Note{t.Name, "it is written as a comment: " + oneLine(t.lacking)})
		}
		for _, msg := range t.notes {
			all = append(all, Note{t.Name, oneLine(msg)})
		}
	}
	for _, note := range c.notes {
		all = append(all, Note{"", oneLine(note.Msg)})
	}
	return all
}
