/** AIP-158 paging: sizes, and tokens that are signed and bound to tenant and filter. */
import { DetentError, invalid } from "../errors.ts";
import type { House } from "./house.ts";

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

const encoder = new TextEncoder();

/** A token for the position `key`, usable only under the same `binding` (tenant, call and filter). */
export async function signPageToken(house: House, binding: readonly string[], key: string): Promise<string> {
  const signature = await crypto.subtle.sign("HMAC", await house.tokenKey(), messageOf(binding, key));
  return `${toBase64Url(encoder.encode(key))}.${toBase64Url(new Uint8Array(signature))}`;
}

/** The position a token stands for; undefined for an empty one. Anything that was not signed for this binding is refused. */
export async function readPageToken(
  house: House,
  binding: readonly string[],
  token: string | undefined,
): Promise<string | undefined> {
  if (token === undefined || token === "") return undefined;
  const refusal = new DetentError("INVALID_ARGUMENT", "page_token is not one that this list has given out", {
    violations: [{ pointer: "/page_token", rule: "page_token", message: "page_token does not belong to this list" }],
  });
  const [key, signature, rest] = token.split(".");
  const tokenKey = await house.tokenKey();
  if (key === undefined || signature === undefined || rest !== undefined) throw refusal;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(fromBase64Url(key));
    const signed = await crypto.subtle.verify("HMAC", tokenKey, fromBase64Url(signature), messageOf(binding, text));
    if (signed) return text;
  } catch {
    // Not base64url, or not UTF-8: no token of ours.
  }
  throw refusal;
}

function messageOf(binding: readonly string[], key: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify([...binding, key])) as Uint8Array<ArrayBuffer>;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
