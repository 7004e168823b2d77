package helm

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// functions take the place of those of Helm that have another result each
// time, or no bounds. They are those of one rendering.
type functions struct {
	ended   func() error // says that the time is over
	options Options
	called  map[string]bool // which have another result each time
	later   bool            // the clock is put forward
	files   fileSizes
	steps   int
	made    int // bytes
	depth   int // of templates that call each other
	longest int // what an error says of one of them, in bytes
}

// byChance are the functions with another result each time.
var byChance = [...]string{
	"randAlphaNum", "randAlpha", "randAscii", "randNumeric", "randInt", "randBytes", "shuffle", "uuidv4",
	"bcrypt", "htpasswd", "encryptAES",
	"genPrivateKey", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey",
}

// clockShift is how far the clock is put forward: every part of a date differs.
const clockShift = (400*24+7)*time.Hour + 13*time.Minute + 11*time.Second

func (f *functions) table() template.FuncMap {
	own := sprig.TxtFuncMap()
	table := sprig.TxtFuncMap()
	// What of the process or the network Helm keeps from charts.
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(table, name)
	}
	for name, function := range conversions() {
		table[name] = function
	}
	maps.Copy(table, template.FuncMap{
		"print": fmt.Sprint, "printf": fmt.Sprintf, "println": fmt.Sprintln,
		"html": template.HTMLEscaper, "js": template.JSEscaper, "urlquery": template.URLQueryEscaper,
		"eq": equal, "ne": func(a, b reflect.Value) (bool, error) { same, err := equal(a, b); return !same && err == nil, err },
		"call": func(reflect.Value, ...reflect.Value) (any, error) {
			return nil, errors.New("no value in a chart is a function")
		},
		"fail":     func(msg string) (string, error) { return "", errorOf(msg) },
		"required": required,

		"now":    f.now,
		"ago":    f.ago(own["ago"].(func(any) string)),
		"set":    f.set,
		"keys":   keys,
		"values": values,

		"until":     func(count int) ([]int, error) { return steps(0, count, cmp.Or(cmp.Compare(count, 0), 1)) },
		"untilStep": steps,
		"seq":       sequence(own["seq"].(func(...int) string)),
		"indent":    indent,
		"nindent": func(spaces int, text string) (string, error) {
			text, err := indent(spaces, text)
			return "\n" + text, err
		},
	})
	for _, name := range byChance {
		table[name] = f.noting(name, own[name])
	}
	for _, name := range []string{"merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"} {
		table[name] = f.merging(own[name])
	}
	for name, function := range table {
		table[name] = f.guarded(name, function)
	}
	maps.Copy(table, template.FuncMap{
		fuseName: f.fuse, enterName: f.enter, leaveName: f.leave, tameName: f.tame, printName: f.print, loopName: loop,
	})
	return table
}

func (f *functions) noting(name string, function any) any {
	original := reflect.ValueOf(function)
	return reflect.MakeFunc(original.Type(), func(arguments []reflect.Value) []reflect.Value {
		f.called[name] = true
		if original.Type().IsVariadic() {
			return original.CallSlice(arguments)
		}
		return original.Call(arguments)
	}).Interface()
}

func (f *functions) now() time.Time {
	f.called["now"] = true
	if f.later {
		return time.Now().Add(clockShift)
	}
	return time.Now()
}

func (f *functions) ago(original func(any) string) any {
	return func(date any) string {
		f.called["ago"] = true
		if at, isTime := date.(time.Time); isTime && f.later {
			date = at.Add(-clockShift)
		}
		return original(date)
	}
}

func steps(start, stop, step int) ([]int, error) {
	list := []int{}
	switch {
	case step == 0, stop < start && step > 0, stop > start && step < 0:
		return list, nil
	}
	for at := start; step > 0 && at < stop || step < 0 && at > stop; at += step {
		if len(list) >= maxList {
			return nil, fmt.Errorf("a list of more than %d numbers is refused", maxList)
		}
		list = append(list, at)
	}
	return list, nil
}

