package terraform_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// The values of modules that need no provider are those of Terraform's own plan.
func TestValuesAreThoseOfThePlan(t *testing.T) {
	binary, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("there is no terraform on PATH to compare with")
	}
	archives, err := filepath.Glob("testdata/plan/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := txtar.Write(archive, dir); err != nil {
				t.Fatal(err)
			}
			want := planned(t, binary, dir)
			got := map[string]any{}
			rendering := evaluate(t, os.DirFS(dir))
			for _, res := range rendering.Resources {
				content := res.Content.(map[string]any)
				if content["kind"] == "terraform_data" {
					got[content["metadata"].(map[string]any)["address"].(string)] = content["spec"].(map[string]any)["input"]
				}
			}
			if len(rendering.Skipped)+len(rendering.Problems) > 0 {
				t.Errorf("not evaluated: %v, problems: %v", rendering.Skipped, rendering.Problems)
			}
			if diff := cmp.Diff(plain(t, want), plain(t, got)); diff != "" {
				t.Errorf("what is evaluated differs from the plan (-plan +here):\n%s", diff)
			}
		})
	}
}

// planned are the inputs of all terraform_data resources by address, as a real plan has them.
func planned(t *testing.T, binary, dir string) map[string]any {
	t.Helper()
	run := func(args ...string) []byte {
		command := exec.Command(binary, append([]string{"-chdir=" + dir}, args...)...)
		command.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_DATA_DIR="+filepath.Join(dir, ".terraform"))
		var stderr bytes.Buffer
		command.Stderr = &stderr
		out, err := command.Output()
		if err != nil {
			t.Fatalf("terraform %v: %v\n%s%s", args, err, out, stderr.Bytes())
		}
		return out
	}
	run("init", "-backend=false", "-input=false")
	run("plan", "-input=false", "-lock=false", "-out=plan")
	var shown struct {
		Changes []struct {
			Address string `json:"address"`
			Change  struct {
				After map[string]any `json:"after"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	decoder := json.NewDecoder(bytes.NewReader(run("show", "-json", "plan")))
	decoder.UseNumber()
	if err := decoder.Decode(&shown); err != nil {
		t.Fatal(err)
	}
	inputs := map[string]any{}
	for _, change := range shown.Changes {
		inputs[change.Address] = change.Change.After["input"]
	}
	return inputs
}

// plain is a value as encoding/json has it. What is null counts as not there.
func plain(t *testing.T, value any) any {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var back any
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	return back
}
