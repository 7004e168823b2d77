package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// equivalents are the mutants that nobody can tell from the rule, by rule id
// and by what was changed; lines move too often to go by. A list has one a line:
//
//	security/host-path: remove is_object(volume) // the next line is undefined then too
type equivalents struct {
	reasons map[string]map[string]string
	used    map[string]bool
}

func readEquivalents(folder string) (*equivalents, error) {
	e := &equivalents{reasons: map[string]map[string]string{}, used: map[string]bool{}}
	names, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := e.read(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return e, nil
}

func (e *equivalents) read(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, rest, found := strings.Cut(line, ": ")
		at := strings.LastIndex(rest, " // ")
		if !found || at < 0 || strings.TrimSpace(rest[at+4:]) == "" {
			return fmt.Errorf("%s:%d: write RULE: MUTATION // REASON", name, n)
		}
		if e.reasons[id] == nil {
			e.reasons[id] = map[string]string{}
		}
		e.reasons[id][strings.TrimSpace(rest[:at])] = strings.TrimSpace(rest[at+4:])
	}
	return lines.Err()
}

func (e *equivalents) covers(id, what string) bool {
	_, listed := e.reasons[id][what]
	if listed {
		e.used[id+": "+what] = true
	}
	return listed
}

// unused are the entries about the rule that covered nothing.
func (e *equivalents) unused(id string) []string {
	var all []string
	for what := range e.reasons[id] {
		if entry := id + ": " + what; !e.used[entry] {
			all = append(all, entry)
		}
	}
	slices.Sort(all)
	return all
}

// unknown are the entries about rules that there are not.
func (e *equivalents) unknown(subjects []*subject, lib bool) []string {
	var all []string
	for id := range e.reasons {
		known := slices.ContainsFunc(subjects, func(s *subject) bool { return s.id == id })
		if !known && (lib || !strings.HasPrefix(id, "lib/")) {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	return all
}