func sequence(original func(...int) string) any {
	return func(bounds ...int) (string, error) {
		first, last, step := 1, 1, 1
		switch len(bounds) {
		case 1:
			last = bounds[0]
		case 2:
			first, last = bounds[0], bounds[1]
		case 3:
			first, step, last = bounds[0], bounds[1], bounds[2]
		}
		if far := max(first, last) - min(first, last); step == 0 || far < 0 || far/max(step, -step) > maxList {
			return "", fmt.Errorf("a list of more than %d numbers is refused", maxList)
		}
		return original(bounds...), nil
	}
}

func indent(spaces int, text string) (string, error) {
	if spaces < 0 {
		return "", errors.New("the indentation is negative")
	}
	pad := strings.Repeat(" ", spaces)
	return pad + strings.ReplaceAll(text, "\n", "\n"+pad), nil
}

// keys and values come in order; sprig has them in another one each time.
func keys(dicts ...map[string]any) []string {
	all := []string{}
	for _, dict := range dicts {
		all = append(all, slices.Sorted(maps.Keys(dict))...)
	}
	return all
}

func values(dict map[string]any) []any {
	all := []any{}
	for _, key := range slices.Sorted(maps.Keys(dict)) {
		all = append(all, dict[key])
	}
	return all
}

// set puts a value into a dict, if that does not come to contain itself: who
// prints such a one, as toYaml does, never comes to an end.
func (f *functions) set(dict map[string]any, key string, value any) (map[string]any, error) {
	if len(dict) >= maxList {
		return nil, errList
	}
	dict[key] = value
	switch reflect.ValueOf(value).Kind() {
	case reflect.Map, reflect.Slice:
		if cyclic(dict) {
			return nil, errCycle
		}
	}
	return dict, f.spend(costEntry)
}

// merging is a function that merges dicts into the first one.
func (f *functions) merging(function any) any {
	original := reflect.ValueOf(function)
	return func(into map[string]any, from ...map[string]any) (any, error) {
		before, after := 0, 0
		fits := entries(reflect.ValueOf(into), &before, 0)
		all := before
		for _, dict := range from {
			fits = fits && entries(reflect.ValueOf(dict), &all, 0)
		}
		if !fits {
			return nil, fmt.Errorf("dicts with more than %d entries are not merged", maxEntries)
		}
		results := original.CallSlice([]reflect.Value{reflect.ValueOf(into), reflect.ValueOf(from)})
		if len(results) == 2 && !results[1].IsNil() {
			return nil, results[1].Interface().(error)
		}
		if cyclic(into) {
			return nil, errCycle
		}
		entries(reflect.ValueOf(into), &after, 0)
		return results[0].Interface(), f.spend(max(0, after-before) * costEntry)
	}
}

// cyclic reports whether a dict contains itself, or is nested too deep or with
// too much in it to tell.
func cyclic(dict map[string]any) bool {
	c := circle{open: map[uintptr]bool{}}
	return c.closed(reflect.ValueOf(dict), 0)
}

type circle struct {
	open  map[uintptr]bool // of the maps that were met, those that are being looked at are true
	steps int
}

func (c *circle) closed(value reflect.Value, depth int) bool {
	for value.Kind() == reflect.Interface || value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	if c.steps++; c.steps > 4*maxEntries {
		return true
	}
	switch value.Kind() {
	case reflect.Map:
		at := value.Pointer()
		if isOpen, met := c.open[at]; met || depth > maxLevels {
			return isOpen || !met
		}
		c.open[at] = true
		for entries := value.MapRange(); entries.Next(); {
			if c.closed(entries.Value(), depth+1) {
				return true
			}
		}
		c.open[at] = false
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return false
		}
		for i := range value.Len() {
			if depth > maxLevels || c.closed(value.Index(i), depth+1) {
				return true
			}
		}
	}
	return false
}
