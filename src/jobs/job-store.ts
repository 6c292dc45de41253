/** All SQL of a job. Rows in, rows out: decides nothing. The caller has made sure that the tables exist. */
import type { Sql, SqlValue } from "../machine/deps.ts";
import type { DueChunk } from "./pace.ts";
import type { JobProgress, JobRefusal, JobSpec, JobStatus } from "./calls.ts";

/** What a job is and how far. */
export interface JobRow {
  readonly spec: JobSpec;
  readonly status: JobStatus;
  readonly progress: JobProgress;
  readonly updatedAt: number;
  readonly finishedAt: number | null;
  /** Chunks cut so far: the number of the last one. */
  readonly chunks: number;
  /** The last machine looked at; null: none yet. */
  readonly afterId: string | null;
  /** Every machine has been looked at. */
  readonly isCut: boolean;
  /** When the next chunk may be cut: the rate. */
  readonly nextCutAt: number;
  /** When the catalog was told last; null: never, and so the job has not begun. */
  readonly toldAt: number | null;
  /** The catalog has it as it is. */
  readonly isTold: boolean;
}

/** Machines of a job that have no result yet. */
export interface ChunkRow {
  readonly chunk: number;
  readonly ids: readonly string[];
  readonly lease: number;
  readonly lentUntil: number;
  /** Of what was left the last time: when it may be tried again; 0: nobody has reported on it. */
  readonly notBefore: number;
  /** 0: never. */
  readonly firstLentAt: number;
}

/** What is not done. */
interface Open {
  readonly chunks: number;
  /** Chunks of them that nobody has reported on. */
  readonly fresh: number;
  /** Machines in the others. */
  readonly left: number;
}

type Row = Record<string, SqlValue>;
const whole = (row: Row, column: string): number => Number(row[column] ?? 0);
const wholeOrNull = (row: Row, column: string): number | null => (typeof row[column] === "number" ? row[column] : null);

const COUNTS = ["found", "succeeded", "unchanged", "refused", "skipped"] as const satisfies (keyof JobProgress)[];

/** No two accounts of a job have the same time, so that one that was told is known by it. */
const LATER = "max(?, updated_at + 1)";

