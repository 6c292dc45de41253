/**
 * `detent/engine`: configurations read, checked and stepped without a service. Given a configuration, a snapshot of a machine
 * and an event, `step` tells the next snapshot and the timers that begin to run; nothing is executed, stored or awaited, and
 * the time is whatever the caller says. What a service adds is not here: events known by their id, expectations, what waits
 * its turn, and limits of ids and of events' sizes.
 */
import { type AllowedEvent, listAllowedEvents as listAllowed, type Snapshot } from "./allowed-events.ts";
import { checkCompiled, checkObject, checkSnapshot, checkTexts, checkTime, checkTimer, readForm } from "./arguments.ts";
import { checkConfiguration as check } from "./check-configuration.ts";
import { type Compilation, compileConfiguration as compile } from "./compile-configuration.ts";
import type { Configuration, ConfigurationSource } from "./configuration.ts";
import type { Finding } from "./finding.ts";
import type { JsonObject } from "./json.ts";
import { start as startMachine, type Start, step as stepMachine, type Step } from "./step.ts";
import { type Timer, timerEventId } from "./timer.ts";

export type { Compilation } from "./compile-configuration.ts";
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
export { FINDING_CODES, type FindingCode } from "./finding.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export { LIMITS } from "./limits.ts";
export { checkConfigurationName, checkId, checkStateOrEventName, checkVersion, type NameProblem } from "./names.ts";
export type { DataViolation } from "./schema-rule.ts";
export type { AllowedEvent, Finding, Snapshot, Start, Step, Timer };

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
 * Checks everything about a configuration: all errors, then all warnings. Throws a TypeError where it has not even the form
 * of one, which `readConfiguration` tells without throwing.
 */
export function checkConfiguration(source: ConfigurationSource): Finding[] {
  const read = readForm(source);
  return read.ok ? check(read.source) : read.findings;
}

/**
 * Checks a configuration and makes it ready for stepping; an absent or empty version becomes `v1`. What is changed in the
 * source afterwards does not count. Throws a TypeError as `checkConfiguration` does.
 */
export function compileConfiguration(source: ConfigurationSource): Compilation {
  const read = readForm(source);
  return read.ok ? compile(read.source) : { ok: false, errors: read.findings, warnings: [] };
}

/**
 * A machine begins at `now` (epoch ms): its first snapshot, and the timers of the state it is in. Not `ok` where
 * `initial_states` or the schema of the state forbid it, or where a deadline cannot be told. Throws a TypeError for an
 * argument of another type, as all that follow do.
 */
export function start(configuration: Configuration, beginning: Beginning, now: number): Start {
  checkCompiled(configuration);
  checkObject("beginning", beginning);
  checkTime("now", now);
  const { state = "", data = {} } = beginning;
  checkTexts("beginning", { state });
  checkObject("beginning.data", data);
  return startMachine(configuration, { state, data, now });
}

/**
 * What an event does to a machine at `now` (epoch ms). The snapshot is left as it is; with the next one the timers told
 * before are over, and those told with it run. An event that is refused, ignored or deferred changes nothing.
 */
export function step(configuration: Configuration, snapshot: Snapshot, event: SentEvent, now: number): Step {
  checkCompiled(configuration);
  checkSnapshot(snapshot);
  checkObject("event", event);
  checkTime("now", now);
  const { name, data = {}, id = "", details = "", originator = "", timestamp = now } = event;
  checkTexts("event", { name, id, details, originator });
  checkObject("event.data", data);
  checkTime("event.timestamp", timestamp);
  return stepMachine(configuration, snapshot, { id, name, data, details, originator, timestamp }, now);
}

/** What every event of the configuration would do to the machine at `now` (epoch ms), in the configuration's order. */
export function listAllowedEvents(configuration: Configuration, snapshot: Snapshot, now: number): AllowedEvent[] {
  checkCompiled(configuration);
  checkSnapshot(snapshot);
  checkTime("now", now);
  return listAllowed(configuration, snapshot, now);
}

/** The event that Detent sends when a timer of the state in `snapshot` is due: to be stepped no earlier than `dueAt`. */
export function eventOf(snapshot: Snapshot, timer: Timer): SentEvent {
  checkSnapshot(snapshot);
  checkTimer(timer);
  const { event: name, dueAt: timestamp } = timer;
  return { name, id: timerEventId(snapshot.revision, timer), originator: "timer", timestamp };
}
