/** All SQL of a machine. Rows in, rows out: decides nothing. */
import type { Sql, SqlValue } from "./deps.ts";

/** Who this object is; written once, at creation. */
export interface IdentityRow {
  readonly tenant: string;
  readonly configuration: string;
  readonly id: string;
  readonly createdAt: number;
  /** JSON object of strings. */
  readonly labels: string;
}

/** The event part that accepted and refused events share. */
export interface EventRow {
  readonly eventId: string;
  readonly event: string;
  readonly timestamp: number | null;
  readonly originator: string;
  readonly actor: string;
  readonly details: string;
  /** Canonical JSON text: equal data has equal text. */
  readonly eventData: string;
  readonly at: number;
}

/** An accepted change. */
export interface TransitionRow extends EventRow {
  readonly revision: number;
  readonly kind: "event" | "migration" | "override";
  readonly from: string;
  readonly state: string;
  readonly version: string;
}

/** A refused event. */
export interface OutcomeRow extends EventRow {
  readonly seq: number;
  readonly state: string;
  readonly version: string;
  readonly revision: number;
  readonly code: string;
  readonly reason: string;
  readonly message: string;
  readonly allowedEvents: string;
}

/** A decided event's id and its position: revision or seq. */
export interface DecidedRow {
  readonly key: number;
  readonly eventId: string;
  readonly at: number;
}

/** The newest row, which is the machine's present. */
export interface HeadRow {
  readonly revision: number;
  readonly state: string;
  readonly version: string;
  readonly at: number;
  readonly indexSent: number;
}

const TRANSITION_COLUMNS =
  "revision, kind, event_id, event, from_state, state, version, at, timestamp, originator, actor, details, event_data";
const OUTCOME_COLUMNS =
  "seq, event_id, event, state, version, revision, code, reason, message, allowed_events, at, timestamp, originator, actor, details, event_data";

type Row = Record<string, SqlValue>;
const text = (row: Row, column: string): string => String(row[column] ?? "");
const whole = (row: Row, column: string): number => Number(row[column] ?? 0);

function toEvent(row: Row): EventRow {
  const timestamp = row["timestamp"];
  return {
    eventId: text(row, "event_id"),
    event: text(row, "event"),
    timestamp: timestamp === null || timestamp === undefined ? null : Number(timestamp),
    originator: text(row, "originator"),
    actor: text(row, "actor"),
    details: text(row, "details"),
    eventData: text(row, "event_data"),
    at: whole(row, "at"),
  };
}

function toTransition(row: Row): TransitionRow {
  return {
    ...toEvent(row),
    revision: whole(row, "revision"),
    kind: text(row, "kind") as TransitionRow["kind"],
    from: text(row, "from_state"),
    state: text(row, "state"),
    version: text(row, "version"),
  };
}

function toOutcome(row: Row): OutcomeRow {
  return {
    ...toEvent(row),
    seq: whole(row, "seq"),
    state: text(row, "state"),
    version: text(row, "version"),
    revision: whole(row, "revision"),
    code: text(row, "code"),
    reason: text(row, "reason"),
    message: text(row, "message"),
    allowedEvents: text(row, "allowed_events"),
  };
}

function toDecided(row: Row): DecidedRow {
  return { key: whole(row, "key"), eventId: text(row, "event_id"), at: whole(row, "at") };
}

