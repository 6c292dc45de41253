/** Dead letters in D1: messages of the events queue that could not be applied, kept until they are redriven. */
import type { TenantDb } from "./tenant-db.ts";

export interface DeadLetter {
  readonly tenant: string;
  /** When it came here; with id its key. */
  readonly at: number;
  /** The queue's id of the message. */
  readonly id: string;
  /** As the message says, as far as it could be read; may be empty. */
  readonly configuration: string;
  readonly machineId: string;
  readonly eventId: string;
  readonly contentType: "json" | "text";
  readonly body: string;
}

export type LetterKey = Pick<DeadLetter, "at" | "id">;

/** The id shown outside: it carries the whole key. */
export function letterIdOf({ at, id }: LetterKey): string {
  return `${at}-${id}`;
}

/** The key that an id shown outside stands for; undefined when it stands for none. */
export function parseLetterId(text: string): LetterKey | undefined {
  const found = /^(\d{1,15})-(.+)$/s.exec(text);
  return found?.[1] === undefined || found[2] === undefined ? undefined : { at: Number(found[1]), id: found[2] };
}

/** D1 takes 2,000,000 bytes per bound value; several letters stay at half of that, and one is 128,000 at most. */
const BYTES_PER_STATEMENT = 1_000_000;
/** Bodies of so many bytes are read at a time: a Worker has 128 MB, and a page may have 1,000 letters. */
const BYTES_PER_READ = 4_000_000;

const INSERT = `
  INSERT OR IGNORE INTO dead_letters (tenant, at, id, configuration, machine_id, event_id, content_type, body)
  SELECT value->>'tenant', value->>'at', value->>'id', value->>'configuration', value->>'machineId',
         value->>'eventId', value->>'contentType', value->>'body'
  FROM json_each(?1)
  WHERE NOT EXISTS (SELECT 1 FROM tenants WHERE name = value->>'tenant' AND erasing_at IS NOT NULL)`;

const LIST_KEYS = `
  SELECT at, id, octet_length(body) AS bytes FROM dead_letters
  WHERE tenant = ?1 AND (at, id) > (?2, ?3) ORDER BY at, id LIMIT ?4`;

/** What is found comes in the order of the keys. */
const WANTED = `
  FROM json_each(?2) AS wanted CROSS JOIN dead_letters AS letter
  WHERE letter.tenant = ?1 AND letter.at = wanted.value->>0 AND letter.id = wanted.value->>1`;

/** Up to ?2 of them: whoever only wants to know that there are many does not pay for all. */
const COUNT = "SELECT count(*) AS count FROM (SELECT 1 FROM dead_letters WHERE tenant = ?1 LIMIT ?2)";

const FIND_KEYS = `SELECT letter.at, letter.id ${WANTED}`;

const FIND = `
  SELECT letter.tenant, letter.at, letter.id, letter.configuration, letter.machine_id AS machineId,
         letter.event_id AS eventId, letter.content_type AS contentType, letter.body ${WANTED}`;

const DELETE = `
  DELETE FROM dead_letters
  WHERE tenant = ?1 AND (at, id) IN (SELECT value->>0, value->>1 FROM json_each(?2))`;

/** For the test of their plans. */
export const DEAD_LETTER_STATEMENTS = { INSERT, LIST_KEYS, COUNT, FIND_KEYS, FIND, DELETE } as const;

/**
 * Stores letters of any tenants, all or none; one that is there already is left as it is, and those of an erased tenant are
 * let go. Rejects when D1 fails.
 */
export async function insertDeadLetters(db: D1Database, letters: readonly DeadLetter[]): Promise<void> {
  if (letters.length === 0) return;
  // Three bytes are the most that a UTF-16 unit takes in UTF-8.
  const parts = splitBySize(letters, BYTES_PER_STATEMENT, (letter) => 3 * JSON.stringify(letter).length);
  await db.batch(parts.map((part) => db.prepare(INSERT).bind(JSON.stringify(part))));
}

/**
 * Letters in order, oldest first, after `after`: as many as `limit`, or fewer when their bodies are large. `next` is where
 * the list goes on; absent at its end.
 */
export async function listDeadLetters(
  db: TenantDb,
  after: LetterKey | undefined,
  limit: number,
): Promise<{ readonly letters: readonly DeadLetter[]; readonly next: LetterKey | undefined }> {
  const keys = await listLetterKeys(db, after, limit + 1);
  const [page = []] = splitBySize(keys.slice(0, limit), BYTES_PER_READ, ({ bytes }) => bytes);
  const letters = await findDeadLetters(db, page);
  // Not the last letter found: some may have been redriven meanwhile.
  return { letters, next: page.length < keys.length ? page.at(-1) : undefined };
}

/** Keys in order, oldest first, after `after`, with the sizes of the bodies. */
export function listLetterKeys(
  db: TenantDb,
  after: LetterKey | undefined,
  limit: number,
): Promise<(LetterKey & { readonly bytes: number })[]> {
  return db.all(LIST_KEYS, after?.at ?? -1, after?.id ?? "", limit);
}

/** Those of the keys that are there, in the order of the keys. */
export function findLetterKeys(db: TenantDb, keys: readonly LetterKey[]): Promise<LetterKey[]> {
  return db.all(FIND_KEYS, paramOf(keys));
}

/** The letters of those keys that are there, in the order of the keys. Not for many at once: bodies may be large. */
export function findDeadLetters(db: TenantDb, keys: readonly LetterKey[]): Promise<DeadLetter[]> {
  return db.all(FIND, paramOf(keys));
}

/** Deletes those of the keys that are there. */
export async function deleteDeadLetters(db: TenantDb, keys: readonly LetterKey[]): Promise<void> {
  await db.run(DELETE, paramOf(keys));
}

function paramOf(keys: readonly LetterKey[]): string {
  return JSON.stringify(keys.map(({ at, id }) => [at, id]));
}

/** Consecutive parts, each as large as fits but of one item at least. */
function splitBySize<T>(items: readonly T[], most: number, sizeOf: (item: T) => number): T[][] {
  const parts: T[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const added = sizeOf(item);
    if (size + added > most) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(item);
    size += added;
  }
  return parts;
}

/** How many letters the tenant has, counted up to `most`. */
export async function countDeadLetters(db: TenantDb, most: number): Promise<number> {
  return (await db.first<{ count: number }>(COUNT, most))?.count ?? 0;
}
