/** Lists that come in pages. */
import type { Page } from "./answers.ts";
import type { Door, Query } from "./door.ts";
import type { Output } from "./output.ts";

/** As many as a page has, where the items may be large. */
const PAGE_SIZE = 100;

/** The items of every page, one after the other; `name` is the member that has them. */
async function* walkPages<T>(door: Door, path: string, name: string, query: Query = {}): AsyncGenerator<T> {
  let token: string | undefined;
  do {
    const page = await door.get<Record<string, unknown>>(path, { page_size: PAGE_SIZE, ...query, page_token: token });
    yield* page[name] as T[];
    token = (page["next_page_token"] as string | undefined) || undefined;
  } while (token !== undefined);
}

/** All of them; `most` where there are more. */
export async function listAll<T>(
  door: Door,
  path: string,
  name: string,
  query: Query = {},
  most = Infinity,
): Promise<T[]> {
  const items: T[] = [];
  if (most <= 0) return items;
  for await (const item of walkPages<T>(door, path, name, query)) {
    items.push(item);
    if (items.length >= most) break;
  }
  return items;
}

/** What a list is asked for. */
interface PagesAsked {
  readonly query?: Query;
  /** As many items as are wanted. */
  readonly most: number;
  /** Items of one page at most; fewer where they may be large. */
  readonly pageSize?: number;
}

/**
 * The pages as one answer of the route: the items in member `name` of all pages together, everything else of the last one,
 * whose `next_page_token` says whether there are more than `most`.
 */
export async function readPages<A extends Page>(
  door: Door,
  path: string,
  name: keyof A,
  { query = {}, most, pageSize = PAGE_SIZE }: PagesAsked,
): Promise<A> {
  const items: unknown[] = [];
  let token: string | undefined;
  for (;;) {
    const size = Math.min(pageSize, most - items.length);
    const page = await door.get<A>(path, { ...query, page_size: size, page_token: token });
    for (const item of page[name] as unknown[]) items.push(item);
    token = page.next_page_token || undefined;
    if (token === undefined || items.length >= most) return { ...page, [name]: items };
  }
}

/** Says so where there are more than were shown. */
export function tellOfMore(output: Output, { next_page_token: token }: Page): void {
  if (token !== "") output.say("there are more: --limit 0 shows all of them");
}
