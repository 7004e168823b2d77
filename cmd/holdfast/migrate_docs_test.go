package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// migratePage is the page whose tables are a checklist: each row is held by
// tests, or says that it is left out.
const migratePage = "migrate.md"

// leftOut begins what a row says of holdfast where it has no counterpart.
const leftOut = "left out"

// proofs are the tests that hold a row: scripts by their file, and tests in Go
// as their folder and name. Beside what init writes there is always one that
// shows what becomes of it.
type proofs map[string][]string

const (
	whatInitWrites     = "cmd/holdfast/internal/migrate TestWrite"
	whatIsBuilt        = "testdata/script/init-renders.txtar"
	switchFromFlux     = "cmd/holdfast TestSwitchFromFlux"
	switchFromArgoCD   = "cmd/holdfast TestSwitchFromArgoCD"
	gitReferences      = "sources/git TestReferences"
	targetDependencies = "cmd/holdfast TestDependenciesBetweenTargets"
)

// proven are the rows by the heading of their table and what stands first in them.
var proven = map[string]proofs{
	"From Flux": {
		"GitRepository, `interval`, `ref`":           {gitReferences, "sources/git TestWatchInterval", whatInitWrites},
		"GitRepository `verify`":                     {"cmd/holdfast TestOnlySignedRevisionsAreApplied", "sources/git TestHistoryIsVerified", "sources/git TestSSHSignatures", "sources/git TestOpenPGPSignatures"},
		"Kustomization `path`":                       {whatIsBuilt, switchFromFlux},
		"plain folders without a kustomization.yaml": {whatIsBuilt},
		"`dependsOn`":                                {targetDependencies, "testdata/script/init-from.txtar"},
		"`interval`, `retryInterval`":                {"cmd/holdfast TestOutages", "cmd/holdfast TestDriftInAClusterIsCorrectedAndItsAuthorNamed", "cmd/holdfast TestATargetIsLookedAtAnewAfterItsInterval"},
		"`timeout`, `wait`, `healthChecks`":          {"cmd/holdfast TestARolloutThatFailsIsTakenBack", "cmd/holdfast TestWhatIsNeededAndNotHealthyInTimeHoldsBackWhatNeedsIt"},
		"`prune`":                                    {switchFromFlux, "cmd/holdfast TestPruneInAClusterHasItsLimit", "cmd/holdfast TestWhatAnotherHasChangedIsNotPruned", "reconcile TestPrune", "drivers/kubernetes TestKindAndNamespaceComeWithWhatNeedsThem"},
		"`suspend`":                                  {"cmd/holdfast TestASuspendedClusterIsLeftAlone", whatInitWrites},
		"`targetNamespace`":                          {whatIsBuilt, "sources/render TestNamespace"},
		"`postBuild.substitute`":                     {whatIsBuilt, "sources/render TestFill", "sources/render TestFillMistakes"},
		"`postBuild.substituteFrom`":                 {whatIsBuilt, "sources/render TestFill"},
		"`decryption` (SOPS)":                        {"sources/render/sops TestAgainstSOPS", "sources/render TestEncrypted", "sources/render TestKeysOfTenants", "testdata/script/check-sops.txtar"},
		"`patches`, `images`, `components`, `namePrefix`, `commonMetadata`":    {"sources/render TestKustomizeOfATarget", "sources/render TestWhatIsBuilt", whatInitWrites},
		"HelmReleases, sources and Kustomizations at a Kustomization's `path`": {"sources/render TestExcludeKinds", whatInitWrites},
		"`serviceAccountName`": {"drivers/kubernetes TestImpersonation", whatInitWrites},
		"`kubeConfig`":         {switchFromFlux, "cmd/holdfast TestPlanShowsWhatWouldBeThere"},
		"`force`":              {"drivers/kubernetes TestImmutableFieldIsExplainedAndReplacedByWordOnly"},
		"`kustomize.toolkit.fluxcd.io/ssa: IfNotPresent`, `Merge`, `Ignore`; `reconcile: disabled`": {"drivers/kubernetes TestWithMergeNothingOfOthersGoes", "drivers/kubernetes TestWhatFluxLeavesAloneIsLeft", "drivers/kubernetes TestEachWordOfFluxLeavesWhatIsThere", "drivers/kubernetes TestWhatIsNoPartOfAnApplyIsNotMade"},
		"`kustomize.toolkit.fluxcd.io/prune: disabled`":                                             {switchFromFlux, "reconcile TestPruneWord"},
		"HelmRelease, chart in the repository":                                                      {switchFromFlux, whatIsBuilt, "sources/render/helm TestSameAsEngine", "sources/render TestUnstableChart"},
		"chart of a HelmRepository or OCIRepository":                                                {"cmd/holdfast TestChartOfAHelmRepository", "cmd/holdfast TestRemoteCharts", "cmd/holdfast/internal/config TestMergeHoldsChartsWithinRemotes"},
		"HelmRepository or OCIRepository with `secretRef`, `certSecretRef`":                         {whatInitWrites, "cmd/holdfast TestPrivateRemotes", "cmd/holdfast TestARenewedCredential"},
		"remote bases in a kustomization.yaml":                                                      {"cmd/holdfast TestRemoteBases", "sources/render TestRemoteBases"},
		"`helm.sh/hook-delete-policy`":                                                              {"cmd/holdfast TestHooksGoByTheirDeletePolicies", "cmd/holdfast TestAHookThatFailedAndIsGoneHasFailed"},
		"`valuesFrom`":                                                                              {whatIsBuilt, whatInitWrites, "sources/render TestChartOfTarget"},
		"`install.crds`, `upgrade.crds`":                                                            {"sources/render TestCharts", "cmd/holdfast TestADefinitionAndWhatIsOfItInOneCommit"},
		"Helm hooks of install and upgrade":                                                         {"drivers/kubernetes TestStage", "drivers/kubernetes TestHookRunsOnceForEachState", "cmd/holdfast TestAStageBeginsWhenTheOnesBeforeAreHealthy", "sources/render/helm TestCharts"},
		"`helm.sh/resource-policy: keep`":                                                           {switchFromFlux, "reconcile TestPruneWord"},
		"`upgrade.remediation`":                                                                     {"cmd/holdfast TestARolloutThatFailsIsTakenBack", "cmd/holdfast TestARevisionThatFailsHealthIsRolledBack"},
		"`driftDetection.ignore`":                                                                   {whatInitWrites, "drivers/kubernetes TestIgnoredDifferencesAreLeftAlone"},
		"`flux reconcile`":                                                                          {"cmd/holdfast TestDaemonSyncsWhenItIsAsked"},
		"Alert, Provider":                                                                           {"cmd/holdfast TestDaemonServesOnLoopback", "cmd/holdfast/internal/server TestMetricsAreServed"},
		"Receiver":                                                                                  {"cmd/holdfast TestDaemonSyncsWhenItIsAsked", "cmd/holdfast/internal/server TestSync"},
	},
	"From Argo CD": {
		"Application `source.path`":                                   {whatIsBuilt, switchFromArgoCD},
		"`source.repoURL`, `targetRevision`":                          {gitReferences, whatInitWrites},
		"repository credentials (Secrets `repository`, `repo-creds`)": {whatInitWrites, "cmd/holdfast TestPrivateRemotes", "cmd/holdfast/internal/config TestTheLongestRemoteDecides"},
		"several sources":                                             {whatIsBuilt, whatInitWrites},
		"app of apps":                                                 {whatInitWrites},
		"ApplicationSet with a list or the folders of the repository": {whatIsBuilt, whatInitWrites},
		"Helm: `valueFiles`, `values`, `valuesObject`, `parameters`, `releaseName`, `skipCrds`, `kubeVersion`, `apiVersions`": {whatIsBuilt, whatInitWrites, "sources/render TestCharts", "sources/render/helm TestCharts"},
		"Kustomize: `namespace`":                        {whatIsBuilt},
		"Kustomize: `images`, `namePrefix`, patches":    {"sources/render TestKustomizeOfATarget", whatInitWrites},
		"`directory.recurse`, `exclude`":                {whatIsBuilt, whatInitWrites},
		"`destination`":                                 {switchFromArgoCD, "drivers/kubernetes TestOpenRefusesWhatLeadsNowhere"},
		"AppProject":                                    {"drivers/kubernetes TestPermits", "drivers/kubernetes TestImpersonation", "drivers/kubernetes TestTargetKeepsToItsNamespaces", "cmd/holdfast/internal/config TestAllows"},
		"automated sync, `selfHeal`":                    {switchFromArgoCD, "cmd/holdfast TestDaemonFollowsCommitsAndHealsDrift", "cmd/holdfast TestDriftInAClusterIsCorrectedAndItsAuthorNamed"},
		"manual sync":                                   {"cmd/holdfast TestModeFlagWritesNothing", switchFromArgoCD, "testdata/script/plan-apply.txtar"},
		"`prune`, `allowEmpty`":                         {switchFromArgoCD, "cmd/holdfast TestPruneInAClusterHasItsLimit", "cmd/holdfast TestATargetThatBecomesEmptyIsNotPruned"},
		"`Prune=false`, `Delete=false` on an object":    {switchFromArgoCD, "reconcile TestPruneWord"},
		"`Force=true` on an object":                     {"drivers/kubernetes TestImmutableFieldIsExplainedAndReplacedByWordOnly"},
		"`Replace=true` on an object":                   {"drivers/kubernetes TestImmutableFieldIsExplainedAndReplacedByWordOnly"},
		"Kustomize: remote bases":                       {"cmd/holdfast TestRemoteBases", "sources/render TestRemoteBases"},
		"`hook-delete-policy`":                          {"cmd/holdfast TestHooksGoByTheirDeletePolicies"},
		"hooks with `generateName`":                     {"cmd/holdfast TestHooksGoByTheirDeletePolicies", "sources/render TestDocumentsAndIdentity"},
		"`CreateNamespace`, `managedNamespaceMetadata`": {"drivers/kubernetes TestKindAndNamespaceComeWithWhatNeedsThem", "cmd/holdfast TestANamespaceStuckInItsDeletion"},
		"`ServerSideApply`, `ApplyOutOfSyncOnly`, `RespectIgnoreDifferences`, `PruneLast`": {"drivers/kubernetes TestNoRequestsWhereNothingChanges", "drivers/kubernetes TestIgnoredDifferencesAreLeftAlone", "cmd/holdfast TestAWebhookThatRefusesOneObjectHoldsUpNoOther", "cmd/holdfast TestWhatGoesWaitsForWhatComes"},
		"sync waves, PreSync and PostSync hooks":                                           {"drivers/kubernetes TestStage", "drivers/kubernetes TestWhatIsNoPartOfAnApplyIsNotMade", "drivers/kubernetes TestHookRunsOnceForEachState", "drivers/kubernetes TestAHookThatIsTakenOverRunsOnce", "cmd/holdfast TestAStageBeginsWhenTheOnesBeforeAreHealthy", "cmd/holdfast TestAStageThatFailsHoldsTheLaterOnes"},
		"sync waves of Applications":                                                       {targetDependencies, whatInitWrites},
		"`ignoreDifferences` with JSON pointers and managers":                              {whatInitWrites, "drivers/kubernetes TestIgnoredDifferencesAreLeftAlone", "drivers/kubernetes/live TestLeaveAppliedToAServer"},
		"health checks in Lua":                                                             {"drivers/kubernetes/health TestWorkloads", "drivers/kubernetes/health TestKindsThatAreNotKnown"},
		"rollback in the UI":                                                               {"cmd/holdfast TestARevisionThatFailsHealthIsRolledBack", "cmd/holdfast TestARolloutThatFailsIsTakenBack"},
		"`argocd app diff`, `sync`, `get`":                                                 {"cmd/holdfast TestPlanShowsWhatWouldBeThere", "testdata/script/plan-apply.txtar"},
	},
}

