/** What operators do to a machine: decided here, as events are in decide.ts, from what the machine is. */
import { configIdOf } from "../engine/configuration.ts";
import { toPointer } from "../engine/finding.ts";
import { countUtf8Bytes, LIMITS } from "../engine/limits.ts";
import { clip, quote } from "../engine/names.ts";
import { enterAnew } from "../engine/step.ts";
import type { Timer } from "../engine/timer.ts";
import { canonicalJson } from "../json.ts";
import { load, refuse, refuseField } from "./beginning.ts";
import type { LabelsCall, MigrateCall, OverrideCall, Refusal, Reply } from "./calls.ts";
import { Data } from "./data.ts";
import type { Verdict } from "./decide.ts";
import type { Present } from "./present.ts";
import type { IdentityRow, TransitionRow } from "./rows.ts";

/**
 * The change that puts the machine into a state, whatever its transitions say. INVALID_ARGUMENT: it has no such state, or
 * its data is not as that state's schema has it.
 */
export function overrideState(present: Present, call: OverrideCall, now: number): Reply<Verdict> {
  const { name, version, states } = present.configuration;
  if (!states.includes(call.state)) {
    const message = `state: ${quote(call.state)} is not a state of ${name}:${version}`;
    return refuseField("/state", "state", message, call.state);
  }
  const at = Math.max(now, present.decidedAt);
  const revision = present.revision + 1;
  const data = call.data === undefined ? null : Data.ofText(call.data);
  const next = { state: call.state, revision, data: (data ?? present.data).value };
  const entered = enterAnew(present.configuration, next, at);
  if (!entered.ok) return refuse(entered.message, entered.violations);
  const row: TransitionRow = {
    ...noEvent("override", revision, call),
    from: present.state,
    state: call.state,
    version,
    data,
    dataRevision: data === null ? present.dataRevision : revision,
    timers: entered.timers,
    timersFired: 0,
    enteredAt: at,
    at,
    details: call.comment,
  };
  return { ok: true, value: { kind: "accepted", row } };
}

/**
 * The change that lets the machine go on by another version of its configuration; undefined: it has that version. The state
 * is renamed, not entered anew: its timers are those of the new version, and run from when the state was entered.
 * MIGRATION_REJECTED: the state has no place there, or the data does not fit.
 */
export function migrateTo(present: Present, call: MigrateCall, now: number): Reply<Verdict | undefined> {
  if (call.version === present.configuration.version) return { ok: true, value: undefined };
  const configuration = load(call.source);
  const target = configIdOf(configuration.name, configuration.version);
  const state = call.stateMap.get(present.state) ?? present.state;
  const states = new Set(configuration.states);
  const unknown = [...call.stateMap].find(([, to]) => !states.has(to));
  if (unknown !== undefined) {
    const [from, to] = unknown;
    const message = `state_map: ${quote(to)}, given for ${quote(from)}, is not a state of ${target}`;
    return reject(present, { pointer: toPointer("state_map", from), rule: "state", message, value: to });
  }
  if (!states.has(state)) {
    const message = `the state ${quote(state)} is not a state of ${target}, and state_map does not say what becomes of it`;
    return reject(present, { pointer: "/state_map", rule: "state", message, value: state });
  }
  const at = Math.max(now, present.decidedAt);
  const revision = present.revision + 1;
  const entered = enterAnew(configuration, { state, revision, data: present.data.value }, present.enteredAt);
  if (!entered.ok) {
    const message = `${target}: ${entered.message}`;
    return reject(present, { pointer: "/to", rule: entered.rule, message, value: call.version });
  }
  const row: TransitionRow = {
    ...noEvent("migration", revision, call),
    ...(call.eventId !== undefined && { eventId: call.eventId }),
    from: present.state,
    state,
    version: configuration.version,
    data: null,
    dataRevision: present.dataRevision,
    ...takeOver(present, entered.timers),
    enteredAt: present.enteredAt,
    at,
    details: "",
  };
  return { ok: true, value: { kind: "accepted", row, becomes: { configuration, source: call.source } } };
}

/**
 * The timers of the new version, behind those that were sent since the state was entered, by whatever version: one that
 * sends the same event at the same time is the same timer, and is not sent again.
 */
function takeOver(
  { timers, timersFired }: Present,
  next: readonly Timer[],
): Pick<TransitionRow, "timers" | "timersFired"> {
  const sent = timers.slice(0, timersFired);
  const unsent = [...next];
  for (const { event, dueAt } of sent) {
    const same = unsent.findIndex((timer) => timer.event === event && timer.dueAt === dueAt);
    if (same >= 0) unsent.splice(same, 1);
  }
  return { timers: [...sent, ...unsent], timersFired: sent.length };
}

function reject(
  { revision, state }: Present,
  { value, ...violation }: { pointer: string; rule: string; message: string; value: string },
): Refusal {
  const metadata = { revision: String(revision), state };
  const { message } = violation;
  const violations = [{ ...violation, value: clip(value) }];
  return { ok: false, reason: "MIGRATION_REJECTED", message, metadata, violations };
}

/** What a change that no event makes has in an event's place. */
function noEvent(
  kind: "override" | "migration",
  revision: number,
  { actor, traceparent = null }: { readonly actor: string; readonly traceparent?: string | null },
) {
  return {
    kind,
    revision,
    eventId: `detent:${kind}:${revision}`,
    event: "",
    created: false,
    timestamp: null,
    originator: "",
    actor,
    traceparent,
    eventData: "{}",
  } as const;
}

/**
 * The machine with labels set and taken off, which the index has yet to hear of; the same one where nothing changes.
 * LIMIT_EXCEEDED: together they would be too long.
 */
export function relabel({ identity }: Present, { labels: changes }: LabelsCall): Reply<IdentityRow> {
  const merged = new Map(Object.entries(JSON.parse(identity.labels) as Record<string, string>));
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) merged.delete(name);
    else merged.set(name, value);
  }
  const labels = canonicalJson(Object.fromEntries(merged));
  const bytes = countUtf8Bytes(labels);
  if (bytes > LIMITS.labelsBytes) {
    const message = `labels would have ${bytes} bytes, the limit is ${LIMITS.labelsBytes}`;
    return refuseField("/labels", "limit_exceeded", message, String(bytes));
  }
  if (labels === identity.labels) return { ok: true, value: identity };
  const unheard = [...new Set([...identity.unheard, "index" as const])];
  return { ok: true, value: { ...identity, labels, unheard, extraChanges: identity.extraChanges + 1 } };
}
