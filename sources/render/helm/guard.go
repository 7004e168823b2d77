package helm

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// guarded is a function that is not called where it would make too much, or
// where the time is over. What it makes, it spends.
func (f *functions) guarded(name string, function any) any {
	original := reflect.ValueOf(function)
	in, out := original.Type(), []reflect.Type{original.Type().Out(0), reflect.TypeFor[error]()}
	var takes []reflect.Type
	for i := range in.NumIn() {
		takes = append(takes, in.In(i))
	}
	call, check, looks := original.Call, checkOf(name), looksAt(name)
	if in.IsVariadic() {
		call = original.CallSlice
	}
	return reflect.MakeFunc(reflect.FuncOf(takes, out, in.IsVariadic()), func(arguments []reflect.Value) (results []reflect.Value) {
		failed := func(err error) []reflect.Value {
			err = shortened(err)
			return []reflect.Value{reflect.Zero(out[0]), reflect.ValueOf(&err).Elem()}
		}
		defer func() {
			if cause := recover(); cause != nil {
				results = failed(fmt.Errorf("%v", cause))
			}
		}()
		if f.ended() != nil {
			return failed(errors.New(tooLong(f.options)))
		}
		if err := looks.before(arguments); err != nil {
			return failed(err)
		}
		if check != nil {
			if err := check(arguments); err != nil {
				return failed(err)
			}
		}
		results = call(arguments)
		if len(results) == 2 && !results[1].IsNil() {
			return failed(results[1].Interface().(error))
		}
		made, err := looks.made(results[0])
		if err == nil {
			err = f.spend(costCall + made)
		}
		if err != nil {
			return failed(err)
		}
		return []reflect.Value{results[0], reflect.Zero(out[1])}
	}).Interface()
}

// maxError is how many bytes of what a function says is wrong are shown: each
// template that calls another one says it again.
const maxError = 4 << 10

func shortened(err error) error {
	if msg := err.Error(); len(msg) > maxError {
		return errors.New(short(msg))
	}
	return err
}

func short(msg string) string {
	if len(msg) > maxError/2 {
		return strings.ToValidUTF8(msg[:maxError/2], "") + "…"
	}
	return msg
}

// look is how much of values a function looks at.
type look int

const (
	lookDeep    look = iota // at all: it may write them out
	lookShallow             // at what is on top, of which it makes something else
	lookAside               // at what is on top, and it makes nothing of it
)

// looksAt says it of a function. One that is not known is taken for one that looks at all.
func looksAt(name string) look {
	switch name {
	case "default", "get", "set", "unset", "hasKey", "first", "mustFirst", "last", "mustLast", "slice", "mustSlice", "ternary", "coalesce",
		"empty", "all", "any", "dig", "required", "kindOf", "kindIs", "typeOf", "typeIs", "typeIsLike", "eq", "ne", "call",
		"merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite":
		return lookAside
	case "list", "tuple", "dict", "pluck", "pick", "omit", "keys", "values", "rest", "mustRest", "initial", "mustInitial", "reverse", "mustReverse",
		"append", "mustAppend", "push", "mustPush", "prepend", "mustPrepend", "concat", "chunk", "mustChunk", "compact", "mustCompact":
		return lookShallow
	}
	return lookDeep
}

func (l look) before(arguments []reflect.Value) error {
	switch l {
	case lookDeep:
		_, err := size(arguments...)
		return err
	case lookShallow:
		for _, argument := range arguments {
			if length(argument) > maxList {
				return errList
			}
		}
	}
	return nil
}

// length is how many elements a list or a dict has.
func length(value reflect.Value) int {
	if value.Kind() == reflect.Interface {
		value = value.Elem()
	}
	switch value.Kind() {
	case reflect.Map, reflect.Slice:
		return value.Len()
	}
	return 0
}

// made is how many bytes a function has made.
func (l look) made(result reflect.Value) (int, error) {
	switch {
	case l == lookAside:
		return 0, nil
	case length(result) > maxList:
		return 0, errList
	case l == lookShallow:
		return length(result) * costEntry, nil
	}
	return size(result)
}

// checkOf says before a call that what comes of it would be too much, for the
// functions that may make much more than they are given.
func checkOf(name string) func(arguments []reflect.Value) error {
	switch name {
	case "repeat":
		return func(a []reflect.Value) error { return times(a[0].Int(), a[1].Len()) }
	case "indent", "nindent":
		return func(a []reflect.Value) error { return times(a[0].Int(), 1+strings.Count(a[1].String(), "\n")) }
	case "randAlphaNum", "randAlpha", "randAscii", "randNumeric", "randBytes":
		return func(a []reflect.Value) error { return times(a[0].Int(), 256) }
	case "wrapWith":
		return func(a []reflect.Value) error {
			return times(1+int64(a[2].Len())/max(1, a[0].Int())+int64(strings.Count(a[2].String(), " ")), a[1].Len())
		}
	case "join":
		return func(a []reflect.Value) error { return times(int64(length(a[1])), a[0].Len()) }
	case "concat", "keys":
		return func(a []reflect.Value) error { return checkSum(a[0]) }
	case "dict":
		return func(a []reflect.Value) error { return checkKeys(a[0]) }
	case "printf":
		return func(a []reflect.Value) error { return checkFormat(a[0].String(), a[1]) }
	case "replace":
		return func(a []reflect.Value) error { return checkReplace(a[0].String(), a[1].String(), a[2].String()) }
	case "split", "splitList":
		return func(a []reflect.Value) error { return checkParts(a[0].String(), a[1].String(), -1) }
	case "splitn":
		return func(a []reflect.Value) error { return checkParts(a[0].String(), a[2].String(), int(a[1].Int())) }
	case "uniq", "mustUniq", "without", "mustWithout":
		return func(a []reflect.Value) error { return checkPairs(length(a[0])) }
	case "fromYaml", "fromYamlArray", "fromJson", "fromJsonArray", "mustFromJson":
		return func(a []reflect.Value) error { return checkDensity(a[0].String()) }
	case "fromToml": // a name may have dicts within dicts
		return func(a []reflect.Value) error {
			return cmp.Or(checkDensity(a[0].String()), checkParts(".", a[0].String(), -1))
		}
	case "regexQuoteMeta":
		return nil
	}
	if strings.HasPrefix(strings.ToLower(strings.TrimPrefix(name, "must")), "regex") {
		return checkRegex
	}
	return nil
}

