-- The data model of day one. Additive from here on: a later step adds a file, never edits this one.
-- Times are milliseconds since 1970 UTC unless a name says otherwise; booleans are 0 or 1.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO setting (name, value) VALUES ('generation', '1');

CREATE TABLE account (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    address             TEXT NOT NULL,
    protocol            TEXT NOT NULL CHECK (protocol IN ('imap', 'pop')),
    incoming_host       TEXT NOT NULL,
    incoming_port       INTEGER NOT NULL,
    incoming_security   INTEGER NOT NULL,               -- 0 implicit TLS, 1 STARTTLS, 2 insecure by the person's word
    incoming_user       TEXT NOT NULL,
    submission_host     TEXT,
    submission_port     INTEGER,
    submission_security INTEGER,
    submission_user     TEXT,
    trust_kind          INTEGER NOT NULL DEFAULT 0,     -- 0 platform, 1 platform and trust_data (PEM), 2 pinned_cert
    trust_data          BLOB,
    credential_kind     INTEGER NOT NULL,               -- 0 credential store, 1 environment variable
    credential_key      TEXT NOT NULL,                  -- a random key, or the variable's name; never a secret
    "window"            TEXT NOT NULL,
    bodies              TEXT NOT NULL,
    pop_rule            TEXT NOT NULL,
    created_at          INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX account_address ON account (address, protocol);

CREATE TABLE identity (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id      INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name            TEXT NOT NULL DEFAULT '',
    address         TEXT NOT NULL,
    reply_to        TEXT,
    signature       TEXT NOT NULL DEFAULT '',
    sent_mailbox_id INTEGER REFERENCES mailbox (id) ON DELETE SET NULL,
    is_default      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX identity_account ON identity (account_id);
CREATE INDEX identity_sent ON identity (sent_mailbox_id);

-- What a server was seen to do: capabilities, quirks. A hint, learned again when it turns out wrong.
CREATE TABLE server_fact (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    value      TEXT NOT NULL,
    learned_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE mailbox (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id      INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    kind            TEXT NOT NULL CHECK (kind IN ('server', 'local')),
    name            TEXT NOT NULL,                      -- as shown, whole path
    wire_name       BLOB,                               -- as the server writes it; NULL until it exists there
    delimiter       TEXT,
    role            TEXT,
    selectable      INTEGER NOT NULL DEFAULT 1,
    subscribed      INTEGER NOT NULL DEFAULT 1,
    policy          TEXT NOT NULL DEFAULT 'sync' CHECK (policy IN ('sync', 'on-open')),
    -- the sync cursor: moves only with the changes it stands for
    uidvalidity     INTEGER,
    uidnext         INTEGER,
    highestmodseq   INTEGER,
    mailboxid       TEXT,
    server_exists   INTEGER,
    server_unseen   INTEGER,
    window_floor    INTEGER,                            -- every message with a UID from here up to uidnext is here
    window_complete INTEGER NOT NULL DEFAULT 0,         -- the window's whole depth was reached once
    window_target   INTEGER,                            -- rows a person asked for by paging back; NULL: the account's window
    removed_at      INTEGER                             -- deleted by the person, not yet on the server
) STRICT;
CREATE UNIQUE INDEX mailbox_name ON mailbox (account_id, name) WHERE removed_at IS NULL;
CREATE INDEX mailbox_account ON mailbox (account_id);

CREATE TABLE thread (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    newest_at  INTEGER NOT NULL DEFAULT 0,
    count      INTEGER NOT NULL DEFAULT 0,
    unread     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX thread_account ON thread (account_id);

-- Which conversation a Message-ID belongs to, hashed: also for messages not here yet.
CREATE TABLE thread_reference (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    id_hash    BLOB NOT NULL,
    thread_id  INTEGER NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, id_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_reference_thread ON thread_reference (thread_id);

-- Materialised, so that a list of conversations is one keyset query.
CREATE TABLE thread_in_mailbox (
    thread_id        INTEGER NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
    mailbox_id       INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
    newest_at        INTEGER NOT NULL,
    newest_placement INTEGER NOT NULL,
    count            INTEGER NOT NULL,
    unread           INTEGER NOT NULL,
    PRIMARY KEY (thread_id, mailbox_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_in_mailbox_page ON thread_in_mailbox (mailbox_id, newest_at DESC, newest_placement DESC);

-- Content-addressed, reference-counted. bytes for small ones, a file under cache/ or sole/ for large ones.
CREATE TABLE blob (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256      BLOB NOT NULL,
    codec       INTEGER NOT NULL,                       -- 0 raw, 1 zstd
    size        INTEGER NOT NULL,                       -- bytes as they came
    stored_size INTEGER NOT NULL,                       -- bytes as they lie here
    bytes       BLOB,
    path        TEXT,                                   -- relative to the home
    refetchable INTEGER NOT NULL,                       -- 0: a sole copy, never evicted
    pinned      INTEGER NOT NULL DEFAULT 0,
    refcount    INTEGER NOT NULL DEFAULT 0,
    last_opened INTEGER NOT NULL,
    CHECK ((bytes IS NULL) <> (path IS NULL))
) STRICT;
CREATE UNIQUE INDEX blob_sha256 ON blob (sha256);

CREATE TABLE message (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id      INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    key_version     INTEGER NOT NULL,
    key_hash        BLOB NOT NULL,
    sha256          BLOB,                               -- of the raw bytes, once they were here
    emailid         TEXT,                               -- strong identity of the server (RFC 8474, X-GM-MSGID)
    message_id      TEXT,
    date            INTEGER,                            -- seconds since 1970 UTC, as written
    date_offset     INTEGER NOT NULL DEFAULT 0,         -- minutes
    received_at     INTEGER NOT NULL,                   -- INTERNALDATE, or arrival for POP
    size            INTEGER NOT NULL,
    subject         TEXT NOT NULL,
    sender          TEXT NOT NULL DEFAULT '[]',         -- addresses are JSON: [{"name","address"}]
    "from"          TEXT NOT NULL,
    reply_to        TEXT NOT NULL DEFAULT '[]',
    "to"            TEXT NOT NULL,
    cc              TEXT NOT NULL DEFAULT '[]',
    bcc             TEXT NOT NULL DEFAULT '[]',
    in_reply_to     TEXT NOT NULL DEFAULT '[]',
    "references"    TEXT NOT NULL DEFAULT '[]',
    preview         TEXT NOT NULL DEFAULT '',
    list_id         TEXT,
    thread_id       INTEGER NOT NULL REFERENCES thread (id),
    has_attachments INTEGER NOT NULL DEFAULT 0,
    text_section    TEXT,
    html_section    TEXT,
    structure_known INTEGER NOT NULL DEFAULT 0,
    degraded        INTEGER NOT NULL DEFAULT 0,         -- the server's answer could only be read in part
    raw_blob_id     INTEGER REFERENCES blob (id),
    indexed         INTEGER NOT NULL DEFAULT 0          -- 0 not, 1 overview, 2 with text
) STRICT;
CREATE INDEX message_key ON message (account_id, key_hash);
CREATE INDEX message_sha256 ON message (account_id, sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX message_emailid ON message (account_id, emailid) WHERE emailid IS NOT NULL;
CREATE INDEX message_thread ON message (thread_id);
CREATE INDEX message_raw ON message (raw_blob_id) WHERE raw_blob_id IS NOT NULL;
CREATE INDEX message_indexed ON message (indexed) WHERE indexed = 0;

CREATE TABLE placement (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id        INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    thread_id         INTEGER NOT NULL REFERENCES thread (id),
    mailbox_id        INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,   -- where it is shown
    sort_at           INTEGER NOT NULL,
    flags             INTEGER NOT NULL DEFAULT 0,       -- as shown: the server's with waiting intents on top
    -- where and how the server holds it; a waiting move changes mailbox_id and leaves these
    server_mailbox_id INTEGER REFERENCES mailbox (id) ON DELETE SET NULL,
    uid               INTEGER,
    server_flags      INTEGER NOT NULL DEFAULT 0,
    modseq            INTEGER,
    awaiting          INTEGER NOT NULL DEFAULT 0,       -- 1: it is known to be there, its UID is not (rematch by key)
    removed_at        INTEGER                           -- deleted by the person, not yet on the server
) STRICT;
CREATE UNIQUE INDEX placement_uid ON placement (server_mailbox_id, uid) WHERE uid IS NOT NULL;
CREATE INDEX placement_page ON placement (mailbox_id, sort_at DESC, id DESC, flags) WHERE removed_at IS NULL;
CREATE INDEX placement_message ON placement (message_id);
CREATE INDEX placement_thread ON placement (thread_id, mailbox_id);
CREATE INDEX placement_awaiting ON placement (server_mailbox_id) WHERE awaiting = 1;

CREATE TABLE keyword (
    placement_id INTEGER NOT NULL REFERENCES placement (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    shown        INTEGER NOT NULL,
    on_server    INTEGER NOT NULL,
    PRIMARY KEY (placement_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE part (
    message_id    INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    section       TEXT NOT NULL,
    position      INTEGER NOT NULL,
    media_type    TEXT NOT NULL,
    charset       TEXT,
    encoding      TEXT NOT NULL,
    size          INTEGER NOT NULL,                     -- as announced: for progress only
    name          TEXT,
    disposition   TEXT,
    content_id    TEXT,
    is_attachment INTEGER NOT NULL,
    blob_id       INTEGER REFERENCES blob (id),         -- decoded bytes, once fetched
    PRIMARY KEY (message_id, section)
) STRICT, WITHOUT ROWID;
CREATE INDEX part_blob ON part (blob_id) WHERE blob_id IS NOT NULL;

-- A part on its way: bytes so far lie in a file, and are good only for exactly this placement on the server.
CREATE TABLE download (
    message_id  INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    section     TEXT NOT NULL,
    path        TEXT NOT NULL,
    "offset"    INTEGER NOT NULL,
    mailbox_id  INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
    uidvalidity INTEGER NOT NULL,
    uid         INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    PRIMARY KEY (message_id, section)
) STRICT, WITHOUT ROWID;
CREATE INDEX download_mailbox ON download (mailbox_id);

-- One row per (account, UIDL). Rows age out; they are never cleared because a server reported an empty maildrop.
CREATE TABLE pop_ledger (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id   INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    uidl         BLOB NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('listed', 'partial', 'retrieving', 'stored', 'dele_sent', 'unknown', 'committed', 'gone')),
    message_id   INTEGER REFERENCES message (id) ON DELETE SET NULL,
    size         INTEGER,
    first_seen   INTEGER NOT NULL,
    last_seen    INTEGER NOT NULL,
    sha256       BLOB,
    key_hash     BLOB
) STRICT;
CREATE UNIQUE INDEX pop_ledger_uidl ON pop_ledger (account_id, uidl);
CREATE INDEX pop_ledger_message ON pop_ledger (message_id) WHERE message_id IS NOT NULL;

-- What a person did and a server may still have to be told. One path for all of it.
CREATE TABLE operation (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    kind          TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'done', 'failed', 'cancelled', 'undone')),
    placement_id  INTEGER REFERENCES placement (id) ON DELETE SET NULL,
    mailbox_id    INTEGER REFERENCES mailbox (id) ON DELETE SET NULL,     -- source, or the mailbox itself
    target_id     INTEGER REFERENCES mailbox (id) ON DELETE SET NULL,
    arguments     TEXT NOT NULL DEFAULT '{}',           -- JSON, by kind: flags added and removed, old name, prior state
    depends_on    INTEGER REFERENCES operation (id) ON DELETE SET NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    not_before    INTEGER NOT NULL DEFAULT 0,
    last_error    TEXT,
    created_at    INTEGER NOT NULL,
    finished_at   INTEGER
) STRICT;
CREATE INDEX operation_waiting ON operation (account_id, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX operation_placement ON operation (placement_id);
CREATE INDEX operation_mailbox ON operation (mailbox_id);
CREATE INDEX operation_target ON operation (target_id);
CREATE INDEX operation_depends ON operation (depends_on);

CREATE TABLE outbox (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    identity_id   INTEGER REFERENCES identity (id) ON DELETE SET NULL,
    message_id    INTEGER REFERENCES message (id) ON DELETE SET NULL,
    rfc_message_id TEXT NOT NULL,                       -- one Message-ID for ever
    state         TEXT NOT NULL CHECK (state IN ('held', 'queued', 'sending', 'sent', 'retry', 'failed', 'uncertain')),
    envelope_from TEXT NOT NULL,
    envelope_to   TEXT NOT NULL,                        -- JSON
    blob_id       INTEGER NOT NULL REFERENCES blob (id),
    attempts      INTEGER NOT NULL DEFAULT 0,
    not_before    INTEGER NOT NULL DEFAULT 0,
    last_error    TEXT,
    created_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_account ON outbox (account_id, state);
CREATE INDEX outbox_identity ON outbox (identity_id);
CREATE INDEX outbox_message ON outbox (message_id);
CREATE INDEX outbox_blob ON outbox (blob_id);

CREATE TABLE draft (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id   INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    identity_id  INTEGER REFERENCES identity (id) ON DELETE SET NULL,
    content      TEXT NOT NULL,                         -- JSON: recipients, subject, text, html, reply_to, forward
    placement_id INTEGER REFERENCES placement (id) ON DELETE SET NULL,
    updated_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_account ON draft (account_id);
CREATE INDEX draft_identity ON draft (identity_id);
CREATE INDEX draft_placement ON draft (placement_id);

CREATE TABLE draft_attachment (
    draft_id INTEGER NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name     TEXT NOT NULL,
    media_type TEXT NOT NULL,
    blob_id  INTEGER NOT NULL REFERENCES blob (id),
    PRIMARY KEY (draft_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_attachment_blob ON draft_attachment (blob_id);

-- Completion of addresses.
CREATE TABLE address_seen (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    address    TEXT NOT NULL COLLATE NOCASE,
    name       TEXT NOT NULL,
    sent_to    INTEGER NOT NULL DEFAULT 0,
    seen       INTEGER NOT NULL DEFAULT 0,
    last_at    INTEGER NOT NULL,
    PRIMARY KEY (account_id, address)
) STRICT, WITHOUT ROWID;

-- What the person was already told of, so that nothing is told twice.
CREATE TABLE notified (
    placement_id INTEGER PRIMARY KEY REFERENCES placement (id) ON DELETE CASCADE,
    at           INTEGER NOT NULL
) STRICT;

-- Facts of passes, for status and lateness. A row per account, attempt and outcome that a person may ask about.
CREATE TABLE activity (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id  INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,                          -- pass, connect, operation
    at          INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    outcome     TEXT NOT NULL,                          -- ok, or a MailError kind
    detail      TEXT NOT NULL DEFAULT '{}'              -- JSON: turns, bytes, counts; never content
) STRICT;
CREATE INDEX activity_account ON activity (account_id, at DESC);

CREATE TABLE pinned_cert (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    host       TEXT NOT NULL,
    port       INTEGER NOT NULL,
    sha256     BLOB NOT NULL,
    pinned_at  INTEGER NOT NULL,
    PRIMARY KEY (account_id, host, port)
) STRICT, WITHOUT ROWID;

-- Writers whose remote content the person wants to see.
CREATE TABLE trusted_sender (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    address    TEXT NOT NULL COLLATE NOCASE,
    since      INTEGER NOT NULL,
    PRIMARY KEY (account_id, address)
) STRICT, WITHOUT ROWID;

-- Contentless: rowid is message.id; highlighting is done in core.
CREATE VIRTUAL TABLE search USING fts5 (
    subject, sender, recipients, body,
    content = '', contentless_delete = 1, detail = column, tokenize = "unicode61 remove_diacritics 2"
);
