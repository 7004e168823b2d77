package gatekeeper

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// SuiteOptions say how RunSuite runs a suite.
type SuiteOptions struct {
	Options
	// Run picks tests and cases as gator's --run does: a regular expression
	// over either name, or one for each with // between them. "" is all.
	Run     string
	Timeout time.Duration // of one case (default 5s)
	Now     time.Time     // what Rego sees as the time
}

// Status is how a case ended.
type Status string

// The statuses. A case is in error if it could not be run.
const (
	Passed  Status = "pass"
	Failed  Status = "fail"
	Errored Status = "error"
	Skipped Status = "skip"
)

// SuiteReport is the outcome of a suite, its cases in the order in which they
// are written. Those that Run did not pick are left out.
type SuiteReport struct {
	Suite string // metadata.name, or the file's name
	Cases []CaseResult
}

// CaseResult is one case's end. A test that could not be run, or that is
// skipped, or that has no cases but is Invalid, stands for its cases; its Name
// is "".
type CaseResult struct {
	Test, Name string
	Status     Status
	Error      string // why it failed or is in error, without the place
	Duration   time.Duration
	Location   resource.Location // in the suite
}

// OK reports whether no case failed.
func (r *SuiteReport) OK() bool {
	return !slices.ContainsFunc(r.Cases, func(c CaseResult) bool { return c.Status == Failed || c.Status == Errored })
}

const suiteGroup = "test.gatekeeper.sh"

// IsSuite reports whether a file holds a Suite, without a look at whether it
// is a good one.
func IsSuite(content []byte) bool {
	if !bytes.Contains(content, []byte(suiteGroup)) {
		return false
	}
	documents := splitDocuments(policy.File{Content: content}, &problems{})
	return len(documents) > 0 && isSuite(documents[0])
}

func isSuite(d *document) bool { return d.group() == suiteGroup && d.kind() == "Suite" }

// invalidConstraints are the files of the constraints that a suite says are
// not to be valid.
func invalidConstraints(d *document) []string {
	var names []string
	tests, _ := d.object["tests"].([]any)
	for _, value := range tests {
		test, _ := value.(map[string]any)
		name, _ := test["constraint"].(string)
		if invalid, _ := test["invalid"].(bool); invalid && name != "" {
			names = append(names, path.Join(path.Dir(d.file), name))
		}
	}
	return names
}

// suite is a Suite as it is written. Paths are relative to its file.
type suite struct {
	doc     *document
	Skip    bool        `json:"skip"`
	Tests   []suiteTest `json:"tests"`
	dir     string
	options SuiteOptions
	filter  filter
	files   fs.FS
	loaded  map[string]loaded // by path
}

type suiteTest struct {
	Name       string      `json:"name"`
	Template   string      `json:"template"`
	Constraint string      `json:"constraint"`
	Expansion  string      `json:"expansion"`
	Cases      []suiteCase `json:"cases"`
	Invalid    bool        `json:"invalid"`
	Skip       bool        `json:"skip"`
}

type suiteCase struct {
	Name       string      `json:"name"`
	Object     string      `json:"object"`
	Inventory  []string    `json:"inventory"`
	Assertions []assertion `json:"assertions"`
	Skip       bool        `json:"skip"`
}

// The keys that there are at each level of a suite. gator ignores others, so
// that a misspelt one can make a test pass that tests nothing.
var (
	suiteKeys     = []string{"apiVersion", "kind", "metadata", "tests", "skip"}
	testKeys      = []string{"name", "template", "constraint", "expansion", "cases", "invalid", "skip"}
	caseKeys      = []string{"name", "object", "inventory", "assertions", "skip"}
	assertionKeys = []string{"violations", "message"}
)

// readSuite reads the Suite in a file. The user's mistakes are resource.Problems.
func readSuite(file policy.File) (*suite, error) {
	var found problems
	documents := splitDocuments(file, &found)
	switch {
	case len(found.list) > 0:
		return nil, resource.Problems(found.sorted())
	case len(documents) == 0 || !isSuite(documents[0]):
		return nil, resource.Problems{{Msg: "this is not a Suite of " + suiteGroup, Location: resource.Location{File: file.Name}}}
	}
	s := &suite{doc: documents[0]}
	if !decode(s.doc, s.doc.object, s, &found) {
		return nil, resource.Problems(found.sorted())
	}
	s.check(&found)
	if len(found.list) > 0 {
		return nil, resource.Problems(found.sorted())
	}
	return s, nil
}

