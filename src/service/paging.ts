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
