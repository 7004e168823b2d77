package config

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// write is the configuration that goes with what was found.
func (found *survey) write() []byte {
	var b bytes.Buffer
	b.WriteString(`# What holdfast keeps in line, and what it judges by.
# "holdfast check" judges what is in this repository, "holdfast plan" shows what
# would be done, "holdfast run" does it. "holdfast config schema" tells every key.

policies:
  builtin: true     # the library that comes with holdfast, or some of it: [security, allocation, dr]
  profile: starter  # starter | recommended | strict
`)
	writeList(&b, "  paths:            # your own rules", found.places(found.policies))
	writeList(&b, "\nwaivers:            # exceptions, each with a reason and a date on which it ends", found.places(found.waivers))
	writeList(&b, "\napprovals:          # consent to one act over a limit", found.places(found.approvals))
	found.writeTargets(&b)
	writeOthers(&b, "Not managed yet by this version; \"holdfast check\" judges their YAML and JSON already:", found.others)
	writeOthers(&b, "Of Gatekeeper, and not among the policies:", found.unplaced)
	if found.looks > maxLooks {
		fmt.Fprintf(&b, "\n# Only the first %d files and folders were looked at.\n", maxLooks)
	}
	return b.Bytes()
}

// fewOthers is how many folders without a driver are named.
const fewOthers = 20

func writeOthers(b *bytes.Buffer, head string, folders map[string]string) {
	if len(folders) == 0 {
		return
	}
	fmt.Fprintf(b, "\n# %s\n", head)
	names := topmost(folders)
	for i, dir := range names {
		if i == fewOthers && len(names) > fewOthers+1 {
			fmt.Fprintf(b, "#   and %d more folders\n", len(names)-fewOthers)
			return
		}
		fmt.Fprintf(b, "#   %s: %s\n", scalar(dir), folders[dir])
	}
}

func writeList(b *bytes.Buffer, head string, items []string) {
	if len(items) == 0 {
		return
	}
	b.WriteString(head + "\n")
	indent := strings.Repeat(" ", len(head)-len(strings.TrimLeft(head, " "))) + "  "
	for _, item := range items {
		b.WriteString(indent + "- " + scalar(item) + "\n")
	}
}

func (found *survey) writeTargets(b *bytes.Buffer) {
	var all []folderTarget
	for _, dir := range topmost(found.host) {
		all = append(all, folderTarget{dir: dir, what: hostFolder})
	}
	manifests := found.layout.targets(found.host)
	for i := range all {
		for _, m := range manifests {
			if m.dir != all[i].dir && under(m.dir, all[i].dir) {
				all[i].exclude = append(all[i].exclude, rootedPattern(m.dir))
			}
		}
	}
	all = append(all, manifests...)
	if len(all) == 0 {
		b.WriteString(`
# A target is a folder of desired state and where it goes, such as:
#   - name: web
#     driver: host
#     path: hosts/web
#     settings:
#       root: /srv/web
targets: []
`)
		return
	}
	b.WriteString("\ntargets:\n")
	for i, name := range targetNames(all) {
		all[i].write(b, name)
	}
	if found.layout.flux {
		b.WriteString("\n# There are objects of Flux here: \"holdfast init --from flux\" makes targets of what they say.\n")
	}
	if found.layout.argo {
		b.WriteString("\n# There are objects of Argo here: \"holdfast init --from argocd\" makes targets of what its Applications say.\n")
	}
}

const hostFolder = "files of a host"

func (t *folderTarget) write(b *bytes.Buffer, name string) {
	driver, what := "kubernetes", "  # "+t.what
	if t.what == hostFolder {
		driver, what = "host", ""
	}
	fmt.Fprintf(b, `  - name: %s
    driver: %s
    path: %s%s
    mode: flag      # plan and report, change nothing; apply makes the changes
    prune: false    # true deletes what was applied earlier and is no longer here
`, scalar(name), driver, scalar(t.dir), what)
	if len(t.exclude) > 0 {
		b.WriteString("    exclude:        # it has a target of its own, or is part of one\n")
		for _, pattern := range t.exclude {
			b.WriteString("      - " + scalar(pattern) + "\n")
		}
	}
	if driver == "host" {
		fmt.Fprintf(b, `    settings:
      root: /srv/%s  # change this to the folder that the files go to; it must exist
`, name)
		return
	}
	b.WriteString(`    # settings:     # name the cluster; without a context it is the current one, as for kubectl
    #   context: my-cluster
`)
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// targetNames names each folder by its last part, by the whole path where that
// is taken, and with a number where that is taken too.
func targetNames(folders []folderTarget) []string {
	var names []string
	label := func(text string, most int) string {
		text = notInNames.ReplaceAllString(strings.ToLower(text), "-")
		return strings.Trim(text[:min(len(text), most)], "-")
	}
	for _, folder := range folders {
		dir := folder.dir
		name := label(path.Base(dir), 63)
		switch {
		case name != "":
		case folder.what == hostFolder:
			name = "host"
		default:
			name = "cluster"
		}
		if slices.Contains(names, name) {
			name = label(dir, 58)
		}
		for n, base := 2, name; name == "" || slices.Contains(names, name); n++ {
			name = strings.TrimPrefix(base+"-"+strconv.Itoa(n), "-")
		}
		names = append(names, name)
	}
	return names
}

var plain = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)

// scalar is text as YAML, in quotes where it could be taken for something else.
func scalar(text string) string {
	reserved := []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
	if text == "." || plain.MatchString(text) && !slices.Contains(reserved, strings.ToLower(text)) {
		return text
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteString("\\" + string(r))
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "\\U%08X", r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
