// Mutate shows whether the tests of the built-in library would notice a broken
// rule. It breaks each rule in many small ways, one at a time (mutants.go), runs
// the rule's tests on each (run.go), and says which of the mutants none of them
// killed. Mutants that cannot be told from the rule are listed, each with a
// reason, in files *.txt of the folder equivalent (equivalent.go).
//
//	go run ./testdata/mutate [-dir policies] [-lib] [FILE.rego...]
//
// The exit code is 1 if a mutant survived or a rule has no tests that pass, and
// 2 if it could not be run.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

type options struct {
	dir        string // of the policies
	equivalent string // the folder of lists of equivalent mutants
	lib        bool   // helpers too
	verbose    bool
	workers    int
	timeout    time.Duration // of one mutant
	files      []string      // only these; all if there are none
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o := options{}
	flag.StringVar(&o.dir, "dir", "policies", "folder of the policies")
	flag.StringVar(&o.equivalent, "equivalent", "", "folder of the lists of equivalent mutants (default: testdata/mutate/equivalent beside the policies)")
	flag.BoolVar(&o.lib, "lib", false, "break the helpers that rules share too")
	flag.BoolVar(&o.verbose, "v", false, "show every mutant and what became of it")
	flag.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "mutants that are tested side by side")
	flag.DurationVar(&o.timeout, "timeout", 20*time.Second, "of one mutant; one that takes longer is killed")
	flag.Parse()
	o.files = flag.Args()
	complaints, err := run(ctx, o, os.Stdout)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	case complaints > 0:
		os.Exit(1)
	}
}

// run breaks what the options name and reports on w. It gives the number of
// complaints: survivors, rules whose tests fail as they are or that have none,
// and entries of the lists that are about nothing.
func run(ctx context.Context, o options, w io.Writer) (int, error) {
	if o.equivalent == "" {
		o.equivalent = filepath.Join(o.dir, "..", "testdata", "mutate", "equivalent")
	}
	library, err := load(o.dir)
	if err != nil {
		return 0, err
	}
	subjects, err := library.subjects(o)
	if err != nil {
		return 0, err
	}
	excused, err := readEquivalents(o.equivalent)
	if err != nil {
		return 0, err
	}
	sideBySide(ctx, o.workers, subjects, func(s *subject) { s.wrong = library.unsound(ctx, s) })
	type job struct {
		*subject
		*mutant
	}
	var jobs []job
	unsound := 0
	for _, s := range subjects {
		if s.wrong != "" {
			fmt.Fprintf(w, "%s %s: %s\n", s.module.name, s.id, s.wrong)
			unsound++
			continue
		}
		s.mutants = mutants(s.module)
		for _, m := range s.mutants {
			jobs = append(jobs, job{s, m})
		}
	}
	sideBySide(ctx, o.workers, jobs, func(j job) {
		limited, cancel := context.WithTimeout(ctx, o.timeout)
		defer cancel()
		j.outcome = library.test(limited, j.subject, j.mutant)
	})
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return unsound + report(w, subjects, excused, o), nil
}

// sideBySide does something to each item, several at once.
func sideBySide[T any](ctx context.Context, at int, items []T, do func(T)) {
	open := make(chan T)
	var workers sync.WaitGroup
	for range at {
		workers.Go(func() {
			for item := range open {
				do(item)
			}
		})
	}
	for _, item := range items {
		if ctx.Err() == nil {
			open <- item
		}
	}
	close(open)
	workers.Wait()
}

// tally counts what became of the mutants of a category.
type tally struct{ rules, mutants, killed, equivalent, survived int }

func report(w io.Writer, subjects []*subject, excused *equivalents, o options) int {
	byCategory, total := map[string]*tally{}, &tally{}
	for _, s := range subjects {
		category, _, _ := strings.Cut(s.id, "/")
		if byCategory[category] == nil {
			byCategory[category] = &tally{}
		}
		var one tally
		for _, m := range s.mutants {
			one.count(w, s, m, excused, o.verbose)
		}
		one.rules = 1
		byCategory[category].add(one)
		total.add(one)
	}
	var stale []string
	for _, s := range subjects {
		stale = append(stale, excused.unused(s.id)...)
	}
	if len(o.files) == 0 {
		stale = append(stale, excused.unknown(subjects, o.lib)...)
	}
	for _, entry := range stale {
		fmt.Fprintf(w, "listed as equivalent, but no mutant that survives: %s\n", entry)
	}
	if total.survived+len(stale) > 0 || o.verbose {
		fmt.Fprintln(w)
	}
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "category\trules\tmutants\tkilled\tequivalent\tsurvived\t")
	names := make([]string, 0, len(byCategory))
	for name := range byCategory {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		byCategory[name].write(table, name)
	}
	if len(names) > 1 {
		total.write(table, "all")
	}
	table.Flush()
	return total.survived + len(stale)
}

// count takes in a mutant, and shows it if it survived.
func (t *tally) count(w io.Writer, s *subject, m *mutant, excused *equivalents, verbose bool) {
	outcome := m.outcome
	switch outcome {
	case invalid:
		return
	case killed:
		t.killed++
	case survived:
		if excused.covers(s.id, m.what) {
			t.equivalent++
			outcome = "equivalent"
		} else {
			t.survived++
		}
	}
	t.mutants++
	if outcome == survived || verbose {
		fmt.Fprintf(w, "%s %s:%d %s: %s\n", outcome, s.module.name, m.line, s.id, m.what)
	}
}

func (t *tally) add(other tally) {
	t.rules += other.rules
	t.mutants += other.mutants
	t.killed += other.killed
	t.equivalent += other.equivalent
	t.survived += other.survived
}

func (t *tally) write(w io.Writer, name string) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t\n", name, t.rules, t.mutants, t.killed, t.equivalent, t.survived)
}
