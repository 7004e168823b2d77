package reconcile

import (
	"testing"
	"time"
)

// A contest in minutes: when there is drift, and which of it is corrected.
func TestContest(t *testing.T) {
	for what, times := range map[string]struct {
		drift []int
		want  string // of each: c corrected, h held
	}{
		"three corrections within ten minutes":         {[]int{0, 1, 2, 3, 12}, "ccchh"},
		"a try after the pause, and twice the pause":   {[]int{0, 1, 2, 3, 13, 14, 32, 33, 34}, "ccchchhch"},
		"the pauses have a limit":                      {[]int{0, 1, 2, 3, 13, 33, 73, 110, 153, 200, 250, 272, 273, 330, 380, 392, 393}, "ccchccchchhhchhhc"},
		"what comes seldom is only drift":              {[]int{0, 6, 12, 18, 24, 30}, "cccccc"},
		"an hour of quiet makes up for it":             {[]int{0, 1, 2, 3, 64, 65, 66, 67}, "ccchccch"},
		"a pause longer than the quiet ends with it":   {[]int{0, 1, 2, 3, 13, 33, 73, 153, 220}, "ccchccccc"},
		"drift that stays is seen all along the pause": {[]int{0, 1, 2, 3, 6, 9, 12, 13, 20, 30, 33}, "ccchhhhchhc"},
	} {
		start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		c, got := &contest{}, ""
		for _, minute := range times.drift {
			now := start.Add(time.Duration(minute) * time.Minute)
			if c.over("", now) {
				c = &contest{}
			}
			if c.holds(now) {
				got += "h"
				continue
			}
			got += "c"
			c.correct(now)
		}
		if got != times.want {
			t.Errorf("%s: %s, want %s", what, got, times.want)
		}
	}
	if c := (&contest{revision: "a", seen: time.Now()}); !c.over("b", time.Now()) {
		t.Error("a new revision begins with what was before it")
	}
}
