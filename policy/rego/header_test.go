package rego

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/policies"
	"github.com/holdfast-dev/holdfast/policy"
)

// What a header tells of a rule is what the parsed module tells.
func TestHeadersTellWhatModulesTell(t *testing.T) {
	t.Parallel()
	files, err := regoFiles(policies.Library)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, f := range withoutTests(files) {
		var found problems
		h := readHeader(f, &found)
		m := parseFile(f, capabilities(), &found)
		m.builtin = true
		var want *policy.Rule
		if isPolicy(m) {
			want = &readRules([]*module{m}, false, &found)[0].Rule
		}
		if err := found.err(); err != nil {
			t.Fatal(err)
		}
		var got *policy.Rule
		if h.rule != nil {
			got = &h.rule.Rule
		}
		if diff := cmp.Diff(want, got); diff != "" || h.pkg != m.pkg() {
			t.Errorf("%s, package %s (-parsed +header):\n%s", f.Name, h.pkg, diff)
		}
		if annotations, _ := headerOf(f); annotations != nil {
			read++
		}
	}
	if read < len(withoutTests(files)) {
		t.Errorf("of %d files, %d have a header that can be read without parsing", len(withoutTests(files)), read)
	}
}

// A library with other headers is read too, only not as fast.
func TestHeadersThatAreNoneAreParsed(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{
		"dr/a.rego":  {Data: []byte("# a\npackage holdfast.dr.a\n\n# METADATA\n# title: x\ndeny contains \"x\" if true\n")},
		"dr/b.rego":  {Data: []byte("# METADATA\n# custom: {id: dr/bee, severity: high}\n\npackage holdfast.dr.b\n\nwarn contains \"x\" if true\n")},
		"lib/c.rego": {Data: []byte("package holdfast.lib.c\n\nx := 1\n")},
	}
	library, err := readShelf(tree)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range library.rules() {
		got = append(got, r.ID+" "+string(r.Severity)+" "+string(r.Decisions[0]))
	}
	if diff := cmp.Diff([]string{"dr/a medium deny", "dr/bee high warn"}, got); diff != "" || len(library) != 3 {
		t.Errorf("of %d files (-want +got):\n%s", len(library), diff)
	}
}
