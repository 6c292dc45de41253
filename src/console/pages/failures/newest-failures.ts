/**
 * The newest of a feed that is read oldest first. A position of the feed is never below the clock, in epoch ms, at which it was
 * given out (docs/feeds.md), so reading after an instant finds all that has come since. Knows no DOM.
 */

/** A page after a cursor. */
interface FeedPage<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string;
}

/** Reads `pageSize` items at most; fewer: there are no more now. */
export type ReadPage<Item> = (after: string) => Promise<FeedPage<Item>>;

export interface Stretch<Item> {
  /** Newest first. */
  readonly items: readonly Item[];
  /** Where the feed goes on: behind the newest that was read. */
  readonly cursor: string;
  /** It goes on beyond what was read: there are newer ones. */
  readonly isCut: boolean;
  /** Where it was begun; "": at the oldest that is kept. */
  readonly after: string;
}

/** More than this nobody reads through; it is also what one look may cost. */
export const MOST_READ = 2_000;
/** So few make it worth to look further back. */
const ENOUGH = 50;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How far back to look, in its turn; the last is everything. */
const LOOKS_MS = [MINUTE_MS, 10 * MINUTE_MS, DAY_MS, Number.POSITIVE_INFINITY];

/** What can be chosen; `all` is everything that is kept. */
export const SPANS = {
  "10m": { text: "Last 10 minutes", ms: 10 * MINUTE_MS },
  "1h": { text: "Last hour", ms: HOUR_MS },
  "24h": { text: "Last 24 hours", ms: DAY_MS },
  "7d": { text: "Last 7 days", ms: 7 * DAY_MS },
  all: { text: "Everything kept", ms: Number.POSITIVE_INFINITY },
} as const;

export type Span = keyof typeof SPANS;

/** The cursor before everything that has come within the span. */
export function cursorBefore(spanMs: number, now: number): string {
  return Number.isFinite(spanMs) ? String(Math.max(0, Math.floor(now - spanMs))) : "";
}

/** Reads on from a cursor to the end, or until `MOST_READ` were read. */
export async function readOn<Item>(read: ReadPage<Item>, after: string, pageSize: number): Promise<Stretch<Item>> {
  const found: Item[] = [];
  let cursor = after;
  for (;;) {
    const { items, nextCursor } = await read(cursor);
    found.push(...items);
    cursor = nextCursor;
    const isEnd = items.length < pageSize;
    if (isEnd || found.length >= MOST_READ) return { items: found.toReversed(), cursor, isCut: !isEnd, after };
  }
}

/** The newest few, however long ago that was: it looks further back until they are enough. */
export async function readNewest<Item>(read: ReadPage<Item>, pageSize: number, now: number): Promise<Stretch<Item>> {
  let best: Stretch<Item> | undefined;
  for (const lookMs of LOOKS_MS) {
    const stretch = await readOn(read, cursorBefore(lookMs, now), pageSize);
    // Further back there are too many to come to the newest of them; those that were found before are the newest.
    if (stretch.isCut && best !== undefined && best.items.length > 0) return best;
    if (stretch.isCut || stretch.items.length >= ENOUGH) return stretch;
    best = stretch;
  }
  return best ?? { items: [], cursor: "", isCut: false, after: "" };
}

/** What has come since, in front of it. Of more than `MOST_READ` the oldest are let go. */
export function withNewer<Item>(before: Stretch<Item>, newer: Stretch<Item>): Stretch<Item> {
  const items = [...newer.items, ...before.items].slice(0, MOST_READ);
  return { ...before, items, cursor: newer.cursor, isCut: newer.isCut };
}
