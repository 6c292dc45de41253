/** All SQL of a machine. Rows in, rows out: decides nothing. */
import type { Edge } from "../engine/configuration.ts";
import type { Timer } from "../engine/timer.ts";
import type { Sql, SqlValue } from "./deps.ts";
import type { NoticeWindow } from "./notice-window.ts";
import type {
  EventRow,
  HeadRow,
  IdentityRow,
  OutcomeCursors,
  OutcomeRow,
  OutcomesHeadRow,
  StreamName,
  TransitionCursors,
  TransitionRow,
  WaitingEvent,
} from "./rows.ts";

const TRANSITION_COLUMNS =
  "revision, kind, event_id, event, from_state, state, version, at, timestamp, originator, actor, traceparent, created, data_revision, entered_at, timers, timers_fired, details, event_data";
const OUTCOME_COLUMNS =
  "seq, kind, notice, notice_window, event_id, event, state, version, revision, code, reason, message, allowed_events, at, timestamp, originator, actor, traceparent, created, entered, timers_fired, details, event_data";

function leanly(columns: string): string {
  return columns.replace("details, event_data", "'' AS details, '{}' AS event_data");
}

type Row = Record<string, SqlValue>;
const text = (row: Row, column: string): string => String(row[column] ?? "");
const whole = (row: Row, column: string): number => Number(row[column] ?? 0);
const wholeOr = (row: Row, column: string, otherwise: number): number => Number(row[column] ?? otherwise);

type TimerTuple = [position: number, event: string, to: string, dueAt: number];

function timersOf(row: Row): readonly Timer[] {
  const json = row["timers"];
  if (typeof json !== "string") return [];
  const tuples = JSON.parse(json) as TimerTuple[];
  return tuples.map(([position, event, to, dueAt]) => ({ position, event, to, dueAt }));
}

function timersJson(timers: readonly Timer[]): string | null {
  if (timers.length === 0) return null;
  return JSON.stringify(timers.map(({ position, event, to, dueAt }): TimerTuple => [position, event, to, dueAt]));
}

function windowOf(row: Row): NoticeWindow | null {
  return JSON.parse(text(row, "notice_window") || "null") as NoticeWindow | null;
}

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
    traceparent: typeof row["traceparent"] === "string" ? row["traceparent"] : null,
    created: row["created"] === 1,
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
    data: null,
    dataRevision: wholeOr(row, "data_revision", -1),
    enteredAt: wholeOr(row, "entered_at", whole(row, "at")),
    timers: timersOf(row),
    timersFired: whole(row, "timers_fired"),
  };
}

