-- What a tenant may have and do, as JSON, where that is not what the settings say.
ALTER TABLE tenants ADD COLUMN quotas TEXT;

-- What each tenant has. Triggers keep it, so that it is right whatever statement writes; an ordinary event fires none.
CREATE TABLE usage (
  tenant TEXT PRIMARY KEY,
  machines INTEGER NOT NULL DEFAULT 0,
  configurations INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
INSERT INTO usage (tenant, machines, configurations)
SELECT tenant, sum(machines), sum(configurations)
FROM (
  SELECT tenant, count(*) AS machines, 0 AS configurations FROM machines WHERE retired_at IS NULL GROUP BY tenant
  UNION ALL
  SELECT tenant, 0, count(*) FROM configurations GROUP BY tenant
)
GROUP BY tenant;

CREATE TRIGGER machine_came AFTER INSERT ON machines WHEN NEW.retired_at IS NULL
BEGIN
  INSERT INTO usage (tenant, machines) VALUES (NEW.tenant, 1)
  ON CONFLICT (tenant) DO UPDATE SET machines = machines + 1;
END;
CREATE TRIGGER machine_went AFTER DELETE ON machines WHEN OLD.retired_at IS NULL
BEGIN
  UPDATE usage SET machines = machines - 1 WHERE tenant = OLD.tenant;
END;
CREATE TRIGGER machine_ended AFTER UPDATE OF retired_at ON machines
WHEN (OLD.retired_at IS NULL) <> (NEW.retired_at IS NULL)
BEGIN
  UPDATE usage SET machines = machines + iif(NEW.retired_at IS NULL, 1, -1) WHERE tenant = NEW.tenant;
END;
CREATE TRIGGER configuration_came AFTER INSERT ON configurations
BEGIN
  INSERT INTO usage (tenant, configurations) VALUES (NEW.tenant, 1)
  ON CONFLICT (tenant) DO UPDATE SET configurations = configurations + 1;
END;
CREATE TRIGGER configuration_went AFTER DELETE ON configurations
BEGIN
  UPDATE usage SET configurations = configurations - 1 WHERE tenant = OLD.tenant;
END;

-- Events that were decided, by tenant and day of UTC (`2026-11-26`): each once, however often it is told.
CREATE TABLE event_counts (
  tenant TEXT NOT NULL,
  day TEXT NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (tenant, day)
) WITHOUT ROWID;
