package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// keepIntents is how long resolved intents are kept that are needed for no count.
const keepIntents = 30 * 24 * time.Hour

// Intend records an intent, and entry where it is not nil, in one transaction.
// An ID that was used before is an error.
func (s *Store) Intend(ctx context.Context, intent reconcile.Intent, entry *drivers.Owned) error {
	return s.writeTogether(ctx, "recording an intent in", func(tx *sql.Tx) error {
		if intent.Resource.Target != intent.Target {
			return fmt.Errorf("%s belongs to target %q, not to %q", intent.Resource, intent.Resource.Target, intent.Target)
		}
		id := intent.Resource
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO intents (id, run, target, revision, scope, api_version, kind, namespace, name, action, at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			intent.ID, intent.Run, intent.Target, intent.Revision,
			id.Scope, id.APIVersion, id.Kind, id.Namespace, id.Name, string(intent.Action), nanos(intent.At)); err != nil {
			return err
		}
		if entry == nil {
			return nil
		}
		return putOwned(ctx, tx, intent.Target, entry)
	})
}

// Pending are a target's intents that were never resolved, in the order in
// which they were recorded.
func (s *Store) Pending(ctx context.Context, target string) ([]reconcile.Intent, error) {
	rows, err := s.reader.QueryContext(ctx, selectIntent+" WHERE target = ? AND outcome IS NULL ORDER BY seq", target)
	if err != nil {
		return nil, s.describe("reading the intents in", err)
	}
	defer rows.Close()
	var pending []reconcile.Intent
	for rows.Next() {
		intent, err := scanIntent(rows.Scan)
		if err != nil {
			return nil, s.describe("reading the intents in", err)
		}
		pending = append(pending, intent)
	}
	if err := rows.Err(); err != nil {
		return nil, s.describe("reading the intents in", err)
	}
	return pending, nil
}

// Resolve records how the pending intent of that ID ended, and updates the
// inventory, in one transaction. OutcomeApplied says that the change took
// effect. Of the intent that is given only the ID counts; the rest is as
// it was recorded. It is an error if no such intent is pending.
func (s *Store) Resolve(ctx context.Context, intent reconcile.Intent, outcome string, entry *drivers.Owned, disown bool) error {
	return s.writeTogether(ctx, "resolving an intent in", func(tx *sql.Tx) error {
		if entry != nil && disown {
			return fmt.Errorf("%s cannot be owned and disowned by one stroke", entry.ID)
		}
		row := tx.QueryRowContext(ctx, selectIntent+" WHERE id = ? AND outcome IS NULL", intent.ID)
		recorded, err := scanIntent(row.Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("no intent %q is pending", intent.ID)
		}
		if err != nil {
			return err
		}
		deletion := outcome == reconcile.OutcomeApplied && recorded.Action.Destructive()
		if _, err := tx.ExecContext(ctx, "UPDATE intents SET outcome = ?, deletion = ? WHERE id = ?",
			outcome, deletion, intent.ID); err != nil {
			return err
		}
		switch {
		case disown:
			_, err = removeOwned(ctx, tx, recorded.Resource.Key())
		case entry != nil:
			err = putOwned(ctx, tx, recorded.Target, entry)
		}
		return err
	})
}

// Deletions counts the deletes and replaces of a target that took effect. The
// time of one is that of its intent, since the effect follows it at once, and
// a process that was killed cannot tell a better one.
func (s *Store) Deletions(ctx context.Context, target, revision string, since time.Time) (recent, atRevision int, err error) {
	err = s.reader.QueryRowContext(ctx, `
		SELECT count(*) FILTER (WHERE at >= ?), count(*) FILTER (WHERE revision = ?)
		FROM intents WHERE target = ? AND deletion = 1`, nanos(since), revision, target).Scan(&recent, &atRevision)
	if err != nil {
		return 0, 0, s.describe("counting deletions in", err)
	}
	return recent, atRevision, nil
}

// forgetIntents drops the resolved intents that are too old to be of interest
// at now, but for those that Deletions counts.
func forgetIntents(ctx context.Context, tx *sql.Tx, now time.Time) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM intents WHERE outcome IS NOT NULL AND deletion = 0 AND at < ?",
		nanos(now.Add(-keepIntents)))
	return err
}

const selectIntent = `
	SELECT id, run, target, revision, scope, api_version, kind, namespace, name, action, at FROM intents`

func scanIntent(scan func(...any) error) (reconcile.Intent, error) {
	var intent reconcile.Intent
	var action string
	var at int64
	id := &intent.Resource
	if err := scan(&intent.ID, &intent.Run, &intent.Target, &intent.Revision,
		&id.Scope, &id.APIVersion, &id.Kind, &id.Namespace, &id.Name, &action, &at); err != nil {
		return reconcile.Intent{}, err
	}
	id.Target = intent.Target
	intent.Action = resource.Action(action)
	intent.At = fromNanos(at)
	return intent, nil
}
