/** Use cases on feeds: what happened since a cursor, oldest first, for who has no queue; and waiting for it to happen. */
import * as catalog from "../catalog/feeds.ts";
import type { FeedTopic } from "../catalog/index-entry.ts";
import { configIdOf } from "../engine/configuration.ts";
import { parseDuration } from "../engine/duration.ts";
import { checkConfigurationName, clip } from "../engine/names.ts";
import { DetentError } from "../errors.ts";
import type { Principal } from "../auth/principal.ts";
import { requireEverything, requireEveryMachine } from "../auth/reach.ts";
import type { House } from "./house.ts";
import { pageSizeOf } from "./paging.ts";
import { Rules } from "./rules.ts";

export interface ReadFeedInput {
  /** Absent or empty: every configuration of the tenant, for who reaches all of it. */
  readonly configuration?: string | undefined;
  /** A cursor that a feed has given out; absent or empty: from the oldest that is kept. */
  readonly after?: string | undefined;
  readonly pageSize?: number | undefined;
  /** A duration: how long to wait for the first entry when there is none; absent or empty: not at all. */
  readonly wait?: string | undefined;
  /** Ends the wait: the caller is gone. */
  readonly signal?: AbortSignal | undefined;
}

/** One accepted change. Created and deleted machines have no event. */
export interface TransitionItem {
  readonly kind: catalog.FeedTransition["kind"];
  readonly configuration: string;
  readonly id: string;
  readonly revision: number;
  readonly eventId?: string;
  readonly event?: string;
  readonly from?: string;
  readonly to: string;
  readonly configId: string;
  readonly at: number;
  readonly originator: string;
  readonly actor: string;
}

/** The feed of all configurations reads so many rows of each, so its pages are shorter. */
const MOST_OF_ALL = 100;

/** A receipt without what the sender sent. */
export type FailureItem = catalog.FeedFailure["receipt"];

/** Under what proxies and clients take for a connection that hangs. */
const LONGEST_WAIT_MS = 30_000;

/** Accepted changes after the cursor. `nextCursor` is always there: a poller goes on with it. */
export async function listTransitions(house: House, principal: Principal, input: ReadFeedInput) {
  const asked = check(principal, input);
  const read = () => catalog.listTransitions(house.catalog(principal.tenant), asked.query);
  const found = await follow(house, "transitions", principal, asked, read);
  return { transitions: found.map(toTransitionItem), nextCursor: String(found.at(-1)?.seq ?? asked.query.after) };
}

/** Refused and failed events after the cursor, as `listTransitions`. */
export async function listFailures(house: House, principal: Principal, input: ReadFeedInput) {
  const asked = check(principal, input);
  const read = () => catalog.listFailures(house.catalog(principal.tenant), asked.query);
  const found = await follow(house, "failures", principal, asked, read);
  const failures: FailureItem[] = found.map(({ receipt }) => receipt);
  return { failures, nextCursor: String(found.at(-1)?.seq ?? asked.query.after) };
}

interface Asked {
  readonly query: catalog.FeedQuery;
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The page, as soon as it has something, or when the time is over. D1 is read when an index-writer has committed something
 * of the feed, and not while nothing happens. Between the marks and the wait stands another read: what is committed before
 * the marks is found by it, what is committed after them ends the wait.
 */
async function follow<T>(
  house: House,
  feed: FeedTopic["feed"],
  { tenant }: Principal,
  { query: { configuration }, waitMs, signal }: Asked,
  read: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const first = await read();
  if (first.length > 0 || waitMs === 0) return first;
  const wait = house.awaitFeed({ feed, tenant, configuration }, waitMs, signal);
  try {
    await wait.begin();
    for (;;) {
      const found = await read();
      if (found.length > 0) return found;
      const progress = await wait.next();
      if (progress === "over") return found;
      if (progress === "full") throw new DetentError("RATE_LIMITED", "too many wait for feeds; try again in a second");
    }
  } finally {
    wait.end();
  }
}

function check(
  principal: Principal,
  { configuration = "", after = "", pageSize, wait = "", signal }: ReadFeedInput,
): Asked {
  const rules = new Rules();
  if (configuration !== "") rules.name("/configuration", configuration, checkConfigurationName);
  // Fifteen digits are numbers that a double holds exactly.
  if (!/^\d{0,15}$/.test(after)) {
    rules.broken("/after", "cursor", "after is not a cursor that this feed has given out", after);
  }
  const waitMs = wait === "" ? 0 : parseDuration(wait);
  if (waitMs === undefined) {
    rules.broken("/wait", "duration", `wait must be a duration like PT20S or 20s, got "${clip(wait)}"`, wait);
  } else if (waitMs > LONGEST_WAIT_MS) {
    rules.broken("/wait", "limit_exceeded", `wait is ${wait}, the limit is ${LONGEST_WAIT_MS / 1_000} s`, wait);
  }
  const size = pageSizeOf(pageSize);
  rules.enforce();
  if (configuration === "") requireEverything(principal);
  else requireEveryMachine(principal, configuration);
  const limit = configuration === "" ? Math.min(size, MOST_OF_ALL) : size;
  return { query: { configuration, after: Number(after), limit }, waitMs: waitMs ?? 0, signal };
}

/** A change as it is listed. */
export function toTransitionItem(found: catalog.FeedTransition): TransitionItem {
  const { seq: _seq, version, eventId, event, from, ...item } = found;
  const change = found.kind === "changed" ? { eventId, event, from } : {};
  return { ...item, ...change, configId: configIdOf(found.configuration, version) };
}
