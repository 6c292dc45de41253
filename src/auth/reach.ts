/**
 * What of a tenant's a credential reaches, where it is narrowed. A use case says what it is about; whoever does not reach
 * that is refused before anything is looked up, so that the refusal tells nothing of what there is.
 */
import { clip } from "../engine/names.ts";
import { DetentError } from "../errors.ts";

export interface Reach {
  /** Names of configurations. */
  readonly configurations: ReadonlySet<string>;
  /** Machines, as `reachKeyOf` writes them; absent: every machine of the configurations. */
  readonly machines?: ReadonlySet<string>;
  /** Names of events that may be sent; absent: every one. */
  readonly events?: ReadonlySet<string>;
}

interface Narrowed {
  readonly reach?: Reach;
}

interface MachineName {
  readonly configuration: string;
  readonly id: string;
}

/** A machine among others. No configuration's name has a slash. */
export function reachKeyOf({ configuration, id }: MachineName): string {
  return `${configuration}/${id}`;
}

/** The machine that `reachKeyOf` has written. */
export function readReachKey(key: string): MachineName {
  const end = key.indexOf("/");
  return { configuration: key.slice(0, end), id: key.slice(end + 1) };
}

/** Whether the credential reaches the configuration, if only for some of its machines. */
export function reachesConfiguration({ reach }: Narrowed, configuration: string): boolean {
  return reach === undefined || reach.configurations.has(configuration);
}

export function reachesMachine({ reach }: Narrowed, machine: MachineName): boolean {
  if (reach === undefined) return true;
  return reach.configurations.has(machine.configuration) && (reach.machines?.has(reachKeyOf(machine)) ?? true);
}

/** Throws PERMISSION_DENIED for a credential that is narrowed to other configurations. */
export function requireConfiguration(principal: Narrowed, configuration: string): void {
  if (!reachesConfiguration(principal, configuration)) {
    throw beyond(`the credential does not reach the configuration "${clip(configuration)}"`);
  }
}

/** Throws PERMISSION_DENIED for a credential that is narrowed to other machines. */
export function requireMachine(principal: Narrowed, machine: MachineName): void {
  requireConfiguration(principal, machine.configuration);
  if (reachesMachine(principal, machine)) return;
  throw beyond(`the credential does not reach the machine "${clip(machine.id)}" of "${machine.configuration}"`);
}

/** Throws PERMISSION_DENIED for a credential that does not reach all machines of a configuration. */
export function requireEveryMachine(principal: Narrowed, configuration: string): void {
  requireConfiguration(principal, configuration);
  if (principal.reach?.machines === undefined) return;
  throw beyond("the credential reaches some machines only; this is about all of a configuration");
}

/** Throws PERMISSION_DENIED for a credential that may send other events only. */
export function requireEvent({ reach }: Narrowed, event: string): void {
  if (reach?.events === undefined || reach.events.has(event)) return;
  throw beyond(`the credential may not send the event "${clip(event)}"`);
}

/** Throws PERMISSION_DENIED for any narrowed credential: what is asked is about the whole tenant. */
export function requireEverything({ reach }: Narrowed): void {
  if (reach === undefined) return;
  throw beyond("the credential reaches a part of the tenant only; this is about the whole of it");
}

function beyond(message: string): DetentError {
  return new DetentError("PERMISSION_DENIED", message);
}
