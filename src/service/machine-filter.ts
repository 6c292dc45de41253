/** Which machines a caller means: what lists and counts have in common. */
import type { Label, MachineFilter } from "../catalog/machine-filter.ts";
import { LIMITS } from "../engine/limits.ts";
import { checkConfigurationName, checkStateOrEventName, checkVersion } from "../engine/names.ts";
import type { Rules } from "./rules.ts";

export interface MachineFilterInput {
  readonly configuration: string;
  /** Absent or empty: every version, every state. */
  readonly version?: string | undefined;
  readonly state?: string | undefined;
  /** Epoch ms; both exclusive. */
  readonly updatedAfter?: number | undefined;
  readonly updatedBefore?: number | undefined;
  /** Each of them, with exactly this value; at most two. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Each label more is one more look-up for every machine that has the first. */
const MOST_LABELS = 2;

/** Checks the filter, which stands at `pointer` in the request. The labels come in the order of their names. */
export function checkFilter(rules: Rules, input: MachineFilterInput, pointer = ""): MachineFilter {
  const { configuration, updatedAfter, updatedBefore } = input;
  const version = input.version || undefined;
  const state = input.state || undefined;
  rules.name(`${pointer}/configuration`, configuration, checkConfigurationName);
  if (version !== undefined) rules.name(`${pointer}/version`, version, checkVersion);
  if (state !== undefined) rules.name(`${pointer}/state`, state, checkStateOrEventName);
  rules.instant(`${pointer}/updated_after`, updatedAfter);
  rules.instant(`${pointer}/updated_before`, updatedBefore);
  rules.bytesAtMost(`${pointer}/labels`, LIMITS.labelsBytes, rules.object(`${pointer}/labels`, input.labels));
  const labels = Object.entries(input.labels ?? {})
    .map(([name, value]): Label => ({ name, value }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (labels.length > MOST_LABELS) {
    const message = `labels: at most ${MOST_LABELS} can be asked for at a time, these are ${labels.length}`;
    rules.broken(`${pointer}/labels`, "limit_exceeded", message, String(labels.length));
  }
  return { configuration, version, state, updatedAfter, updatedBefore, labels };
}

/** What a page token is bound to: equal for equal filters only. */
export function toBinding(filter: MachineFilter): string[] {
  const { configuration, version, state, updatedAfter, updatedBefore, labels } = filter;
  const named = labels.flatMap(({ name, value }) => [name, value]);
  return [configuration, version ?? "", state ?? "", `${updatedAfter ?? ""}`, `${updatedBefore ?? ""}`, ...named];
}
