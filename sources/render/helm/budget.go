package helm

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
)

// Bounds of what templates may make. What a function makes is bounded at once,
// and all that a rendering makes together: none of it is sure to be let go of
// before the end.
const (
	maxText    = 16 << 20  // bytes of a text, and of what a value would be as a text
	maxList    = 100_000   // elements of a list
	maxMade    = 256 << 20 // bytes that one rendering makes
	maxQuoted  = 64 << 20  // bytes that errors of templates that call each other quote
	maxFrames  = 20_000    // of the stack
	maxLevels  = 1000      // of values within values
	maxEntries = 1_000_000 // of dicts that are merged
)

// Bytes that are reckoned for what is not a text.
const (
	costCall  = 32
	costValue = 64 // of one within another, when it is written out
	costEntry = 48 // of a dict
	costWrite = 3  // for each byte of output, which is copied as it grows
)

var (
	errTooMuch = fmt.Errorf("the templates make more than %d MiB in all; make less of it", maxMade>>20)
	errText    = fmt.Errorf("a text of more than %d MiB is refused", maxText>>20)
	errList    = fmt.Errorf("a list of more than %d elements is refused", maxList)
	errCycle   = errors.New("a dict that contains itself, or is nested too deep, cannot be printed; leave it out")
)

// spend takes what was made, or is about to be, from what may be.
func (f *functions) spend(bytes int) error {
	if f.made += bytes; bytes < 0 || f.made > maxMade {
		f.made = maxMade + 1
		return errTooMuch
	}
	return nil
}

// size is about how long values are once they are written out: a list may be in
// another one more than once, and is in memory but once. It is an error if that
// is more than any text may have.
func size(values ...reflect.Value) (int, error) {
	s := sizer{left: maxText, bytes: 1}
	for _, value := range values {
		if err := s.take(value, 0); err != nil {
			return 0, err
		}
	}
	return maxText - s.left, nil
}

// printed is the size of a value that is printed as it is.
func printed(value reflect.Value) (int, error) {
	s := sizer{left: maxText, bytes: 4} // as numbers
	err := s.take(value, 0)
	return maxText - s.left, err
}

type sizer struct {
	left  int
	bytes int // that a byte of a []byte becomes
}

func (s *sizer) take(value reflect.Value, depth int) error {
	for value.Kind() == reflect.Interface || value.Kind() == reflect.Pointer {
		value = value.Elem()
		if depth++; depth > maxLevels {
			return errCycle
		}
	}
	if depth > maxLevels {
		return errCycle
	}
	if depth > 0 {
		s.left -= costValue
	}
	switch value.Kind() {
	case reflect.String:
		s.left -= value.Len()
	case reflect.Slice, reflect.Array:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			s.left -= s.bytes * value.Len()
			break
		}
		for i := 0; i < value.Len() && s.left >= 0; i++ {
			if err := s.take(value.Index(i), depth+1); err != nil {
				return err
			}
		}
	case reflect.Map:
		for all := value.MapRange(); s.left >= 0 && all.Next(); {
			if err := cmp.Or(s.take(all.Key(), depth+1), s.take(all.Value(), depth+1)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for i := 0; i < value.NumField() && s.left >= 0; i++ {
			if !value.Type().Field(i).IsExported() {
				continue
			}
			if err := s.take(value.Field(i), depth+1); err != nil {
				return err
			}
		}
	}
	if s.left < 0 {
		return errText
	}
	return nil
}

// entries are how many there are in dicts within each other, and false if they
// are too many to be counted.
func entries(value reflect.Value, counted *int, depth int) bool {
	for value.Kind() == reflect.Interface {
		value = value.Elem()
	}
	if value.Kind() != reflect.Map {
		return true
	}
	if *counted += value.Len(); *counted > maxEntries || depth > maxLevels {
		return false
	}
	for all := value.MapRange(); all.Next(); {
		if !entries(all.Value(), counted, depth+1) {
			return false
		}
	}
	return true
}
