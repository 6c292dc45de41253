import { listAllowedNames } from "./allowed-events.ts";
import { type Configuration, configIdOf, type Transition } from "./configuration.ts";
import { quote } from "./names.ts";

/** What a machine is at one moment, as far as stepping needs it. */
export interface Snapshot {
  readonly state: string;
}

/** An event, as far as stepping needs it. */
export interface EngineEvent {
  readonly name: string;
}

/** Something that follows from a step, for the caller to carry out. */
type Effect = { readonly kind: "entered"; readonly state: string };

/** The result of creating a machine. */
export type Start =
  | { readonly ok: true; readonly next: Snapshot; readonly effects: readonly Effect[] }
  | { readonly ok: false; readonly message: string };

/** The result of an event: where the machine goes and by which transition, or why it stays. */
export type Step =
  | {
      readonly ok: true;
      readonly next: Snapshot;
      /** The transition taken; its `from` is the state left, also when a `*` matched. */
      readonly transition: Transition;
      readonly effects: readonly Effect[];
    }
  | {
      readonly ok: false;
      readonly reason: "UNKNOWN_EVENT" | "NO_TRANSITION";
      readonly message: string;
      /** All that would be allowed; the message names only the first few. */
      readonly allowedEvents: readonly string[];
    };

const NAMED_IN_MESSAGE = 20;

/** The snapshot of a new machine: in the starting state, or in `state`, which `initial_states` may limit. */
export function start(configuration: Configuration, state?: string): Start {
  const { initialStates, startingState, states } = configuration;
  // protobuf cannot tell an empty state from none.
  if (!state) return enter(startingState);
  if (initialStates.includes(state)) return enter(state);
  const problem = states.includes(state)
    ? `A machine of ${nameOf(configuration)} cannot be created in the state ${quote(state)}`
    : `${quote(state)} is not a state of ${nameOf(configuration)}`;
  return { ok: false, message: `${problem}; allowed: ${joinNames(initialStates)}.` };
}

/** Applies an event: of the transitions that match the state and the event, the first wins. */
export function step(configuration: Configuration, snapshot: Snapshot, event: EngineEvent): Step {
  const transition = configuration.edges.get(snapshot.state)?.get(event.name)?.[0];
  if (transition) return { ...enter(transition.to), transition };

  const allowedEvents = listAllowedNames(configuration, snapshot.state);
  const allowed =
    allowedEvents.length > 0 ? `allowed: ${joinNames(allowedEvents)}` : describeEnd(configuration, snapshot);
  if (!configuration.events.includes(event.name)) {
    return {
      ok: false,
      reason: "UNKNOWN_EVENT",
      message: `${nameOf(configuration)} has no event ${quote(event.name)}; in the state ${quote(snapshot.state)} ${allowed}.`,
      allowedEvents,
    };
  }
  return {
    ok: false,
    reason: "NO_TRANSITION",
    message: `The event ${quote(event.name)} has no transition from the state ${quote(snapshot.state)}; ${allowed}.`,
    allowedEvents,
  };
}

function enter(state: string): { ok: true; next: Snapshot; effects: readonly Effect[] } {
  return { ok: true, next: { state }, effects: [{ kind: "entered", state }] };
}

function describeEnd(configuration: Configuration, snapshot: Snapshot): string {
  return configuration.finalStates.has(snapshot.state) ? "no event is allowed, it is final" : "no event is allowed";
}

function joinNames(names: readonly string[]): string {
  const shown = names.slice(0, NAMED_IN_MESSAGE).map(quote).join(", ");
  const more = names.length - NAMED_IN_MESSAGE;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function nameOf({ name, version }: Configuration): string {
  return configIdOf(name, version);
}
