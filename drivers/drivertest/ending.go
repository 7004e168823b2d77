package drivertest

import (
	"errors"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func testEnding(w *world) {
	driver, ok := w.driver.(drivers.Ending)
	if !ok {
		w.t.Skip("nothing of the driver's comes to an end")
	}
	res := w.Ending(1)
	key := res.ID.Key()
	want, ends := driver.End(&res)
	if !ends {
		w.t.Fatalf("%s has no end", res.ID)
	}
	made := w.bring(res)
	for form, res := range map[string]*resource.Resource{"planned": made.Changes[0].After, "live": &w.observe(res).Live[0]} {
		if got, ends := driver.End(res); !ends || got != want {
			w.t.Errorf("%s has as %s the end %+v, %t, as desired %+v", res.ID, form, got, ends, want)
		}
	}
	w.wantInLine(res)
	entry := w.owned[key]
	clear := func(uid string) {
		w.t.Helper()
		w.owned[key] = entry
		j := &journal{world: w, before: map[resource.Key]string{key: w.Live(w.t, res.ID)}}
		change := resource.Change{ID: res.ID, Action: resource.ActionDelete, Before: &res, Precondition: uid}
		if err := driver.Clear(w.t.Context(), []resource.Change{change}, j); err != nil {
			w.t.Fatalf("clear: %v", err)
		}
		if len(j.ends) != 1 || j.ends[0].result.Err != nil {
			w.t.Errorf("to clear %s, it ended with %+v", uid, j.ends)
		}
	}
	clear("another-" + entry.UID)
	if w.Live(w.t, res.ID) == "" {
		w.t.Fatal("another object was cleared than the one that was named")
	}
	for range 2 { // what is gone is no error
		if clear(entry.UID); w.Live(w.t, res.ID) != "" {
			w.t.Fatal("it was cleared, and is there")
		}
	}
	refused := errors.New("no intention")
	j := &journal{world: w, refuse: refused, before: map[resource.Key]string{key: ""}}
	err := driver.Clear(w.t.Context(), []resource.Change{{ID: res.ID, Action: resource.ActionDelete, Before: &res, Precondition: entry.UID}}, j)
	if !errors.Is(err, refused) || len(j.ends) > 0 {
		w.t.Errorf("without an intention it ended with %v, %+v", err, j.ends)
	}
	w.restart()
	again := w.Ending(2)
	for _, test := range []struct {
		what  string
		res   resource.Resource
		owned bool
		ended string
		want  resource.Action
	}{
		{"it is remembered", res, false, entry.Digest, resource.ActionNone},
		{"it is owned", res, true, "", resource.ActionNone},
		{"nobody remembers it", res, false, "", resource.ActionCreate},
		{"it is remembered, and something new is asked for", again, false, entry.Digest, resource.ActionCreate},
		{"it is owned, and something new is asked for", again, true, "", resource.ActionCreate},
	} {
		delete(w.owned, key)
		if test.owned {
			w.owned[key] = entry
		}
		ended := map[resource.Key]string{}
		if test.ended != "" {
			ended[key] = test.ended
		}
		plan := w.planWith(drivers.PlanRequest{Desired: []resource.Resource{test.res}, Ended: ended})
		if got := plan.Changes[0].Action; got != test.want {
			w.t.Errorf("it is gone, and %s: it is to be a %s, want %s", test.what, got, test.want)
		}
	}
}
