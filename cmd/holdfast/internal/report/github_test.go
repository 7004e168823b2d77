package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// runnerCommand is a workflow command as GitHub's runner reads it.
type runnerCommand struct {
	name, data string
	properties map[string]string
}

// readLog reads a log as the runner does, line by line: a command begins with
// "::", or, in its older form, with "##[" anywhere in the line.
func readLog(t testing.TB, log string) (commands []runnerCommand, plain []string) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSuffix(log, "\n"), "\n") {
		head, data, isCommand := strings.Cut(strings.TrimPrefix(strings.TrimLeft(line, " \t"), "::"), "::")
		if !strings.HasPrefix(strings.TrimLeft(line, " \t"), "::") || !isCommand {
			if strings.Contains(line, "##[") {
				t.Errorf("an old command gets through: %s", line)
			}
			plain = append(plain, line)
			continue
		}
		name, list, _ := strings.Cut(head, " ")
		c := runnerCommand{name: name, data: strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(data), properties: map[string]string{}}
		for property := range strings.SplitSeq(list, ",") {
			if key, value, ok := strings.Cut(property, "="); ok {
				c.properties[key] = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(value)
			}
		}
		commands = append(commands, c)
	}
	return commands, plain
}

func TestGitHub(t *testing.T) {
	commands, plain := readLog(t, render(t, "github", oneOfEach()))
	var got []string
	for _, c := range commands {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s:%s:%s %s", c.name, c.properties["file"], c.properties["line"], c.properties["col"], c.properties["title"])))
	}
	want := []string{
		"error deploy/web.yaml:9:3 acme/ports (critical)", "error deploy/web.yaml:7:3 acme/ports (low)", "error deploy/never.yaml:2:1 acme/bucket",
		"warning deploy/web.yaml:11:3 acme/ports (low)", "warning waivers/a.yaml:3:1 holdfast", "warning deploy/later.yaml:2:1 acme/ports",
		"group ::", "endgroup ::", "notice :: holdfast: Fail",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the commands are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if commands[0].data != "Pod shop/web: the graver that blocks\nmend: Close the port." {
		t.Errorf("the first says %q", commands[0].data)
	}
	if len(plain) != 3 || !strings.Contains(plain[0], "one from before") || !strings.Contains(plain[1], "one that is waived") || !strings.Contains(plain[2], "a chart is not rendered") {
		t.Errorf("folded is %q", plain)
	}
}

// Of each kind GitHub shows ten: the last line, the only notice, tells of the rest.
func TestGitHubTellsOfWhatIsNotShown(t *testing.T) {
	check := sampleCheck()
	commands, _ := readLog(t, render(t, "github", check))
	counts := map[string]int{}
	for i, c := range commands {
		counts[c.name]++
		if c.name == "notice" && i != len(commands)-1 {
			t.Error("the notice is not the last")
		}
	}
	tally := tallyOf(check.Report)
	if counts["error"] != tally.block || counts["notice"] != 1 {
		t.Errorf("%v annotations of %+v", counts, tally)
	}
	hidden := counts["error"] - 10 + max(0, counts["warning"]-10)
	if want := fmt.Sprintf("%d more are in the log", hidden); !strings.Contains(commands[len(commands)-1].data, want) {
		t.Errorf("the last says %q, want %q", commands[len(commands)-1].data, want)
	}
}

// What others wrote stays in its place: it ends no command and begins none.
func TestGitHubEscapes(t *testing.T) {
	for _, text := range []string{"a,line=1::b", "x\n::error::y", "##[error]z", "100%25 %0A", "::stop-commands::t", "a\r\nb", "  ::add-mask::c"} {
		check := checkOf(text)
		commands, plain := readLog(t, render(t, "github", check))
		for _, c := range commands {
			switch c.name {
			case "error", "warning", "notice", "group", "endgroup":
			default:
				t.Errorf("%q made a command %q", text, c.name)
			}
			for key := range c.properties {
				if key != "file" && key != "line" && key != "col" && key != "title" {
					t.Errorf("%q made a property %q", text, key)
				}
			}
			if c.name == "error" && c.properties["file"] != "" && c.properties["file"] != oneLine(text) {
				t.Errorf("%q became the file %q", text, c.properties["file"])
			}
		}
		for _, line := range plain {
			if !strings.HasPrefix(line, "- ") {
				t.Errorf("%q made a line %q", text, line)
			}
		}
	}
}

func TestGitHubWithoutPlace(t *testing.T) {
	commands, _ := readLog(t, render(t, "github", &Check{Report: &reconcile.Report{Findings: []reconcile.FindingRecord{{Rule: "a/b", Msg: "x"}}}}))
	if _, there := commands[0].properties["file"]; there || commands[0].data != "x" {
		t.Errorf("the command is %+v", commands[0])
	}
}
