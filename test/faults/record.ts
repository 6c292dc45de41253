/** What Detent says afterwards: everything that can be read about the machines of the load. */
import { CONFIGURATION, type Decision } from "./load.ts";

const { name } = CONFIGURATION;
const MACHINES = `/api/v1/statemachines/${name}`;

export interface Standing {
  readonly state: string;
  readonly revision: number;
}

/** A machine as it says itself that it is. */
export interface Whole extends Standing {
  readonly data: Readonly<Record<string, unknown>>;
  readonly created_at: string;
  readonly timers: readonly unknown[];
}

export interface Change {
  readonly revision: number;
  readonly event_id: string;
  readonly timestamp: string;
  readonly originator: string;
  readonly transition: { readonly from: string; readonly to: string; readonly event: string };
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Receipt {
  readonly event_id: string;
  readonly event: string;
  readonly at: string;
  readonly originator: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly machine: { readonly id: string };
  readonly result: string;
  readonly from: string;
  readonly revision: number;
  readonly reason?: string;
}

export interface Feed {
  readonly transitions: readonly { readonly id: string; readonly revision: number; readonly event_id?: string }[];
  readonly failures: readonly Receipt[];
}

async function get<T>(origin: string, path: string): Promise<T> {
  const response = await fetch(origin + path);
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return await response.json<T>();
}

/** The pages of a list, one after the other. */
async function list<T extends { next_page_token: string }>(origin: string, path: string): Promise<T[]> {
  const pages: T[] = [];
  let token = "";
  do {
    const page = await get<T>(origin, `${path}&page_size=1000&page_token=${encodeURIComponent(token)}`);
    pages.push(page);
    token = page.next_page_token;
  } while (token !== "");
  return pages;
}

async function readFeed<T>(origin: string, feed: string): Promise<T[]> {
  const items: T[] = [];
  let after = "";
  for (;;) {
    const path = `/api/v1/${feed}?configuration=${name}&page_size=1000&after=${after}`;
    const page = await get<Record<string, T[]> & { next_cursor: string }>(origin, path);
    const found = page[feed] ?? [];
    if (found.length === 0) return items;
    items.push(...found);
    after = page.next_cursor;
  }
}

/** What the index says of each machine. Wakes no machine. */
export async function readIndex(origin: string): Promise<Map<string, Standing>> {
  interface Listed {
    readonly id: string;
    readonly statemachine: Standing;
  }
  type Found = { statemachines: Listed[]; next_page_token: string };
  const pages = await list<Found>(origin, `/api/v1/statemachines?configuration=${name}`);
  const rows = pages.flatMap(({ statemachines }) => statemachines);
  return new Map(rows.map(({ id, statemachine: { state, revision } }) => [id, { state, revision }]));
}

/** Everything that happened, as the index tells it. Wakes no machine. */
export async function readFeeds(origin: string): Promise<Feed> {
  return {
    transitions: await readFeed(origin, "transitions"),
    failures: await readFeed(origin, "failures"),
  };
}

/** The machine as it is. */
export async function readWhole(origin: string, machine: string): Promise<Whole> {
  return (await get<{ statemachine: Whole }>(origin, `${MACHINES}/${machine}`)).statemachine;
}

/** Where the machine stands. */
export async function readStanding(origin: string, machine: string): Promise<Standing> {
  return await readWhole(origin, machine);
}

/** Its changes, oldest first. */
export async function readHistory(origin: string, machine: string): Promise<Change[]> {
  const path = `${MACHINES}/${machine}/history?order=asc`;
  const pages = await list<{ history: Change[]; next_page_token: string }>(origin, path);
  return pages.flatMap(({ history }) => history);
}

/** The receipts of what it has refused, oldest first. */
export async function readRefusals(origin: string, machine: string): Promise<Receipt[]> {
  const path = `${MACHINES}/${machine}/history?order=asc&refused=true`;
  const pages = await list<{ receipts: Receipt[]; next_page_token: string }>(origin, path);
  return pages.flatMap(({ receipts }) => receipts);
}

/** Its accepted events, oldest first. */
export async function readAccepted(origin: string, machine: string): Promise<[eventId: string, Decision][]> {
  const changes = await readHistory(origin, machine);
  return changes.map(({ event_id, revision, transition }) => [event_id, { machine, from: transition.from, revision }]);
}

/** Its refused events, oldest first. */
export async function readRefused(origin: string, machine: string): Promise<[eventId: string, Decision][]> {
  const receipts = await readRefusals(origin, machine);
  return receipts.map(({ event_id, from, revision, reason = "" }) => [event_id, { machine, from, revision, reason }]);
}

/** The receipt that the machine itself keeps. */
export async function readReceipt(origin: string, machine: string, eventId: string): Promise<Receipt> {
  return await get<Receipt>(origin, `${MACHINES}/${machine}/events/${encodeURIComponent(eventId)}`);
}

/** The receipt by configuration and event id, through the index. */
export async function lookUp(origin: string, eventId: string): Promise<Receipt> {
  return await get<Receipt>(origin, `/api/v1/events/${name}/${eventId}`);
}
