/** Texts that only this deployment can have written: HMAC-SHA-256 under its key, bound to what they are for. */
import { fromBase64Url, toBase64Url } from "../base64url.ts";
import type { House } from "./house.ts";

const encoder = new TextEncoder();

/** The signature of `text` for one `binding` (what it is for, whose it is), in base64url. */
export async function sign(house: House, binding: readonly string[], text: string): Promise<string> {
  const [key] = await house.signingKeys();
  if (key === undefined) throw new Error("no key to sign with");
  const signature = await crypto.subtle.sign("HMAC", key, messageOf(binding, text));
  return toBase64Url(new Uint8Array(signature));
}

/** Whether `signature` was made by `sign` for the same binding and text. */
export async function isSigned(
  house: House,
  binding: readonly string[],
  text: string,
  signature: string,
): Promise<boolean> {
  const bytes = fromBase64Url(signature);
  if (bytes === undefined) return false;
  for (const key of await house.signingKeys()) {
    if (await crypto.subtle.verify("HMAC", key, bytes, messageOf(binding, text))) return true;
  }
  return false;
}

function messageOf(binding: readonly string[], text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify([...binding, text])) as Uint8Array<ArrayBuffer>;
}
