package main

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// moody is the host driver where a file's health is as the test says, and which
// keeps a diary: "a" for a file that was written, "a?" for a look at its health.
type moody struct {
	*host.Driver
	status func(name string) drivers.Status
	mu     sync.Mutex
	diary  []string
}

func (m *moody) note(entry string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.diary = append(m.diary, entry)
}

// until is the diary up to the entry, each entry once.
func (m *moody) until(entry string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := slices.Index(m.diary, entry)
	return strings.Join(slices.Compact(slices.Clone(m.diary[:at+1])), " ")
}

func (m *moody) Health(_ context.Context, resources []resource.Resource) ([]drivers.Health, error) {
	var all []drivers.Health
	for _, res := range resources {
		m.note(res.ID.Name + "?")
		all = append(all, drivers.Health{ID: res.ID, Status: m.status(res.ID.Name), Reason: "as the test says"})
	}
	return all, nil
}

func (m *moody) Apply(ctx context.Context, plan *drivers.Plan, changes []resource.Change, journal drivers.Journal) error {
	for _, change := range changes {
		m.note(change.ID.Name)
	}
	return m.Driver.Apply(ctx, plan, changes, journal)
}

// statuses says for each name how it is at each look; the last goes on.
func statuses(by map[string][]drivers.Status) func(string) drivers.Status {
	return func(name string) drivers.Status {
		list := by[name]
		if len(list) == 0 {
			return drivers.StatusHealthy
		}
		if len(list) > 1 {
			by[name] = list[1:]
		}
		return list[0]
	}
}

// onMoody gives the site's engine on a moody driver, and that driver once a pass was made.
func (s *site) onMoody(status func(string) drivers.Status, wrap func(*moody) drivers.Driver) (*reconcile.Reconciler, *moody) {
	m := &moody{status: status}
	return s.withDriver(map[string]func(*host.Driver) drivers.Driver{"web": func(d *host.Driver) drivers.Driver {
		m.Driver = d
		if wrap != nil {
			return wrap(m)
		}
		return m
	}}), m
}

func dependsOn(name string) string {
	return "  annotations: {holdfast.dev/depends-on: File/" + name + "}"
}

func TestWhatIsNeededIsHealthyBeforeWhatNeedsItIsBegun(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{
		"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two", dependsOn("a")),
		"web/c.yaml": aFile("c", "three"), "web/d.yaml": aFile("d", "four", dependsOn("b")),
	})
	r, m := s.onMoody(statuses(map[string][]drivers.Status{"a": {drivers.StatusProgressing, drivers.StatusProgressing, drivers.StatusHealthy}}), nil)
	expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeOK, "create a applied", "create b applied", "create c applied", "create d applied")
	if got := m.until("d"); got != "a c a? b b? d" {
		t.Errorf("the diary: %s", got)
	}
	// Where nothing that needs it changes, nobody waits for it: there is one look
	// at what was so before, and the writes follow each other.
	m.diary = nil
	s.commit(map[string]string{"web/a.yaml": aFile("a", "five"), "web/c.yaml": aFile("c", "six")})
	onePass(t, r)
	if got := m.until("c"); got != "a? b? c? d? a c" {
		t.Errorf("the diary: %s", got)
	}
}

func TestWhatNeedsSomethingDegradedIsHeldBack(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/z.yaml": aFile("z", "old"), "web/x.yaml": aFile("x", "old")})
	s.pass()
	s.commit(map[string]string{
		"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two", dependsOn("a")),
		"web/c.yaml": aFile("c", "three", dependsOn("b")), "web/d.yaml": aFile("d", "four"), "web/z.yaml": "",
	})
	r, _ := s.onMoody(statuses(map[string][]drivers.Status{"a": {drivers.StatusDegraded}}), nil)
	result := onePass(t, r)
	run := only(t, result, "web")
	expect(t, run, reconcile.OutcomeFailed, "create a applied", "create b blocked", "create c blocked", "create d applied", "delete z flagged")
	if want := "depends on File a, which is degraded: as the test says"; run.Changes[1].Reason != want {
		t.Errorf("%s, want %s", run.Changes[1].Reason, want)
	}
	if want := "File a is degraded: as the test says; 2 changes held back until it is healthy"; run.Message != want || passCode(result) != exitFault {
		t.Errorf("%s, exit code %d", run.Message, passCode(result))
	}
	s.files(map[string]string{"a": "one", "d": "four", "x": "old", "z": "old"})
}

