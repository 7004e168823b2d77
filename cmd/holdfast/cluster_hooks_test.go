package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// aJob that the library has nothing against, with annotations.
func aJob(name string, annotations string) string {
	return fmt.Sprintf(`apiVersion: batch/v1
kind: Job
metadata:
  name: %s
  annotations: {%s}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: main
          image: registry.example.com/tool:1.0
          resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 64Mi}}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
`, name, annotations)
}

// kubelet ends the pods of the namespace's Jobs, as a node would: those of the
// Jobs of which fails says so ill, the others well. It counts the Jobs that ran, by name.
func (s *clusterSite) kubelet(fails func(job string) bool) (ran func(job string) int) {
	s.t.Helper()
	var mu sync.Mutex
	jobs := map[string]map[types.UID]bool{}
	ctx, stop := context.WithCancel(context.WithoutCancel(s.t.Context()))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ; ctx.Err() == nil; time.Sleep(30 * time.Millisecond) {
			pods, err := s.kube.CoreV1().Pods(s.namespace).List(ctx, metav1.ListOptions{LabelSelector: batchv1.JobNameLabel})
			if err != nil {
				continue
			}
			for _, pod := range pods.Items {
				job := pod.Labels[batchv1.JobNameLabel]
				if pod.Status.Phase != corev1.PodPending || pod.DeletionTimestamp != nil {
					continue
				}
				phase, code := corev1.PodSucceeded, 0
				if fails(job) {
					phase, code = corev1.PodFailed, 3
				}
				patch := fmt.Appendf(nil, `{"status": {"phase": %q, "containerStatuses": [{"name": "main", "image": "tool:1.0", "imageID": "", "ready": false, "restartCount": 0,
					"state": {"terminated": {"exitCode": %d, "reason": "Error", "message": "no route to the database"}}}]}}`, phase, code)
				_, _ = s.kube.CoreV1().Pods(s.namespace).Patch(ctx, pod.Name, types.MergePatchType, patch, metav1.PatchOptions{}, "status") // or at the next turn
				mu.Lock()
				if jobs[job] == nil {
					jobs[job] = map[types.UID]bool{}
				}
				jobs[job][pod.OwnerReferences[0].UID] = true
				mu.Unlock()
			}
		}
	}()
	s.t.Cleanup(func() { stop(); <-ended })
	return func(job string) int {
		mu.Lock()
		defer mu.Unlock()
		return len(jobs[job])
	}
}

func neverFails(string) bool { return false }

// there are the names of the namespace's Jobs and ConfigMaps, but for what is going.
func (s *clusterSite) there() []string {
	var names []string
	for name, found := range s.maps() {
		if found.DeletionTimestamp == nil {
			names = append(names, name)
		}
	}
	jobs, err := s.kube.BatchV1().Jobs(s.namespace).List(context.WithoutCancel(s.t.Context()), metav1.ListOptions{})
	if err != nil {
		s.t.Error(err)
		return nil
	}
	for _, job := range jobs.Items {
		if job.DeletionTimestamp == nil {
			names = append(names, job.Name)
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == "kube-root-ca.crt" })
	slices.Sort(names)
	return names
}

func (s *clusterSite) wantThere(names ...string) {
	s.t.Helper()
	if got := s.there(); !slices.Equal(got, names) {
		s.t.Errorf("there are %v, want %v", got, names)
	}
}

// wantInventory asserts what a target owns, by the state and by the cluster.
func (s *clusterSite) wantInventory(target string, names ...string) {
	s.t.Helper()
	p := s.open()
	defer p.close()
	stored, err := p.store.Owned(s.t.Context(), target)
	if err != nil {
		s.t.Fatal(err)
	}
	kept, err := s.inventory(target)
	if err != nil {
		s.t.Fatal(err)
	}
	var inState, inCluster []string
	for _, entry := range stored {
		inState = append(inState, entry.ID.Name)
	}
	for _, entry := range kept {
		inCluster = append(inCluster, entry.ID.Name)
	}
	slices.Sort(inState)
	slices.Sort(inCluster)
	if !slices.Equal(inState, names) || !slices.Equal(inCluster, names) {
		s.t.Errorf("owned are, by the state, %v, and by the cluster %v, want %v", inState, inCluster, names)
	}
}

