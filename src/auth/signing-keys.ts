/**
 * The keys that sign what the deployment hands out and takes back, other than tokens: page tokens, and events that it enqueues.
 * Derived from the secrets of tokens, so that nothing signed for one purpose is anything for the other.
 */
const HMAC = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();

/** One for each secret, in their order: the first signs, each is known. */
export function deriveSigningKeys(secrets: readonly string[]): Promise<readonly CryptoKey[]> {
  return Promise.all(
    secrets.map(async (secret) => {
      const base = await crypto.subtle.importKey("raw", encoder.encode(secret), HMAC, false, ["sign"]);
      const derived = await crypto.subtle.sign(
        "HMAC",
        base,
        encoder.encode("detent: what is handed out and taken back"),
      );
      return await crypto.subtle.importKey("raw", derived, HMAC, false, ["sign", "verify"]);
    }),
  );
}
