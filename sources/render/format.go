package render

import (
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/conftest/parser/codeowners"
	"github.com/open-policy-agent/conftest/parser/cyclonedx"
	"github.com/open-policy-agent/conftest/parser/docker"
	"github.com/open-policy-agent/conftest/parser/edn"
	"github.com/open-policy-agent/conftest/parser/groovy"
	"github.com/open-policy-agent/conftest/parser/hcl1"
	"github.com/open-policy-agent/conftest/parser/ignore"
	"github.com/open-policy-agent/conftest/parser/nginx"
	"github.com/open-policy-agent/conftest/parser/spdx"
	"github.com/open-policy-agent/conftest/parser/toml"
)

// The formats of manifests, which are read with the place of every value.
const (
	formatYAML = "yaml"
	formatJSON = "json"
)

// format is a form of input beside YAML and JSON. What parse gives has the
// shape that conftest gives to its policies.
type format struct {
	name  string
	parse func(input) (any, error)
	// place says where the values were written, as far as that can be told;
	// nil where it cannot. It is asked about input that parse has taken.
	place func(input) *places
	// settings marks formats of keys and values: those under a key that looks
	// like a credential's are sensitive.
	settings bool
	// imports marks formats of which a file can take in others.
	imports bool
	// nested is the size in bytes up to which files are taken by a parser that
	// calls itself for what is nested; 0 for those that do not.
	nested int
	// chains are the characters by which its expressions go on without brackets.
	chains string
}

// formats are all that are read beside YAML and JSON.
func formats() []format {
	return []format{
		{name: "codeowners", parse: with(&codeowners.Parser{}), place: placeCodeowners},
		{name: "cue", parse: parseCUE, place: placeCUE, nested: maxCode, chains: ".:"},
		{name: "cyclonedx", parse: with(&cyclonedx.Parser{}), nested: maxNested},
		{name: "dockerfile", parse: with(&docker.Parser{}), place: placeDockerfile},
		{name: "dotenv", parse: parseDotenv, place: placeDotenv, settings: true},
		{name: "edn", parse: with(&edn.Parser{}), nested: maxNested},
		{name: "groovy", parse: with(&groovy.Parser{}), place: placeGroovy, nested: maxNested},
		{name: "hcl1", parse: with(&hcl1.Parser{}), nested: maxNested},
		{name: "hcl2", parse: parseHCL, place: placeHCL, nested: maxNested, chains: "?"},
		{name: "ignore", parse: with(&ignore.Parser{}), place: placeIgnore},
		{name: "ini", parse: parseINI, place: placeINI, settings: true},
		{name: "jsonc", parse: parseJSONC, place: placeJSONC},
		{name: "jsonnet", parse: parseJsonnet, imports: true, nested: maxCode},
		{name: "nginx", parse: with(&nginx.Parser{}), place: placeNginx, nested: maxNested},
		{name: "properties", parse: parseProperties, place: placeProperties, settings: true},
		{name: "spdx", parse: with(&spdx.Parser{})},
		{name: "toml", parse: with(&toml.Parser{}), place: placeTOML, nested: maxNested},
		{name: "xml", parse: parseXML, place: placeXML, nested: maxNested},
	}
}

// with is the parse of one of conftest's parsers.
func with(parser interface{ Unmarshal([]byte, any) error }) func(input) (any, error) {
	return func(in input) (any, error) {
		var value any
		err := parser.Unmarshal(in.data, &value)
		return value, err
	}
}

// Parsers are the names that a Selection's Parser may have.
func Parsers() []string {
	names := []string{formatJSON, formatYAML}
	for _, f := range formats() {
		names = append(names, f.name)
	}
	slices.Sort(names)
	return names
}

func formatNamed(name string) (format, bool) {
	all := formats()
	at := slices.IndexFunc(all, func(f format) bool { return f.name == name })
	if at < 0 {
		return format{}, false
	}
	return all[at], true
}

// isEditors reports whether a file is one of those in JSON that editors and
// compilers read with comments in them.
func isEditors(file string) bool {
	if path.Ext(file) != ".json" {
		return false
	}
	switch path.Base(path.Dir(file)) {
	case ".vscode", ".devcontainer", ".zed":
		return true
	}
	base := path.Base(file)
	return strings.HasPrefix(base, "tsconfig.") || base == "jsconfig.json" || base == "devcontainer.json"
}

// formatOf is the name of the format that a file's name says it has, as
// conftest decides it; "" where it says none.
func formatOf(file string) string {
	base := strings.ToLower(path.Base(file))
	extension := strings.TrimPrefix(path.Ext(base), ".")
	switch {
	case base == "dockerfile" || strings.HasPrefix(base, "dockerfile.") || extension == "dockerfile",
		base == "containerfile" || strings.HasPrefix(base, "containerfile.") || extension == "containerfile":
		return "dockerfile"
	case extension == "yml" || extension == "yaml":
		return formatYAML
	case isEditors(file):
		return "jsonc"
	case extension == "hcl" || extension == "tf" || extension == "tfvars":
		return "hcl2"
	case extension == "gitignore" || extension == "dockerignore":
		return "ignore"
	case base == ".env" || strings.HasPrefix(base, ".env.") || extension == "env":
		return "dotenv"
	case base == "nginx.conf":
		return "nginx"
	case base == "jenkinsfile" || strings.HasPrefix(base, "jenkinsfile."):
		return "groovy"
	case base == "codeowners":
		return "codeowners"
	case slices.Contains(Parsers(), extension):
		return extension
	}
	return ""
}
