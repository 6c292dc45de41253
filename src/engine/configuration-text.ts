/**
 * A value that may be anything as the JSON text of a configuration. Who reads configurations by their format and who reads
 * them by the shape of the doors both ask here first, so that what is too deep or too large is the same everywhere.
 */
import { countUtf8Bytes, LIMITS } from "./limits.ts";
import { clip } from "./names.ts";

/** Why a value is none: the rule that the whole of it breaks, and a sentence without its subject. */
interface Refusal {
  readonly ok: false;
  readonly rule: "limit_exceeded" | "invalid_type";
  readonly problem: string;
  /** Where they are too many and could be counted. */
  readonly bytes?: number;
}

/** The text, or why there is none. */
export type ConfigurationText = { readonly ok: true; readonly text: string } | Refusal;

/** It nests deeper than `LIMITS.jsonDepth`. */
export const TOO_DEEP: Refusal = refuse(
  "limit_exceeded",
  `nests at most ${LIMITS.jsonDepth} levels deep, this one nests deeper`,
);
const LARGE = `has at most ${LIMITS.configurationBytes} bytes of JSON, this one has`;

/**
 * Writes `value` as compact JSON. Refused is what is no JSON, what nests deeper than `LIMITS.jsonDepth`, and what has more
 * than `LIMITS.configurationBytes`. Throws nothing, whatever getters and `toJSON` of the value do, and does no more work than
 * a body of a request can ask for: parts that are shared are written as often as they are there.
 */
export function writeConfiguration(value: unknown): ConfigurationText {
  try {
    const excess = measure(value, LIMITS.jsonDepth, { left: LIMITS.bodyBytes });
    if (excess === "deep") return TOO_DEEP;
    if (excess === "large") return refuse("limit_exceeded", `${LARGE} more than ${LIMITS.bodyBytes}`);
    const text = JSON.stringify(value) as string | undefined;
    // JSON has no word for undefined, nor for a function.
    if (text === undefined) return refuse("invalid_type", `must be of type object, but is ${typeof value}`);
    const bytes = countUtf8Bytes(text);
    if (bytes > LIMITS.configurationBytes) return { ...refuse("limit_exceeded", `${LARGE} ${bytes}`), bytes };
    return { ok: true, text };
  } catch (error) {
    return refuse("invalid_type", `must be JSON, which it is not: ${messageOf(error)}`);
  }
}

function refuse(rule: Refusal["rule"], problem: string): Refusal {
  return { ok: false, rule, problem };
}

/** Which bound is exceeded. `size.left`: bytes that may still come, of which each value takes no more than it has as JSON. */
function measure(value: unknown, levels: number, size: { left: number }): "deep" | "large" | undefined {
  size.left -= typeof value === "string" ? value.length : 1;
  if (typeof value === "object" && value !== null) {
    if (levels === 0) return "deep";
    // Before it is gone through: most of a list may be holes, each of which is a null as JSON.
    if (Array.isArray(value) && value.length > size.left) return "large";
    for (const [key, member] of Object.entries(value)) {
      if (!Array.isArray(value)) size.left -= key.length;
      const excess = measure(member, levels - 1, size);
      if (excess !== undefined) return excess;
    }
  }
  return size.left < 0 ? "large" : undefined;
}

/** What was thrown may be anything, too. */
function messageOf(error: unknown): string {
  try {
    return clip((error as Error).message);
  } catch {
    return "reading it throws";
  }
}
