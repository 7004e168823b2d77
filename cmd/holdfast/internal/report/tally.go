package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// tally counts a report's findings by what they mean for the reader. Each
// finding is counted once.
type tally struct {
	// errors are all, faults those of them that are nobody's mistakes.
	errors, faults, block, warn, existing, waived, undecided int
	// undecidedBlock is how many of the undecided block.
	undecidedBlock int
	// warnBlocks is set where the summary counts warnings as blocking, as the
	// user asked for.
	warnBlocks bool
	// expires is the earliest end of a waiver, "" where none has one.
	expires string
}

func tallyOf(report *reconcile.Report) tally {
	t := tally{errors: len(report.Errors), undecided: len(report.Undecided)}
	t.faults = len(faultsOf(report.Errors))
	for i := range report.Findings {
		t.add(&report.Findings[i])
	}
	for _, u := range report.Undecided {
		t.undecidedBlock += order(u.Blocks)
	}
	t.warnBlocks = t.warn > 0 && report.Summary.Blocking >= t.block+t.undecidedBlock+t.warn
	return t
}

// blocks reports whether anything is held back, the user's mistakes included.
func (t tally) blocks() bool {
	return t.errors+t.block+t.undecidedBlock > 0 || t.warnBlocks
}

// onlyFaults reports whether the answer is not to be had rather than bad.
func (t tally) onlyFaults() bool {
	without := t
	without.errors -= t.faults
	return t.faults > 0 && !without.blocks()
}

// mistakesOf are the errors that are the user's to mend.
func mistakesOf(errors []resource.Problem) []resource.Problem {
	return slices.DeleteFunc(slices.Clone(errors), func(p resource.Problem) bool { return p.Fault })
}

// faultsOf are the errors that the world is at fault for.
func faultsOf(errors []resource.Problem) []resource.Problem {
	return slices.DeleteFunc(slices.Clone(errors), func(p resource.Problem) bool { return !p.Fault })
}

// Errors is a part of a sentence on the errors of an audit, "" if there are none.
func Errors(audit *reconcile.Audit) string {
	var text string
	if n := len(mistakesOf(audit.Errors)); n > 0 {
		text = fmt.Sprintf("; mistakes to mend first: %d", n)
	}
	if n := len(faultsOf(audit.Errors)); n > 0 {
		text += fmt.Sprintf("; could not be looked at: %d", n)
	}
	return text
}

func (t *tally) add(f *reconcile.FindingRecord) {
	switch {
	case f.Waived != nil:
		t.waived++
		// RFC 3339 dates sort as text.
		if end := oneLine(f.Waived.Expires); end != "" && (t.expires == "" || end < t.expires) {
			t.expires = end
		}
	case f.Existing:
		t.existing++
	case blocks(f):
		t.block++
	default:
		t.warn++
	}
}

// tallyFolded is the tally of the findings that Text does not show unasked.
func tallyFolded(findings []reconcile.FindingRecord) tally {
	var t tally
	for i := range findings {
		if f := &findings[i]; f.Waived != nil || f.Existing {
			t.add(f)
		}
	}
	return t
}

// clean is the tally of a report without findings or errors.
const clean = "clean"

// String is "3 block, 2 warn, 1 waived (expires 2026-12-01)", or "clean".
func (t tally) String() string {
	var parts []string
	part := func(n int, format string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(format, n))
		}
	}
	if t.errors > 0 {
		parts = append(parts, count(t.errors, "error"))
	}
	part(t.block, "%d block")
	if t.warnBlocks {
		part(t.warn, "%d warn and block")
	} else {
		part(t.warn, "%d warn")
	}
	part(t.existing, "%d existing")
	if t.waived > 0 {
		parts = append(parts, fmt.Sprintf("%d waived%s", t.waived, t.ends()))
	}
	part(t.undecided, "%d undecided")
	part(t.undecidedBlock, "%d of which block")
	if len(parts) == 0 {
		return clean
	}
	return strings.Join(parts, ", ")
}

func (t tally) ends() string {
	switch {
	case t.expires == "":
		return ""
	case t.waived == 1:
		return " (expires " + t.expires + ")"
	}
	return " (the first expires " + t.expires + ")"
}

// folded names the kinds of findings that Text only counts.
func (t tally) folded() string {
	switch {
	case t.waived == 0:
		return "existing"
	case t.existing == 0:
		return "waived"
	}
	return "existing and waived"
}
