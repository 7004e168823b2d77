package state

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Owned is the inventory of a target, sorted by ID.
func (s *Store) Owned(ctx context.Context, target string) ([]drivers.Owned, error) {
	rows, err := s.reader.QueryContext(ctx, `
		SELECT target, scope, api_version, kind, namespace, name,
		       uid, digest, revision, prune, pending, tombstone
		FROM inventory WHERE target = ?`, target)
	if err != nil {
		return nil, s.describe("reading the inventory in", err)
	}
	defer rows.Close()
	var owned []drivers.Owned
	for rows.Next() {
		var o drivers.Owned
		var tombstone int64
		if err := rows.Scan(&o.ID.Target, &o.ID.Scope, &o.ID.APIVersion, &o.ID.Kind, &o.ID.Namespace, &o.ID.Name,
			&o.UID, &o.Digest, &o.Revision, &o.Prune, &o.Pending, &tombstone); err != nil {
			return nil, s.describe("reading the inventory in", err)
		}
		o.Tombstone = fromNanos(tombstone)
		owned = append(owned, o)
	}
	if err := rows.Err(); err != nil {
		return nil, s.describe("reading the inventory in", err)
	}
	slices.SortFunc(owned, func(a, b drivers.Owned) int { return resource.Compare(a.ID, b.ID) })
	return owned, nil
}

// Count is how many entries there are, without reading them.
func (s *Store) Count(ctx context.Context, target string) (count int, err error) {
	err = s.reader.QueryRowContext(ctx, "SELECT count(*) FROM inventory WHERE target = ?", target).Scan(&count)
	if err != nil {
		return 0, s.describe("counting the inventory in", err)
	}
	return count, nil
}

// Own adds or replaces entries by key, all or none. An entry of another target is refused.
func (s *Store) Own(ctx context.Context, target string, entries ...drivers.Owned) error {
	return s.write(ctx, "writing the inventory to", func(tx *sql.Tx) error {
		for i := range entries {
			if err := putOwned(ctx, tx, target, &entries[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Disown removes entries by key, all or none; one that is not there is passed over.
func (s *Store) Disown(ctx context.Context, target string, keys ...resource.Key) error {
	return s.write(ctx, "removing from the inventory in", func(tx *sql.Tx) error {
		for _, key := range keys {
			if key.Target != target {
				return fmt.Errorf("%s %s belongs to target %q, not to %q", key.GroupKind, key.Name, key.Target, target)
			}
			if _, err := removeOwned(ctx, tx, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// Transfer moves an entry to the target that entry.ID names. Where the one it
// comes from does not own it, nothing is written.
func (s *Store) Transfer(ctx context.Context, from string, key resource.Key, entry drivers.Owned) error {
	return s.write(ctx, "handing over an inventory entry in", func(tx *sql.Tx) error {
		var removed int64
		var err error
		if key.Target == from {
			removed, err = removeOwned(ctx, tx, key)
		}
		if err != nil {
			return err
		}
		if removed == 0 {
			return fmt.Errorf("target %q owns no %s %s to hand over", from, key.GroupKind, key.Name)
		}
		return putOwned(ctx, tx, entry.ID.Target, &entry)
	})
}

func putOwned(ctx context.Context, tx *sql.Tx, target string, o *drivers.Owned) error {
	if o.ID.Target != target {
		return fmt.Errorf("%s belongs to target %q, not to %q", o.ID, o.ID.Target, target)
	}
	_, err := tx.ExecContext(ctx, `
		INSERT OR REPLACE INTO inventory (target, scope, group_kind, namespace, name, api_version, kind,
			uid, digest, revision, prune, pending, tombstone)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		o.ID.Target, o.ID.Scope, o.ID.GroupKind(), o.ID.Namespace, o.ID.Name, o.ID.APIVersion, o.ID.Kind,
		o.UID, o.Digest, o.Revision, o.Prune, o.Pending, nanos(o.Tombstone))
	return err
}

func removeOwned(ctx context.Context, tx *sql.Tx, key resource.Key) (removed int64, err error) {
	result, err := tx.ExecContext(ctx, `
		DELETE FROM inventory
		WHERE target = ? AND scope = ? AND group_kind = ? AND namespace = ? AND name = ?`,
		key.Target, key.Scope, key.GroupKind, key.Namespace, key.Name)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
