/**
 * What every answer of every door says to browsers and caches, unless it says more itself. After the OWASP REST Security
 * Cheat Sheet (https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html, "Security Headers").
 */
const DEFAULTS: Readonly<Record<string, string>> = {
  // No answer but the pages is to be shown, and those have a policy of their own.
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  // Two years. Browsers heed it over HTTPS only.
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
};

/** Adds what `headers` lack. What has an ETag may be kept by its reader and is asked about each time; nothing else is kept. */
export function secure(headers: Headers): void {
  const isFramed = headers.get("content-security-policy")?.includes("frame-ancestors 'self'") ?? false;
  for (const [name, value] of Object.entries(DEFAULTS)) if (!headers.has(name)) headers.set(name, value);
  if (!headers.has("cache-control"))
    headers.set("cache-control", headers.has("etag") ? "private, no-cache" : "no-store");
  if (!isFramed) headers.set("x-frame-options", "DENY");
}
