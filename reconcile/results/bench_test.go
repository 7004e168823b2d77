package results_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile/results"
)

const benchEntries = 10_000

// benched is a saved store of 10,000 entries of 500 bytes.
func benched(b *testing.B) (results.Options, []results.Key) {
	opts := options(b.TempDir())
	s := results.Open(opts)
	keys := make([]results.Key, benchEntries)
	for i := range keys {
		keys[i] = key(string(binary.LittleEndian.AppendUint64(nil, uint64(i))))
		s.Put(keys[i], bytes.Repeat([]byte{byte(i)}, 500))
	}
	save(b, s)
	return opts, keys
}

func BenchmarkOpen(b *testing.B) {
	opts, _ := benched(b)
	b.ReportAllocs()
	for b.Loop() {
		fresh(b, opts)
	}
}

// BenchmarkUnchangedRun opens, asks for all and saves: the price of a run in which nothing changed.
func BenchmarkUnchangedRun(b *testing.B) {
	opts, keys := benched(b)
	b.ReportAllocs()
	for b.Loop() {
		s := fresh(b, opts)
		for _, key := range keys {
			if _, ok := s.Get(key); !ok {
				b.Fatal("not there")
			}
		}
		save(b, s)
	}
}

// BenchmarkSave writes all of a store in which one entry is new.
func BenchmarkSave(b *testing.B) {
	opts, keys := benched(b)
	s := fresh(b, opts)
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		s.Put(keys[0], binary.LittleEndian.AppendUint64(nil, i))
		save(b, s)
	}
}
