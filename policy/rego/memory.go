package rego

import (
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
	"github.com/holdfast-dev/holdfast/sources/resource/pack"
)

// memory is a session's use of a policy.Memory. An answer is used again if the
// rule, by its digest, and all that its evaluation could see are as they were:
// the batch, by its key, and of other resources what it read.
//
// What is kept holds no secret: answers in which something had to be hidden are
// left out, and contents are known by keyed digests only.
type memory struct {
	policy.Memory
	alone, across ruleSet
	before        sync.Map // of the digest of an earlier set to *ruleSet
	targets       sync.Map // of a target's name to its text
}

// ruleSet is rules in the order of their ids, those that are not there any
// more being nil.
type ruleSet struct {
	digest digest
	rules  []*rule
}

func newMemory(kept policy.Memory, s *session) *memory {
	m := &memory{Memory: kept}
	for _, r := range s.rules {
		if r.Scope != policy.ScopeResource {
			continue
		}
		if r.reads.resources {
			m.across.rules = append(m.across.rules, r)
		} else {
			m.alone.rules = append(m.alone.rules, r)
		}
	}
	m.alone.digest, m.across.digest = m.alone.sum(s), m.across.sum(s)
	return m
}

func (set *ruleSet) digests(s *session) string {
	var all strings.Builder
	for _, r := range set.rules {
		sum := r.under(&s.c)
		all.Write(sum[:])
	}
	return all.String()
}

func (set *ruleSet) sum(s *session) digest { return pack.Digest("set", set.digests(s)) }

func (set *ruleSet) place(r *rule) int { return slices.Index(set.rules, r) }

// earlier is the set of that digest as far as its rules are still the same;
// nil if nothing is known of it.
func (m *memory) earlier(s *session, sum digest) *ruleSet {
	if sum == m.alone.digest {
		return &m.alone
	}
	if known, ok := m.before.Load(sum); ok {
		return known.(*ruleSet)
	}
	var set *ruleSet
	if digests, ok := m.Get(sum); ok && pack.Digest("set", string(digests)) == sum {
		set = &ruleSet{digest: sum}
		for chunk := range slices.Chunk(digests, len(sum)) {
			at := slices.IndexFunc(m.alone.rules, func(r *rule) bool { d := r.under(&s.c); return string(d[:]) == string(chunk) })
			if at < 0 {
				set.rules = append(set.rules, nil)
			} else {
				set.rules = append(set.rules, m.alone.rules[at])
			}
		}
	}
	m.before.Store(sum, set)
	return set
}

// key is where the batch is kept; it is false for one that cannot be.
func (m *memory) key(s *session, b *batch) (digest, bool) {
	if !b.keyed {
		b.key, b.lasts = m.keyOf(s, b)
		b.keyed = true
	}
	return b.key, b.lasts
}

func (m *memory) keyOf(s *session, b *batch) (digest, bool) {
	if s.c.Phase == policy.PhaseLive { // what is read of data.holdfast.live is not noted
		return digest{}, false
	}
	contents := b.Key
	if contents == "" {
		var ok bool
		if contents, ok = m.contents(b); !ok {
			return digest{}, false
		}
	}
	parts := []string{"batch", string(s.c.Phase), contents}
	last := ""
	for i := range b.Subjects {
		subject := &b.Subjects[i]
		if b.Key != "" && (subject.Resource == nil || subject.Live != nil || subject.Change != nil) {
			return digest{}, false
		}
		if hasUnknown(subject.Resource) || hasUnknown(subject.Live) {
			return digest{}, false
		}
		if i == 0 || subject.ID.Target != last {
			last = subject.ID.Target
			parts = append(parts, last, m.targetText(s, last))
		}
	}
	return pack.Digest(parts...), true
}

func hasUnknown(r *resource.Resource) bool { return r != nil && len(r.Unknown) > 0 }

// contents is a text that tells all that rules see of the subjects of a batch
// without a key, whose contents must be there; it is false if there is none.
func (m *memory) contents(b *batch) (string, bool) {
	if b.Load != nil {
		return "", false
	}
	var w pack.Writer
	for i := range b.Subjects {
		subject := &b.Subjects[i]
		id := subject.ID
		for _, text := range []string{id.Scope, id.APIVersion, id.Kind, id.Namespace, id.Name, subject.WrittenIn()} {
			w.Text(text)
		}
		seen := []*resource.Resource{subject.Resource, subject.Live, nil, nil}
		if subject.Change != nil {
			seen[2] = &resource.Resource{ID: id, Content: changeContent(subject.Change)}
		}
		if subject.Resource != nil && subject.Resource.Written != nil {
			seen[3] = &resource.Resource{ID: id, Content: subject.Resource.Written}
		}
		for at, res := range seen {
			w.Flag(res != nil)
			if res == nil {
				continue
			}
			sum, err := m.digest(res)
			if err != nil {
				return "", false
			}
			if at == 0 {
				b.digests[i] = sum
			}
			w.Text(sum)
		}
	}
	return string(w.Bytes), true
}

