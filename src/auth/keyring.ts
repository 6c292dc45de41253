/**
 * The keys that an isolate has seen. D1 is asked for a key at most every 30 s, so that is how long a revoked one may still
 * be taken; while D1 does not answer, a key that was seen in the last 15 minutes goes on working. Ids that are nobody's are
 * remembered, too: asking for them costs what asking for a key costs. Of ids that were never seen so many are looked up in
 * a second, and no more.
 */
import { DetentError } from "../errors.ts";
import { Bucket } from "../limits/bucket.ts";
import { LateError, within } from "../within.ts";
import type { StoredKey } from "../catalog/keys.ts";

const FRESH_MS = 30_000;
/** One that is in use is read anew before it is stale: nobody waits for it, and not all of its callers ask at once. */
const READ_ANEW_MS = 20_000;
const LAST_RESORT_MS = 15 * 60_000;
/** A key is read anew for a secret that is not known at most so often: who guesses must not keep D1 busy. */
const ANEW_EVERY_MS = 1_000;
/** After D1 has failed it is left alone for so long: whoever has a key that was seen need not wait for it. */
const LEFT_ALONE_MS = 2_000;
/** How long a caller waits for D1 whose key was seen, and one whose key was not. */
const PATIENCE_MS = { seen: 1_000, unseen: 8_000 };
/** Of those that were looked up last; ids that are nobody's are kept apart, so that they cannot crowd out keys. */
const MOST_KEPT = { keys: 10_000, unknown: 1_000 };
/** Look-ups of ids that were not seen, in a second: whoever makes ids up must not keep D1 from its work. */
const UNSEEN = { perSecond: 50, burst: 200 };
/** `lastUsedAt` is told to the hour: a row an hour and key is no cost. */
const USED_EVERY_MS = 60 * 60_000;

export interface KeyringDeps {
  /** The key in the database; rejects when that does not answer. */
  find(id: string): Promise<StoredKey | undefined>;
  /** Notes that the key was used. */
  used(id: string, at: number): Promise<void>;
  /** Lets work go on after the answer. */
  background(work: Promise<void>): void;
  now(): number;
}

/** D1 was not asked. */
class LeftAloneError extends Error {}

interface Seen {
  readonly record: StoredKey | undefined;
  readonly readAt: number;
}

export class Keyring {
  readonly #deps: KeyringDeps;
  readonly #keys = new Map<string, Seen>();
  readonly #unknown = new Map<string, Seen>();
  readonly #reading = new Set<string>();
  /** When a key was read anew for a secret that was not known. */
  readonly #readAnewAt = new Map<string, number>();
  readonly #unseen: Bucket;
  /** A slow database is not one that is down: whoever was not seen waits longer for it. */
  readonly #leftAlone = { bySeen: 0, byUnseen: 0 };

  constructor(deps: KeyringDeps) {
    this.#deps = deps;
    this.#unseen = new Bucket(UNSEEN.perSecond, UNSEEN.burst, deps.now());
  }

  /** The key; undefined for an id that is nobody's. Throws UNAVAILABLE where that cannot be found out. */
  async find(id: string): Promise<StoredKey | undefined> {
    const seen = this.#keys.get(id) ?? this.#unknown.get(id);
    const age = seen === undefined ? Infinity : this.#deps.now() - seen.readAt;
    if (seen !== undefined && age < FRESH_MS) {
      if (age >= READ_ANEW_MS) this.#readAnew(id);
      return seen.record;
    }
    const fallback = seen?.record !== undefined && age < LAST_RESORT_MS ? seen.record : undefined;
    if (seen?.record === undefined && this.#unseen.take(1, 1, this.#deps.now()).granted === 0) {
      throw new DetentError("UNAVAILABLE", "the credential cannot be checked now: too many are unknown; try again");
    }
    try {
      const leftAloneUntil = fallback === undefined ? this.#leftAlone.byUnseen : this.#leftAlone.bySeen;
      if (this.#deps.now() < leftAloneUntil) throw new LeftAloneError("D1 has just failed");
      const patience = fallback === undefined ? PATIENCE_MS.unseen : PATIENCE_MS.seen;
      return await within(patience, "D1", this.#read(id));
    } catch (cause) {
      if (!(cause instanceof LeftAloneError)) this.#leave(cause, fallback !== undefined);
      if (fallback !== undefined) return fallback;
      throw new DetentError("UNAVAILABLE", "the credential cannot be checked now; try again", { cause });
    }
  }

  /** The key as it is now, for who has a secret of it that is not known: it may have been rerolled since. */
  async findAnew(id: string): Promise<StoredKey | undefined> {
    const now = this.#deps.now();
    const seen = this.#keys.get(id);
    const last = this.#readAnewAt.get(id) ?? 0;
    if (seen === undefined || now - last < ANEW_EVERY_MS || now < this.#leftAlone.bySeen) return seen?.record;
    keep(this.#readAnewAt, id, now, MOST_KEPT.unknown);
    try {
      return await within(PATIENCE_MS.seen, "D1", this.#read(id));
    } catch (cause) {
      this.#leave(cause, true);
      return seen.record;
    }
  }

  #leave(cause: unknown, isSeen: boolean): void {
    const until = this.#deps.now() + LEFT_ALONE_MS;
    this.#leftAlone.bySeen = until;
    if (!(isSeen && cause instanceof LateError)) this.#leftAlone.byUnseen = until;
  }

  #readAnew(id: string): void {
    if (this.#reading.has(id) || this.#deps.now() < this.#leftAlone.bySeen) return;
    this.#reading.add(id);
    const read = async (): Promise<void> => {
      try {
        await within(PATIENCE_MS.seen, "D1", this.#read(id));
      } catch {
        // Whoever asks when it is stale finds out, and says so.
      } finally {
        this.#reading.delete(id);
      }
    };
    this.#deps.background(read());
  }

  async #read(id: string): Promise<StoredKey | undefined> {
    const readAt = this.#deps.now();
    const record = await this.#deps.find(id);
    const known = this.#keys.get(id) ?? this.#unknown.get(id);
    // An answer that was long on its way tells what was.
    if (known !== undefined && known.readAt > readAt) return known.record;
    if (record === undefined) {
      this.#keys.delete(id);
      keep(this.#unknown, id, { record, readAt }, MOST_KEPT.unknown);
    } else {
      this.#unknown.delete(id);
      keep(this.#keys, id, { record, readAt }, MOST_KEPT.keys);
    }
    return record;
  }

  /** Hears that a key was used; it is noted now and then. */
  noteUse({ id, lastUsedAt }: StoredKey): void {
    const now = this.#deps.now();
    const seen = this.#keys.get(id);
    if (seen?.record === undefined || now - (lastUsedAt ?? 0) < USED_EVERY_MS) return;
    this.#keys.set(id, { ...seen, record: { ...seen.record, lastUsedAt: now } });
    // Not worth a word where it fails: the next use within the hour is told likewise.
    this.#deps.background(this.#deps.used(id, now).catch(() => undefined));
  }
}

function keep<T>(map: Map<string, T>, id: string, value: T, most: number): void {
  map.delete(id);
  map.set(id, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
