package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// maxLooks bounds how many files and folders Init looks at.
const maxLooks = 50_000

// Init looks at a repository and writes a configuration to start from: a
// target that flags for each folder of the host driver's resources, the
// policies and waivers that are there already, and as comments what this
// version does not manage yet. It reads and writes nothing outside tree.
func Init(tree fs.FS) ([]byte, error) {
	found, err := look(tree)
	if err != nil {
		return nil, fmt.Errorf("look at the repository: %w", err)
	}
	return found.write(), nil
}

// survey is what Init found, by folder.
type survey struct {
	host                         map[string]bool
	others                       map[string]string   // what it is
	policies, waivers, approvals map[string][]string // the files
	looks                        int
}

var errEnough = errors.New("looked at enough")

func look(tree fs.FS) (*survey, error) {
	found := &survey{
		host: map[string]bool{}, others: map[string]string{},
		policies: map[string][]string{}, waivers: map[string][]string{}, approvals: map[string][]string{},
	}
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if found.looks++; found.looks > maxLooks {
			return errEnough
		}
		if entry.IsDir() {
			if name != "." && passOver(name) {
				return fs.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		return found.file(tree, name)
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return found, err
}

// passOver reports whether a folder is no place for desired state, or has a
// name that cannot be written as a target's path.
func passOver(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, ".") || base == "node_modules" || base == "vendor" || base == "testdata" ||
		strings.Contains(base, "\\") || !fs.ValidPath(name) || len(name) > 1024
}

func (found *survey) file(tree fs.FS, name string) error {
	dir, base := path.Split(name)
	dir = path.Clean(dir)
	switch path.Ext(base) {
	case ".rego":
		found.policies[dir] = append(found.policies[dir], name)
		return nil
	case ".tf":
		found.others[dir] = "Terraform"
		return nil
	case ".yaml", ".yml", ".json":
	default:
		return nil
	}
	switch base {
	case FileName:
		return nil
	case "Chart.yaml":
		found.others[dir] = "a Helm chart"
		return nil
	case "kustomization.yaml", "kustomization.yml":
		found.others[dir] = "a kustomization"
		return nil
	}
	head, err := read(tree, name)
	if err != nil {
		return err
	}
	found.content(dir, name, head)
	return nil
}

// read reads a file as far as is of interest.
func read(tree fs.FS, name string) ([]byte, error) {
	file, err := tree.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxBytes))
}

var (
	apiVersions   = regexp.MustCompile(`(?m)^[ \t{]*"?apiVersion"?[ \t]*:[ \t]*["']?([^\s"',#]+)`)
	kinds         = regexp.MustCompile(`(?m)^[ \t{]*"?kind"?[ \t]*:`)
	waiversKey    = regexp.MustCompile(`(?m)^waivers[ \t]*:`)
	approvalsKey  = regexp.MustCompile(`(?m)^approvals[ \t]*:`)
	hostResources = "host.holdfast.dev/"
	gatekeeper    = regexp.MustCompile(`^(templates|constraints)\.gatekeeper\.sh/`)
)

func (found *survey) content(dir, name string, content []byte) {
	isPolicy := false
	for _, match := range apiVersions.FindAllSubmatch(content, -1) {
		switch version := string(match[1]); {
		case strings.HasPrefix(version, hostResources):
			found.host[dir] = true
		case gatekeeper.MatchString(version):
			isPolicy = true
		case found.others[dir] == "" && kinds.Match(content):
			found.others[dir] = "Kubernetes manifests"
		}
	}
	for _, group := range []struct {
		is    bool
		files map[string][]string
	}{
		{isPolicy, found.policies}, {waiversKey.Match(content), found.waivers}, {approvalsKey.Match(content), found.approvals},
	} {
		if group.is {
			group.files[dir] = append(group.files[dir], name)
		}
	}
}

// places are the topmost folders. Where a folder also holds resources, it is
// its files that are named, since what is named is not judged itself.
func (found *survey) places(files map[string][]string) []string {
	var out []string
	for _, dir := range topmost(files) {
		if !within(dir, found.host) && !within(dir, found.others) {
			out = append(out, dir)
			continue
		}
		for _, below := range slices.Sorted(maps.Keys(files)) {
			if under(below, dir) {
				out = append(out, files[below]...)
			}
		}
	}
	return out
}

func within[V any](dir string, folders map[string]V) bool {
	for folder := range folders {
		if under(folder, dir) {
			return true
		}
	}
	return false
}

// under reports whether a folder is dir or lies below it.
func under(folder, dir string) bool {
	return dir == "." || folder == dir || strings.HasPrefix(folder, dir+"/")
}

// topmost leaves out the folders that lie under another one of them.
func topmost[V any](folders map[string]V) []string {
	var kept []string
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		if !slices.ContainsFunc(kept, func(k string) bool { return under(dir, k) }) {
			kept = append(kept, dir)
		}
	}
	return kept
}

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
	if len(found.others) > 0 {
		b.WriteString("\n# Not managed yet by this version; \"holdfast check\" judges them already:\n")
		for _, dir := range topmost(found.others) {
			fmt.Fprintf(&b, "#   %s: %s\n", scalar(dir), found.others[dir])
		}
	}
	if found.looks > maxLooks {
		fmt.Fprintf(&b, "\n# Only the first %d files and folders were looked at.\n", maxLooks)
	}
	return b.Bytes()
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
	folders := topmost(found.host)
	if len(folders) == 0 {
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
	names := targetNames(folders)
	for i, dir := range folders {
		fmt.Fprintf(b, `  - name: %s
    driver: host
    path: %s
    mode: flag      # plan and report, change nothing; apply makes the changes
    prune: false    # true deletes what was applied earlier and is no longer here
    settings:
      root: /srv/%s  # change this to the folder that the files go to; it must exist
`, scalar(names[i]), scalar(dir), names[i])
	}
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// targetNames names each folder by its last part, by the whole path where that
// is taken, and with a number where that is taken too.
func targetNames(folders []string) []string {
	var names []string
	label := func(text string, most int) string {
		text = notInNames.ReplaceAllString(strings.ToLower(text), "-")
		return strings.Trim(text[:min(len(text), most)], "-")
	}
	for _, dir := range folders {
		name := label(path.Base(dir), 63)
		if name == "" {
			name = "host"
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
