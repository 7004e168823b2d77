// Package pack writes and reads the short binary records that are kept from one
// run to the next, and makes the digests under which they are found.
//
// Numbers are varints, texts come after their length. There is no version in a
// record: who keeps it keeps the version beside it.
package pack

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Digest joins the parts, each with its length, which keeps them apart.
func Digest(parts ...string) [sha256.Size]byte {
	size := 0
	for _, part := range parts {
		size += binary.MaxVarintLen32 + len(part)
	}
	w := Writer{Bytes: make([]byte, 0, size)}
	for _, part := range parts {
		w.Text(part)
	}
	return sha256.Sum256(w.Bytes)
}

// Writer makes a record. The zero value is empty.
type Writer struct{ Bytes []byte }

// Number writes a number that is not negative.
func (w *Writer) Number(n int) { w.Bytes = binary.AppendUvarint(w.Bytes, uint64(n)) }

// Text writes a text.
func (w *Writer) Text(s string) {
	w.Number(len(s))
	w.Bytes = append(w.Bytes, s...)
}

// Flag writes whether something is so.
func (w *Writer) Flag(set bool) {
	if set {
		w.Number(1)
	} else {
		w.Number(0)
	}
}

// Path writes a path; nil and empty are told apart.
func (w *Writer) Path(path resource.Path) {
	w.Flag(path != nil)
	w.Number(len(path))
	for _, step := range path {
		text, isText := step.(string)
		w.Flag(isText)
		if isText {
			w.Text(text)
		} else {
			w.Number(step.(int))
		}
	}
}

// Reader reads what a Writer wrote, in the same order. After anything else it
// is not OK, and gives zeros.
type Reader struct {
	rest []byte
	bad  bool
}

// Read is a Reader of the record.
func Read(record []byte) *Reader { return &Reader{rest: record} }

// OK reports whether all that was read was there, and nothing is left.
func (r *Reader) OK() bool { return !r.bad && len(r.rest) == 0 }

func (r *Reader) fail() { r.bad, r.rest = true, nil }

// Number reads a number.
func (r *Reader) Number() int {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > math.MaxInt32 {
		r.fail()
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

// Count reads the length of a list, each element of which takes a byte at least.
func (r *Reader) Count() int {
	n := r.Number()
	if n > len(r.rest) {
		r.fail()
		return 0
	}
	return n
}

// Text reads a text.
func (r *Reader) Text() string {
	n := r.Count()
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

// Flag reads whether something is so.
func (r *Reader) Flag() bool { return r.Number() == 1 }

// Path reads a path.
func (r *Reader) Path() resource.Path {
	present := r.Flag()
	steps := r.Count()
	if !present {
		return nil
	}
	path := make(resource.Path, 0, steps)
	for range steps {
		if r.Flag() {
			path = append(path, r.Text())
		} else {
			path = append(path, r.Number())
		}
	}
	return path
}
