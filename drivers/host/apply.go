package host

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// application is one call of Apply.
type application struct {
	*Driver
	tree     *tree
	accounts *accounts
	artifact *artifact
	journal  drivers.Journal
}

// Apply carries out the changes one by one. It first removes what a killed
// process left half written in the directories that the plan is about. It ends
// early where ctx does, or where the journal fails, as nothing may be done
// that is not recorded.
func (d *Driver) Apply(ctx context.Context, plan *drivers.Plan, changes []resource.Change, journal drivers.Journal) (err error) {
	kept, ok := plan.Artifact.(*artifact)
	if !ok {
		return errors.New("apply: the plan is not one of the host driver")
	}
	tree, err := d.tree()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tree.close()) }()
	a := &application{Driver: d, tree: tree, accounts: newAccounts(), artifact: kept, journal: journal}
	a.sweep(ctx, plan.Changes)
	for i := range changes {
		if ctx.Err() != nil {
			return fmt.Errorf("apply: stopped with %d changes not begun: %w", len(changes)-i, context.Cause(ctx))
		}
		// The change in hand is finished and recorded even if ctx ends.
		if err := a.apply(context.WithoutCancel(ctx), &changes[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *application) sweep(ctx context.Context, changes []resource.Change) {
	dirs := map[string]bool{}
	for i := range changes {
		for _, res := range []*resource.Resource{changes[i].Before, changes[i].After} {
			if res != nil {
				dirs[path.Dir(objectOf(res).get("path"))] = true
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		if err := a.tree.sweep(ctx, dir); err != nil {
			a.log.WarnContext(ctx, "a temporary file of an earlier run could not be removed",
				"target", a.target, "directory", dir, "error", cause(err))
		}
	}
}

// apply does one change. Its error is the journal's.
func (a *application) apply(ctx context.Context, change *resource.Change) error {
	before := ""
	if change.Precondition != absent {
		before = change.Precondition
	}
	done := func(uid string, err error) error {
		if err != nil {
			err = fmt.Errorf("%s %s: %w", change.Action, change.ID, err)
		}
		if err := a.journal.Done(ctx, change, drivers.Result{UID: uid, Err: err}); err != nil {
			return fmt.Errorf("record the end of %s %s: %w", change.Action, change.ID, err)
		}
		return nil
	}
	if err := a.check(change); err != nil {
		return done(before, err)
	}
	if change.Action == resource.ActionNone || change.Action == resource.ActionMove {
		return done(before, nil)
	}
	effect, uid, err := a.prepare(change)
	if err != nil {
		return done(before, err)
	}
	defer effect.close()
	if err := a.journal.Intend(ctx, change, uid); err != nil {
		return fmt.Errorf("record the intention to %s %s: %w", change.Action, change.ID, err)
	}
	if err := effect.run(change); err != nil {
		return done(before, err)
	}
	return done(uid, nil)
}

// check wraps drivers.ErrStale where the precondition does not hold.
func (a *application) check(change *resource.Change) error {
	if change.Precondition == absent {
		if change.After == nil || a.tree.read(objectOf(change.After).get("path")) != nil {
			return drivers.ErrStale
		}
		return nil
	}
	before, err := parseUID(change.Precondition)
	if err != nil {
		return fmt.Errorf("precondition: %w", err)
	}
	e := a.tree.read(before.path)
	if e == nil || !describe(e, change.ID.Kind, before.path, a.key, a.accounts).uid(change.ID.Kind, false, a.key).same(before) {
		return drivers.ErrStale
	}
	if e.kind == typeUnreadable {
		return fmt.Errorf("%s: %s", before.path, e.reason)
	}
	return nil
}

// effect is a change, looked at closely and ready to be made.
type effect struct {
	*application
	before   uid    // what stands there; its path is "" where nothing does
	path     string // of what is to be there, "" for a delete
	kind     string // the type of what is to be there
	w        written
	parent   *os.Root
	base     string
	old      *os.Root // the directory of what is to be removed
	oldBase  string
	isReplay bool // the object at a new path is already as it should be
}

func (e *effect) close() {
	for _, dir := range []*os.Root{e.parent, e.old} {
		if dir != nil {
			if err := dir.Close(); err != nil {
				e.log.Warn("a directory could not be closed", "target", e.target, "error", cause(err))
			}
		}
	}
}

// prepare does all of a change that has no effect yet, and gives the uid of
// what will be there; for a delete, of what is.
func (a *application) prepare(change *resource.Change) (_ *effect, id string, err error) {
	e := &effect{application: a, kind: typeOf(change.ID.Kind)}
	defer func() {
		if err != nil {
			e.close()
		}
	}()
	if change.Precondition != absent {
		if e.before, err = parseUID(change.Precondition); err != nil {
			return nil, "", err
		}
		id = change.Precondition
	}
	if change.After != nil && change.Action != resource.ActionDelete {
		if id, err = e.prepareAfter(change); err != nil {
			return nil, "", err
		}
	}
	if e.before.path != "" && e.before.path != e.path {
		if e.old, e.oldBase, err = a.tree.parent(e.before.path); err != nil {
			return nil, "", fmt.Errorf("%s: %w", e.before.path, err)
		}
	}
	return e, id, nil
}

func (e *effect) prepareAfter(change *resource.Change) (string, error) {
	after := objectOf(change.After)
	e.path = after.get("path")
	sensitive, _ := resource.Lookup(change.After.Content, resource.Path{"spec", "sensitive"})
	id := after.uid(change.ID.Kind, sensitive == true, e.key)
	if e.before.path == e.path {
		if err := e.mayReplace(change); err != nil {
			return "", err
		}
	} else if e.before.path != "" {
		if there := e.tree.read(e.path); there != nil {
			now := describe(there, change.ID.Kind, e.path, e.key, e.accounts).uid(change.ID.Kind, false, e.key)
			if e.isReplay = now.same(id); !e.isReplay {
				return "", fmt.Errorf("something stands at the new path %s: move it away", e.path)
			}
		}
	}
	e.w = written{mode: after.get("mode"), content: e.content(change, after), ready: func() error { return e.ready(change) }}
	var err error
	if e.w.uid, err = e.accounts.userID(after.get("owner")); err != nil {
		return "", err
	}
	if e.w.gid, err = e.accounts.groupID(after.get("group")); err != nil {
		return "", err
	}
	if e.parent, e.base, err = e.tree.parent(e.path); err != nil {
		return "", fmt.Errorf("%s: %w", e.path, err)
	}
	if e.before.path != "" && e.before.path != e.path {
		// Until the old object is gone the inventory has to lead to it.
		return change.Precondition, nil
	}
	return id.String(), nil
}

// mayReplace refuses to put something in the place of what would be lost.
func (e *effect) mayReplace(change *resource.Change) error {
	switch {
	case e.before.kind == e.kind,
		e.kind == typeFile && e.before.kind == typeSymlink,
		e.kind == typeFile && e.before.kind == typeDirectory, // only if it is empty
		e.kind == typeDirectory && e.before.kind == typeFile && e.artifact.ours[change.ID.Key()]:
		return nil
	}
	return fmt.Errorf("something of type %s stands at %s, where a %s belongs, and holdfast did not make it: move it away",
		e.before.kind, e.path, e.kind)
}

// content writes what After shows, or what the plan's artifact leads to, held
// against the digest that was judged.
func (e *effect) content(change *resource.Change, after object) func(io.Writer) error {
	return func(to io.Writer) (err error) {
		if text, shown := after["content"].(string); shown {
			_, err := io.WriteString(to, text)
			return err
		}
		open := e.artifact.contents[change.ID.Key()]
		if open == nil {
			return errors.New("its content is not in the plan")
		}
		from, err := open()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, from.Close()) }()
		mac := hmac.New(sha256.New, e.key)
		if _, err := io.Copy(io.MultiWriter(to, mac), io.LimitReader(from, maxContent+1)); err != nil {
			return err
		}
		if !bytes.Equal([]byte(digestText(mac.Sum(nil))), []byte(after.get("contentDigest"))) {
			return fmt.Errorf("its source: %w", drivers.ErrStale)
		}
		return nil
	}
}

// ready looks once more, at the last moment, whether the precondition holds.
func (e *effect) ready(change *resource.Change) error {
	if err := e.check(change); err != nil {
		return err
	}
	switch {
	case e.before.path == "":
		return nil
	case e.before.path != e.path:
		if e.tree.read(e.path) != nil {
			return drivers.ErrStale
		}
	case e.before.kind == typeDirectory && e.kind == typeFile,
		e.before.kind == typeFile && e.kind == typeDirectory:
		return e.tree.remove(e.parent, e.base)
	}
	return nil
}

func (e *effect) run(change *resource.Change) error {
	if e.path != "" && !e.isReplay {
		write := e.tree.writeFile
		if e.kind == typeDirectory {
			write = e.tree.writeDirectory
		}
		if err := write(e.parent, e.base, e.w); err != nil {
			return fmt.Errorf("%s: %w", e.path, err)
		}
	}
	if e.old == nil {
		return nil
	}
	if err := e.check(change); err != nil {
		return fmt.Errorf("%s: %w", e.before.path, err)
	}
	err := e.tree.remove(e.old, e.oldBase)
	if errors.Is(err, errNotEmpty) && e.path != "" {
		e.log.Warn("the old directory is not empty and stays", "target", e.target, "path", e.before.path)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", e.before.path, err)
	}
	return nil
}
