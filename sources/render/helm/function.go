package helm

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// Bounds of what functions may make at once.
const (
	maxList   = 100_000
	maxText   = 16 << 20 // bytes
	maxFrames = 20_000   // of the stack
	maxLevels = 1000     // of dicts within dicts
)

// functions take the place of those of Helm that have another result each
// time, or no bounds. They are those of one rendering.
type functions struct {
	ended   func() error // says that the time is over
	options Options
	called  map[string]bool // which have another result each time
	later   bool            // the clock is put forward
	steps   int
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
	table := template.FuncMap{
		fuseName: f.fuse,
		tameName: tame,
		"now":    f.now,
		"ago":    f.ago(own["ago"].(func(any) string)),
		"set":    set,
		"keys":   keys,
		"values": values,

		"until":     func(count int) ([]int, error) { return steps(0, count, cmp.Or(cmp.Compare(count, 0), 1)) },
		"untilStep": steps,
		"seq":       sequence(own["seq"].(func(...int) string)),
		"repeat": func(count int, text string) (string, error) {
			return bounded(max(0, count), len(text), func() string { return strings.Repeat(text, count) })
		},
		"indent": indent,
		"nindent": func(spaces int, text string) (string, error) {
			text, err := indent(spaces, text)
			return "\n" + text, err
		},
	}
	for _, name := range byChance {
		table[name] = f.noting(name, own[name])
	}
	for _, name := range []string{"merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"} {
		table[name] = withoutCycles(own[name])
	}
	return table
}

// fuse is called by each loop and each template.
func (f *functions) fuse() (string, error) {
	if f.steps++; f.steps > f.options.MaxSteps {
		return "", fmt.Errorf("the templates take more than %d steps; loop over less", f.options.MaxSteps)
	}
	if f.ended() != nil {
		return "", errors.New(tooLong(f.options))
	}
	if f.steps%256 == 0 {
		var frame [1]uintptr
		if runtime.Callers(maxFrames, frame[:]) > 0 {
			return "", errors.New("templates call each other too deep")
		}
	}
	return "", nil
}

func tooLong(options Options) string {
	return fmt.Sprintf("rendering the chart takes longer than %s; simplify its templates", options.Timeout)
}

// tame gives a text fuses that tpl takes for a template.
func tame(value any) (any, error) {
	if text, isText := value.(string); isText {
		return fused(text)
	}
	return value, nil
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

func bounded(count, size int, make func() string) (string, error) {
	if size > 0 && count > maxText/size {
		return "", fmt.Errorf("a text of more than %d MiB is refused", maxText>>20)
	}
	return make(), nil
}

func indent(spaces int, text string) (string, error) {
	if spaces < 0 {
		return "", errors.New("the indentation is negative")
	}
	return bounded(spaces, 1+strings.Count(text, "\n"), func() string {
		pad := strings.Repeat(" ", spaces)
		return pad + strings.ReplaceAll(text, "\n", "\n"+pad)
	})
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

var errCycle = errors.New("a dict that contains itself, or is nested too deep, cannot be printed; leave it out")

// set puts a value into a dict, if that does not come to contain itself: who
// prints such a one, as toYaml does, never comes to an end.
func set(dict map[string]any, key string, value any) (map[string]any, error) {
	dict[key] = value
	switch reflect.ValueOf(value).Kind() {
	case reflect.Map, reflect.Slice:
		if cyclic(reflect.ValueOf(dict), map[uintptr]bool{}, 0) {
			return nil, errCycle
		}
	}
	return dict, nil
}

// withoutCycles is a function that merges dicts into the first one.
func withoutCycles(function any) any {
	original := reflect.ValueOf(function)
	return func(into map[string]any, from ...map[string]any) (any, error) {
		results := original.CallSlice([]reflect.Value{reflect.ValueOf(into), reflect.ValueOf(from)})
		if len(results) == 2 && !results[1].IsNil() {
			return nil, results[1].Interface().(error)
		}
		if cyclic(reflect.ValueOf(into), map[uintptr]bool{}, 0) {
			return nil, errCycle
		}
		return results[0].Interface(), nil
	}
}

// cyclic reports whether a value contains itself or is nested too deep. Of the
// maps that were met, those that are being looked at are true in open.
func cyclic(value reflect.Value, open map[uintptr]bool, depth int) bool {
	for value.Kind() == reflect.Interface || value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	switch value.Kind() {
	case reflect.Map:
		at := value.Pointer()
		if isOpen, met := open[at]; met || depth > maxLevels {
			return isOpen || !met
		}
		open[at] = true
		for entries := value.MapRange(); entries.Next(); {
			if cyclic(entries.Value(), open, depth+1) {
				return true
			}
		}
		open[at] = false
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return false
		}
		for i := range value.Len() {
			if depth > maxLevels || cyclic(value.Index(i), open, depth+1) {
				return true
			}
		}
	}
	return false
}
