"""The tables of one tenant's file, and of the directory."""

TENANT_VERSION = 2
_LOG = """
CREATE TABLE fact (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE link (
    n INTEGER PRIMARY KEY,
    link BLOB NOT NULL
);

CREATE TABLE box (
    link INTEGER NOT NULL,
    device BLOB NOT NULL,           -- empty: for every member
    box BLOB NOT NULL,
    PRIMARY KEY (link, device)
) WITHOUT ROWID;

CREATE TABLE stream (
    id INTEGER PRIMARY KEY,
    device BLOB NOT NULL,
    incarnation BLOB NOT NULL,
    seq INTEGER NOT NULL,           -- of the last entry
    hash BLOB NOT NULL,             -- of the last entry
    entries INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    UNIQUE (device, incarnation)
);

CREATE TABLE entry (
    position INTEGER PRIMARY KEY,   -- the cursor counts these
    stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (stream, seq)
);

CREATE TABLE file (
    id BLOB PRIMARY KEY,
    chunks INTEGER NOT NULL,        -- on disk
    bytes INTEGER NOT NULL,
    claimed INTEGER NOT NULL,       -- 0 or 1
    deadline INTEGER                -- when it is deleted, milliseconds; NULL while claimed
) WITHOUT ROWID;

CREATE INDEX file_deadline ON file (deadline) WHERE deadline IS NOT NULL;

CREATE TABLE chunk (
    file BLOB NOT NULL,
    n INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (file, n)
) WITHOUT ROWID;
"""
_SNAPSHOTS = """
CREATE TABLE snapshot (
    hash BLOB PRIMARY KEY,
    n INTEGER NOT NULL,             -- one more than that of the one before
    base INTEGER NOT NULL,          -- 1: it stands for entries that were dropped; 0: proposed
    maker BLOB NOT NULL,            -- the device
    heads BLOB NOT NULL,            -- 64 bytes each: how far it goes
    objects BLOB NOT NULL,          -- 32 bytes each: hashes of its pieces, and of the history
    sealed BLOB NOT NULL
);

CREATE TABLE approval (
    snapshot BLOB NOT NULL,
    device BLOB NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (snapshot, device)
) WITHOUT ROWID;

CREATE TABLE object (
    hash BLOB PRIMARY KEY,
    kind INTEGER NOT NULL,          -- 3 history segment, 4 piece of a snapshot
    bytes INTEGER NOT NULL,
    deadline INTEGER,               -- when it is deleted, milliseconds; NULL while referred to
    sealed BLOB NOT NULL
);

CREATE TABLE visit (
    device BLOB PRIMARY KEY,
    at INTEGER NOT NULL             -- the day of its last visit, milliseconds
) WITHOUT ROWID;
"""
_KNOWN_DEVICES = """
INSERT INTO visit SELECT DISTINCT device, CAST(strftime('%s') AS INTEGER) * 1000 FROM stream;
"""
TENANT = _LOG + _SNAPSHOTS
TENANT_UPGRADES = {1: _SNAPSHOTS + _KNOWN_DEVICES}
"""What brings a tenant's file of this version to the next one."""

DIRECTORY_VERSION = 5
_TENANTS = """
CREATE TABLE tenant (
    id BLOB PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    skin TEXT NOT NULL,
    plan TEXT NOT NULL,
    created INTEGER NOT NULL,       -- milliseconds since 1970
    suspended INTEGER NOT NULL,     -- 0 or 1
    pseudonym_key BLOB NOT NULL     -- names the tenant and its devices in the log
) WITHOUT ROWID;
"""
_BOOKS = """
ALTER TABLE tenant ADD COLUMN leaving TEXT NOT NULL DEFAULT '';  -- see Tenant.leaving

CREATE TABLE fact (                 -- the server's own keys and switches
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE locked_name (          -- names of tenants that left
    mac BLOB PRIMARY KEY,
    tenant BLOB NOT NULL,           -- whose it was: finds the receipt
    until INTEGER NOT NULL          -- milliseconds since 1970
) WITHOUT ROWID;

CREATE TABLE receipt (
    tenant BLOB PRIMARY KEY,
    receipt BLOB NOT NULL           -- as it is handed out
) WITHOUT ROWID;

CREATE TABLE audit (
    n INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,            -- milliseconds since 1970
    action TEXT NOT NULL,
    tenant TEXT NOT NULL,           -- a pseudonym, or empty
    detail TEXT NOT NULL
);
"""
_INVITATIONS = """
CREATE TABLE invitation (
    slug TEXT PRIMARY KEY,
    plan TEXT NOT NULL,
    until INTEGER NOT NULL          -- milliseconds since 1970
) WITHOUT ROWID;
"""
_UPKEEP = """
ALTER TABLE tenant ADD COLUMN restoring INTEGER NOT NULL DEFAULT 0;  -- see Tenant.restoring
ALTER TABLE tenant ADD COLUMN skeleton TEXT NOT NULL DEFAULT '';     -- what the name looks like
CREATE INDEX tenant_skeleton ON tenant (skeleton);

CREATE TABLE plan (                 -- those that the operator defined
    name TEXT PRIMARY KEY,
    limits BLOB NOT NULL            -- as JSON
) WITHOUT ROWID;

CREATE TABLE backup (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant BLOB NOT NULL,
    at INTEGER NOT NULL,            -- milliseconds since 1970
    bytes INTEGER NOT NULL,
    place TEXT NOT NULL             -- path of the file
);

CREATE TABLE backup_key (           -- what a tenant's backups are wrapped with
    tenant BLOB PRIMARY KEY,
    key BLOB NOT NULL
) WITHOUT ROWID;
"""
_SHARDS = """
ALTER TABLE tenant ADD COLUMN shard TEXT NOT NULL DEFAULT '';   -- see Tenant.shard
ALTER TABLE tenant ADD COLUMN moving TEXT NOT NULL DEFAULT '';  -- see Tenant.moving

CREATE TABLE shard (
    name TEXT PRIMARY KEY,
    dsn TEXT NOT NULL,              -- how it is reached
    weight INTEGER NOT NULL         -- which part of the newcomers it gets; 0: none
) WITHOUT ROWID;
"""
DIRECTORY = _TENANTS + _BOOKS + _INVITATIONS + _UPKEEP + _SHARDS
DIRECTORY_UPGRADES = {1: _BOOKS, 2: _INVITATIONS, 3: _UPKEEP, 4: _SHARDS}
"""What brings a directory of this version to the next one."""