// Each row of the checklist is held by tests that are there, or says that it is left out.
func TestEachLineOfTheChecklistIsTestedOrLeftOut(t *testing.T) {
	page := slices.IndexFunc(pages(t), func(p page) bool { return filepath.Base(p.name) == migratePage })
	rows := rowsOf(pages(t)[page].text)
	if len(rows) != len(proven) {
		t.Errorf("the tables are %v", slices.Sorted(maps.Keys(rows)))
	}
	tests := map[string]map[string]bool{}
	for heading, held := range proven {
		for _, row := range rows[heading] {
			relied, inHoldfast := row[0], row[1]
			names, named := held[relied]
			if !named && !strings.HasPrefix(inHoldfast, leftOut) {
				t.Errorf("%s, %s: no test is named for it here, and it does not say that it is left out", heading, relied)
			}
			if named && strings.HasPrefix(inHoldfast, leftOut) {
				t.Errorf("%s, %s: it is left out, and has tests here", heading, relied)
			}
			for _, name := range names {
				if !isThere(t, tests, name) {
					t.Errorf("%s, %s: there is no test %s", heading, relied, name)
				}
			}
		}
		for relied, names := range held {
			if !slices.ContainsFunc(rows[heading], func(row []string) bool { return row[0] == relied }) {
				t.Errorf("%s, %s: the page has no such line", heading, relied)
			}
			if len(names) == 0 {
				t.Errorf("%s, %s: no test", heading, relied)
			}
		}
	}
}

// rowsOf are the cells of the tables' rows, by the heading above them.
func rowsOf(markdown string) map[string][][]string {
	rows := map[string][][]string{}
	heading := ""
	for line := range strings.Lines(markdown) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "## "); ok {
			heading = title
		}
		inner, isRow := strings.CutPrefix(line, "| ")
		if !isRow || strings.HasPrefix(inner, "---") || strings.HasPrefix(inner, "relied on ") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(inner, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows[heading] = append(rows[heading], append(cells, "", ""))
	}
	return rows
}

// isThere reports whether there is a script, or a test in a folder. Folders
// that were read are kept in tests.
func isThere(t *testing.T, tests map[string]map[string]bool, name string) bool {
	t.Helper()
	root := filepath.Join("..", "..")
	folder, test, isTest := strings.Cut(name, " ")
	if !isTest {
		_, err := os.Stat(filepath.Join(root, name))
		return err == nil
	}
	if tests[folder] == nil {
		tests[folder] = testsIn(t, filepath.Join(root, folder))
	}
	return tests[folder][test]
}

func testsIn(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declared := range parsed.Decls {
			if f, ok := declared.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				found[f.Name.Name] = true
			}
		}
	}
	return found
}
