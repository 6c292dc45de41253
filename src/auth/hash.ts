/** What is stored of keys, and how it is compared: in time that does not depend on what is compared. */
import { fromBase64Url, toBase64Url } from "../base64url.ts";

const HMAC = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();

/** Hashes keys: HMAC-SHA-256 under the first pepper; knows what was hashed under any of them. */
export class KeyHasher {
  readonly #peppers: readonly Promise<CryptoKey>[];

  constructor(peppers: readonly string[]) {
    this.#peppers = peppers.map((pepper) =>
      crypto.subtle.importKey("raw", encoder.encode(pepper), HMAC, false, ["sign", "verify"]),
    );
  }

  /** In base64url. */
  async hash(key: string): Promise<string> {
    const [present] = this.#peppers;
    if (present === undefined) throw new Error("no pepper");
    return toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", await present, encoder.encode(key))));
  }

  /** Whether `hash` was made of `key`. Costs the same whatever is compared. */
  async matches(key: string, hash: string): Promise<boolean> {
    const bytes = fromBase64Url(hash) ?? new Uint8Array();
    const found = await Promise.all(
      this.#peppers.map(async (pepper) => crypto.subtle.verify("HMAC", await pepper, bytes, encoder.encode(key))),
    );
    return found.includes(true);
  }
}

/** SHA-256 in lower-case hex: of what has 256 random bits, which nobody guesses. */
export async function sha256(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether two texts of the same length are the same, in the same time wherever they differ. */
export function isSameText(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index += 1) difference |= left.charCodeAt(index) ^ right.charCodeAt(index);
  return difference === 0;
}
