package kustomize

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// maxMessage is the length in bytes to which a message of the library is cut.
const maxMessage = 600

// dumps are where the library writes out what it was given, which may be a secret.
var dumps = regexp.MustCompile("(?s) with config: `.*?`")

var ownPaths = regexp.MustCompile(regexp.QuoteMeta(top) + `[^\s'"` + "`" + `:;,)]*`)

// fault makes problems of the library's error: what is wrong with files if
// anything is, and else what it says of the whole.
func (b *build) fault(err error) []resource.Problem {
	if len(b.files.wrong) > 0 {
		return b.files.wrong
	}
	msg := dumps.ReplaceAllString(err.Error(), "")
	msg = ownPaths.ReplaceAllStringFunc(msg, func(file string) string {
		within, err := name(file)
		if err != nil {
			return "."
		}
		return within
	})
	msg = b.secrets().Redact(msg)
	msg = strings.Join(strings.Fields(msg), " ")
	at := resource.Location{File: b.file}
	if inBase := aboutBase.FindStringSubmatch(msg); inBase != nil {
		if names := b.tree.Named(inBase[1]); len(names) > 0 {
			at.File, msg = names[0], inBase[2]
		}
	}
	if inFile := aboutFile.FindStringSubmatch(msg); inFile != nil {
		if file := b.named(inFile[1]); file != "" {
			at.File, msg = file, inFile[2]
		}
	}
	if len(msg) > maxMessage {
		msg = strings.ToValidUTF8(msg[:maxMessage], "") + "…"
	}
	return []resource.Problem{{Msg: "cannot be built: " + msg, Location: at}}
}

// aboutBase is how the library says what is wrong with a base, after what it
// said when it took that for a file.
var aboutBase = regexp.MustCompile(`^.*recursed accumulation of path '([^']*)': (.*)$`)

// aboutFile is how the library says what is wrong with a file of resources,
// once as a file and then once more as the folder that it is not.
var aboutFile = regexp.MustCompile(`^.*(?:accumulating|merging) resources from '([^']*)': (.*?)(?:': must build at directory: .*)?$`)

// named is the file that an entry of one of the kustomizations leads to, "" if
// that may be several.
func (b *build) named(entry string) string {
	found := map[string]bool{}
	for _, name := range b.root.folders(b.tree) {
		b.tree.reach(name, func(f *folder) {
			if slices.Contains(f.content.Resources, entry) {
				found[path.Join(f.name, entry)] = true
			}
		})
	}
	for file := range found {
		if len(found) == 1 {
			return file
		}
	}
	return ""
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// secretKind is how the manifest of a Secret looks, in YAML and JSON.
var secretKind = regexp.MustCompile(`\bkind["']?\s*:\s*["']?Secret\b`)

// secrets are the values that must not be in a message: those of Secrets among
// the files, and what is made into some.
func (b *build) secrets() *resource.Redactor {
	h := hiding{&resource.Redactor{}}
	read := b.tree.options.Read
	h.manifests(string(b.files.texts[b.file])) // with what a target puts into it
	for _, name := range b.root.folders(b.tree) {
		b.tree.reach(name, func(f *folder) {
			for _, generator := range f.content.SecretGenerator {
				for _, literal := range generator.LiteralSources {
					h.setting(literal)
				}
				for _, entry := range slices.Concat(generator.FileSources, generator.EnvSources) {
					if data, err := read(path.Join(f.name, source(entry))); err == nil {
						h.input(string(data))
					}
				}
			}
			h.manifests(string(f.text))
		})
	}
	for file, as := range b.files.roles {
		if data, err := read(file); err == nil && as != roleInput {
			h.manifests(string(data))
		}
	}
	return h.redactor
}

// hiding adds to what a redactor hides.
type hiding struct{ redactor *resource.Redactor }

func (h hiding) value(value any) {
	h.redactor.Add(&resource.Resource{Content: value, Sensitive: []resource.Path{{}}})
}

// setting hides a NAME=value, and the value.
func (h hiding) setting(text string) {
	_, value, _ := strings.Cut(text, "=")
	h.value(text)
	h.value(strings.Trim(value, `"'`))
}

func (h hiding) input(text string) {
	h.value(text)
	for line := range strings.Lines(text) {
		h.setting(strings.TrimSpace(line))
	}
}

// manifests hides the data of Secrets, also of those that are written in a
// text of another manifest, as a patch is.
func (h hiding) manifests(text string) {
	if !secretKind.MatchString(text) {
		return
	}
	for decoder := yaml.NewDecoder(strings.NewReader(text)); ; {
		var value any
		if decoder.Decode(&value) != nil {
			return
		}
		h.nested(value)
	}
}

func (h hiding) nested(value any) {
	switch v := value.(type) {
	case map[string]any:
		if v["kind"] == "Secret" {
			h.value(v["data"])
			h.value(v["stringData"])
		}
		for _, child := range v {
			h.nested(child)
		}
	case []any:
		for _, child := range v {
			h.nested(child)
		}
	case string:
		if strings.Contains(v, "\n") {
			h.manifests(v)
		}
	}
}
