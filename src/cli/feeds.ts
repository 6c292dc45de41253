/** The feeds, as commands read and follow them. */
import type { Command } from "commander";
import type { Receipt, TransitionEntry } from "./answers.ts";
import type { Door } from "./door.ts";
import { formatFailure, formatTransition } from "./receipts.ts";

/** The flags that say what of which feed. */
export interface FeedFlags {
  readonly configuration?: string;
  readonly failures?: boolean;
  readonly after?: string;
}

/** A page of a feed. */
export interface FeedPage {
  readonly transitions?: readonly TransitionEntry[];
  readonly failures?: readonly Receipt[];
  /** Behind which the next page begins. */
  readonly next_cursor: string;
}

/** As many as a page has that is about every configuration. */
const PAGE_SIZE = 100;
/** Behind every entry, with as many digits as a cursor may have: what is asked for so is an empty page. */
const BEYOND = "9".repeat(15);

/** Adds the options that say what of which feed. */
export function addFeedOptions(command: Command): Command {
  return command
    .option("--configuration <name>", "only of this configuration")
    .option("--failures", "refused and failed events instead of accepted changes")
    .option("--after <cursor>", "only what comes behind this cursor");
}

/** A page behind `after`, of `most` entries at most; `wait`: held for so long while it is empty. */
export async function readFeed(
  door: Door,
  { configuration, failures }: FeedFlags,
  { after, most, wait }: { readonly after: string | undefined; readonly most: number; readonly wait?: string },
): Promise<FeedPage> {
  const query = { configuration, after, page_size: Math.min(most, PAGE_SIZE), wait };
  return await door.get<FeedPage>(pathOf(failures), query);
}

/**
 * A cursor for what happens from now on, give or take a second. No entry comes at a position below the service's clock in
 * milliseconds (docs/feeds.md), so its clock is a cursor; this machine's is one where the service does not tell its own, as on
 * one's own machine.
 */
export async function readCursorOfNow(door: Door, { configuration, failures }: FeedFlags): Promise<string> {
  const query = { configuration, after: BEYOND, page_size: 1 };
  const { headers } = await door.call("GET", pathOf(failures), { query });
  const at = Date.parse(headers.get("date") ?? "");
  return String(Number.isNaN(at) ? Date.now() : at);
}

/** The entries of a page, each as it is and as a line. */
export function linesOf({
  transitions = [],
  failures = [],
}: FeedPage): { readonly entry: object; readonly line: string }[] {
  return [
    ...transitions.map((entry) => ({ entry, line: formatTransition(entry) })),
    ...failures.map((entry) => ({ entry, line: formatFailure(entry) })),
  ];
}

function pathOf(isAboutFailures: boolean | undefined): string {
  return isAboutFailures === true ? "/api/v1/failures" : "/api/v1/transitions";
}
