package dir

import (
	"crypto/sha256"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/sources/resource/pack"
)

// Sums keeps what files held, so that one that was not touched since need not
// be read to be told apart. It may forget anything.
type Sums interface {
	Get(key [32]byte) (value []byte, found bool) // value is not to be changed
	Put(key [32]byte, value []byte)
}

// settled is how long a file must not have been touched to be known by its
// times: a later write could bear the very same ones, which file systems and
// clocks round. Git's index has the same rule.
const settled = 2 * time.Second

// known are the files of a folder with their sums, as an earlier look saw them.
// Nil knows none.
type known struct {
	keep  Sums
	key   [32]byte
	until time.Time // files touched later than this are not taken in
	files map[string]touched
	now   []touched // of this look, in the order of the walk
	news  bool      // whether one of these is new
}

// touched is a file with what the system says of it: device, inode, size and
// the times of its content and of itself. The latter nobody can set.
type touched struct {
	path, stat string
	sum        [sha256.Size]byte
}

// remembered is what earlier looks at the folder left in keep.
func remembered(keep Sums, folder string) *known {
	k := &known{keep: keep, key: pack.Digest("sums of", folder), until: time.Now().Add(-settled), files: map[string]touched{}}
	record, _ := keep.Get(k.key)
	r := pack.Read(record)
	for range r.Count() {
		t := touched{path: r.Text(), stat: r.Text()}
		if sum := r.Text(); len(sum) == len(t.sum) {
			copy(t.sum[:], sum)
			k.files[t.path] = t
		}
	}
	if !r.OK() {
		k.files = nil
	}
	return k
}

// sum is that of the file's content, if the file was not touched since it was taken.
func (k *known) sum(path string, info fs.FileInfo) (sum [sha256.Size]byte, found bool) {
	if k == nil {
		return sum, false
	}
	stat, _, ok := statOf(info)
	t, seen := k.files[path]
	if !ok || !seen || t.stat != stat {
		return sum, false
	}
	k.now = append(k.now, t)
	return t.sum, true
}

// note takes in a file that was read.
func (k *known) note(path string, info fs.FileInfo, sum [sha256.Size]byte) {
	if k == nil {
		return
	}
	stat, at, ok := statOf(info)
	if ok && at.Before(k.until) && info.ModTime().Before(k.until) {
		k.now = append(k.now, touched{path, stat, sum})
		k.news = true
	} else if t, seen := k.files[path]; seen {
		k.now = append(k.now, t) // it does no harm, and need not be written anew twice
	}
}

// save keeps what this look saw, if that is anything new.
func (k *known) save() {
	if !k.news && len(k.now) == len(k.files) {
		return
	}
	slices.SortFunc(k.now, func(a, b touched) int { return strings.Compare(a.path, b.path) })
	var w pack.Writer
	w.Number(len(k.now))
	for _, t := range k.now {
		w.Text(t.path)
		w.Text(t.stat)
		w.Text(string(t.sum[:]))
	}
	k.keep.Put(k.key, w.Bytes)
}
