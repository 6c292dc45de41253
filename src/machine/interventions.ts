/** What operators do to a machine: decided here, as events are in decide.ts, from what the machine is. */
import { countUtf8Bytes, LIMITS } from "../engine/limits.ts";
import { quote } from "../engine/names.ts";
import { canonicalJson } from "../json.ts";
import { refuseField } from "./beginning.ts";
import type { LabelsCall, OverrideCall, Reply } from "./calls.ts";
import type { Present } from "./present.ts";
import type { IdentityRow, TransitionRow } from "./rows.ts";

/** The change that puts the machine into a state, whatever its transitions say. INVALID_ARGUMENT: it has no such state. */
export function overrideState(present: Present, call: OverrideCall, now: number): Reply<TransitionRow> {
  const { name, version, states } = present.configuration;
  if (!states.includes(call.state)) {
    const message = `state: ${quote(call.state)} is not a state of ${name}:${version}`;
    return refuseField("/state", "state", message, call.state);
  }
  const revision = present.revision + 1;
  const row: TransitionRow = {
    revision,
    kind: "override",
    eventId: `detent:override:${revision}`,
    event: "",
    from: present.state,
    state: call.state,
    version,
    created: false,
    at: Math.max(now, present.decidedAt),
    timestamp: null,
    originator: "",
    actor: call.actor,
    traceparent: call.traceparent ?? null,
    details: call.comment,
    eventData: "{}",
  };
  return { ok: true, value: row };
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
