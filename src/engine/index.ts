/**
 * `detent/engine`: configurations read, checked and stepped without a service. Given a configuration, a snapshot of a machine
 * and an event, `step` tells the next snapshot and the timers that begin to run; nothing is executed, stored or awaited, and
 * the time is whatever the caller says. What a service adds is not here: events known by their id, expectations, what waits
 * its turn, and limits of ids and of events' sizes.
 */
import { type AllowedEvent, listAllowedEvents, type Snapshot } from "./allowed-events.ts";
import type { Configuration } from "./configuration.ts";
import type { JsonObject } from "./json.ts";
import { start as startMachine, type Start, step as stepMachine, type Step } from "./step.ts";
import { type Timer, timerEventId } from "./timer.ts";

export { checkConfiguration } from "./check-configuration.ts";
export { type Compilation, compileConfiguration } from "./compile-configuration.ts";
export {
  type Configuration,
  configIdOf,
  type ConfigurationSource,
  type Edge,
  type Transition,
} from "./configuration.ts";
export type { TransitionSource, Unhandled } from "./configuration.ts";
export { CONFIGURATION_FORMAT, readConfiguration, type Reading } from "./configuration-format.ts";
export { parseDuration } from "./duration.ts";
export { type Finding, FINDING_CODES, type FindingCode } from "./finding.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export { LIMITS } from "./limits.ts";
export { checkConfigurationName, checkId, checkStateOrEventName, checkVersion, type NameProblem } from "./names.ts";
export type { DataViolation } from "./schema-rule.ts";
export { type AllowedEvent, listAllowedEvents, type Snapshot, type Start, type Step, type Timer };

/** How a machine begins. */
export interface Beginning {
  /** Default: the configuration's starting state. */
  readonly state?: string;
  /** Default: `{}`. */
  readonly data?: JsonObject;
}

/** An event as it is sent. All but the name is there for guards, assignments and deadlines to read. */
export interface SentEvent {
  readonly name: string;
  /** Default: `{}`. */
  readonly data?: JsonObject;
  /** Default: empty. */
  readonly id?: string;
  /** Default: empty. */
  readonly details?: string;
  /** Default: empty. */
  readonly originator?: string;
  /** Epoch ms; default: now. */
  readonly timestamp?: number;
}

/**
 * A machine begins at `now` (epoch ms): its first snapshot, and the timers of the state it is in. Not `ok` where
 * `initial_states` or the schema of the state forbid it, or where a deadline cannot be told.
 */
export function start(configuration: Configuration, beginning: Beginning, now: number): Start {
  const { state, data = {} } = beginning;
  return startMachine(configuration, { state, data, now });
}

/**
 * What an event does to a machine at `now` (epoch ms). The snapshot is left as it is; with the next one the timers told
 * before are over, and those told with it run. An event that is refused, ignored or deferred changes nothing.
 */
export function step(configuration: Configuration, snapshot: Snapshot, event: SentEvent, now: number): Step {
  const { name, data = {}, id = "", details = "", originator = "", timestamp = now } = event;
  return stepMachine(configuration, snapshot, { id, name, data, details, originator, timestamp }, now);
}

/** The event that Detent sends when a timer of the state in `snapshot` is due: to be stepped no earlier than `dueAt`. */
export function eventOf({ revision }: Snapshot, timer: Timer): SentEvent {
  const { event: name, dueAt: timestamp } = timer;
  return { name, id: timerEventId(revision, timer), originator: "timer", timestamp };
}
