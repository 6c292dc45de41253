/**
 * The object's storage schema: append-only migrations. One that has landed is never edited.
 * An object that holds no machine has no tables at all: only `create` migrates an empty database.
 */
import type { Sql } from "./deps.ts";
import { applyMigrations, type Migrations } from "./migrations.ts";

const MIGRATIONS: Migrations = [
  {
    // A machine: identity, its configuration, the transitions it took, the events it refused.
    statements: [
      `CREATE TABLE identity (
         tenant TEXT NOT NULL, configuration TEXT NOT NULL, id TEXT NOT NULL,
         created_at INTEGER NOT NULL, labels TEXT NOT NULL, creation TEXT NOT NULL)`,
      `CREATE TABLE config (version TEXT PRIMARY KEY, source TEXT NOT NULL) WITHOUT ROWID`,
      // The state is the last row; revision 0 is the creation. `data` only where it changed.
      `CREATE TABLE transitions (
         revision INTEGER PRIMARY KEY, kind TEXT NOT NULL, event_id TEXT UNIQUE, event TEXT,
         from_state TEXT, state TEXT NOT NULL, version TEXT NOT NULL, data TEXT, at INTEGER NOT NULL,
         timestamp INTEGER, originator TEXT, actor TEXT, details TEXT, event_data TEXT, index_sent INTEGER NOT NULL)`,
      `CREATE TABLE outcomes (
         seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, event TEXT NOT NULL, state TEXT NOT NULL,
         version TEXT NOT NULL, revision INTEGER NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL,
         allowed_events TEXT NOT NULL, at INTEGER NOT NULL, timestamp INTEGER, originator TEXT, actor TEXT, details TEXT,
         event_data TEXT, index_sent INTEGER NOT NULL)`,
    ],
  },
  {
    // What leaves: cursors of the queues, retries, poison; and what goes: retention, retirement.
    statements: [
      // Counts indexed changes that are no revisions; with the revision it is the index's `change`.
      "ALTER TABLE identity ADD COLUMN extra_changes INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE identity ADD COLUMN retired_at INTEGER",
      // The streams that have yet to hear that the machine is gone, separated by spaces.
      "ALTER TABLE identity ADD COLUMN farewell TEXT NOT NULL DEFAULT ''",
      "ALTER TABLE transitions ADD COLUMN feed_sent INTEGER NOT NULL DEFAULT -1",
      // refused, parked (no event: it tells that poison was set aside) or pruned (only its numbers are left).
      "ALTER TABLE outcomes ADD COLUMN kind TEXT NOT NULL DEFAULT 'refused'",
      // How many notifications there are up to this row: their sequence, dense per machine.
      "ALTER TABLE outcomes ADD COLUMN notice INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE outcomes ADD COLUMN notify_sent INTEGER NOT NULL DEFAULT 0",
      // What was there before there were queues is not announced afterwards. Only the newest row's cursors count.
      "UPDATE outcomes SET notice = seq, notify_sent = seq",
      "UPDATE transitions SET feed_sent = revision WHERE revision = (SELECT max(revision) FROM transitions)",
      // Streams that fail at the moment; a row goes when its stream delivers again.
      `CREATE TABLE delivery (
         stream TEXT PRIMARY KEY, attempts INTEGER NOT NULL, rejections INTEGER NOT NULL, next_at INTEGER NOT NULL)
         WITHOUT ROWID`,
      // Poison: what a stream never took, by its position there.
      `CREATE TABLE parked (
         stream TEXT NOT NULL, position INTEGER NOT NULL, cause TEXT NOT NULL, at INTEGER NOT NULL,
         PRIMARY KEY (stream, position)) WITHOUT ROWID`,
    ],
  },
  {
    // Answers: traces, machines made by an event, and who deleted one.
    statements: [
      "ALTER TABLE transitions ADD COLUMN traceparent TEXT",
      "ALTER TABLE transitions ADD COLUMN created INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE outcomes ADD COLUMN traceparent TEXT",
      "ALTER TABLE identity ADD COLUMN retired_by TEXT NOT NULL DEFAULT ''",
    ],
  },
  {
    // Data and time: where the data is, what the machine does by itself, and events that wait.
    statements: [
      // The revision whose row holds the data, so that it is found without reading the rows between; NULL in rows of before.
      "ALTER TABLE transitions ADD COLUMN data_revision INTEGER",
      // When the state was entered, where that is not the row's own time: a migration changes a machine in its state.
      "ALTER TABLE transitions ADD COLUMN entered_at INTEGER",
      // JSON: [position, event, to, due_at] each, in the order in which they are sent; NULL: none.
      "ALTER TABLE transitions ADD COLUMN timers TEXT",
      // How many of them were sent before a migration took them over; NULL: none.
      "ALTER TABLE transitions ADD COLUMN timers_fired INTEGER",
      // The revision that the machine had, and how many timers of that state had been sent: with the newest row, it tells
      // which are still to come.
      "ALTER TABLE outcomes ADD COLUMN entered INTEGER NOT NULL DEFAULT -1",
      "ALTER TABLE outcomes ADD COLUMN timers_fired INTEGER NOT NULL DEFAULT 0",
      // The machine was created for this event.
      "ALTER TABLE outcomes ADD COLUMN created INTEGER NOT NULL DEFAULT 0",
      // Costs other outcomes nothing.
      "CREATE INDEX outcomes_waiting ON outcomes (seq) WHERE kind = 'deferred'",
    ],
  },
  {
    // Notifications that are capped: how many refused events were told of, and how many were not.
    statements: [
      // JSON of a NoticeWindow, by its names; NULL: none. The newest row has the machine's; a refused event in whose row
      // something is muted has no notification.
      "ALTER TABLE outcomes ADD COLUMN notice_window TEXT",
    ],
  },
];

/** The version of a database that has had every migration. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Applies what is missing. Call it inside a transaction. */
export function migrate(sql: Sql): void {
  applyMigrations(sql, MIGRATIONS);
}
