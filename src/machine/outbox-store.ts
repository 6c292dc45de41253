/** The SQL of what leaves: cursors, retries, poison, farewells. */
import type { Sql, SqlValue } from "./deps.ts";
import type { OutcomeCursors, StreamName, TransitionCursors } from "./rows.ts";

/** A stream that fails at the moment. */
export interface DeliveryRow {
  readonly attempts: number;
  /** Attempts, among them, at which the receiver refused the message itself. */
  readonly rejections: number;
  readonly nextAt: number;
}

/** Poison that was set aside. */
export interface ParkedRow {
  readonly stream: StreamName;
  readonly position: number;
  readonly cause: string;
  readonly at: number;
}

type Row = Record<string, SqlValue>;

/** Tables of a machine that exists. */
export class OutboxStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  storeTransitionCursors(revision: number, { indexSent, feedSent }: TransitionCursors): void {
    const query = "UPDATE transitions SET index_sent = ?, feed_sent = ? WHERE revision = ?";
    this.#sql.exec(query, indexSent, feedSent, revision);
  }

  storeOutcomeCursors(seq: number, { indexSent, notifySent }: OutcomeCursors): void {
    this.#sql.exec("UPDATE outcomes SET index_sent = ?, notify_sent = ? WHERE seq = ?", indexSent, notifySent, seq);
  }

  readDeliveries(): Map<StreamName, DeliveryRow> {
    const rows = this.#sql.exec("SELECT stream, attempts, rejections, next_at FROM delivery");
    return new Map(
      rows.map((row) => [
        String(row["stream"]) as StreamName,
        { attempts: Number(row["attempts"]), rejections: Number(row["rejections"]), nextAt: Number(row["next_at"]) },
      ]),
    );
  }

  storeDelivery(stream: StreamName, { attempts, rejections, nextAt }: DeliveryRow): void {
    const query = "INSERT OR REPLACE INTO delivery (stream, attempts, rejections, next_at) VALUES (?, ?, ?, ?)";
    this.#sql.exec(query, stream, attempts, rejections, nextAt);
  }

  deleteDelivery(stream: StreamName): void {
    this.#sql.exec("DELETE FROM delivery WHERE stream = ?", stream);
  }

  findParked(stream: StreamName, position: number): ParkedRow | undefined {
    const query = "SELECT stream, position, cause, at FROM parked WHERE stream = ? AND position = ?";
    return this.#sql.exec(query, stream, position).map(toParked)[0];
  }

  insertParked({ stream, position, cause, at }: ParkedRow): void {
    const query = "INSERT OR REPLACE INTO parked (stream, position, cause, at) VALUES (?, ?, ?, ?)";
    this.#sql.exec(query, stream, position, cause, at);
  }

  storeExtraChanges(extraChanges: number): void {
    this.#sql.exec("UPDATE identity SET extra_changes = ?", extraChanges);
  }

  storeUnheard(unheard: readonly StreamName[]): void {
    this.#sql.exec("UPDATE identity SET farewell = ?", unheard.join(" "));
  }
}

function toParked(row: Row): ParkedRow {
  return {
    stream: String(row["stream"]) as StreamName,
    position: Number(row["position"]),
    cause: String(row["cause"]),
    at: Number(row["at"]),
  };
}