/** The machine's tables. The caller has made sure that they exist. */
export class MachineStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  #first(query: string, ...bindings: SqlValue[]): Row | undefined {
    return this.#sql.exec(query, ...bindings)[0];
  }

  readIdentity(): IdentityRow | undefined {
    const row = this.#first("SELECT tenant, configuration, id, created_at, labels FROM identity");
    if (row === undefined) return undefined;
    return {
      tenant: text(row, "tenant"),
      configuration: text(row, "configuration"),
      id: text(row, "id"),
      createdAt: whole(row, "created_at"),
      labels: text(row, "labels"),
    };
  }

  /** What the machine was created with, to tell a repeated creation from another one. */
  readCreation(): string {
    return text(this.#first("SELECT creation FROM identity") ?? {}, "creation");
  }

  readSource(version: string): string {
    return text(this.#first("SELECT source FROM config WHERE version = ?", version) ?? {}, "source");
  }

  readHead(): HeadRow {
    const row =
      this.#first("SELECT revision, state, version, at, index_sent FROM transitions ORDER BY revision DESC LIMIT 1") ??
      {};
    return {
      revision: whole(row, "revision"),
      state: text(row, "state"),
      version: text(row, "version"),
      at: whole(row, "at"),
      indexSent: whole(row, "index_sent"),
    };
  }

  /** The newest data at or before the head: JSON text. */
  readData(): string {
    return text(
      this.#first("SELECT data FROM transitions WHERE data IS NOT NULL ORDER BY revision DESC LIMIT 1") ?? {},
      "data",
    );
  }

  readOutcomesHead(): { seq: number; indexSent: number } {
    const row = this.#first("SELECT seq, index_sent FROM outcomes ORDER BY seq DESC LIMIT 1") ?? {};
    return { seq: whole(row, "seq"), indexSent: whole(row, "index_sent") };
  }

  findTransition(eventId: string): TransitionRow | undefined {
    const row = this.#first(`SELECT ${TRANSITION_COLUMNS} FROM transitions WHERE event_id = ?`, eventId);
    return row && toTransition(row);
  }

  findOutcome(eventId: string): OutcomeRow | undefined {
    const row = this.#first(`SELECT ${OUTCOME_COLUMNS} FROM outcomes WHERE event_id = ?`, eventId);
    return row && toOutcome(row);
  }

  /** Accepted changes with after < revision (asc) or revision < after (desc); creation is none. */
  listTransitions(order: "asc" | "desc", after: number | undefined, limit: number): TransitionRow[] {
    const query =
      order === "asc"
        ? `SELECT ${TRANSITION_COLUMNS} FROM transitions WHERE revision > ? ORDER BY revision LIMIT ?`
        : `SELECT ${TRANSITION_COLUMNS} FROM transitions WHERE revision < ? AND revision > 0 ORDER BY revision DESC LIMIT ?`;
    const start = after ?? (order === "asc" ? 0 : Number.MAX_SAFE_INTEGER);
    return this.#sql.exec(query, start, limit).map(toTransition);
  }

  listOutcomes(order: "asc" | "desc", after: number | undefined, limit: number): OutcomeRow[] {
    const query =
      order === "asc"
        ? `SELECT ${OUTCOME_COLUMNS} FROM outcomes WHERE seq > ? ORDER BY seq LIMIT ?`
        : `SELECT ${OUTCOME_COLUMNS} FROM outcomes WHERE seq < ? ORDER BY seq DESC LIMIT ?`;
    const start = after ?? (order === "asc" ? 0 : Number.MAX_SAFE_INTEGER);
    return this.#sql.exec(query, start, limit).map(toOutcome);
  }

  /** What the index hears of accepted events: no data, which may be large. */
  listAcceptedIds(after: number, limit: number): DecidedRow[] {
    const query = "SELECT revision AS key, event_id, at FROM transitions WHERE revision > ? ORDER BY revision LIMIT ?";
    return this.#sql.exec(query, after, limit).map(toDecided);
  }

  /** The same of refused events. */
  listRefusedIds(after: number, limit: number): DecidedRow[] {
    const query = "SELECT seq AS key, event_id, at FROM outcomes WHERE seq > ? ORDER BY seq LIMIT ?";
    return this.#sql.exec(query, after, limit).map(toDecided);
  }

  insertIdentity(identity: IdentityRow, creation: string): void {
    this.#sql.exec(
      "INSERT INTO identity (tenant, configuration, id, created_at, labels, creation) VALUES (?, ?, ?, ?, ?, ?)",
      identity.tenant,
      identity.configuration,
      identity.id,
      identity.createdAt,
      identity.labels,
      creation,
    );
  }

  insertSource(version: string, source: string): void {
    this.#sql.exec("INSERT INTO config (version, source) VALUES (?, ?)", version, source);
  }

  /** Revision 0. `index_sent` -1: not even the creation has been sent. */
  insertCreation(state: string, version: string, data: string, at: number): void {
    this.#sql.exec(
      "INSERT INTO transitions (revision, kind, state, version, data, at, index_sent) VALUES (0, 'creation', ?, ?, ?, ?, -1)",
      state,
      version,
      data,
      at,
    );
  }

  /** `indexSent` rides along: storing the cursor so costs no row of its own. */
  insertTransition(row: TransitionRow, indexSent: number): void {
    this.#sql.exec(
      `INSERT INTO transitions (${TRANSITION_COLUMNS}, index_sent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.revision,
      row.kind,
      row.eventId,
      row.event,
      row.from,
      row.state,
      row.version,
      row.at,
      row.timestamp,
      row.originator,
      row.actor,
      row.details,
      row.eventData,
      indexSent,
    );
  }

  insertOutcome(row: OutcomeRow, indexSent: number): void {
    this.#sql.exec(
      `INSERT INTO outcomes (${OUTCOME_COLUMNS}, index_sent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.seq,
      row.eventId,
      row.event,
      row.state,
      row.version,
      row.revision,
      row.code,
      row.reason,
      row.message,
      row.allowedEvents,
      row.at,
      row.timestamp,
      row.originator,
      row.actor,
      row.details,
      row.eventData,
      indexSent,
    );
  }

  storeTransitionCursor(revision: number, indexSent: number): void {
    this.#sql.exec("UPDATE transitions SET index_sent = ? WHERE revision = ?", indexSent, revision);
  }

  storeOutcomeCursor(seq: number, indexSent: number): void {
    this.#sql.exec("UPDATE outcomes SET index_sent = ? WHERE seq = ?", indexSent, seq);
  }
}
