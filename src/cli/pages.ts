/** Lists that come in pages. */
import type { Door, Query } from "./door.ts";

/** As many as a page has at most. */
const PAGE_SIZE = 100;

/** The items of every page, one after the other; `name` is the member that has them. */
export async function* walkPages<T>(door: Door, path: string, name: string, query: Query = {}): AsyncGenerator<T> {
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
