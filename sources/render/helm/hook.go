package helm

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
)

// fileSizes are those of a chart's files that templates may read.
type fileSizes struct {
	count          int
	largest, total int // bytes
}

// filesCost is how many times as much as all files it takes to write them out.
const filesCost = 4

// fuse is called by each loop, and says what is written and read in it.
func (f *functions) fuse(text, gets, all, globs int) (string, error) {
	if f.steps++; f.steps > f.options.MaxSteps {
		return "", fmt.Errorf("the templates take more than %d steps; loop over less", f.options.MaxSteps)
	}
	if f.ended() != nil {
		return "", errors.New(tooLong(f.options))
	}
	if f.steps%64 == 0 {
		var frame [1]uintptr
		if runtime.Callers(maxFrames, frame[:]) > 0 {
			return "", errDeep
		}
	}
	return "", f.spend(costWrite*text + gets*f.files.largest + all*filesCost*f.files.total + globs*costEntry*f.files.count)
}

// enter is called by each template in place of a fuse, and leave at its end.
func (f *functions) enter(text, gets, all, globs int) (string, error) {
	f.depth++
	if err := f.deep(); err != nil {
		return "", err
	}
	return f.fuse(text, gets, all, globs)
}

func (f *functions) leave() string {
	f.depth--
	return ""
}

var errDeep = errors.New("templates call each other too deep")

// deep looks ahead to an error: each template that calls another one says where
// it does, and quotes what the error says so far.
func (f *functions) deep() error {
	if f.depth*f.depth/2*(f.longest+costEntry) > maxQuoted {
		return errDeep
	}
	return nil
}

func tooLong(options Options) string {
	return fmt.Sprintf("rendering the chart takes longer than %s; simplify its templates", options.Timeout)
}

// What reading a template takes for each of its bytes, and what it takes that
// an error may quote it.
const (
	costCode  = 64 // of its actions
	costQuote = 4
)

// tame gives a text fuses that tpl takes for a template.
func (f *functions) tame(value any) (any, error) {
	text, isText := value.(string)
	if !isText {
		return value, nil
	}
	if len(text) > maxText {
		return nil, errText
	}
	if err := f.spend(costQuote*len(text) + costCode*costAction*strings.Count(text, "{{")); err != nil {
		return nil, err
	}
	with, err := fused(text)
	if err != nil {
		return nil, err
	}
	f.longest = max(f.longest, costQuote*len(text))
	if err := f.deep(); err != nil {
		return nil, err
	}
	return with.String(), f.spend(costCode * with.code)
}

// print is told each value that is printed.
func (f *functions) print(value reflect.Value) (reflect.Value, error) {
	size, err := printed(value)
	if err == nil {
		err = f.spend(costWrite * size)
	}
	return value, err
}

// loop is told what each loop is over. Of what it cannot be over, an error would
// quote the value.
func loop(over reflect.Value) (reflect.Value, error) {
	value := over
	for value.Kind() == reflect.Interface || value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	switch value.Kind() {
	case reflect.Invalid, reflect.Array, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func:
		return over, nil
	}
	if value.CanInt() || value.CanUint() {
		return over, nil
	}
	return over, fmt.Errorf("range can't iterate over a value of type %s", value.Type())
}
