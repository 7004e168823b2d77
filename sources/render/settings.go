package render

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/magiconair/properties"
	dotenv "github.com/open-policy-agent/conftest/parser/dotenv"
	"github.com/open-policy-agent/conftest/parser/ini"
)

var (
	dotenvReference = regexp.MustCompile(`\$\{?[A-Z0-9_]+`)
	dotenvKey       = regexp.MustCompile(`(?m)^(\s*(?:export\s+)?[A-Z0-9_]+)(\s*[=:]|\s*$)`)
)

// parseDotenv reads a .env file. The parser would fill in variables from the
// environment of this process; so all names get an ending that no variable
// there has, which is taken off again.
func parseDotenv(in input) (any, error) {
	ending := unusedWord(string(in.data))
	text := dotenvReference.ReplaceAllString(string(in.data), "${0}"+ending)
	text = dotenvKey.ReplaceAllString(text, "${1}"+ending+"${2}")
	var value any
	if err := new(dotenv.Parser).Unmarshal([]byte(text), &value); err != nil {
		return nil, settingsMistake("dotenv", strings.ReplaceAll(err.Error(), ending, ""), in.data)
	}
	env, _ := value.(map[string]any)
	restored := make(map[string]any, len(env))
	for name, value := range env {
		text, _ := value.(string)
		restored[strings.ReplaceAll(name, ending, "")] = strings.ReplaceAll(text, ending, "")
	}
	return restored, nil
}

// unusedWord is a word that the text does not hold.
func unusedWord(text string) string {
	for i := 0; ; i++ {
		if word := "_HOLDFAST_" + strconv.Itoa(i); !strings.Contains(text, word) {
			return word
		}
	}
}

// parseINI reads an INI file. Numbers and truth values are what they look like.
func parseINI(in input) (any, error) {
	var value any
	if err := new(ini.Parser).Unmarshal(in.data, &value); err != nil {
		return nil, settingsMistake("ini", err.Error(), in.data)
	}
	return value, nil
}

// parseProperties reads a Java properties file. References are left as they
// are written: their values might be of the environment.
func parseProperties(in input) (any, error) {
	loader := properties.Loader{Encoding: properties.UTF8, DisableExpansion: true}
	loaded, err := loader.LoadBytes(in.data)
	if err != nil {
		return nil, settingsMistake("properties", err.Error(), in.data)
	}
	return loaded.Map(), nil
}

// settingsMistake places an error that may quote the text it is about, which
// may be a credential: so it is not shown.
func settingsMistake(name, text string, data []byte) *mistake {
	m := &mistake{msg: "a line, or a value that one begins, cannot be read"}
	longest := 0
	eachLine(data, func(number int, line string) {
		if line = strings.TrimSpace(line); len(line) > longest && strings.Contains(text, line) {
			m.line, m.column, longest = number, 1, len(line)
		}
	})
	if m.line > 0 {
		m.msg = "this line, or the value that it begins, cannot be read"
	}
	m.msg = fmt.Sprintf("not %s: %s; write NAME=value, and close its quotes", name, m.msg)
	return m
}
