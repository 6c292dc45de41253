/** How a machine begins: what it is created with, and what it is then. */
import { loadConfiguration } from "../engine/compile-configuration.ts";
import type { Configuration, ConfigurationSource } from "../engine/configuration.ts";
import { countUtf8Bytes, LIMITS } from "../engine/limits.ts";
import { clip } from "../engine/names.ts";
import { start } from "../engine/step.ts";
import { canonicalJson } from "../json.ts";
import type { JsonText } from "../receipt.ts";
import type { CreateCall, MachineAddress, Refusal, Reply } from "./calls.ts";
import { presentAtCreation, type Present } from "./present.ts";

/** The configuration as it was stored, indexed for stepping. */
export function load(source: JsonText): Configuration {
  return loadConfiguration(JSON.parse(source) as ConfigurationSource);
}

/** The machine that would be created at `now`; INVALID_ARGUMENT: not in that state. */
export function begin(address: MachineAddress, call: CreateCall, now: number): Reply<Present> {
  const configuration = load(call.source);
  const begun = start(configuration, call.state);
  if (!begun.ok) return refuseField("/state", "initial_state", begun.message, call.state ?? "");
  const created = { state: begun.next.state, labels: call.labels, at: now };
  return { ok: true, value: presentAtCreation(address, configuration, created) };
}

/** What tells one creation from another: two of equal content have equal texts. `eventId`: it was made by that event. */
export function creationOf({ key, version, state, data, labels }: CreateCall, eventId?: string): string {
  const content = [version, state ?? null, data, labels];
  if (eventId !== undefined) return JSON.stringify([...content, "event", eventId]);
  return JSON.stringify(key === undefined ? content : [...content, "key", key]);
}

/** Labels as JSON text with changes applied: a member that is null goes. LIMIT_EXCEEDED: they would be too long. */
export function mergeLabels(labels: JsonText, changes: Readonly<Record<string, string | null>>): Reply<JsonText> {
  const merged = new Map(Object.entries(JSON.parse(labels) as Record<string, string>));
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) merged.delete(name);
    else merged.set(name, value);
  }
  const text = canonicalJson(Object.fromEntries(merged));
  const bytes = countUtf8Bytes(text);
  if (bytes <= LIMITS.labelsBytes) return { ok: true, value: text };
  const message = `labels would have ${bytes} bytes, the limit is ${LIMITS.labelsBytes}`;
  return refuseField("/labels", "limit_exceeded", message, String(bytes));
}

/** A refusal that names the field to blame. */
export function refuseField(pointer: string, rule: string, message: string, value: string): Refusal {
  const reason = rule === "limit_exceeded" ? "LIMIT_EXCEEDED" : "INVALID_ARGUMENT";
  return { ok: false, reason, message, field: { pointer, rule, value: clip(value) } };
}
