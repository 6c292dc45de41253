import type { Report } from "./check-configuration.ts";
import { listFormulas } from "./check-fields.ts";
import type { ConfigurationSource, TransitionSource } from "./configuration.ts";
import { parseDuration } from "./duration.ts";
import { toPointer } from "./finding.ts";
import { isDeeperThan, LIMITS } from "./limits.ts";
import { quote } from "./names.ts";
import type { RuleReader } from "./rule-reader.ts";

/** Checks the expressions of a transition. */
export function checkFormulas(transition: TransitionSource, index: number, reader: RuleReader, report: Report): void {
  for (const { use, source, path } of listFormulas(transition)) {
    const reading = reader.readFormula(source, use);
    if (reading.ok) continue;
    const pointer = toPointer("transitions", index, ...path);
    const code = reading.isLimit ? "limit_exceeded" : "expression_invalid";
    report(code, pointer, `The ${use} ${quote(source)}: ${endSentence(reading.message)}`, source);
  }
}

/** Checks when Detent takes a transition by itself. */
export function checkTimer({ after, deadline }: TransitionSource, index: number, report: Report): void {
  const pointer = toPointer("transitions", index, "after");
  if (after && deadline) {
    report("timer_ambiguous", pointer, "A transition has an after or a deadline, not both.", after);
  }
  checkDuration(after, pointer, report);
  const delayMs = after ? parseDuration(after) : undefined;
  if (delayMs !== undefined && delayMs > LIMITS.delayMs) {
    const longest = LIMITS.delayMs / 86_400_000;
    report("limit_exceeded", pointer, `An after is at most ${longest} days; ${quote(after ?? "")} is longer.`, after);
  }
}

/** Checks that no state has more timers than are told with a machine. */
export function checkTimersOfStates(
  { transitions = [] }: ConfigurationSource,
  states: ReadonlySet<string>,
  report: Report,
): void {
  const counts = new Map<string, number>();
  for (const { from = "", after, deadline } of transitions) {
    if (after || deadline) counts.set(from, (counts.get(from) ?? 0) + 1);
  }
  const everywhere = counts.get("*") ?? 0;
  const most = Math.max(everywhere, ...[...states].map((state) => everywhere + (counts.get(state) ?? 0)));
  if (most <= LIMITS.timersOfState) return;
  const message = `A state has at most ${LIMITS.timersOfState} transitions with an after or a deadline; one has ${most}.`;
  report("limit_exceeded", "/transitions", message, String(most));
}

/** Checks a schema; an empty one counts as absent. */
export function checkSchema(
  schema: Record<string, unknown> | undefined,
  pointer: string,
  reader: RuleReader,
  report: Report,
): void {
  // Too deep: that is said of the configuration as a whole.
  if (isDeeperThan(schema, LIMITS.jsonDepth)) return;
  const reading = reader.readSchema(schema);
  if (reading.ok) return;
  for (const { pointer: within, message, isLimit } of reading.problems) {
    const code = isLimit ? "limit_exceeded" : "schema_invalid";
    report(code, `${pointer}${within}`, `The schema: ${endSentence(message)}`);
  }
}

/** Checks a duration; an empty one counts as absent. */
export function checkDuration(value: string | null | undefined, pointer: string, report: Report): void {
  if (!value || parseDuration(value) !== undefined) return;
  report("duration_invalid", pointer, `A duration is like P30D, PT30M or 30m; ${quote(value)} is not.`, value);
}

function endSentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}
