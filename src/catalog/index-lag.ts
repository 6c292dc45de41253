/** How far lists and counts are behind the machines. */
import { within } from "../within.ts";
import type { IndexWriterCalls } from "./index-entry.ts";

/** A list does not wait longer than this for its lag. */
const ANSWER_WITHIN_MS = 1_000;
/** What a uint32 of the protos can say: 49 days. */
const MOST_MS = 0xffff_ffff;

/**
 * How far the index is behind what machines have told, in ms: a row may be older than now by so much. 0: everything that
 * was told is in it. A writer that does not answer counts as behind by the time that is waited for it. What a machine has
 * not told yet is not known: usually milliseconds, 5 s when its object was lost before it could. Never rejects.
 */
export async function measureIndexLag(writers: readonly Pick<IndexWriterCalls, "lagMs">[]): Promise<number> {
  const lags = await Promise.all(
    writers.map((writer) => within(ANSWER_WITHIN_MS, "an index-writer", writer.lagMs()).catch(() => ANSWER_WITHIN_MS)),
  );
  return Math.min(Math.max(0, ...lags), MOST_MS);
}
