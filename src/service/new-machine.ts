/** What a machine is to be created with: checked, and put together with its configuration. */
import { LIMITS } from "../engine/limits.ts";
import { checkStateOrEventName } from "../engine/names.ts";
import type { CreateCall } from "../machine/calls.ts";
import type { JsonText } from "../receipt.ts";
import type { Rules } from "./rules.ts";

export interface NewMachineInput {
  /** Absent or empty: the starting state. */
  readonly state?: string | undefined;
  readonly data?: Record<string, unknown> | undefined;
  readonly labels?: Record<string, string> | undefined;
}

/** The same in the words of the machine's calls. */
export interface CheckedMachine {
  readonly state?: string;
  readonly data: JsonText;
  readonly labels: JsonText;
}

/** Checks what stands at `pointer` in the request; broken rules are collected in `rules`. */
export function checkNewMachine(rules: Rules, pointer: string, input: NewMachineInput): CheckedMachine {
  const { state } = input;
  if (state) rules.name(`${pointer}/state`, state, checkStateOrEventName);
  const data = rules.object(`${pointer}/data`, input.data);
  rules.bytesAtMost(`${pointer}/data`, LIMITS.machineDataBytes, data);
  const labels = rules.object(`${pointer}/labels`, input.labels);
  rules.bytesAtMost(`${pointer}/labels`, LIMITS.labelsBytes, labels);
  return { data, labels, ...(state !== undefined && state !== "" && { state }) };
}

/** What of a stored configuration a machine is made with. */
interface ConfigurationOfMachine {
  readonly version: string;
  readonly source: JsonText;
  readonly deprecatedAt: number | null;
}

export function toCreateCall(stored: ConfigurationOfMachine, machine: CheckedMachine, key?: string): CreateCall {
  const { version, source, deprecatedAt } = stored;
  const isDeprecated = deprecatedAt !== null;
  return { version, source, ...machine, isDeprecated, ...(key !== undefined && { key }) };
}
