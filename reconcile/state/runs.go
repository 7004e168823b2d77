package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"

	"github.com/holdfast-dev/holdfast/reconcile"
)

const (
	// keepRuns is how many runs of a target are kept.
	keepRuns = 200
	// keepBytes is how many bytes of a target's runs are kept; the newest run
	// is kept whatever its size.
	keepBytes = 32 << 20
)

// SaveRun adds a run, or replaces the one of the same ID, and drops what is
// beyond the bounds: a target's oldest runs, and old resolved intents.
func (s *Store) SaveRun(ctx context.Context, run reconcile.Run) error {
	body, err := json.Marshal(run)
	if err != nil {
		return fmt.Errorf("writing run %s as JSON: %w", run.ID, err)
	}
	return s.write(ctx, "recording a run in", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO runs (id, target, started, size, body) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE
			SET target = excluded.target, started = excluded.started, size = excluded.size, body = excluded.body`,
			run.ID, run.Target, nanos(run.Started), len(body), string(body)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			DELETE FROM runs WHERE seq IN (
				SELECT seq FROM (
					SELECT seq, row_number() OVER newest AS place, sum(size) OVER newest AS bytes
					FROM runs WHERE target = ?
					WINDOW newest AS (ORDER BY started DESC, seq DESC ROWS UNBOUNDED PRECEDING))
				WHERE place > ? OR (place > 1 AND bytes > ?))`,
			run.Target, keepRuns, keepBytes); err != nil {
			return err
		}
		return forgetIntents(ctx, tx, run.Started)
	})
}

// Runs are a target's newest runs, the newest first; target "" for all
// targets. A limit of 0 or less gives all that are kept.
func (s *Store) Runs(ctx context.Context, target string, limit int) ([]reconcile.Run, error) {
	if limit <= 0 {
		limit = math.MaxInt32
	}
	query, args := "SELECT body FROM runs ORDER BY started DESC, seq DESC LIMIT ?", []any{limit}
	if target != "" {
		query, args = "SELECT body FROM runs WHERE target = ? ORDER BY started DESC, seq DESC LIMIT ?", []any{target, limit}
	}
	rows, err := s.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, s.describe("reading runs in", err)
	}
	defer rows.Close()
	var runs []reconcile.Run
	for rows.Next() {
		var body sql.RawBytes
		var run reconcile.Run
		if err := rows.Scan(&body); err != nil {
			return nil, s.describe("reading runs in", err)
		}
		if err := json.Unmarshal(body, &run); err != nil {
			return nil, s.describe("reading a run in", err)
		}
		runs = append(runs, run)
	}
	if err := rows.Err(); err != nil {
		return nil, s.describe("reading runs in", err)
	}
	return runs, nil
}
