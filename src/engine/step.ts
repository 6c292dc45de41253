import { listAllowedNames, type Snapshot } from "./allowed-events.ts";
import { type Configuration, configIdOf, type Edge, type Transition } from "./configuration.ts";
import { enterByTransition, enterState } from "./entry.ts";
import { evaluateGuard, type EventScope, type Scope } from "./expression/expression.ts";
import type { JsonObject } from "./json.ts";
import { EVENT_BUDGET } from "./limits.ts";
import { Meter } from "./meter.ts";
import { clip, quote } from "./names.ts";
import type { DataViolation } from "./schema-rule.ts";
import { show } from "./schema/assertions.ts";
import type { Timer } from "./timer.ts";

/** What a machine begins with, or why it cannot. */
export type Start =
  | { readonly ok: true; readonly next: Snapshot; readonly timers: readonly Timer[] }
  | {
      readonly ok: false;
      readonly rule: "initial_state" | "schema" | "deadline";
      readonly message: string;
      /** The fields to blame: `/state`, or `/data` and what is in it. */
      readonly violations: readonly DataViolation[];
    };

/** Why an event is refused by the machine. */
type RefusalReason = "UNKNOWN_EVENT" | "NO_TRANSITION" | "GUARD_REJECTED" | "ASSIGN_REJECTED" | "SCHEMA_REJECTED";

/**
 * What an event does: it moves the machine, and says which timers begin to run; it is ignored or put off, as `unhandled`
 * says; or it is refused, and the machine stays as it is.
 */
export type Step =
  | {
      readonly kind: "transitioned";
      /** Its `data` is the same object as before where nothing changed it. */
      readonly next: Snapshot;
      /** The transition taken; its `from` is the state left, also when a `*` matched. */
      readonly transition: Edge;
      readonly timers: readonly Timer[];
    }
  | { readonly kind: "ignored" }
  | { readonly kind: "deferred" }
  | {
      readonly kind: "refused";
      readonly reason: RefusalReason;
      readonly message: string;
      /** All that would be allowed; the message names only the first few. */
      readonly allowedEvents: readonly string[];
      /** What of the event's data is to blame, as JSON Pointers to `/data` and what is in it. */
      readonly violations: readonly DataViolation[];
    };

const NAMED_IN_MESSAGE = 20;

/**
 * The beginning of a machine at `now` (epoch ms): in the starting state, or in `state`, which `initial_states` may limit;
 * its data must match that state's schema.
 */
export function start(
  configuration: Configuration,
  { state, data, now }: { readonly state?: string | undefined; readonly data: JsonObject; readonly now: number },
  meter?: Meter,
): Start {
  const { initialStates, startingState, states } = configuration;
  // protobuf cannot tell an empty state from none.
  const first = state || startingState;
  if (state && !initialStates.includes(state)) {
    const problem = states.includes(state)
      ? `A machine of ${nameOf(configuration)} cannot be created in the state ${quote(state)}`
      : `${quote(state)} is not a state of ${nameOf(configuration)}`;
    const message = `${problem}; allowed: ${joinNames(initialStates)}.`;
    const rule = "initial_state";
    return { ok: false, rule, message, violations: [{ pointer: "/state", rule, message, value: clip(state) }] };
  }
  return enterAnew(configuration, { state: first, revision: 0, data }, now, meter);
}

/**
 * The machine in a state by other means than an event: on creation, by an operator, by a new version. Timers run from
 * `enteredAt`, epoch ms.
 */
export function enterAnew(
  configuration: Configuration,
  next: Snapshot,
  enteredAt: number,
  meter = new Meter(EVENT_BUDGET),
): Start {
  const entry = enterState(configuration, { ...next, event: undefined, now: enteredAt }, meter);
  if (entry.ok) return { ok: true, next, timers: entry.timers };
  const rule = entry.reason === "SCHEMA_REJECTED" ? "schema" : "deadline";
  const message = `${capitalize(entry.message)}.`;
  const { violations = [] } = entry;
  const whole = { pointer: "/data", rule, message, value: show(next.data) };
  return { ok: false, rule, message, violations: violations.length > 0 ? violations.map(inData) : [whole] };
}

/**
 * Applies an event at `now` (epoch ms): of the transitions that match the state and the event, the first whose guard is
 * true wins. A guard that errs refuses the event, and so does work of expressions and schemas that `meter` does not allow.
 */
