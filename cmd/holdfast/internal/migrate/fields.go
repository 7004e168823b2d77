package migrate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// fields are a mapping of an object, with a record of what of it was asked
// for, so that what nobody asked for can be told.
type fields struct {
	values map[string]any
	asked  map[string]bool
}

func fieldsOf(value any) *fields {
	values, _ := value.(map[string]any)
	return &fields{values, map[string]bool{}}
}

func (f *fields) any(key string) any {
	f.asked[key] = true
	return f.values[key]
}

func (f *fields) has(key string) bool {
	f.asked[key] = true
	value, there := f.values[key]
	return there && value != nil
}

// text is a value as text, whatever YAML took it for; "" for mappings and lists.
func (f *fields) text(key string) string { return asText(f.any(key)) }

func asText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool, int, int64, uint64:
		return fmt.Sprint(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return v.Format(time.DateOnly)
	}
	return ""
}

func (f *fields) flag(key string) bool {
	set, _ := f.any(key).(bool)
	return set
}

func (f *fields) mapping(key string) *fields { return fieldsOf(f.any(key)) }

func (f *fields) list(key string) []any {
	items, _ := f.any(key).([]any)
	return items
}

func (f *fields) mappings(key string) []*fields {
	var all []*fields
	for _, item := range f.list(key) {
		all = append(all, fieldsOf(item))
	}
	return all
}

func (f *fields) texts(key string) []string {
	var all []string
	for _, item := range f.list(key) {
		if text := asText(item); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// rest are the keys that were not asked for, sorted.
func (f *fields) rest() []string {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(f.values)) {
		if !f.asked[key] && f.values[key] != nil {
			keys = append(keys, key)
		}
	}
	return keys
}

// ignore marks keys as looked at that mean nothing for a target.
func (f *fields) ignore(keys ...string) {
	for _, key := range keys {
		f.asked[key] = true
	}
}