// The time for health is there once in a run, however many wait for it.
func TestWhatIsNeededAndNotHealthyInTimeHoldsBackWhatNeedsIt(t *testing.T) {
	s := newSite(t, oneTarget+"    healthTimeout: 2s\n")
	s.commit(map[string]string{
		"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two", dependsOn("a")), "web/c.yaml": aFile("c", "three", dependsOn("b")),
	})
	var looks []time.Time
	r, _ := s.onMoody(func(string) drivers.Status {
		looks = append(looks, time.Now())
		return drivers.StatusProgressing
	}, nil)
	begun := time.Now()
	run := only(t, onePass(t, r), "web")
	expect(t, run, reconcile.OutcomeFailed, "create a applied", "create b blocked", "create c blocked")
	if run.Changes[2].Reason != "depends on File b, which is blocked" {
		t.Error(run.Changes[2].Reason)
	}
	if took := time.Since(begun); took < 2*time.Second {
		t.Errorf("it waited for no more than %s", took)
	}
	// The wait has begun by the second look. Once its time is up there is one look
	// that ends it, and one for the run as a whole.
	after := 0
	for _, look := range looks {
		if look.Sub(looks[1]) > 2*time.Second {
			after++
		}
	}
	if after > 2 {
		t.Errorf("it looked %d times more after the time was up", after)
	}
}

func TestANewerCommitEndsAWaitForWhatIsNeeded(t *testing.T) {
	s := newSite(t, strings.Replace(oneTarget, "prune: true", "prune: true\n    healthTimeout: 1h", 1))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two", dependsOn("a"))})
	sick := true
	var mu sync.Mutex
	r, _ := s.onMoody(func(name string) drivers.Status {
		mu.Lock()
		defer mu.Unlock()
		if name == "a" && sick {
			return drivers.StatusProgressing
		}
		return drivers.StatusHealthy
	}, nil)
	started(t, r)
	eventually(t, "the first apply", s.holds("a", "one"))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "three"), "web/b.yaml": aFile("b", "four", dependsOn("a"))})
	eventually(t, "the newer commit", s.holds("a", "three"))
	s.files(map[string]string{"a": "three"})
	mu.Lock()
	sick = false
	mu.Unlock()
	eventually(t, "what waited", s.holds("b", "four"))
}

// What goes may be what still serves, and what a rollback wants: it goes once what
// the revision changes is healthy. What was not well before is no reason to wait.
func TestWhatGoesWaitsForWhatComes(t *testing.T) {
	s := newSite(t, "limits: {maxDelete: 1000}\n"+rollingBack)
	outage := &sync.Map{}
	first := map[string]string{"web/config-1.yaml": aFile("config-1", "one"), "web/a.yaml": aFile("a", "uses 1"), "web/b.yaml": aFile("b", "two")}
	s.commit(first)
	r := s.onWords(outage)
	expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeOK, "create a applied", "create b applied", "create config-1 applied")
	for _, word := range []string{"sick", "slow"} {
		s.commit(map[string]string{"web/config-1.yaml": "", "web/config-2.yaml": aFile("config-2", "two"), "web/a.yaml": aFile("a", word)})
		runs := onePass(t, r).Runs
		expect(t, runs[0], reconcile.OutcomeFailed, "update a applied", "delete config-1 flagged", "create config-2 applied")
		if reason := runs[0].Changes[1].Reason; !strings.HasPrefix(reason, "it waits for what changed when it left the source: File a, which is ") {
			t.Error(reason)
		}
		expect(t, runs[1], reconcile.OutcomeHeld, "update a applied", "delete config-2 applied")
		s.files(map[string]string{"a": "uses 1", "b": "two", "config-1": "one"})
	}
	s.commit(map[string]string{"web/config-1.yaml": first["web/config-1.yaml"], "web/config-2.yaml": "", "web/a.yaml": first["web/a.yaml"]})
	expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeOK)
	outage.Store("b", true)
	s.commit(map[string]string{"web/config-1.yaml": "", "web/config-2.yaml": aFile("config-2", "two"), "web/a.yaml": aFile("a", "uses 2")})
	expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeFailed, "update a applied", "delete config-1 applied", "create config-2 applied")
	s.files(map[string]string{"a": "uses 2", "b": "two", "config-2": "two"})
}

// Where what comes cannot get well before the other is gone, an approval lets it go; what
// leaves later, by itself, does not wait for it.
func TestWhatGoesCanBeApprovedBeforeWhatComesIsWell(t *testing.T) {
	s := newSite(t, "limits: {maxDelete: 1000}\napprovals: [approvals/]\n"+oneTarget+"    healthTimeout: 1s\n")
	s.commit(map[string]string{"web/old.yaml": aFile("old", "one"), "web/k.yaml": aFile("k", "two")})
	r := s.onWords(&sync.Map{})
	onePass(t, r)
	s.commit(map[string]string{"web/old.yaml": "", "web/new.yaml": aFile("new", "slow")})
	expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeFailed, "create new applied", "delete old flagged")
	s.commit(map[string]string{"web/k.yaml": "", "web/x.yaml": "# nothing\n"})
	expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeFailed, "delete k applied", "delete old flagged")
	run := only(t, onePass(t, r), "web")
	s.commit(map[string]string{"approvals/a.yaml": "approvals:\n  - {target: web, digest: \"" + run.Changes[0].Approval +
		"\", owner: ada, reason: the port is taken, expires: 2099-12-31}\n"})
	expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeFailed, "delete old applied")
	s.files(map[string]string{"new": "slow"})
}

