/** What machines did, decision by decision, against what their configuration says: every difference as a line of text. */
import { readHistory, readReceipt, readRefusals, readWhole, type Change, type Receipt } from "../faults/record.ts";
import {
  CREATION_DATA,
  isOutcome,
  outcomeOf,
  STARTING_STATE,
  timersOf,
  type Data,
  type ExpectedTimer,
  type Stay,
} from "./rules.ts";

/** A machine's whole life, as it tells it. */
export interface Course {
  readonly machine: string;
  readonly createdAt: number;
  readonly changes: readonly Change[];
  /** When the changes that timers made were decided, by their event ids. */
  readonly firedAt: ReadonlyMap<string, number>;
  /** Oldest first. */
  readonly refusals: readonly Receipt[];
  readonly state: string;
  readonly revision: number;
  readonly data: Data;
  /** What is still to come. */
  readonly timers: readonly unknown[];
}

/** Something that a machine decided, in the order in which it did. */
interface Decision {
  readonly eventId: string;
  readonly event: string;
  readonly originator: string;
  /** Epoch ms, by the object's clock. */
  readonly at: number;
  /** Epoch ms; of a change: what the event says of itself. */
  readonly claimedAt: number | undefined;
  readonly from: string;
  readonly data: Data;
  readonly found: { readonly to?: string; readonly reason?: string };
}

/** How late the timers of all machines were, and what was wrong. */
export interface Findings {
  readonly faults: string[];
  /** Timers that have yet to fire, which may be a matter of time. */
  readonly missing: string[];
  readonly accepted: number[];
  readonly refused: number[];
  /** Timers of states that were left before they were due. */
  cancelled: number;
}

export async function readCourse(origin: string, machine: string): Promise<Course> {
  const { created_at, state, revision, data, timers } = await readWhole(origin, machine);
  const changes = await readHistory(origin, machine);
  const refusals = await readRefusals(origin, machine);
  const firedAt = new Map<string, number>();
  for (const { originator, event_id } of changes) {
    if (originator !== "timer") continue;
    firedAt.set(event_id, Date.parse((await readReceipt(origin, machine, event_id)).at));
  }
  return { machine, createdAt: Date.parse(created_at), changes, firedAt, refusals, state, revision, data, timers };
}

/**
 * Follows each machine from its creation to where it rests. A timer's event comes exactly when its turn is: never before it
 * is due, never of a state that was left, never twice; and nothing else is decided once it is due, however long
 * nothing ran meanwhile.
 */
export function checkCourses(courses: readonly Course[]): Findings {
  const findings: Findings = { faults: [], missing: [], accepted: [], refused: [], cancelled: 0 };
  for (const course of courses) followCourse(course, findings);
  return findings;
}

function followCourse(course: Course, findings: Findings): void {
  const { machine } = course;
  let stay: Stay = { revision: 0, state: STARTING_STATE, data: CREATION_DATA, enteredAt: course.createdAt };
  const refusals = Map.groupBy(course.refusals, ({ revision }) => revision);
  for (const change of [...course.changes, undefined]) {
    const stayed = (refusals.get(stay.revision) ?? []).map(decisionOfRefusal);
    const left = change && decisionOfChange(change, course.firedAt);
    followStay(stay, left === undefined ? stayed : [...stayed, left], {
      machine,
      findings,
      isLast: left === undefined,
    });
    if (change === undefined || left === undefined) break;
    const outcome = outcomeOf(stay, left.event, left.data);
    const data = "to" in outcome ? outcome.data : stay.data;
    stay = { revision: stay.revision + 1, state: change.transition.to, data, enteredAt: left.at };
    if (change.revision === stay.revision) continue;
    findings.faults.push(`${machine}: revision ${change.revision} comes after ${stay.revision - 1}`);
  }
  const rests = JSON.stringify([course.revision, course.state, sorted(course.data), course.timers]);
  const ought = JSON.stringify([stay.revision, stay.state, sorted(stay.data), []]);
  if (rests === ought) return;
  const list = course.timers.length > 0 ? findings.missing : findings.faults;
  list.push(`${machine}: rests as ${rests}, not as ${ought}`);
}

const sorted = (data: Data): [string, unknown][] => Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1));

function followStay(
  stay: Stay,
  decisions: readonly Decision[],
  { machine, findings, isLast }: { machine: string; findings: Findings; isLast: boolean },
): void {
  const fault = (text: string): void => void findings.faults.push(`${machine}: ${text}`);
  const timers = timersOf(stay);
  let fired = 0;
  let before = stay.enteredAt;
  for (const decision of decisions) {
    const { eventId, event, originator, at, from, data, found } = decision;
    const what = `${eventId} (${event}) in ${stay.state}, revision ${stay.revision}`;
    if (at < before) fault(`${what} was decided ${before - at} ms before what came first`);
    before = at;
    const next = timers[fired];
    if (originator === "timer") {
      const problem = next === undefined ? "no timer was left" : problemOf(decision, next);
      if (problem !== undefined) fault(`${what}: ${problem}`);
      // A deadline that was past when its state was entered was due then.
      const lateMs = at - Math.max(next?.dueAt ?? at, stay.enteredAt);
      (found.to === undefined ? findings.refused : findings.accepted).push(lateMs);
      fired += 1;
    } else if (next !== undefined && next.dueAt <= at) {
      fault(`${what} came ${at - next.dueAt} ms after ${next.eventId} was due`);
    }
    if (from !== stay.state) fault(`${what} was decided in ${from}`);
    const outcome = outcomeOf(stay, event, data);
    if (!isOutcome(outcome, found)) fault(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(outcome)}`);
  }
  const left = timers.slice(fired);
  if (!isLast) findings.cancelled += left.length;
  else
    for (const { eventId, dueAt } of left)
      findings.missing.push(`${machine}: ${eventId}, due at ${dueAt}, never fired`);
}

function problemOf({ eventId, event, at, claimedAt }: Decision, timer: ExpectedTimer): string | undefined {
  if (eventId !== timer.eventId) return `it was the turn of ${timer.eventId}`;
  if (event !== timer.event) return `the event is ${timer.event}`;
  if (at < timer.dueAt) return `fired ${timer.dueAt - at} ms early`;
  if (claimedAt !== undefined && claimedAt !== timer.dueAt) return `says ${claimedAt}, was due at ${timer.dueAt}`;
  return undefined;
}

/** Of an event without a time of its own, a history tells when it was decided. */
function decisionOfChange(change: Change, firedAt: ReadonlyMap<string, number>): Decision {
  const { event_id: eventId, originator, timestamp, transition, data } = change;
  const claimedAt = Date.parse(timestamp);
  const at = originator === "timer" ? (firedAt.get(eventId) ?? NaN) : claimedAt;
  const { from, to, event } = transition;
  return { eventId, event, originator, at, claimedAt, from, data, found: { to } };
}

function decisionOfRefusal(receipt: Receipt): Decision {
  const { event_id: eventId, event, originator, at, from, data, reason = "" } = receipt;
  const decided = { eventId, event, originator, at: Date.parse(at), claimedAt: undefined, from };
  return { ...decided, data: data ?? {}, found: { reason } };
}
