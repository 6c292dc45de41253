/**
 * The caller's place in its trace: `traceparent` as W3C Trace Context (level 2) has it, section 3.2. Detent exports no
 * spans, so it begins no trace of its own: it hands on what came, or nothing.
 */

const PARTS = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** The flags that version 00 knows: sampled, random. */
const KNOWN_FLAGS = 0x03;

/**
 * The header of version 00 that a request carries (55 characters), or undefined where there is none or a wrong one,
 * which counts as none. A higher version is handed on in the words of 00, without what only that version knows. Several
 * headers are none: nobody could say which is meant.
 */
export function traceparentOf(headers: Headers): string | undefined {
  const header = headers.get("traceparent") ?? "";
  const [, version = "ff", traceId = "", parentId = "", flags = "", rest] = PARTS.exec(header) ?? [];
  if (version === "ff" || isZero(traceId) || isZero(parentId)) return undefined;
  if (version === "00") return rest === undefined ? header : undefined;
  const known = (Number.parseInt(flags, 16) & KNOWN_FLAGS).toString(16).padStart(2, "0");
  return `00-${traceId}-${parentId}-${known}`;
}

function isZero(hex: string): boolean {
  return /^0*$/.test(hex);
}
