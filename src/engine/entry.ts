import type { Configuration, Transition } from "./configuration.ts";
import { evaluateInstant, evaluateValue, type EventScope, type Scope } from "./expression/expression.ts";
import { readPointer } from "./finding.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { countUtf8Bytes, isDeeperThan, LIMITS } from "./limits.ts";
import type { Meter } from "./meter.ts";
import { quote } from "./names.ts";
import type { DataViolation } from "./schema-rule.ts";
import { sortTimers, type Timer } from "./timer.ts";

/** A state entered: what the machine holds from now on, and what it will do by itself. */
export type Entry =
  | { readonly ok: true; readonly data: JsonObject; readonly timers: readonly Timer[] }
  | {
      readonly ok: false;
      readonly reason: "ASSIGN_REJECTED" | "SCHEMA_REJECTED";
      readonly message: string;
      /** What of the data the schema of the state refuses; after an event, of that what it may bring. */
      readonly violations?: readonly DataViolation[];
    };

type DataChange =
  | { readonly ok: true; readonly data: JsonObject }
  | { readonly ok: false; readonly reason: "ASSIGN_REJECTED" | "SCHEMA_REJECTED"; readonly message: string };

/**
 * Enters the transition's target: takes over what its schema names from the event's data, then what `assign` says, which
 * wins; the whole must match the schema. `data` stays the same object where nothing was said.
 */
export function enterByTransition(
  configuration: Configuration,
  transition: Transition,
  scope: Scope & { readonly event: EventScope },
  meter: Meter,
): Entry {
  const changed = changeData(configuration, transition, scope, meter);
  if (!changed.ok) return changed;
  const { data } = changed;
  const entered = { ...scope, state: transition.to, revision: scope.revision + 1, data };
  const entry = enterState(configuration, entered, meter);
  if (entry.ok || entry.violations === undefined) return entry;
  const names = configuration.stateSchemas.get(transition.to)?.names;
  const violations = entry.violations.filter(({ pointer }) => {
    const [field = ""] = readPointer(pointer);
    return names?.has(field) && !transition.assign.has(field);
  });
  return { ...entry, violations };
}

/** Enters `scope.state` with the data as it is, at the time `scope.now`: checks the data, tells the timers. */
export function enterState(configuration: Configuration, scope: Scope, meter: Meter): Entry {
  const { state, data } = scope;
  const mismatch = configuration.stateSchemas.get(state)?.explainMismatch(data, meter);
  if (mismatch !== undefined) {
    const message = `the data does not match the schema of the state ${quote(state)}: ${mismatch.message}`;
    return { ok: false, reason: "SCHEMA_REJECTED", message, violations: mismatch.violations };
  }
  const timers: Timer[] = [];
  for (const { position, event, to, afterMs, deadline } of configuration.edges.listTimed(state)) {
    if (afterMs !== undefined) timers.push({ position, event, to, dueAt: scope.now + afterMs });
    if (deadline === undefined) continue;
    const due = evaluateInstant(deadline, scope, meter);
    if (!due.ok) {
      const message = `the deadline of the event ${quote(event)} in the state ${quote(state)} cannot be told: ${due.message}`;
      return { ok: false, reason: "ASSIGN_REJECTED", message };
    }
    timers.push({ position, event, to, dueAt: due.value });
  }
  return { ok: true, data, timers: sortTimers(timers) };
}

function changeData(
  configuration: Configuration,
  { to, event, assign }: Transition,
  scope: Scope & { readonly event: EventScope },
  meter: Meter,
): DataChange {
  const changes = new Map<string, JsonValue>();
  for (const name of configuration.stateSchemas.get(to)?.names ?? []) {
    const value = Object.hasOwn(scope.event.data, name) ? scope.event.data[name] : undefined;
    if (value !== undefined) changes.set(name, value);
  }
  const reason = assign.size > 0 ? "ASSIGN_REJECTED" : "SCHEMA_REJECTED";
  for (const [field, expression] of assign) {
    const assigned = evaluateValue(expression, scope, meter);
    if (!assigned.ok) {
      const message = `the assignment of ${quote(field)} by the event ${quote(event)} failed: ${assigned.message}`;
      return { ok: false, reason, message };
    }
    changes.set(field, assigned.value);
  }
  if (changes.size === 0) return { ok: true, data: scope.data };
  // fromEntries makes own properties, also of a name like `__proto__`.
  const data = Object.fromEntries([...Object.entries(scope.data), ...changes]);
  const excess = findExcess(data);
  return excess === undefined ? { ok: true, data } : { ok: false, reason, message: excess };
}

/** Which limit of a machine's data it exceeds. */
function findExcess(data: JsonObject): string | undefined {
  if (isDeeperThan(data, LIMITS.jsonDepth)) {
    return `the machine's data would nest deeper than ${LIMITS.jsonDepth} levels`;
  }
  const bytes = countUtf8Bytes(JSON.stringify(data));
  if (bytes <= LIMITS.machineDataBytes) return undefined;
  return `the machine's data would have ${bytes} bytes as JSON, the limit is ${LIMITS.machineDataBytes}`;
}
