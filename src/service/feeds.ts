/** Use cases on feeds: what happened since a cursor, oldest first, for who has no queue. */
import * as catalog from "../catalog/feeds.ts";
import { configIdOf } from "../engine/configuration.ts";
import { checkConfigurationName } from "../engine/names.ts";
import type { House, Principal } from "./house.ts";
import { pageSizeOf } from "./paging.ts";
import { Rules } from "./rules.ts";

export interface ReadFeedInput {
  /** Absent or empty: every configuration of the tenant. */
  readonly configuration?: string | undefined;
  /** A cursor that a feed has given out; absent or empty: from the oldest that is kept. */
  readonly after?: string | undefined;
  readonly pageSize?: number | undefined;
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

/** Accepted changes after the cursor. `nextCursor` is always there: a poller goes on with it. */
export async function listTransitions(house: House, principal: Principal, input: ReadFeedInput) {
  const query = queryOf(input);
  const found = await catalog.listTransitions(house.catalog(principal.tenant), query);
  return { transitions: found.map(toItem), nextCursor: String(found.at(-1)?.seq ?? query.after) };
}

/** Refused and failed events after the cursor, as `listTransitions`. */
export async function listFailures(house: House, principal: Principal, input: ReadFeedInput) {
  const query = queryOf(input);
  const found = await catalog.listFailures(house.catalog(principal.tenant), query);
  const failures: FailureItem[] = found.map(({ receipt }) => receipt);
  return { failures, nextCursor: String(found.at(-1)?.seq ?? query.after) };
}

function queryOf({ configuration = "", after = "", pageSize }: ReadFeedInput): catalog.FeedQuery {
  const rules = new Rules();
  if (configuration !== "") rules.name("/configuration", configuration, checkConfigurationName);
  // Fifteen digits are numbers that a double holds exactly.
  if (!/^\d{0,15}$/.test(after)) {
    rules.broken("/after", "cursor", "after is not a cursor that this feed has given out", after);
  }
  const limit = pageSizeOf(pageSize);
  rules.enforce();
  return { configuration, after: Number(after), limit: configuration === "" ? Math.min(limit, MOST_OF_ALL) : limit };
}

function toItem(found: catalog.FeedTransition): TransitionItem {
  const { seq: _seq, version, eventId, event, from, ...item } = found;
  const change = found.kind === "changed" ? { eventId, event, from } : {};
  return { ...item, ...change, configId: configIdOf(found.configuration, version) };
}