// targetText is what rules see of the target, as a text.
func (m *memory) targetText(s *session, name string) string {
	if text, known := m.targets.Load(name); known {
		return text.(string)
	}
	term := s.target(name)
	if term == nil {
		term = targetTerm(policy.Target{Name: name}) // one that only the batch names
	}
	text := term.String()
	m.targets.Store(name, text)
	return text
}

// recall takes in what is remembered of the batch, and gives the rules which
// that lacks; nil if nothing is remembered.
func (m *memory) recall(s *session, b *batch) map[*rule]bool {
	key, ok := m.key(s, b)
	if !ok {
		return nil
	}
	data, ok := m.Get(key)
	if !ok {
		return nil
	}
	rec, ok := decodeRecord(data)
	if !ok || len(rec.contents) != len(b.Subjects) {
		return nil
	}
	set := m.earlier(s, rec.alone)
	if set == nil || !rec.fits(len(b.Subjects), len(set.rules), len(m.across.rules), rec.across == m.across.digest) {
		return nil
	}
	lacking := map[*rule]bool{}
	for _, r := range m.alone.rules {
		if set != &m.alone && set.place(r) < 0 {
			lacking[r] = true
		}
	}
	for _, at := range rec.excluded {
		if r := set.rules[at]; r != nil {
			lacking[r] = true
		}
	}
	for _, k := range rec.raws {
		if r := set.rules[k.rule]; r != nil && !lacking[r] {
			k.raw.rule = r
			b.raws = append(b.raws, k.raw)
		}
	}
	b.digests = rec.contents
	b.recalled = rec
	b.whole = len(lacking) == 0 && rec.alone == m.alone.digest && rec.across == m.across.digest
	return lacking
}

// fits reports whether each place in the record is one of the batch and the sets.
func (r *record) fits(subjects, alone, across int, sameAcross bool) bool {
	good := func(raws []kept, rules int) bool {
		return !slices.ContainsFunc(raws, func(k kept) bool { return k.rule >= rules || k.at < 0 || k.at >= subjects })
	}
	if !good(r.raws, alone) || slices.ContainsFunc(r.excluded, func(at int) bool { return at >= alone }) {
		return false
	}
	return !sameAcross || !slices.ContainsFunc(r.wider, func(w wider) bool { return !good(w.raws, across) })
}

// recallWider is what is remembered of the task, if all that it read is as it was.
func (m *memory) recallWider(s *session, t *task, f *forest, answered *wider) bool {
	found, ok := m.widerOf(s, t)
	if !ok {
		return false
	}
	for _, d := range found.deps {
		now, err := f.digest(strings.Split(d.path, pathSeparator))
		if err != nil || now != d.digest {
			return false
		}
	}
	for _, k := range found.raws {
		k.raw.rule = t.rule
		if t.rule == nil {
			k.raw.rule = m.across.rules[k.rule]
		}
		answered.raws = append(answered.raws, k)
	}
	answered.deps, answered.recalled = found.deps, true
	return true
}

func (m *memory) widerOf(s *session, t *task) (*wider, bool) {
	if t.rule == nil {
		if t.b.recalled == nil || t.b.recalled.across != m.across.digest {
			return nil, false
		}
		at := slices.IndexFunc(t.b.recalled.wider, func(w wider) bool { return w.at == t.at })
		if at < 0 {
			return nil, false
		}
		return &t.b.recalled.wider[at], true
	}
	data, ok := m.Get(m.wideKey(s, t.rule, t.target))
	if !ok {
		return nil, false
	}
	r := pack.Read(data)
	found := readWider(r)
	return &found, r.OK() && !slices.ContainsFunc(found.raws, func(k kept) bool { return k.at >= 0 })
}

func (m *memory) wideKey(s *session, r *rule, target string) digest {
	sum := r.under(&s.c)
	term := ast.InternedNullTerm
	if target != "" {
		term = s.target(target)
	}
	return pack.Digest("wide", string(sum[:]), string(s.c.Phase), target, term.String())
}

