-- Events that were ignored or deferred -> their machine, which keeps the receipt: for look-up by (configuration, event id),
-- as long as refused ones.
CREATE TABLE lookups (
  tenant TEXT NOT NULL,
  configuration TEXT NOT NULL,
  event_id TEXT NOT NULL,
  machine_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, configuration, event_id, machine_id)
) WITHOUT ROWID;
CREATE INDEX lookups_expired ON lookups (expires_at);