// times is an error if a text that is there so many times is too long.
func times(count int64, size int) error {
	if size > 0 && count > int64(maxText/size) {
		return errText
	}
	return nil
}

// checkSum looks at lists or dicts of which one list is made.
func checkSum(all reflect.Value) error {
	elements := 0
	for i := range all.Len() {
		if elements += length(all.Index(i)); elements > maxList {
			return errList
		}
	}
	return nil
}

// checkKeys looks at what becomes the keys of a dict, which are texts.
func checkKeys(pairs reflect.Value) error {
	var all []reflect.Value
	for i := 0; i < pairs.Len(); i += 2 {
		all = append(all, pairs.Index(i))
	}
	_, err := size(all...)
	return err
}

// maxWidth is that of a number in a format as far as Go obeys it.
const maxWidth = 1_000_000

// checkFormat reckons what printf makes: an argument may be printed more than
// once, and be given any width.
func checkFormat(format string, arguments reflect.Value) error {
	longest, total := 0, len(format)
	for i := range arguments.Len() {
		long, err := size(arguments.Index(i))
		if err != nil {
			return err
		}
		longest = max(longest, long)
		total += long
	}
	again := strings.Contains(format, "[")
	verbs := 0
	for part := range strings.SplitSeq(format, "%") {
		if verbs++; verbs == 1 {
			continue // before the first
		}
		flags, action := part, ""
		if at := strings.IndexFunc(part, unicode.IsLetter); at >= 0 {
			flags, action = part[:at], part[at:at+1]
		}
		if again || strings.Contains(flags, "#") || action != "" && strings.Contains("qxXU", action) {
			total += 6 * longest
		}
		for _, number := range strings.FieldsFunc(flags, func(c rune) bool { return c < '0' || c > '9' }) {
			width, err := strconv.Atoi(number)
			if err != nil || width > maxWidth {
				width = maxWidth
			}
			total += width
		}
		total += 2 * maxWidth * min(1, strings.Count(flags, "*"))
		if total > maxText || verbs > maxList {
			return errText
		}
	}
	if total > maxText {
		return errText
	}
	return nil
}

func checkReplace(old, with, text string) error {
	if len(with) <= len(old) {
		return nil
	}
	return times(int64(strings.Count(text, old)), len(with))
}

func checkParts(separator, text string, most int) error {
	if parts := strings.Count(text, separator); parts > maxList && (most < 0 || most > maxList) {
		return errList
	}
	return nil
}

// maxPairs is how many elements may be held against each other.
const maxPairs = 10_000

func checkPairs(elements int) error {
	if elements > maxPairs {
		return fmt.Errorf("a list of more than %d elements is not searched for what is in it twice", maxPairs)
	}
	return nil
}

// maxValues is how many values a text may have that is taken apart.
const maxValues = maxText / costValue

// checkDensity refuses a text that would take up too much memory before its
// values could be counted: each but the first follows one of these marks.
func checkDensity(text string) error {
	marks := 0
	for _, mark := range []string{",", "[", "{", "- ", ": ", "? ", "\n"} {
		marks += strings.Count(text, mark)
	}
	if marks > maxValues {
		return fmt.Errorf("a text that may hold more than %d values is refused", maxValues)
	}
	return nil
}

// maxPattern is how long a regular expression may be, in bytes.
const maxPattern = 8 << 10

// checkRegex looks at a regular expression, a text, and what may come in the
// place of each of its matches.
func checkRegex(a []reflect.Value) error {
	if a[0].Len() > maxPattern {
		return fmt.Errorf("a regular expression of more than %d bytes is refused", maxPattern)
	}
	if len(a) < 3 {
		return nil
	}
	text, with := a[1].String(), ""
	if a[2].Kind() == reflect.String {
		with = a[2].String()
	}
	// What is put in may have the match in it, all of them together the text.
	if (1+strings.Count(with, "$"))*len(text) > maxText {
		return errText
	}
	if len(text) < maxList && (len(text)+1)*len(with) <= maxText {
		return nil
	}
	pattern, err := regexp.Compile(a[0].String())
	if err != nil {
		return nil // the function says so
	}
	matches := len(pattern.FindAllStringIndex(text, maxList+1))
	if matches > maxList {
		return errList
	}
	return times(int64(matches), len(with))
}