export function step(
  configuration: Configuration,
  snapshot: Snapshot,
  event: EventScope,
  now: number,
  meter = new Meter(EVENT_BUDGET),
): Step {
  const { state } = snapshot;
  const refuse = (reason: RefusalReason, problem: string, blamed: readonly DataViolation[] = []): Step => {
    const { allowedEvents, allowed } = describeAllowed(configuration, snapshot, now, { meter, refused: event.name });
    const violations = blamed.map(inData);
    return { kind: "refused", reason, message: `${problem} ${allowed}.`, allowedEvents, violations };
  };
  if (!configuration.events.includes(event.name)) {
    const problem = `${nameOf(configuration)} has no event ${quote(event.name)}; in the state ${quote(state)}`;
    return refuse("UNKNOWN_EVENT", problem);
  }
  const mismatch = configuration.eventSchemas.get(event.name)?.explainMismatch(event.data, meter);
  if (mismatch !== undefined) {
    const problem = `The event ${quote(event.name)} in the state ${quote(state)} does not match its schema: ${mismatch.message};`;
    return refuse("SCHEMA_REJECTED", problem, mismatch.violations);
  }
  const transitions = configuration.edges.get(state)?.get(event.name) ?? [];
  if (transitions.length === 0) {
    const unhandled = configuration.unhandledIn(state);
    if (unhandled === "ignore") return { kind: "ignored" };
    if (unhandled === "defer") return { kind: "deferred" };
    return refuse("NO_TRANSITION", `The event ${quote(event.name)} has no transition from the state ${quote(state)};`);
  }
  const scope = { ...snapshot, event, now };
  const chosen = choose(transitions, scope, meter);
  const refused = `The event ${quote(event.name)} is refused in the state ${quote(state)}:`;
  if (!chosen.ok) return refuse("GUARD_REJECTED", `${refused} ${chosen.message};`);
  const { transition } = chosen;
  const entry = enterByTransition(configuration, transition, scope, meter);
  if (!entry.ok) return refuse(entry.reason, `${refused} ${entry.message};`, entry.violations);
  const next = { state: transition.to, revision: snapshot.revision + 1, data: entry.data };
  return { kind: "transitioned", next, transition, timers: entry.timers };
}

/** What would be allowed, as a list and as the end of a sentence; an event that this state has just refused is left out. */
export function describeAllowed(
  configuration: Configuration,
  snapshot: Snapshot,
  now: number,
  { meter, refused }: { readonly meter: Meter; readonly refused?: string },
): { readonly allowedEvents: readonly string[]; readonly allowed: string } {
  const names = listAllowedNames(configuration, snapshot, now, meter);
  const allowedEvents = names.filter((name) => name !== refused);
  if (allowedEvents.length > 0) return { allowedEvents, allowed: `allowed: ${joinNames(allowedEvents)}` };
  const isFinal = configuration.finalStates.has(snapshot.state);
  const end = isFinal ? "no event is allowed, it is final" : `no ${names.length > 0 ? "other " : ""}event is allowed`;
  return { allowedEvents, allowed: end };
}

type Choice = { readonly ok: true; readonly transition: Transition } | { readonly ok: false; readonly message: string };

function choose(transitions: readonly Transition[], scope: Scope, meter: Meter): Choice {
  for (const transition of transitions) {
    if (transition.guard === undefined) return { ok: true, transition };
    const value = evaluateGuard(transition.guard, scope, meter);
    if (!value.ok) {
      const message = `the guard ${quote(transition.guard.source)} failed: ${value.message}`;
      return { ok: false, message };
    }
    if (value.value) return { ok: true, transition };
  }
  const guards = transitions.map(({ guard }) => quote(guard?.source ?? ""));
  if (guards.length === 1) return { ok: false, message: `the guard ${guards[0]} is false` };
  const shown = guards.slice(0, GUARDS_IN_MESSAGE).join(", ");
  const more = guards.length - GUARDS_IN_MESSAGE;
  return { ok: false, message: `all its guards are false, ${shown}${more > 0 ? ` and ${more} more` : ""}` };
}

const GUARDS_IN_MESSAGE = 3;

function inData(violation: DataViolation): DataViolation {
  return { ...violation, pointer: `/data${violation.pointer}` };
}

function capitalize(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function joinNames(names: readonly string[]): string {
  const shown = names.slice(0, NAMED_IN_MESSAGE).map(quote).join(", ");
  const more = names.length - NAMED_IN_MESSAGE;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function nameOf({ name, version }: Configuration): string {
  return configIdOf(name, version);
}
