-- Times are nanoseconds since 1970 UTC; a zero time is the smallest integer.

CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- state is reconcile.TargetState as JSON.
CREATE TABLE targets (
    name  TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The primary key is resource.Key: it leaves out the version of the API.
CREATE TABLE inventory (
    target      TEXT NOT NULL,
    scope       TEXT NOT NULL,
    group_kind  TEXT NOT NULL,
    namespace   TEXT NOT NULL,
    name        TEXT NOT NULL,
    api_version TEXT NOT NULL,
    kind        TEXT NOT NULL,
    uid         TEXT NOT NULL,
    digest      TEXT NOT NULL,
    revision    TEXT NOT NULL,
    prune       TEXT NOT NULL,
    pending     INTEGER NOT NULL,
    tombstone   INTEGER NOT NULL,
    PRIMARY KEY (target, scope, group_kind, namespace, name)
) STRICT, WITHOUT ROWID;

-- outcome is NULL until the intent is resolved; deletion is 1 once a delete or
-- a replace took effect. Such rows are kept for good, since the deletions of a
-- revision count whenever that revision comes back.
CREATE TABLE intents (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    run         TEXT NOT NULL,
    target      TEXT NOT NULL,
    revision    TEXT NOT NULL,
    scope       TEXT NOT NULL,
    api_version TEXT NOT NULL,
    kind        TEXT NOT NULL,
    namespace   TEXT NOT NULL,
    name        TEXT NOT NULL,
    action      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    outcome     TEXT,
    deletion    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX intents_pending ON intents (target, seq) WHERE outcome IS NULL;
CREATE INDEX intents_deletions ON intents (target, revision, at) WHERE deletion = 1;
CREATE INDEX intents_resolved ON intents (at) WHERE outcome IS NOT NULL AND deletion = 0;

-- body is reconcile.Run as JSON, size its length in bytes.
CREATE TABLE runs (
    seq     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    target  TEXT NOT NULL,
    started INTEGER NOT NULL,
    size    INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT;

CREATE INDEX runs_by_target ON runs (target, started, seq, size);
CREATE INDEX runs_by_time ON runs (started, seq);