function toOutcome(row: Row): OutcomeRow {
  return {
    ...toEvent(row),
    seq: whole(row, "seq"),
    kind: text(row, "kind") as OutcomeRow["kind"],
    notice: whole(row, "notice"),
    noticeWindow: windowOf(row),
    state: text(row, "state"),
    version: text(row, "version"),
    revision: whole(row, "revision"),
    code: text(row, "code"),
    reason: text(row, "reason"),
    message: text(row, "message"),
    allowedEvents: text(row, "allowed_events"),
    entered: whole(row, "entered"),
    timersFired: whole(row, "timers_fired"),
  };
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
    const row = this.#first(
      "SELECT tenant, configuration, id, created_at, labels, extra_changes, retired_at, retired_by, farewell FROM identity",
    );
    if (row === undefined) return undefined;
    return {
      tenant: text(row, "tenant"),
      configuration: text(row, "configuration"),
      id: text(row, "id"),
      createdAt: whole(row, "created_at"),
      labels: text(row, "labels"),
      extraChanges: whole(row, "extra_changes"),
      retiredAt: typeof row["retired_at"] === "number" ? row["retired_at"] : null,
      retiredBy: text(row, "retired_by"),
      unheard: text(row, "farewell").split(" ").filter(Boolean) as StreamName[],
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
      this.#first(
        "SELECT revision, state, version, at, data_revision, entered_at, timers, timers_fired, index_sent, feed_sent FROM transitions ORDER BY revision DESC LIMIT 1",
      ) ?? {};
    return {
      revision: whole(row, "revision"),
      state: text(row, "state"),
      version: text(row, "version"),
      at: whole(row, "at"),
      dataRevision: wholeOr(row, "data_revision", -1),
      enteredAt: wholeOr(row, "entered_at", whole(row, "at")),
      timers: timersOf(row),
      timersFired: whole(row, "timers_fired"),
      cursors: { indexSent: whole(row, "index_sent"), feedSent: whole(row, "feed_sent") },
    };
  }

  /** The data of the machine at a revision that is kept: JSON text. */
  readData(revision: number): string {
    const row = this.#first("SELECT data_revision FROM transitions WHERE revision = ?", revision) ?? {};
    const pointer = wholeOr(row, "data_revision", -1);
    // Pruning moves the data up to the oldest row that is left. Rows of before had no pointer.
    const query =
      pointer >= 0
        ? `SELECT coalesce((SELECT data FROM transitions WHERE revision = ?),
             (SELECT data FROM transitions ORDER BY revision LIMIT 1)) AS data`
        : "SELECT data FROM transitions WHERE revision <= ? AND data IS NOT NULL ORDER BY revision DESC LIMIT 1";
    return text(this.#first(query, pointer >= 0 ? pointer : revision) ?? {}, "data");
  }

  /** The row of a revision; undefined: it is to come or was pruned. */
  findRevision(revision: number): TransitionRow | undefined {
    const row = this.#first(`SELECT ${TRANSITION_COLUMNS} FROM transitions WHERE revision = ?`, revision);
    return row && toTransition(row);
  }

  /** The oldest revision that is kept. */
  readOldestRevision(): number {
    return whole(this.#first("SELECT min(revision) AS revision FROM transitions") ?? {}, "revision");
  }

  /** The revision of the oldest change of which more than the state is kept; undefined: of none. */
  readOldestKnown(): number | undefined {
    const row = this.#first("SELECT min(revision) AS revision FROM transitions WHERE kind <> 'pruned'");
    return typeof row?.["revision"] === "number" ? row["revision"] : undefined;
  }

  /** The oldest that is kept, the creation included; `kind` "pruned": only its time is. */
  readOldestChange(): { readonly kind: string; readonly at: number } {
    const row = this.#first("SELECT kind, at FROM transitions ORDER BY revision LIMIT 1") ?? {};
    return { kind: String(row["kind"]), at: whole(row, "at") };
  }

  readOutcomesHead(): OutcomesHeadRow {
    const row =
      this.#first(
        "SELECT seq, notice, notice_window, at, entered, timers_fired, index_sent, notify_sent FROM outcomes ORDER BY seq DESC LIMIT 1",
      ) ?? {};
    return {
      seq: whole(row, "seq"),
      notice: whole(row, "notice"),
      noticeWindow: windowOf(row),
      at: whole(row, "at"),
      entered: whole(row, "entered"),
      timersFired: whole(row, "timers_fired"),
      cursors: { indexSent: whole(row, "index_sent"), notifySent: whole(row, "notify_sent") },
    };
  }

  findTransition(eventId: string): TransitionRow | undefined {
    const row = this.#first(`SELECT ${TRANSITION_COLUMNS} FROM transitions WHERE event_id = ?`, eventId);
    return row && toTransition(row);
  }

  findOutcome(eventId: string): OutcomeRow | undefined {
    const query = `SELECT ${OUTCOME_COLUMNS} FROM outcomes WHERE event_id = ? AND kind IN ('refused', 'ignored', 'deferred')`;
    const row = this.#first(query, eventId);
    return row && toOutcome(row);
  }

  /** A deferred event; undefined: its row is gone, or what was sent with it is no JSON. */
  findWaiting(seq: number): OutcomeRow | undefined {
    const query = `SELECT ${OUTCOME_COLUMNS} FROM outcomes WHERE seq = ? AND kind = 'deferred' AND json_valid(event_data)`;
    const row = this.#first(query, seq);
    return row && toOutcome(row);
  }

  /** Accepted changes with after < revision (asc) or revision < after (desc); creation is none, pruned ones are gone. */
  listTransitions(order: "asc" | "desc", after: number | undefined, limit: number): TransitionRow[] {
    const query =
      order === "asc"
        ? `SELECT ${TRANSITION_COLUMNS} FROM transitions WHERE revision > ? AND kind <> 'pruned' ORDER BY revision LIMIT ?`
        : `SELECT ${TRANSITION_COLUMNS} FROM transitions WHERE revision < ? AND revision > 0 AND kind <> 'pruned' ORDER BY revision DESC LIMIT ?`;
    const start = after ?? (order === "asc" ? 0 : Number.MAX_SAFE_INTEGER);
    return this.#sql.exec(query, start, limit).map(toTransition);
  }

  /** The transitions that events have taken after a revision, each once. */
  listTaken(after: number): Edge[] {
    const query = "SELECT DISTINCT from_state, state, event FROM transitions WHERE revision > ? AND kind = 'event'";
    return this.#sql
      .exec(query, after)
      .map((row) => ({ from: text(row, "from_state"), to: text(row, "state"), event: text(row, "event") }));
  }

  listOutcomes(order: "asc" | "desc", after: number | undefined, limit: number, every = false): OutcomeRow[] {
    const kinds = every ? "'refused', 'ignored', 'deferred'" : "'refused'";
    const query =
      order === "asc"
        ? `SELECT ${OUTCOME_COLUMNS} FROM outcomes WHERE seq > ? AND kind IN (${kinds}) ORDER BY seq LIMIT ?`
        : `SELECT ${OUTCOME_COLUMNS} FROM outcomes WHERE seq < ? AND kind IN (${kinds}) ORDER BY seq DESC LIMIT ?`;
    const start = after ?? (order === "asc" ? 0 : Number.MAX_SAFE_INTEGER);
    return this.#sql.exec(query, start, limit).map(toOutcome);
  }

  /** Changes after a revision, the creation (revision 0) included: what a stream has yet to send. */
  listUnsentTransitions(after: number, limit: number): TransitionRow[] {
    const query = `SELECT ${TRANSITION_COLUMNS} FROM transitions WHERE revision > ? ORDER BY revision LIMIT ?`;
    return this.#sql.exec(query, after, limit).map(toTransition);
  }

  /**
   * Outcomes after a sequence number of which somebody is told: not of what is ignored or put off, nor of refused events
   * that a summary counts. There may be a million of those between two, so they are passed over here.
   */
  listUnsentNotices(after: number, limit: number): OutcomeRow[] {
    const query = `
      SELECT ${OUTCOME_COLUMNS} FROM outcomes
      WHERE seq > ? AND (kind IN ('parked', 'capped') OR (kind = 'refused' AND notice_window->>'muted' IS NULL))
      ORDER BY seq LIMIT ?`;
    return this.#sql.exec(query, after, limit).map(toOutcome);
  }

  /** The same without the senders' data and details, which may be large. */
  listTransitionFacts(after: number, limit: number): TransitionRow[] {
    const query = `SELECT ${leanly(TRANSITION_COLUMNS)} FROM transitions WHERE revision > ? ORDER BY revision LIMIT ?`;
    return this.#sql.exec(query, after, limit).map(toTransition);
  }

  listOutcomeFacts(after: number, limit: number): OutcomeRow[] {
    const query = `SELECT ${leanly(OUTCOME_COLUMNS)} FROM outcomes WHERE seq > ? ORDER BY seq LIMIT ?`;
    return this.#sql.exec(query, after, limit).map(toOutcome);
  }

  insertIdentity(
    identity: Pick<IdentityRow, "tenant" | "configuration" | "id" | "createdAt" | "labels">,
    creation: string,
  ): void {
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

  /** What of a machine changes beside its state: its labels, its end, who has yet to hear of it. */
  storeIdentity({ labels, extraChanges, retiredAt, retiredBy, unheard }: IdentityRow): void {
    const query = "UPDATE identity SET labels = ?, extra_changes = ?, retired_at = ?, retired_by = ?, farewell = ?";
    this.#sql.exec(query, labels, extraChanges, retiredAt, retiredBy, unheard.join(" "));
  }

  /** One that the machine has had before is the same: configurations never change. */
  insertSource(version: string, source: string): void {
    this.#sql.exec("INSERT OR IGNORE INTO config (version, source) VALUES (?, ?)", version, source);
  }

  /** Revision 0. Cursors of -1: not even the creation has been sent. */
  insertCreation(
    {
      state,
      updatedAt,
      data,
      timers,
    }: {
      readonly state: string;
      readonly updatedAt: number;
      readonly data: { readonly text: string };
      readonly timers: readonly Timer[];
    },
    { version, traceparent = null }: { readonly version: string; readonly traceparent?: string | null },
  ): void {
    this.#sql.exec(
      `INSERT INTO transitions (revision, kind, state, version, data, data_revision, timers, at, traceparent, index_sent, feed_sent)
       VALUES (0, 'creation', ?, ?, ?, 0, ?, ?, ?, -1, -1)`,
      state,
      version,
      data.text,
      timersJson(timers),
      updatedAt,
      traceparent,
    );
  }

  /** The cursors ride along: storing them so costs no row of its own. */
  insertTransition(row: TransitionRow, { indexSent, feedSent }: TransitionCursors): void {
    this.#sql.exec(
      `INSERT INTO transitions (${TRANSITION_COLUMNS}, data, index_sent, feed_sent)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
      row.traceparent,
      row.created ? 1 : 0,
      row.dataRevision,
      row.enteredAt === row.at ? null : row.enteredAt,
      timersJson(row.timers),
      row.timersFired || null,
      row.details,
      row.eventData,
      row.data?.text ?? null,
      indexSent,
      feedSent,
    );
  }

  insertOutcome(row: OutcomeRow, { indexSent, notifySent }: OutcomeCursors): void {
    this.#sql.exec(
      `INSERT INTO outcomes (${OUTCOME_COLUMNS}, index_sent, notify_sent)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.seq,
      row.kind,
      row.notice,
      row.noticeWindow && JSON.stringify(row.noticeWindow),
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
      row.traceparent,
      row.created ? 1 : 0,
      row.entered,
      row.timersFired,
      row.details,
      row.eventData,
      indexSent,
      notifySent,
    );
  }

  /** The deferred events, oldest first. */
  listWaiting(): WaitingEvent[] {
    const query = "SELECT seq, event_id, event, at, version FROM outcomes WHERE kind = 'deferred' ORDER BY seq";
    return this.#sql.exec(query).map((row) => ({
      seq: whole(row, "seq"),
      eventId: text(row, "event_id"),
      event: text(row, "event"),
      at: whole(row, "at"),
      version: text(row, "version"),
    }));
  }

  /** A deferred event waits no longer: its id is another row's from now on. */
  settleWaiting(seq: number): void {
    const query = `UPDATE outcomes SET kind = 'settled', event_id = 'detent:settled:' || seq, originator = '', actor = '',
      details = '', event_data = '{}' WHERE seq = ?`;
    this.#sql.exec(query, seq);
  }
}
