package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// Target is what is kept of a target; the zero value where it is new.
func (s *Store) Target(ctx context.Context, name string) (reconcile.TargetState, error) {
	var body []byte
	var state reconcile.TargetState
	err := s.reader.QueryRowContext(ctx, "SELECT state FROM targets WHERE name = ?", name).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return state, nil
	}
	if err == nil {
		err = json.Unmarshal(body, &state)
	}
	if err != nil {
		return reconcile.TargetState{}, s.describe("reading a target in", err)
	}
	return state, nil
}

// Targets are the names of all targets that have a state, an inventory, an
// intent or a run, sorted.
func (s *Store) Targets(ctx context.Context) ([]string, error) {
	rows, err := s.reader.QueryContext(ctx, `
		SELECT name FROM targets UNION SELECT target FROM inventory
		UNION SELECT target FROM intents UNION SELECT target FROM runs ORDER BY 1`)
	if err != nil {
		return nil, s.describe("reading the targets in", err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, s.describe("reading the targets in", err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return nil, s.describe("reading the targets in", err)
	}
	return names, nil
}

// SetTarget replaces what is kept of a target.
func (s *Store) SetTarget(ctx context.Context, name string, state reconcile.TargetState) error {
	body, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("writing target %s as JSON: %w", name, err)
	}
	return s.write(ctx, "recording a target in", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO targets (name, state) VALUES (?, ?)", name, string(body))
		return err
	})
}

// Forget removes all that is kept of a target that owns nothing.
func (s *Store) Forget(ctx context.Context, name string) error {
	return s.write(ctx, "forgetting a target in", func(tx *sql.Tx) error {
		var owned, pending int
		if err := tx.QueryRowContext(ctx, `
			SELECT (SELECT count(*) FROM inventory WHERE target = ?),
				(SELECT count(*) FROM intents WHERE target = ? AND outcome IS NULL)`, name, name).Scan(&owned, &pending); err != nil {
			return err
		}
		if owned > 0 || pending > 0 {
			return fmt.Errorf("target %s owns %d resources, and %d changes are under way", name, owned, pending)
		}
		for _, statement := range []string{
			"DELETE FROM targets WHERE name = ?", "DELETE FROM intents WHERE target = ?", "DELETE FROM runs WHERE target = ?",
		} {
			if _, err := tx.ExecContext(ctx, statement, name); err != nil {
				return err
			}
		}
		return nil
	})
}
