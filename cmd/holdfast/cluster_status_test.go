package main

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/holdfast-dev/holdfast/reconcile"
)

const besideInCluster = oneCluster + `  - {name: shop, driver: kubernetes, path: shop, mode: MODE, prune: true, settings: SETTINGS}
`

// What moves to a target that only flags is no drift there: nobody has changed it.
func TestWhatMovesToAFlaggedTargetIsNoDrift(t *testing.T) {
	s := newClusterSite(t, cluster.get(t), strings.Replace(besideInCluster, "MODE", "flag", 1))
	s.commit(map[string]string{"web/a.yaml": aMap("a", "one"), "web/b.yaml": aMap("b", "one"), "shop/c.yaml": aMap("c", "one")})
	s.pass()
	s.commit(map[string]string{"web/a.yaml": "", "web/b.yaml": "", "web/z.yaml": aMap("z", "one"), "shop/a.yaml": aMap("a", "one"), "shop/b.yaml": aMap("b", "one")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "move a applied", "move b applied", "create z applied")
	_, err := s.kube.CoreV1().ConfigMaps(s.namespace).Patch(t.Context(), "b", types.MergePatchType, []byte(`{"data": {"value": "by hand"}}`), metav1.PatchOptions{FieldManager: "night-shift"})
	if err != nil {
		t.Fatal(err)
	}
	run := only(t, s.pass(), "shop")
	expect(t, run, reconcile.OutcomeFlagged, "update a planned", "update b planned", "create c planned")
	if a, b := run.Changes[0], run.Changes[1]; a.Drift || a.ChangedBy != "" || !b.Drift || !strings.Contains(b.ChangedBy, "night-shift") {
		t.Errorf("a is drift: %v, by %q; b is: %v, by %q", a.Drift, a.ChangedBy, b.Drift, b.ChangedBy)
	}
}