// manyHooks are of all sorts: those of Helm go before what is ordinary, those of
// Argo CD last. Two files hold what is not to be made; all else does not wait for it.
func manyHooks(value string) map[string]string {
	return map[string]string{
		"web/seed.yaml":     aMap("seed", value, `  annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "-5", helm.sh/hook-delete-policy: hook-succeeded}`),
		"web/migrate.yaml":  aJob("migrate", `helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: "before-hook-creation,hook-succeeded"`),
		"web/scratch.yaml":  aMap("scratch", value, `  annotations: {argocd.argoproj.io/hook: PreSync, argocd.argoproj.io/hook-delete-policy: HookSucceeded}`),
		"web/shop.yaml":     aMap("shop", value),
		"web/announce.yaml": aJob("announce", `argocd.argoproj.io/hook: PostSync, argocd.argoproj.io/hook-delete-policy: HookSucceeded`),
		"web/skipped.yaml":  aJob("skipped", `argocd.argoproj.io/hook: Skip, argocd.argoproj.io/sync-wave: "-2"`),
		"web/idle.yaml":     aMap("idle", value, `  annotations: {kustomize.toolkit.fluxcd.io/reconcile: disabled, argocd.argoproj.io/sync-wave: "-1"}`),
		"web/kept.yaml":     strings.Replace(aJob("kept-", `argocd.argoproj.io/hook: PostSync, argocd.argoproj.io/sync-wave: "1"`), "name:", "generateName:", 1),
	}
}

const hooksInCluster = oneCluster + "    healthTimeout: 60s\n"

// A hook with a policy to that end is deleted in the run in which it ended well:
// Helm's before what comes after the hooks of its phase, Argo CD's when all is done. It is
// told, takes no leave and no part of a limit, and is not run again for the
// same state, whatever process looks at it.
func TestHooksGoByTheirDeletePolicies(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), hooksInCluster)
	ran := s.kubelet(neverFails)
	var mu sync.Mutex
	var before []string // what was there when the ordinary object was written
	s.guard(func(request *admissionv1.AdmissionRequest) string {
		if request.Name == "shop" && (request.DryRun == nil || !*request.DryRun) {
			mu.Lock()
			defer mu.Unlock()
			before = s.there()
		}
		return ""
	})
	files := manyHooks("one")
	files["web/old.yaml"] = aMap("old", "one")
	s.commit(files)
	run := only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeOK, "create announce applied", "delete announce applied", "create kept-hook applied", "create migrate applied", "delete migrate applied",
		"create old applied", "create scratch applied", "delete scratch applied", "create seed applied", "delete seed applied", "create shop applied")
	before = slices.DeleteFunc(before, func(name string) bool { return name == "old" }) // it is written at the same time
	if !slices.Equal(before, []string{"scratch"}) {
		t.Errorf("when shop was written there were %v", before)
	}
	for _, change := range run.Changes {
		if change.Drift || change.Action == "delete" && !strings.Contains(change.Reason, "it has ended well") {
			t.Errorf("told is %+v", change)
		}
	}
	s.wantThere("kept-hook", "old", "shop")
	s.wantInventory("web", "kept-hook", "old", "shop")
	for range 2 {
		expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK)
	}
	code, out := cli(t, s.folder, "plan", "--config", s.config)
	if code != exitClean || !strings.Contains(out, "Nothing to change") {
		t.Errorf("plan: exit code %d\n%s", code, out)
	}
	// One delete of five resources is within the limit, beside those of hooks.
	files = manyHooks("two")
	files["web/old.yaml"] = ""
	s.commit(files)
	run = only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeOK, "create announce applied", "delete announce applied", "update kept-hook applied", "create migrate applied", "delete migrate applied",
		"delete old applied", "create scratch applied", "delete scratch applied", "create seed applied", "delete seed applied", "update shop applied")
	s.wantThere("kept-hook", "shop")
	s.pass() // which sees that old is gone
	s.wantInventory("web", "kept-hook", "shop")
	for _, job := range []string{"migrate", "announce", "kept-hook"} {
		if n := ran(job); n != 2 {
			t.Errorf("%s ran %d times for two states", job, n)
		}
	}
	// What somebody makes under the name of a hook that is gone is theirs.
	_, err := s.kube.CoreV1().ConfigMaps(s.namespace).Create(t.Context(), &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "seed", Labels: map[string]string{"holdfast.dev/target": "web"}}, Data: map[string]string{"value": "theirs"},
	}, metav1.CreateOptions{FieldManager: "holdfast"})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK)
	s.wantThere("kept-hook", "seed", "shop")
	s.wantInventory("web", "kept-hook", "shop")
}

