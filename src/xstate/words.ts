/**
 * How the two speak of the same: the words of XState's machine configurations (https://stately.ai/docs/xstate), and those
 * under which an export keeps what XState has no word for, so that an import finds it again.
 */
import type { ConfigurationSource } from "../engine/configuration.ts";
import { quote } from "../engine/names.ts";

/** The guard of exports: one implementation that evaluates `params.expression` serves all of them. */
export const CEL_GUARD = "cel";
/** The action of exports: `params.fields` has an expression for each field of the data. */
export const ASSIGN_ACTION = "detent.assign";
/** The member of a `meta` that is ours. */
export const OWN_META = "detent";

/** Parts of a configuration that XState has no place for. */
export const KEPT_FIELDS = [
  "initial_states",
  "state_options",
  "event_options",
  "unhandled",
  "defer_for",
  "retention",
] as const satisfies readonly (keyof ConfigurationSource)[];

/** What is known of a transition that Detent takes by itself. */
export interface TimedMeta {
  readonly event?: string;
  readonly after?: string;
  readonly deadline?: string;
}

const UNITS = [
  ["H", 3_600_000],
  ["M", 60_000],
] as const;
const DAY_MS = 86_400_000;

/** Milliseconds as an ISO 8601 duration: `P2D`, `PT1M30S`, `PT0.25S`. */
export function formatDuration(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  let rest = ms % DAY_MS;
  let time = "";
  for (const [unit, unitMs] of UNITS) {
    if (rest >= unitMs) time += `${Math.floor(rest / unitMs)}${unit}`;
    rest %= unitMs;
  }
  if (rest > 0 || (days === 0 && time === "")) time += `${rest / 1_000}S`;
  return `P${days > 0 ? `${days}D` : ""}${time === "" ? "" : `T${time}`}`;
}

/** Whether it is a JSON object. */
export function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value of which nobody knows what it is, as messages show it. */
export function show(value: unknown): string {
  return quote(typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing"));
}