// check finds what would make a suite say less than its author thinks.
func (s *suite) check(found *problems) {
	s.keys(found, suiteKeys)
	if len(s.Tests) == 0 {
		found.add(s.doc.at("tests"), "the suite has no tests")
	}
	for i, test := range s.Tests {
		at := []any{"tests", i}
		s.keys(found, testKeys, at...)
		switch {
		case test.Template == "":
			found.add(s.doc.at(at...), "the test %q has no template", test.Name)
		case test.Constraint == "":
			found.add(s.doc.at(at...), "the test %q has no constraint", test.Name)
		case test.Invalid && len(test.Cases) > 0:
			found.add(s.doc.at(append(at, "invalid")...), "the test %q has cases, but its constraint is to be invalid", test.Name)
		case !test.Invalid && len(test.Cases) == 0:
			found.add(s.doc.at(at...), "the test %q has no cases", test.Name)
		}
		for j, c := range test.Cases {
			at := []any{"tests", i, "cases", j}
			s.keys(found, caseKeys, at...)
			if c.Object == "" {
				found.add(s.doc.at(at...), "the case %q has no object", c.Name)
			}
			if len(c.Assertions) == 0 {
				found.add(s.doc.at(at...), "the case %q has no assertions", c.Name)
			}
			for k := range c.Assertions {
				at := append(slices.Clone(at), "assertions", k)
				s.keys(found, assertionKeys, at...)
				if err := c.Assertions[k].prepare(); err != nil {
					found.add(s.doc.at(at...), "%s", err)
				}
			}
		}
	}
}

// keys refuses the keys of the object at the path that are not known.
func (s *suite) keys(found *problems, known []string, steps ...any) {
	var value any = s.doc.object
	for _, step := range steps {
		switch step := step.(type) {
		case string:
			value = value.(map[string]any)[step]
		case int:
			value = value.([]any)[step]
		}
	}
	object, _ := value.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(known, key) {
			found.add(s.doc.at(append(slices.Clone(steps), key)...), "%s is not known here; there are %s", key, strings.Join(known, ", "))
		}
	}
}

// assertion is what is said of a case's violations.
type assertion struct {
	Violations json.RawMessage `json:"violations"` // a number, "yes" or "no"; default "yes"
	Message    *string         `json:"message"`

	least, most int // how many violations; most is -1 for any number
	message     *regexp.Regexp
}

// prepare reads what the assertion says.
func (a *assertion) prepare() error {
	var number int32
	var word string
	a.least, a.most = 1, -1
	switch raw := a.Violations; {
	case len(raw) == 0 || string(raw) == "null":
	case json.Unmarshal(raw, &number) == nil && number >= 0:
		a.least, a.most = int(number), int(number)
	case json.Unmarshal(raw, &word) == nil && word == "yes":
	case word == "no" || string(raw) == "false":
		a.least, a.most = 0, 0
	case string(raw) == "true":
	default:
		return fmt.Errorf("violations is %s; it is a number, yes or no", raw)
	}
	if a.Message == nil {
		return nil
	}
	var err error
	if a.message, err = regexp.Compile(*a.Message); err != nil {
		return fmt.Errorf("message: %w", err)
	}
	return nil
}

// holds is nil if the assertion holds of the messages.
func (a *assertion) holds(messages []string) error {
	matching := 0
	for _, msg := range messages {
		if a.message == nil || a.message.MatchString(msg) {
			matching++
		}
	}
	if matching >= a.least && (a.most < 0 || matching <= a.most) {
		return nil
	}
	want := fmt.Sprint(a.most)
	if a.most < 0 {
		want = "at least 1"
	}
	of := ""
	if a.message != nil {
		of = fmt.Sprintf(" with a message like %q", *a.Message)
	}
	there := "there are none"
	if len(messages) > 0 {
		there = "the messages are " + strings.Join(quoted(messages), ", ")
	}
	return fmt.Errorf("%d violations%s where %s is wanted; %s", matching, of, want, there)
}

func quoted(texts []string) []string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = fmt.Sprintf("%q", text)
	}
	return quoted
}

// filter picks cases by the name of their test and their own. A nil expression
// picks all.
type filter struct {
	test, name *regexp.Regexp
	either     bool // one expression, which either name may match
}

func newFilter(run string) (filter, error) {
	if run == "" {
		return filter{}, nil
	}
	first, second, both := strings.Cut(run, "//")
	test, err := regexp.Compile(first)
	if err != nil {
		return filter{}, err
	}
	name, err := regexp.Compile(second)
	return filter{test: test, name: name, either: !both}, err
}

func (f filter) picks(test, name string) bool {
	switch {
	case f.test == nil:
		return true
	case f.either:
		return f.test.MatchString(test) || f.test.MatchString(name)
	}
	return f.test.MatchString(test) && f.name.MatchString(name)
}