// runsOn has the first container of a Job's pod begin, or end well.
func (s *clusterSite) runsOn(job, phase, state string) {
	s.t.Helper()
	eventually(s.t, "the pod of "+job+" goes on", func() bool {
		pods, err := s.kube.CoreV1().Pods(s.namespace).List(s.t.Context(), metav1.ListOptions{LabelSelector: batchv1.JobNameLabel + "=" + job})
		if err != nil || len(pods.Items) != 1 || pods.Items[0].DeletionTimestamp != nil {
			return false
		}
		patch := fmt.Appendf(nil, `{"status": {"phase": %q, "containerStatuses": [{"name": "main", "image": "tool:1.0", "imageID": "", "ready": false, "restartCount": 0, "state": %s}]}}`, phase, state)
		_, err = s.kube.CoreV1().Pods(s.namespace).Patch(s.t.Context(), pods.Items[0].Name, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
		return err == nil
	})
}

// A new revision waits for a hook that the one before began, and begins nothing
// that comes after it. Time limits the wait, and something newer ends it. A hook
// that cannot start is not waited for.
func TestARunningHookIsWaitedFor(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), oneCluster+"    healthTimeout: 1s\n")
	s.commit(map[string]string{"web/a.yaml": aJob("migrate", "helm.sh/hook: pre-upgrade"), "web/b.yaml": aMap("shop", "one")})
	only(t, s.pass(), "web") // no node is there to start it
	first, err := s.kube.BatchV1().Jobs(s.namespace).Get(t.Context(), "migrate", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.commit(map[string]string{"web/b.yaml": aMap("shop", "two")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeFailed, "update migrate applied", "create shop blocked")
	second, err := s.kube.BatchV1().Jobs(s.namespace).Get(t.Context(), "migrate", metav1.GetOptions{})
	if err != nil || second.UID == first.UID {
		t.Fatalf("a hook that cannot start does not give way (%v)", err)
	}
	s.runsOn("migrate", "Running", `{"running": {"startedAt": "2026-01-01T00:00:00Z"}}`)

	s.commit(map[string]string{"web/b.yaml": aMap("shop", "three")})
	wantRunning := func() {
		t.Helper()
		s.wantValues(map[string]string{})
		if now, err := s.kube.BatchV1().Jobs(s.namespace).Get(t.Context(), "migrate", metav1.GetOptions{}); err != nil || now.UID != second.UID || now.DeletionTimestamp != nil {
			t.Errorf("the hook was cut short (%v)", err)
		}
	}
	run := only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeFailed, "update migrate failed", "create shop blocked")
	for _, want := range []string{"update Job migrate: what was begun before still runs", "1 active", "delete it", "waited for 1s"} {
		if !strings.Contains(run.Message, want) {
			t.Errorf("%q is not in: %s", want, run.Message)
		}
	}
	wantRunning()
	newer := make(chan struct{})
	close(newer)
	p := s.open()
	result, err := p.Pass(t.Context(), reconcile.PassOptions{Preempt: newer})
	p.close()
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Runs) > 0 { // or it was left behind
		expect(t, only(t, result, "web"), reconcile.OutcomeWaiting, "update migrate skipped", "create shop skipped")
	}
	wantRunning()

	// In the midst of a wait it ends, and what waits goes on.
	s.configure(s.filledIn(hooksInCluster))
	go func() {
		time.Sleep(300 * time.Millisecond)
		s.runsOn("migrate", "Succeeded", `{"running": null, "terminated": {"exitCode": 0}}`)
		s.kubelet(neverFails)
	}()
	run = only(t, s.pass(), "web")
	expect(t, run, reconcile.OutcomeOK, "update migrate applied", "create shop applied")
	for _, change := range run.Changes {
		if change.Reason != "" {
			t.Errorf("%s is applied: %s", change.Resource.Name, change.Reason)
		}
	}
	s.wantValues(map[string]string{"shop": "three"})
}

// What comes after a hook that failed is not begun, be the hook there or gone: by its
// policy, or by hand. It is not tried again before something new is asked for.
func TestAHookThatFailedAndIsGoneHasFailed(t *testing.T) {
	server := cluster.get(t)
	for name, policy := range map[string]string{"by its policy": "helm.sh/hook-delete-policy: hook-failed", "by hand": "holdfast.dev/prune: never"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newClusterSite(t, server, hooksInCluster)
			var ill atomic.Bool
			ill.Store(true)
			ran := s.kubelet(func(string) bool { return ill.Load() })
			want := []string{"create migrate applied", "create shop blocked"}
			left := []string{"migrate"}
			if name == "by its policy" {
				want = []string{"create migrate applied", "delete migrate applied", "create shop blocked"}
				left = nil
			}
			s.commit(map[string]string{"web/a.yaml": aJob("migrate", "helm.sh/hook: pre-upgrade, "+policy), "web/b.yaml": aMap("shop", "one")})
			run := only(t, s.pass(), "web")
			expect(t, run, reconcile.OutcomeFailed, want...)
			if !strings.Contains(run.Message, "BackoffLimitExceeded") {
				t.Error(run.Message)
			}
			s.wantThere(left...)
			if name == "by hand" {
				background := metav1.DeletePropagationBackground
				if err := s.kube.BatchV1().Jobs(s.namespace).Delete(t.Context(), "migrate", metav1.DeleteOptions{PropagationPolicy: &background}); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 {
				run = only(t, s.pass(), "web")
				expect(t, run, reconcile.OutcomeFailed, "create shop blocked")
				if !strings.Contains(run.Message, "BackoffLimitExceeded") || !strings.Contains(run.Message, "gone by now") {
					t.Error(run.Message)
				}
				s.wantThere()
				s.wantInventory("web")
			}
			ill.Store(false)
			s.commit(map[string]string{"web/b.yaml": aMap("shop", "two")})
			expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "create migrate applied", "create shop applied")
			if n := ran("migrate"); n != 2 {
				t.Errorf("it ran %d times for two states", n)
			}
		})
	}
}

