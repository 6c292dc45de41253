/** AIP-158 paging: sizes, and tokens that are signed and bound to tenant and filter. */
import { fromBase64Url, toBase64Url } from "../base64url.ts";
import { DetentError, invalid } from "../errors.ts";
import type { House } from "./house.ts";
import { isSigned, sign } from "./signing.ts";

const DEFAULT_SIZE = 50;
const LARGEST_SIZE = 1_000;

/** Absent or 0 is 50, over 1000 is 1000, negative or broken is refused. */
export function pageSizeOf(size: number | undefined): number {
  if (size === undefined || size === 0) return DEFAULT_SIZE;
  if (!Number.isInteger(size) || size < 0) {
    const message = `page_size must be a whole number that is not negative, got ${size}`;
    throw invalid([{ pointer: "/page_size", rule: "range", message, value: String(size) }]);
  }
  return Math.min(size, LARGEST_SIZE);
}

/** A token for the position `key`, usable only under the same `binding` (tenant, call and filter). */
export async function signPageToken(house: House, binding: readonly string[], key: string): Promise<string> {
  return `${toBase64Url(new TextEncoder().encode(key))}.${await sign(house, binding, key)}`;
}

/**
 * A page of `limit` of what was found, where one more was asked for, and the token of the next one: empty where there is none.
 * `keyOf` writes the position of its last.
 */
export async function cutPage<T>(
  house: House,
  binding: readonly string[],
  { found, limit }: { readonly found: readonly T[]; readonly limit: number },
  keyOf: (last: T) => string,
): Promise<{ readonly page: T[]; readonly nextPageToken: string }> {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const isMore = found.length > limit && last !== undefined;
  return { page, nextPageToken: isMore ? await signPageToken(house, binding, keyOf(last)) : "" };
}

/** A position of a time and an id, as a key; no time has a colon. */
export function keyOfTime(at: number, id: string): string {
  return `${at}:${id}`;
}

/** What `keyOfTime` has written. */
export function readKeyOfTime(key: string | undefined): { readonly at: number; readonly id: string } | undefined {
  if (key === undefined) return undefined;
  const colon = key.indexOf(":");
  return { at: Number(key.slice(0, colon)), id: key.slice(colon + 1) };
}

/** The position a token stands for; undefined for an empty one. Anything that was not signed for this binding is refused; `name`: where it was given. */
export async function readPageToken(
  house: House,
  binding: readonly string[],
  token: string | undefined,
  name = "page_token",
): Promise<string | undefined> {
  if (token === undefined || token === "") return undefined;
  const [encoded = "", signature = "", rest] = token.split(".");
  const key = decode(encoded);
  if (rest === undefined && key !== undefined && (await isSigned(house, binding, key, signature))) return key;
  throw new DetentError("INVALID_ARGUMENT", `${name} is not one that this list has given out`, {
    violations: [{ pointer: `/${name}`, rule: "page_token", message: `${name} does not belong to this list` }],
  });
}

function decode(encoded: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(fromBase64Url(encoded));
  } catch {
    return undefined;
  }
}
