package config

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// ParseWaivers reads one file of waivers. As with Parse, mistakes come back
// together as resource.Problems.
func ParseWaivers(name string, content []byte) ([]policy.Waiver, error) {
	var w struct {
		Waivers []struct {
			Rule                            string
			Resource                        policy.Selector
			Reason, Owner, Created, Expires string
		}
	}
	d, err := exceptions(name, content, waiversURL, &w)
	if err != nil {
		return nil, err
	}
	var waivers []policy.Waiver
	for i, item := range w.Waivers {
		steps := []string{"waivers", strconv.Itoa(i)}
		if selectsAll(item.Resource) && d.has(append(steps, "resource")...) {
			d.failKey(pointer(append(steps, "resource")...), label(append(steps, "resource"))+"it would waive the rule everywhere; say a target, kind, namespace or name")
		}
		if item.Rule == policy.RuleError {
			d.failValue(pointer(append(steps, "rule")...), label(append(steps, "rule"))+policy.RuleError+" cannot be waived: that a rule cannot be evaluated says nothing about the resource; mend the rule")
		}
		_, created := d.day(item.Created, append(steps, "created")...)
		ends, expires := d.day(item.Expires, append(steps, "expires")...)
		if created && expires && item.Created > item.Expires {
			d.failValue(pointer(append(steps, "expires")...), fmt.Sprintf("%sthe waiver ends on %s, before it was created on %s", label(append(steps, "expires")), item.Expires, item.Created))
		}
		waivers = append(waivers, policy.Waiver{
			Rule: item.Rule, Resource: item.Resource, Reason: item.Reason, Owner: item.Owner,
			Created: item.Created, Expires: item.Expires, Ends: ends, File: d.line(steps),
			At: d.place(pointer(steps...)).value, RuleAt: d.place(pointer(append(steps, "rule")...)).value,
		})
	}
	if err := d.err(); err != nil {
		return nil, err
	}
	return waivers, nil
}

// ParseApprovals reads one file of approvals. As with Parse, mistakes come
// back together as resource.Problems.
func ParseApprovals(name string, content []byte) ([]policy.Approval, error) {
	var w struct {
		Approvals []struct{ Target, Digest, Owner, Reason, Expires string }
	}
	d, err := exceptions(name, content, approvalsURL, &w)
	if err != nil {
		return nil, err
	}
	var approvals []policy.Approval
	for i, item := range w.Approvals {
		steps := []string{"approvals", strconv.Itoa(i)}
		ends, _ := d.day(item.Expires, append(steps, "expires")...)
		approvals = append(approvals, policy.Approval{
			Target: item.Target, Digest: item.Digest, Owner: item.Owner, Reason: item.Reason,
			Expires: item.Expires, Ends: ends, File: d.line(steps),
		})
	}
	if err := d.err(); err != nil {
		return nil, err
	}
	return approvals, nil
}

// exceptions loads a file, validates it and decodes it into target.
func exceptions(name string, content []byte, url string, target any) (*document, error) {
	d := load(name, content)
	if len(d.problems) > 0 {
		return nil, d.err()
	}
	v, err := newExceptionsValidator(url)
	if err != nil {
		return nil, err
	}
	v.validate(d)
	raw, err := json.Marshal(d.data)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if err := json.Unmarshal(raw, target); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return d, nil
}

// selectsAll reports whether nothing is said, or nothing but "*".
func selectsAll(s policy.Selector) bool {
	return strings.Trim(s.Target+s.Kind+s.Namespace+s.Name, "*") == ""
}

// day reads an RFC 3339 full-date and gives the first instant after it, in
// UTC. It is false where there is no such day, which is reported.
func (d *document) day(text string, steps ...string) (time.Time, bool) {
	if text == "" {
		return time.Time{}, false
	}
	date, err := time.Parse(time.DateOnly, text)
	if err != nil {
		d.failValue(pointer(steps...), fmt.Sprintf("%sthere is no day %s in the calendar", label(steps), text))
		return time.Time{}, false
	}
	return date.AddDate(0, 0, 1), true
}

// line is the place of a list item, as "file:line".
func (d *document) line(steps []string) string {
	at := d.place(pointer(steps...)).value
	return resource.Location{File: at.File, Line: at.Line}.String()
}
