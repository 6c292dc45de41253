/** The SQL of what goes. The newest row of each table stays, as it holds the state, the numbers and the cursors. */
import type { Sql } from "./deps.ts";

const HEAD_OUTCOME = "(SELECT max(seq) FROM outcomes)";
const HEAD_REVISION = "(SELECT max(revision) FROM transitions)";

/** Tables of a machine that exists. */
export class RetentionStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  #at(query: string): number | undefined {
    const at = this.#sql.exec(query)[0]?.["at"];
    return typeof at === "number" ? at : undefined;
  }

  /** Of those that are still whole. */
  readOldestOutcomeAt(): number | undefined {
    return this.#at("SELECT at FROM outcomes WHERE kind NOT IN ('pruned', 'deferred') ORDER BY seq LIMIT 1");
  }

  /** The same of accepted changes; the creation is kept with the oldest of them. */
  readOldestChangeAt(): number | undefined {
    return this.#at("SELECT at FROM transitions WHERE kind NOT IN ('pruned', 'creation') ORDER BY revision LIMIT 1");
  }

  /** Outcomes older than `before`, at most `limit`; events that wait stay. */
  pruneOutcomes(before: number, limit: number): void {
    this.#sql.exec(
      `DELETE FROM outcomes WHERE seq IN
         (SELECT seq FROM outcomes WHERE at < ? AND seq < ${HEAD_OUTCOME} AND kind <> 'deferred' ORDER BY seq LIMIT ?)`,
      before,
      limit,
    );
    this.#sql.exec(
      `UPDATE outcomes SET kind = 'pruned', event_id = 'detent:pruned', event = '', message = '', allowed_events = '[]',
         originator = '', actor = '', details = '', event_data = '{}'
       WHERE seq = ${HEAD_OUTCOME} AND at < ? AND kind NOT IN ('pruned', 'deferred')
         AND (SELECT count(*) FROM outcomes WHERE kind <> 'deferred') = 1`,
      before,
    );
  }

  /** Changes older than `before`, at most `limit`, oldest first; the data as it was then moves to the oldest kept. */
  pruneTransitions(before: number, limit: number): void {
    const [last] = this.#sql.exec(
      `SELECT max(revision) AS revision FROM
         (SELECT revision FROM transitions WHERE at < ? AND revision < ${HEAD_REVISION} ORDER BY revision LIMIT ?)`,
      before,
      limit,
    );
    const revision = last?.["revision"];
    if (typeof revision === "number") this.#forgetUpTo(revision);
    this.#sql.exec(
      `UPDATE transitions SET kind = 'pruned', event_id = NULL, event = NULL, from_state = NULL, timestamp = NULL,
         originator = NULL, actor = NULL, details = NULL, event_data = NULL
       WHERE revision = ${HEAD_REVISION} AND at < ? AND kind <> 'pruned' AND (SELECT count(*) FROM transitions) = 1`,
      before,
    );
  }

  /** What a machine that is gone held: from here on only its address, its times and its state are left. */
  forgetContent(): void {
    this.#sql.exec("UPDATE transitions SET data = '{}' WHERE data <> '{}'");
    this.#sql.exec("UPDATE identity SET labels = '{}', creation = ''");
  }

  #forgetUpTo(revision: number): void {
    this.#sql.exec(
      `UPDATE transitions SET data =
         (SELECT data FROM transitions WHERE revision <= ?1 AND data IS NOT NULL ORDER BY revision DESC LIMIT 1)
       WHERE revision = (SELECT min(revision) FROM transitions WHERE revision > ?1) AND data IS NULL`,
      revision,
    );
    this.#sql.exec("DELETE FROM transitions WHERE revision <= ?", revision);
  }

  /** Whether anything is left that was ever decided. */
  hasRows(): boolean {
    const kept = this.#sql.exec(
      `SELECT 1 FROM transitions WHERE kind <> 'pruned' UNION ALL SELECT 1 FROM outcomes WHERE kind <> 'pruned' LIMIT 1`,
    );
    return kept.length > 0;
  }
}
