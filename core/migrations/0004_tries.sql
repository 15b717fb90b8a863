-- What ends the link each time it is asked for must not stand in the way of all the others, pass after pass.

ALTER TABLE pop_ledger ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;    -- times it was asked for and did not come
ALTER TABLE pop_ledger ADD COLUMN tried_at INTEGER;

CREATE TABLE body_try (
    message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    tries      INTEGER NOT NULL,                        -- times it was asked for and the link broke
    tried_at   INTEGER NOT NULL
) STRICT;

-- Files under sole/ that are to go: one that neither a row nor this table names is kept, it may be the only copy.
CREATE TABLE doomed_file (
    path TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