// Killed at any request, holdfast comes to the same end with hooks as well.
func TestKilledAtAnyRequestOfHooks(t *testing.T) {
	server := cluster.get(t)
	for _, at := range []struct {
		name     string
		answered bool
		every    int
	}{{"before a write", false, 3}, {"after a write", true, 1}} {
		t.Run(at.name, func(t *testing.T) {
			t.Parallel()
			s := newClusterSite(t, server, hooksInCluster)
			g := newGate(t, server)
			s.through(g.kubeconfig, hooksInCluster)
			ran, again := s.kubelet(neverFails), 0
			s.commit(manyHooks("0"))
			s.pass()
			for step := 1; ; step++ {
				s.commit(manyHooks(fmt.Sprint(step)))
				survived := s.killed(g, aWrite, 1+(step-1)*at.every, at.answered)
				run := only(t, s.pass(), "web")
				if run.Outcome != reconcile.OutcomeOK {
					t.Errorf("after it was killed: %s: %s %+v", run.Outcome, run.Message, run.Changes)
				}
				s.wantThere("kept-hook", "shop")
				s.wantInventory("web", "kept-hook", "shop")
				expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK)
				// Only the hook that was just being made may run twice.
				before := again
				again = ran("migrate") + ran("announce") + ran("kept-hook") - 3*(step+1)
				if again > before+1 || survived && again > before {
					t.Errorf("hooks ran %d times more than there were states", again-before)
				}
				if t.Failed() {
					t.Fatalf("killed at write %d", 1+(step-1)*at.every)
				}
				if survived {
					t.Logf("killed %d times, and %d times a hook ran again", step-1, again)
					if step*at.every < 12 {
						t.Errorf("it writes only %d times", (step-1)*at.every)
					}
					return
				}
			}
		})
	}
}

// What a process created that was killed before it was told so, and that leaves Git
// with the next commit, is holdfast's to take away. What somebody else made in its place is not.
func TestKilledCreateOfWhatLeavesGit(t *testing.T) {
	server := cluster.get(t)
	for _, keeps := range []bool{false, true} {
		s := newClusterSite(t, server, oneCluster)
		g := newGate(t, server)
		s.through(g.kubeconfig, oneCluster)
		s.commit(map[string]string{"web/a.yaml": aMap("a", "one"), "web/b.yaml": aMap("b", "one")})
		s.pass()
		word := ""
		if keeps {
			word = "  annotations: {holdfast.dev/prune: never}"
		}
		s.commit(map[string]string{"web/new.yaml": aMap("new", "one", word)})
		if s.killedAtCreate(g, "new", true) {
			t.Fatal("it was not killed")
		}
		s.wantThere("a", "b", "new")
		s.commit(map[string]string{"web/new.yaml": ""})
		run := only(t, s.pass(), "web")
		if keeps { // the word on it counts
			expect(t, run, reconcile.OutcomeOK, "delete new kept")
			s.wantThere("a", "b", "new")
			s.wantInventory("web", "a", "b", "new")
			continue
		}
		expect(t, run, reconcile.OutcomeOK, "delete new applied")
		expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK)
		s.wantThere("a", "b")
		s.wantInventory("web", "a", "b")
	}
	s := newClusterSite(t, server, oneCluster)
	g := newGate(t, server)
	s.through(g.kubeconfig, oneCluster)
	s.commit(map[string]string{"web/a.yaml": aMap("a", "one")})
	s.pass()
	s.commit(map[string]string{"web/handmade-web.yaml": aMap("handmade-web", "one")})
	if s.killedAtCreate(g, "handmade-web", false) {
		t.Fatal("it was not killed")
	}
	untouched := s.handmade("web")
	s.commit(map[string]string{"web/handmade-web.yaml": ""})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeFlagged, "delete handmade-web flagged")
	untouched()
}

// killedAtCreate runs holdfast, which is killed at the write of an object.
func (s *clusterSite) killedAtCreate(g *gate, name string, answered bool) (survived bool) {
	s.t.Helper()
	return s.killedAt(g, answered, func(r *http.Request) bool { return sortOf(r) == aWrite && strings.HasSuffix(r.URL.Path, "/"+name) })
}
