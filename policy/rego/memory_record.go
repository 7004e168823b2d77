package rego

import (
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
	"github.com/holdfast-dev/holdfast/sources/resource/pack"
)

// record is what a memory keeps of a batch: what the rules of a set answered.
type record struct {
	alone    digest   // the set of rules that needed no more than the subject
	excluded []int    // those of them whose answers are not kept, by their place in the set
	across   digest   // the set of rules that looked at other resources
	contents []string // digests of the subjects' contents, "" where nobody asked
	raws     []kept   // of alone
	wider    []wider  // of across, for each subject that has them
}

// kept is a raw with its rule by its place in the set.
type kept struct {
	rule int
	raw
}

// wider is what some rules answered about one subject, or about a target, and
// what of the forest they read.
type wider struct {
	at   int // of the subject, -1 for none
	deps []dep
	raws []kept

	rule     *rule  // of a wider scope, else nil
	target   string // of a wider scope
	recalled bool
	unkept   bool // it must be asked again the next time
}

// dep is a path of the forest that was read, and the digest of what was there.
type dep struct {
	path   string // joined by pathSeparator
	digest string
}

func (r *record) encode() []byte {
	var w pack.Writer
	w.Text(string(r.alone[:]))
	w.Number(len(r.excluded))
	for _, at := range r.excluded {
		w.Number(at)
	}
	w.Text(string(r.across[:]))
	w.Number(len(r.contents))
	for _, digest := range r.contents {
		w.Text(digest)
	}
	writeRaws(&w, r.raws)
	w.Number(len(r.wider))
	for i := range r.wider {
		writeWider(&w, &r.wider[i])
	}
	return w.Bytes
}

// decodeRecord reads what encode wrote; it is false for anything else.
func decodeRecord(data []byte) (*record, bool) {
	r := pack.Read(data)
	var rec record
	alone := r.Text()
	for range r.Count() {
		rec.excluded = append(rec.excluded, r.Number())
	}
	across := r.Text()
	for range r.Count() {
		rec.contents = append(rec.contents, r.Text())
	}
	rec.raws = readRaws(r)
	for range r.Count() {
		rec.wider = append(rec.wider, readWider(r))
	}
	copy(rec.alone[:], alone)
	copy(rec.across[:], across)
	return &rec, r.OK() && len(alone) == len(rec.alone) && len(across) == len(rec.across)
}

func writeWider(w *pack.Writer, x *wider) {
	w.Number(x.at + 1)
	w.Number(len(x.deps))
	for _, d := range x.deps {
		w.Text(d.path)
		w.Text(d.digest)
	}
	writeRaws(w, x.raws)
}

func readWider(r *pack.Reader) wider {
	x := wider{at: r.Number() - 1}
	for range r.Count() {
		x.deps = append(x.deps, dep{path: r.Text(), digest: r.Text()})
	}
	x.raws = readRaws(r)
	return x
}

func writeRaws(w *pack.Writer, raws []kept) {
	w.Number(len(raws))
	for i := range raws {
		r := &raws[i]
		w.Number(r.rule)
		w.Number(r.at + 1)
		w.Text(r.target)
		w.Text(string(r.decision))
		w.Text(r.msg)
		w.Path(r.path)
		w.Flag(r.excepted)
		w.Number(r.line)
		w.Flag(r.named != nil)
		if r.named != nil {
			w.Text(r.named.target)
			w.Text(r.named.key.GroupKind)
			w.Text(r.named.key.Namespace)
			w.Text(r.named.key.Name)
		}
	}
}

func readRaws(r *pack.Reader) []kept {
	var raws []kept
	for range r.Count() {
		k := kept{rule: r.Number()}
		k.at = r.Number() - 1
		k.target = r.Text()
		k.decision = policy.Decision(r.Text())
		k.msg = r.Text()
		k.path = r.Path()
		k.excepted = r.Flag()
		k.line = r.Number()
		if r.Flag() {
			k.named = &named{target: r.Text(), key: resource.Key{GroupKind: r.Text(), Namespace: r.Text(), Name: r.Text()}}
		}
		raws = append(raws, k)
	}
	return raws
}
