/** Use cases on dead letters: list them, send them again. */
import * as catalog from "../catalog/dead-letters.ts";
import { LIMITS } from "../engine/limits.ts";
import { clip } from "../engine/names.ts";
import { DetentError, invalid } from "../errors.ts";
import { findUnstorable, nestsDeeperThan } from "../json.ts";
import type { Principal } from "../auth/principal.ts";
import type { House } from "./house.ts";
import { pageSizeOf, readPageToken, signPageToken } from "./paging.ts";

/** A call redrives so many at most. */
const MOST_REDRIVEN = 1_000;
/** Letters redriven at a time: of 128,000 bytes each at most, and all of them in memory. */
const REDRIVE_CHUNK = 50;
const MOST_NAMED = 10;
/** An event's data, and the message and the event around it. */
const BODY_DEPTH = LIMITS.jsonDepth + 2;

/** A message of the events queue that could not be applied. */
export interface DeadLetterView {
  readonly id: string;
  readonly receivedAt: number;
  readonly configuration: string;
  readonly machineId: string;
  readonly eventId: string;
  readonly contentType: "json" | "text";
  /** The parsed value of `json`, the string of `text`. */
  readonly body: unknown;
}

/** Oldest first. A page may have fewer than `pageSize` although more come: bodies may be large. */
export async function listDeadLetters(
  house: House,
  principal: Principal,
  query: { readonly pageSize?: number | undefined; readonly pageToken?: string | undefined },
) {
  const limit = pageSizeOf(query.pageSize);
  const binding = [principal.tenant, "dead-letters"];
  const token = await readPageToken(house, binding, query.pageToken);
  const after = token === undefined ? undefined : catalog.parseLetterId(token);
  const { letters, next } = await catalog.listDeadLetters(house.catalog(principal.tenant), after, limit);
  return {
    deadLetters: letters.map(toLetterView),
    nextPageToken: next === undefined ? "" : await signPageToken(house, binding, catalog.letterIdOf(next)),
  };
}

/**
 * Puts letters back on the events queue: those named, or with none named the tenant's oldest 1,000. Each is deleted once
 * the queue has it, so that a failure in between may send it twice but loses none. An unknown id is NOT_FOUND, and then
 * nothing is redriven. `remaining`: there are others.
 */
export async function redriveDeadLetters(
  house: House,
  principal: Principal,
  ids: readonly string[],
): Promise<{ redriven: number; remaining: boolean }> {
  const db = house.catalog(principal.tenant);
  const keys = ids.length === 0 ? await catalog.listLetterKeys(db, undefined, MOST_REDRIVEN) : await findAll(db, ids);
  let redriven = 0;
  for (let start = 0; start < keys.length; start += REDRIVE_CHUNK) {
    const letters = await catalog.findDeadLetters(db, keys.slice(start, start + REDRIVE_CHUNK));
    await house.enqueueEvents(letters.map(({ contentType, body }) => ({ contentType, body })));
    await catalog.deleteDeadLetters(db, letters);
    redriven += letters.length;
  }
  const others = await catalog.listLetterKeys(db, undefined, 1);
  return { redriven, remaining: others.length > 0 };
}

/** The keys of all of these ids, or an error that names those that are not there. */
async function findAll(db: ReturnType<House["catalog"]>, ids: readonly string[]): Promise<catalog.LetterKey[]> {
  const wanted = new Set(ids);
  if (wanted.size > MOST_REDRIVEN) {
    const message = `ids has ${wanted.size} members, the limit is ${MOST_REDRIVEN}`;
    throw invalid([{ pointer: "/ids", rule: "limit_exceeded", message, value: String(wanted.size) }]);
  }
  const parsed = [...wanted].map(catalog.parseLetterId).filter((key) => key !== undefined);
  const keys = await catalog.findLetterKeys(db, parsed);
  const found = new Set(keys.map(catalog.letterIdOf));
  const missing = [...wanted].filter((id) => !found.has(id));
  if (missing.length > 0) {
    const named = missing.slice(0, MOST_NAMED).map((id) => `"${clip(id)}"`);
    if (missing.length > MOST_NAMED) named.push(`and ${missing.length - MOST_NAMED} more`);
    throw new DetentError("NOT_FOUND", `there is no dead letter ${named.join(", ")}; nothing was redriven`);
  }
  return keys;
}

/** A letter as it is listed. */
export function toLetterView(letter: catalog.DeadLetter): DeadLetterView {
  const { configuration, machineId, eventId, contentType } = letter;
  const id = catalog.letterIdOf(letter);
  return { id, receivedAt: letter.at, configuration, machineId, eventId, contentType, body: bodyOf(letter) };
}

/** A body of JSON that not every door could say is shown as its text, so that one letter cannot close the list. */
function bodyOf({ contentType, body }: catalog.DeadLetter): unknown {
  if (contentType === "text" || nestsDeeperThan(body, BODY_DEPTH)) return body;
  const value: unknown = JSON.parse(body);
  return findUnstorable(value) === undefined ? value : body;
}
