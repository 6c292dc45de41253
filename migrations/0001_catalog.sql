-- Configurations: the truth. rowid order is upload order.
CREATE TABLE configurations (
  seq INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  source TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (tenant, name, version)
);

-- Machines: registry and index. (created_at, change) orders writes, so that neither a late one nor one of an earlier
-- life of the same id can win.
CREATE TABLE machines (
  tenant TEXT NOT NULL,
  configuration TEXT NOT NULL,
  id TEXT NOT NULL,
  version TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  change INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  labels TEXT NOT NULL,
  PRIMARY KEY (tenant, configuration, id)
) WITHOUT ROWID;
CREATE INDEX machines_by_state ON machines (tenant, configuration, state, id);

-- Decided events -> their machine, for look-up by (configuration, event id).
CREATE TABLE events (
  tenant TEXT NOT NULL,
  configuration TEXT NOT NULL,
  event_id TEXT NOT NULL,
  machine_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant, configuration, event_id, machine_id)
) WITHOUT ROWID;

-- One row: the key that signs this deployment's page tokens, made where it is kept.
CREATE TABLE deployment (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  token_key TEXT NOT NULL
);
INSERT INTO deployment (only, token_key) VALUES (1, hex(randomblob(32)));
