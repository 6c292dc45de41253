-- Since when a configuration takes no new machines; NULL: it does.
ALTER TABLE configurations ADD COLUMN deprecated_at INTEGER;
-- A row has it behind its source of up to 256 KiB: lists read it here.
CREATE INDEX configurations_deprecated ON configurations (tenant, name, version, deprecated_at)
  WHERE deprecated_at IS NOT NULL;

-- The labels of living machines, one row each, for lists by label. Written when a machine is new, its labels change or it
-- ends, never with an ordinary event.
CREATE TABLE machine_labels (
  tenant TEXT NOT NULL,
  configuration TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  machine_id TEXT NOT NULL,
  PRIMARY KEY (tenant, configuration, name, value, machine_id)
) WITHOUT ROWID;
INSERT INTO machine_labels (tenant, configuration, name, value, machine_id)
SELECT machines.tenant, machines.configuration, label.key, label.value, machines.id
FROM machines CROSS JOIN json_each(machines.labels) AS label
WHERE machines.retired_at IS NULL;

-- Of living machines only: lists and counts never meet the others. What counts are grouped by stands behind what lists
-- are ordered by, and `retired_at`, which is always NULL here, behind that, so that a count reads nothing but the index.
-- Ordinary events set neither `version` nor `retired_at`, so the index by version costs them nothing.
DROP INDEX machines_by_state;
DROP INDEX machines_by_version;
DROP INDEX machines_by_updated_at;
CREATE INDEX machines_by_state ON machines (tenant, configuration, state, id, version, retired_at)
  WHERE retired_at IS NULL;
CREATE INDEX machines_by_version ON machines (tenant, configuration, version, id, retired_at)
  WHERE retired_at IS NULL;
CREATE INDEX machines_by_updated_at ON machines (tenant, configuration, updated_at, id, state, version, retired_at)
  WHERE retired_at IS NULL;
