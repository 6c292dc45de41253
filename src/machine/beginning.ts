/** How a machine begins: what it is created with, and what it is then. */
import { loadConfiguration } from "../engine/compile-configuration.ts";
import type { Configuration, ConfigurationSource } from "../engine/configuration.ts";
import type { Meter } from "../engine/meter.ts";
import { clip } from "../engine/names.ts";
import { start } from "../engine/step.ts";
import type { Violation } from "../errors.ts";
import type { JsonText } from "../receipt.ts";
import type { CreateCall, MachineAddress, Refusal, Reply } from "./calls.ts";
import { Data } from "./data.ts";
import { presentAtCreation, type Present } from "./present.ts";

/** The last one that was loaded: machines that begin or wake one after the other mostly have the same. */
let last: { readonly source: JsonText; readonly configuration: Configuration } | undefined;

/** The configuration as it was stored, indexed for stepping; it is not to be changed, since other machines have it, too. */
export function load(source: JsonText): Configuration {
  // With 5,000 transitions compiling takes 9 ms, which is most of what a creation takes.
  if (last?.source !== source)
    last = { source, configuration: loadConfiguration(JSON.parse(source) as ConfigurationSource) };
  return last.configuration;
}

/** The machine that would be created at `now`; INVALID_ARGUMENT: not in that state, or not with that data. */
export function begin(address: MachineAddress, call: CreateCall, now: number, meter?: Meter): Reply<Present> {
  const configuration = load(call.source);
  const data = Data.ofText(call.data);
  const begun = start(configuration, { state: call.state, data: data.value, now }, meter);
  if (!begun.ok) return refuse(begun.message, begun.violations);
  const created = { state: begun.next.state, data, timers: begun.timers, labels: call.labels, at: now };
  return { ok: true, value: presentAtCreation(address, configuration, created) };
}

/** What tells one creation from another: two of equal content have equal texts. `eventId`: it was made by that event. */
export function creationOf({ key, version, state, data, labels }: CreateCall, eventId?: string): string {
  const content = [version, state ?? null, data, labels];
  if (eventId !== undefined) return JSON.stringify([...content, "event", eventId]);
  return JSON.stringify(key === undefined ? content : [...content, "key", key]);
}

/** A refusal that names the fields to blame. */
export function refuse(message: string, violations: readonly Violation[]): Refusal {
  const reason = violations.some(({ rule }) => rule === "limit_exceeded") ? "LIMIT_EXCEEDED" : "INVALID_ARGUMENT";
  return { ok: false, reason, message, violations };
}

/** A refusal that names the one field to blame. */
export function refuseField(pointer: string, rule: string, message: string, value: string): Refusal {
  return refuse(message, [{ pointer, rule, message, value: clip(value) }]);
}
