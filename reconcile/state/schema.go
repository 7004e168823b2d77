package state

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
)

// applicationID marks the file as holdfast's in SQLite's header ("HOLD" in ASCII).
const applicationID = 0x484f4c44

// damaged says what is wrong with a file that SQLite cannot make sense of, and
// the way to mend it.
const damaged = "the file is damaged or is not a state file; it was left as it is: restore it from a backup, or move it away to begin anew"

// migrations are applied in the order of their names; the schema's version is
// how many were. A released one is never changed.
//
//go:embed migrations/*.sql
var migrations embed.FS

func migrationNames() []string {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		panic("state: " + err.Error()) // only for a malformed pattern
	}
	return names
}

func knownVersion() int { return len(migrationNames()) }

// check looks for damage, so that it is found at the start and not in the
// middle of a run.
func check(ctx context.Context, db *sql.DB) error {
	var answer string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&answer); err != nil {
		return err
	}
	if answer != "ok" {
		return fmt.Errorf("%s: %s", damaged, answer)
	}
	return nil
}

// schemaVersion is 0 for an empty file. A file of another program, or of a
// newer holdfast, is an error.
func schemaVersion(ctx context.Context, db *sql.DB) (int, error) {
	var application, version, tables int
	for query, into := range map[string]*int{
		"PRAGMA application_id":              &application,
		"PRAGMA user_version":                &version,
		"SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := db.QueryRowContext(ctx, query).Scan(into); err != nil {
			return 0, err
		}
	}
	switch {
	case application == 0 && version == 0 && tables == 0:
		return 0, nil
	case application != applicationID:
		return 0, errors.New("the file is an SQLite database of another program; it was left as it is: name another file for the state")
	case version < 1:
		return 0, fmt.Errorf("%s: its schema has the version %d", damaged, version)
	case version > knownVersion():
		return 0, fmt.Errorf("a newer holdfast wrote the file (schema %d, this one knows %d): use that holdfast, or name another file for the state", version, knownVersion())
	}
	return version, nil
}

// migrate brings the schema up to date. Each step is a transaction of its own,
// so that a process killed in between goes on from there.
func migrate(ctx context.Context, db *sql.DB, logger *slog.Logger) error {
	version, err := schemaVersion(ctx, db)
	if err != nil {
		return err
	}
	for i, name := range migrationNames()[version:] {
		if err := step(ctx, db, name, version+i+1); err != nil {
			return fmt.Errorf("bringing the schema to version %d: %w", version+i+1, err)
		}
		logger.Debug("state schema brought up to date", "version", version+i+1)
	}
	return nil
}

func step(ctx context.Context, db *sql.DB, name string, version int) error {
	script, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	if _, err := tx.ExecContext(ctx, string(script)); err != nil {
		return err
	}
	mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version)
	if _, err := tx.ExecContext(ctx, mark); err != nil {
		return err
	}
	return tx.Commit()
}