// staged puts the files in stages by the first letter of their content.
type staged struct{ *moody }

func (s *staged) Stage(res *resource.Resource) int {
	content, _ := resource.Lookup(res.Content, resource.Path{"spec", "content"})
	text, _ := content.(string)
	return strings.Index("first second third", strings.Fields(text + " second")[0]) // in this order
}

func TestAStageBeginsWhenTheOnesBeforeAreHealthy(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{
		"web/a.yaml": aFile("a", "third"), "web/b.yaml": aFile("b", "second"),
		"web/c.yaml": aFile("c", "first", dependsOn("d")), "web/d.yaml": aFile("d", "second"),
	})
	r, m := s.onMoody(statuses(map[string][]drivers.Status{"b": {drivers.StatusProgressing, drivers.StatusHealthy}}),
		func(m *moody) drivers.Driver { return &staged{m} })
	expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeOK, "create a applied", "create b applied", "create c applied", "create d applied")
	// What the first stage needs comes before it, whatever its own stage is.
	if got := m.until("a"); got != "d d? c c? b b? a" {
		t.Errorf("the diary: %s", got)
	}
	if all := strings.Join(m.diary[:slices.Index(m.diary, "a")], " "); !strings.HasSuffix(all, "b b? b?") {
		t.Errorf("the last stage did not wait: %s", all)
	}
}

func TestAStageThatFailsHoldsTheLaterOnes(t *testing.T) {
	for what, first := range map[string]struct {
		status drivers.Status
		rule   string
	}{
		"degraded": {drivers.StatusDegraded, denyBad},
		"blocked":  {drivers.StatusHealthy, strings.Replace(denyBad, `content == "bad"`, `content == "first"`, 1)},
	} {
		s := newSite(t, "policies: {paths: [policies/]}\n"+oneTarget)
		s.commit(map[string]string{
			"policies/rule.rego": first.rule,
			"web/a.yaml":         aFile("a", "first"), "web/b.yaml": aFile("b", "second"), "web/c.yaml": aFile("c", "third"),
		})
		r, _ := s.onMoody(statuses(map[string][]drivers.Status{"a": {first.status}}), func(m *moody) drivers.Driver { return &staged{m} })
		run := only(t, onePass(t, r), "web")
		for _, change := range run.Changes[1:] {
			if change.State != reconcile.StateBlocked || !strings.Contains(change.Reason, "waits for an earlier stage: File a, which is "+what) {
				t.Errorf("%s: %s is %s: %s", what, change.Resource.Name, change.State, change.Reason)
			}
		}
	}
}

// What nobody can tell the health of is shown, and holds up nothing.
func TestUnknownHealthHoldsUpNothing(t *testing.T) {
	s := newSite(t, oneTarget+"  - {name: next, driver: host, path: next, mode: apply, dependsOn: [web], settings: {root: ROOT}}\n")
	s.commit(map[string]string{
		"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two", dependsOn("a")), "next/c.yaml": aFile("c", "three"),
	})
	r, _ := s.onMoody(statuses(map[string][]drivers.Status{"a": {drivers.StatusUnknown}}), nil)
	result := onePass(t, r)
	run := only(t, result, "web")
	expect(t, run, reconcile.OutcomeOK, "create a applied", "create b applied")
	if len(run.Health) != 1 || run.Health[0].Status != drivers.StatusUnknown || run.Health[0].Reason == "" {
		t.Errorf("health %+v", run.Health)
	}
	expect(t, only(t, result, "next"), reconcile.OutcomeOK, "create c applied")
	code, out := cli(t, s.folder, "status", "--config", s.config)
	if code != exitClean || !strings.Contains(out, "of 1 resource nobody can tell the health") || strings.Contains(out, "not healthy") {
		t.Errorf("%d: %s", code, out)
	}
	if _, out = cli(t, s.folder, "status", "--config", s.config, "--format", "json"); !strings.Contains(out, `"healthUnknown": 1`) || !strings.Contains(out, `"unhealthy": 0`) {
		t.Error(out)
	}
	s.files(map[string]string{"a": "one", "b": "two", "c": "three"})
}
