-- The index, grown: what left a machine's lists, who is to be looked after, and the order of everything that happened.
ALTER TABLE machines ADD COLUMN retired_at INTEGER;
-- By when the machine has something to do by itself (unsent messages, retention, timers); NULL: nothing.
ALTER TABLE machines ADD COLUMN due_at INTEGER;
CREATE INDEX machines_by_updated_at ON machines (tenant, configuration, updated_at, id);
-- The version is not among what every write sets, so this index costs nothing per event.
CREATE INDEX machines_by_version ON machines (tenant, configuration, version, id);
CREATE INDEX machines_due ON machines (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX machines_retired ON machines (retired_at) WHERE retired_at IS NOT NULL;

-- rowid order is upload order: the versions of a name, newest first, without sorting.
CREATE INDEX configurations_by_name ON configurations (tenant, name);

-- Where the machines' objects live; NULL until somebody has looked.
ALTER TABLE deployment ADD COLUMN jurisdiction TEXT;

-- One row: the position that the feeds have reached. It begins at the clock, far above what any former database of the
-- same deployment gave out, so that a cursor never points past what is to come.
CREATE TABLE feed_head (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  seq INTEGER NOT NULL
);
INSERT INTO feed_head (only, seq) VALUES (1, CAST(unixepoch('subsec') * 1000 AS INTEGER));

-- Accepted changes: the feed, and the look-up of accepted events by (configuration, event id). `created_at` is the
-- machine's and tells the lives of an id apart. Two rows are written per change.
CREATE TABLE transitions (
  tenant TEXT NOT NULL,
  configuration TEXT NOT NULL,
  seq INTEGER NOT NULL,
  machine_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  event_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  version TEXT NOT NULL,
  event TEXT NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  at INTEGER NOT NULL,
  originator TEXT NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (tenant, configuration, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX transitions_by_event ON transitions (tenant, configuration, event_id, machine_id, created_at);
DROP TABLE events;

-- Refused events (the receipt without the sender's data; the machine has it whole) and failed ones (the whole receipt,
-- and the notification until the queue has it).
CREATE TABLE failures (
  tenant TEXT NOT NULL,
  seq INTEGER NOT NULL,
  configuration TEXT NOT NULL,
  machine_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  -- Of a failed event: it is decided anew each time it is sent, also twice in one millisecond. A machine decides once.
  failure_id TEXT NOT NULL DEFAULT '',
  expires_at INTEGER NOT NULL,
  receipt TEXT NOT NULL,
  notification TEXT,
  PRIMARY KEY (tenant, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX failures_by_event ON failures (tenant, configuration, event_id, machine_id, at, failure_id);
CREATE INDEX failures_by_configuration ON failures (tenant, configuration, seq);
CREATE INDEX failures_expired ON failures (expires_at);
CREATE INDEX failures_unsent ON failures (at) WHERE notification IS NOT NULL;

-- Messages of the events queue that could not be applied, until they are redriven.
CREATE TABLE dead_letters (
  tenant TEXT NOT NULL,
  at INTEGER NOT NULL,
  id TEXT NOT NULL,
  configuration TEXT NOT NULL,
  machine_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  content_type TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant, at, id)
) WITHOUT ROWID;