// take notes what came of a task, and what it read.
func (x *wider) take(s *session, b *batch, store *reading, f *forest) {
	for _, r := range b.raws {
		k := kept{raw: r}
		if s.memory != nil && x.at >= 0 {
			k.rule = s.memory.across.place(r.rule)
		}
		x.raws = append(x.raws, k)
	}
	x.unkept = len(b.undecided)+len(b.skipped) > 0 || slices.ContainsFunc(s.asked(x, b), func(r *rule) bool { return !r.lasting() })
	for _, path := range store.paths() {
		sum, err := f.digest(strings.Split(path, pathSeparator))
		if err != nil {
			x.unkept = true
		}
		x.deps = append(x.deps, dep{path, sum})
	}
	slices.SortFunc(x.deps, func(a, b dep) int { return strings.Compare(a.path, b.path) })
}

// asked are the rules that a wider answer comes from.
func (s *session) asked(x *wider, b *batch) []*rule {
	if x.rule != nil {
		return []*rule{x.rule}
	}
	var rules []*rule
	for _, q := range s.planOf(&b.Subjects[x.at]).across {
		rules = append(rules, q.rules...)
	}
	return rules
}

// note takes the digest of a subject's content, which must be there.
func (m *memory) note(b *batch, i int) (err error) {
	if b.Key != "" && b.digests[i] == "" && b.Subjects[i].Resource != nil {
		b.digests[i], err = m.digest(b.Subjects[i].Resource)
	}
	return err
}

// digest is a keyed digest of a resource's content.
func (m *memory) digest(r *resource.Resource) (string, error) {
	if m == nil {
		return "", nil
	}
	return digestUnder(m.Secret(), r)
}

func digestUnder(secret []byte, r *resource.Resource) (string, error) {
	sum, err := r.Digest(secret)
	return sum[:min(len(sum), 2*digestSize)], err
}

// contentDigest is that of a subject, loaded where it is not known yet.
func (s *session) contentDigest(b *batch, i int) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.digests[i] != "" {
		return b.digests[i], nil
	}
	if b.Load != nil {
		if err := b.Load(); err != nil {
			return "", err
		}
		defer b.Unload()
	}
	for j := range b.Subjects {
		if j == i || b.digests[j] == "" && b.Subjects[j].Resource != nil && s.planOf(&b.Subjects[j]).kept {
			sum, err := s.memory.digest(b.Subjects[j].Resource)
			if err != nil {
				return "", err
			}
			b.digests[j] = sum
		}
	}
	return b.digests[i], nil
}

// keep hands what is new to the memory.
func (m *memory) keep(s *session, batches []*batch) {
	for _, b := range batches {
		if b.Subjects == nil {
			m.keepWide(s, b)
			continue
		}
		fresh := slices.ContainsFunc(b.wider, func(w wider) bool { return !w.recalled })
		if key, ok := m.key(s, b); ok && (!b.whole || fresh) {
			m.Put(key, m.record(s, b).encode())
		}
	}
	if _, there := m.Get(m.alone.digest); !there {
		m.Put(m.alone.digest, []byte(m.alone.digests(s)))
	}
}

func (m *memory) keepWide(s *session, b *batch) {
	for i := range b.wider {
		w := &b.wider[i]
		if w.recalled || w.unkept || slices.ContainsFunc(w.raws, func(k kept) bool { return !s.clean(&k.raw) }) {
			continue
		}
		var record pack.Writer
		writeWider(&record, w)
		m.Put(m.wideKey(s, w.rule, w.target), record.Bytes)
	}
}

func (m *memory) record(s *session, b *batch) *record {
	rec := &record{alone: m.alone.digest, across: m.across.digest, contents: b.digests}
	excluded := map[*rule]bool{}
	for _, r := range m.alone.rules {
		excluded[r] = !r.lasting()
	}
	for i := range b.raws {
		if !s.clean(&b.raws[i]) {
			excluded[b.raws[i].rule] = true
		}
	}
	for at, r := range m.alone.rules {
		if excluded[r] || b.skipped[r] > 0 {
			rec.excluded = append(rec.excluded, at)
		}
	}
	for _, r := range b.raws {
		if !excluded[r.rule] {
			rec.raws = append(rec.raws, kept{m.alone.place(r.rule), r})
		}
	}
	for _, w := range b.wider {
		if !w.unkept && !slices.ContainsFunc(w.raws, func(k kept) bool { return !s.clean(&k.raw) }) {
			rec.wider = append(rec.wider, w)
		}
	}
	return rec
}

// clean reports whether an answer may be kept: it is one, and nothing in it is
// to be hidden.
func (s *session) clean(r *raw) bool {
	shown := func(text string) bool { return s.redactor.Redact(text) == text }
	if r.failed || !shown(r.msg) {
		return false
	}
	if r.named != nil && !(shown(r.named.key.Name) && shown(r.named.key.Namespace) && shown(r.named.key.GroupKind) && shown(r.named.target)) {
		return false
	}
	return !slices.ContainsFunc(r.path, func(step any) bool {
		text, isText := step.(string)
		return isText && !shown(text)
	})
}
