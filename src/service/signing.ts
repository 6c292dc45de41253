/** Texts that only this deployment can have written: HMAC-SHA-256 under its key, bound to what they are for. */
import { fromBase64Url, toBase64Url } from "../base64url.ts";
import type { House } from "./house.ts";

const encoder = new TextEncoder();

/** The signature of `text` for one `binding` (what it is for, whose it is), in base64url. */
export async function sign(house: House, binding: readonly string[], text: string): Promise<string> {
  const signature = await crypto.subtle.sign("HMAC", await house.tokenKey(), messageOf(binding, text));
  return toBase64Url(new Uint8Array(signature));
}

/** Whether `signature` was made by `sign` for the same binding and text. */
export async function isSigned(
  house: House,
  binding: readonly string[],
  text: string,
  signature: string,
): Promise<boolean> {
  const key = await house.tokenKey();
  const bytes = fromBase64Url(signature);
  return bytes !== undefined && (await crypto.subtle.verify("HMAC", key, bytes, messageOf(binding, text)));
}

function messageOf(binding: readonly string[], text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify([...binding, text])) as Uint8Array<ArrayBuffer>;
}
