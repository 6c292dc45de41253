/** Rules on what callers send, the same for every door: each broken one is a violation with its pointer. */
import { clip, type NameProblem } from "../engine/names.ts";
import { countUtf8Bytes, isDeeperThan, LIMITS } from "../engine/limits.ts";
import { DetentError, invalid, type Violation } from "../errors.ts";
import { canonicalJson, findUnstorable } from "../json.ts";
import type { Reply } from "../machine/calls.ts";
import type { JsonText } from "../receipt.ts";

/** What RFC 3339 and google.protobuf.Timestamp can say: the years 1 to 9999. */
const EARLIEST = -62_135_596_800_000;
const LATEST = 253_402_300_799_999;

/** Collects violations, so that a caller hears of all of them at once. */
export class Rules {
  readonly #violations: Violation[] = [];

  name(pointer: string, value: string, check: (value: string) => NameProblem | undefined): void {
    const problem = check(value);
    if (problem !== undefined) this.broken(pointer, problem.rule, `${pointer.slice(1)}: ${problem.message}`, value);
  }

  broken(pointer: string, rule: string, message: string, value?: string): void {
    this.#violations.push({ pointer, rule, message, ...(value !== undefined && { value: clip(value) }) });
  }

  bytesAtMost(pointer: string, limit: number, text: string): void {
    const bytes = countUtf8Bytes(text);
    if (bytes <= limit) return;
    this.broken(
      pointer,
      "limit_exceeded",
      `${pointer.slice(1)} has ${bytes} bytes, the limit is ${limit}`,
      String(bytes),
    );
  }

  /** Epoch ms; NaN, which stands for a broken timestamp, is refused, too. */
  instant(pointer: string, value: number | undefined): void {
    if (value === undefined || (value >= EARLIEST && value <= LATEST)) return;
    this.broken(pointer, "range", `${pointer.slice(1)} must lie in the years 1 to 9999`, String(value));
  }

  wellFormed(pointer: string, value: string): void {
    if (!value.isWellFormed())
      this.broken(pointer, "characters", `${pointer.slice(1)} contains a lone surrogate`, value);
  }

  /** Checks a JSON object and answers it as canonical text; absent is `{}`. Its size is the caller's to bound. */
  object(pointer: string, value: Readonly<Record<string, unknown>> | undefined): JsonText {
    if (value === undefined) return "{}";
    if (isDeeperThan(value, LIMITS.jsonDepth)) {
      this.broken(pointer, "limit_exceeded", `${pointer.slice(1)} nests deeper than the limit of ${LIMITS.jsonDepth}`);
      return "{}";
    }
    const unstorable = findUnstorable(value);
    if (unstorable !== undefined) this.broken(pointer, "json_value", `${pointer.slice(1)} contains ${unstorable}`);
    return canonicalJson(value);
  }

  /** Throws INVALID_ARGUMENT or LIMIT_EXCEEDED when a rule was broken. */
  enforce(): void {
    if (this.#violations.length > 0) throw invalid(this.#violations);
  }
}

/** A reply's value, or its refusal as an error; `prefix` is where in the request the fields to blame stand. */
export function valueOf<T>(reply: Reply<T>, prefix = ""): T {
  if (reply.ok) return reply.value;
  const { reason, message, metadata = {}, violations = [] } = reply;
  const placed = violations.map((violation) => ({ ...violation, pointer: prefix + violation.pointer }));
  throw new DetentError(reason, message, { metadata, violations: placed });
}
