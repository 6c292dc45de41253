-- Whom the deployment serves.
CREATE TABLE tenants (
  name TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- API keys. Of the key itself only HMACs are here: of the present one, and of the one before it while that still works.
CREATE TABLE keys (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  -- JSON lists; no configurations: the whole tenant.
  scopes TEXT NOT NULL,
  configurations TEXT NOT NULL,
  hash TEXT NOT NULL,
  old_hash TEXT,
  old_until INTEGER,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  revoked_at INTEGER
) WITHOUT ROWID;
CREATE INDEX keys_by_tenant ON keys (tenant, created_at, id);

-- What was done to tenants and keys, and by whom: written with it, never changed.
CREATE TABLE audit (
  tenant TEXT NOT NULL,
  at INTEGER NOT NULL,
  id TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  details TEXT NOT NULL,
  PRIMARY KEY (tenant, at, id)
) WITHOUT ROWID;
