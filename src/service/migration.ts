/** Use case: let a machine go on by another version of its configuration. */
import { configIdOf } from "../engine/configuration.ts";
import { toPointer } from "../engine/finding.ts";
import { LIMITS } from "../engine/limits.ts";
import { checkStateOrEventName, checkVersion } from "../engine/names.ts";
import type { MigrateCall } from "../machine/calls.ts";
import { askMachine } from "./ask-machine.ts";
import { findStored } from "./configurations.ts";
import type { Principal } from "../auth/principal.ts";
import type { House } from "./house.ts";
import { addressOf, toAnswer, type MachineAnswer } from "./machines.ts";
import { Rules } from "./rules.ts";

export interface MigrateMachineInput {
  readonly configuration: string;
  readonly id: string;
  /** A version of the same configuration; a deprecated one takes no new machines, but takes this one. */
  readonly to: string;
  /** What becomes of states that have another name there; those that are not named keep theirs. */
  readonly stateMap?: Readonly<Record<string, string>> | undefined;
  readonly expectedRevision?: number | undefined;
  /** Answer what would be answered; change nothing. */
  readonly isDryRun?: boolean | undefined;
  readonly traceparent?: string | undefined;
}

/**
 * Changes a machine's version: a change like any other, with a row of history. A machine that has that version stays as it
 * is. Throws CONFIGURATION_NOT_FOUND where there is no such version, MIGRATION_REJECTED where the machine's state has no
 * place in it or its data does not fit.
 */
export async function migrateMachine(
  house: House,
  principal: Principal,
  input: MigrateMachineInput,
): Promise<MachineAnswer> {
  const { configuration, id, to, expectedRevision, isDryRun, traceparent } = input;
  const rules = new Rules();
  rules.name("/to", to, checkVersion);
  const stateMap = checkStateMap(rules, input.stateMap ?? {});
  rules.enforce();
  const address = addressOf(principal, configuration, id);
  const { version, source } = await findStored(house, principal, configIdOf(configuration, to));
  const call: MigrateCall = {
    version,
    source,
    stateMap,
    actor: principal.actor,
    ...(expectedRevision !== undefined && { expectedRevision }),
    ...(isDryRun && { isDryRun }),
    ...(traceparent !== undefined && { traceparent }),
  };
  // A dry run leaves nothing done for the next to go on from.
  const machine = await askMachine(house, address, (object) => object.migrate(address, call), isDryRun ? 1 : undefined);
  return await toAnswer(house, address, machine);
}

/** The map as the machine takes it; `prefix` is where in the request it stands. */
export function checkStateMap(
  rules: Rules,
  states: Readonly<Record<string, string>>,
  prefix = "",
): MigrateCall["stateMap"] {
  const entries = Object.entries(states);
  if (entries.length > LIMITS.states) {
    const message = `state_map names ${entries.length} states, the limit is ${LIMITS.states}`;
    rules.broken(`${prefix}/state_map`, "limit_exceeded", message, String(entries.length));
    return new Map();
  }
  for (const [from, to] of entries) {
    const pointer = prefix + toPointer("state_map", from);
    rules.name(pointer, from, checkStateOrEventName);
    rules.name(pointer, to, checkStateOrEventName);
    // No state has this name; who writes it means every state.
    if (from === "*") rules.broken(pointer, "reserved", 'state_map: "*" is no state, name each of them', from);
  }
  return new Map(entries);
}