export class JobStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  insertJob(spec: JobSpec, at: number): void {
    const query = "INSERT INTO job (only, spec, status, updated_at) VALUES (1, ?, 'running', ?)";
    this.#sql.exec(query, JSON.stringify(spec), at);
  }

  readJob(): JobRow | undefined {
    const row = this.#sql.exec("SELECT * FROM job")[0];
    if (row === undefined) return undefined;
    const spec = JSON.parse(String(row["spec"])) as JobSpec;
    const [found, succeeded, unchanged, refused, skipped] = COUNTS.map((name) => whole(row, name)) as Counted;
    return {
      spec,
      status: row["status"] as JobStatus,
      progress: { expected: spec.expected, found, succeeded, unchanged, refused, skipped },
      updatedAt: whole(row, "updated_at"),
      finishedAt: wholeOrNull(row, "finished_at"),
      chunks: whole(row, "chunks"),
      afterId: typeof row["after_id"] === "string" ? row["after_id"] : null,
      isCut: row["is_cut"] === 1,
      nextCutAt: whole(row, "next_cut_at"),
      toldAt: wholeOrNull(row, "told_at"),
      isTold: row["is_told"] === 1,
    };
  }

  /** Whoever reads the catalog hears of it at once. */
  storeStatus(status: JobStatus, at: number): void {
    const finishedAt = status === "cancelled" || status === "finished" ? at : null;
    this.#sql.exec(
      `UPDATE job SET status = ?, updated_at = ${LATER}, finished_at = ?, is_told = 0,
         told_at = CASE WHEN told_at IS NULL THEN NULL ELSE 0 END`,
      status,
      at,
      finishedAt,
    );
  }

  /** The catalog has the account of `updatedAt`. */
  storeTold(at: number, updatedAt: number): void {
    this.#sql.exec("UPDATE job SET told_at = ?, is_told = (updated_at = ?)", at, updatedAt);
  }

  /** Goes on from `afterId`, behind what is now a chunk; without ids there was none of the job's own. */
  insertChunk(
    { chunks }: Pick<JobRow, "chunks">,
    cut: {
      readonly ids: readonly string[];
      readonly afterId: string | null;
      readonly isCut: boolean;
      readonly nextCutAt: number;
    },
    at: number,
  ): void {
    const { ids, afterId, isCut, nextCutAt } = cut;
    const chunk = chunks + 1;
    if (ids.length > 0) {
      this.#sql.exec("INSERT INTO chunks (chunk, ids, due_at) VALUES (?, ?, ?)", chunk, JSON.stringify(ids), at);
    }
    this.#sql.exec(
      `UPDATE job SET chunks = ?, found = found + ?, after_id = ?, is_cut = ?, next_cut_at = ?,
         updated_at = ${LATER}, is_told = 0`,
      chunk,
      ids.length,
      afterId,
      isCut ? 1 : 0,
      nextCutAt,
      at,
    );
  }

  findChunk(chunk: number): ChunkRow | undefined {
    const row = this.#sql.exec("SELECT * FROM chunks WHERE chunk = ?", chunk)[0];
    if (row === undefined) return undefined;
    return {
      chunk,
      ids: JSON.parse(String(row["ids"])) as string[],
      lease: whole(row, "lease"),
      lentUntil: whole(row, "lent_until"),
      notBefore: whole(row, "not_before"),
      firstLentAt: whole(row, "first_lent_at"),
    };
  }

  countOpen(): Open {
    const query = `SELECT count(*) AS chunks, sum(not_before = 0) AS fresh,
        sum(CASE WHEN not_before > 0 THEN json_array_length(ids) END) AS left FROM chunks`;
    const row = this.#sql.exec(query)[0] ?? {};
    return { chunks: whole(row, "chunks"), fresh: whole(row, "fresh"), left: whole(row, "left") };
  }

  /** When a message about a chunk is to be sent next; undefined: there is none. */
  readNextDueAt(): number | undefined {
    return wholeOrNull(this.#sql.exec("SELECT min(due_at) AS at FROM chunks")[0] ?? {}, "at") ?? undefined;
  }

  /** What a message is to be sent about, longest due first. */
  listDue(now: number): DueChunk[] {
    const query =
      "SELECT chunk, json_array_length(ids) AS machines FROM chunks WHERE due_at <= ? ORDER BY due_at, chunk";
    return this.#sql.exec(query, now).map((row) => ({ chunk: whole(row, "chunk"), machines: whole(row, "machines") }));
  }

  /** Of what was due at `now` and still is: some may have been taken meanwhile. */
  postpone(chunks: readonly number[], now: number, dueAt: number): void {
    this.#sql.exec(
      "UPDATE chunks SET due_at = ? WHERE due_at <= ? AND chunk IN (SELECT value FROM json_each(?))",
      dueAt,
      now,
      JSON.stringify(chunks),
    );
  }

  /** Those that nobody works on are due, as soon as they may be lent. */
  makeDue(now: number): void {
    this.#sql.exec("UPDATE chunks SET due_at = max(?1, not_before) WHERE lent_until <= ?1", now);
  }

  lend({ chunk, lease, lentUntil, firstLentAt }: Omit<ChunkRow, "ids" | "notBefore">): void {
    const query = "UPDATE chunks SET lease = ?1, lent_until = ?2, due_at = ?2, first_lent_at = ?3 WHERE chunk = ?4";
    this.#sql.exec(query, lease, lentUntil, firstLentAt, chunk);
  }

  /** What is left of a chunk, to be tried again at `dueAt`; nothing left: it is done. */
  storeRest(chunk: number, ids: readonly string[], dueAt: number): void {
    if (ids.length === 0) this.#sql.exec("DELETE FROM chunks WHERE chunk = ?", chunk);
    else {
      const query = "UPDATE chunks SET ids = ?1, lent_until = 0, due_at = ?2, not_before = ?2 WHERE chunk = ?3";
      this.#sql.exec(query, JSON.stringify(ids), dueAt, chunk);
    }
  }

  addResults(
    counts: Pick<JobProgress, "succeeded" | "unchanged" | "refused" | "skipped">,
    refusals: readonly Omit<JobRefusal, "seq">[],
    at: number,
  ): void {
    const { succeeded, unchanged, refused, skipped } = counts;
    this.#sql.exec(
      `UPDATE job SET succeeded = succeeded + ?, unchanged = unchanged + ?, refused = refused + ?, skipped = skipped + ?,
         updated_at = ${LATER}, is_told = 0`,
      succeeded,
      unchanged,
      refused,
      skipped,
      at,
    );
    if (refusals.length === 0) return;
    this.#sql.exec(
      `INSERT INTO refusals (id, reason, message)
       SELECT value->>'id', value->>'reason', value->>'message' FROM json_each(?) ORDER BY key`,
      JSON.stringify(refusals),
    );
  }

  deleteRefusals(id: string): void {
    this.#sql.exec("DELETE FROM refusals WHERE id = ?", id);
  }

  listRefusals(after: number, limit: number): JobRefusal[] {
    return this.#sql
      .exec("SELECT seq, id, reason, message FROM refusals WHERE seq > ? ORDER BY seq LIMIT ?", after, limit)
      .map((row) => ({
        seq: whole(row, "seq"),
        id: String(row["id"]),
        reason: String(row["reason"]),
        message: String(row["message"]),
      }));
  }
}

type Counted = [found: number, succeeded: number, unchanged: number, refused: number, skipped: number];
