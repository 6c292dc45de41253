/** Does to a machine what a step says, and finds out everything that has come of it. */
import { toSendable } from "./sendable.ts";
import type { Seen } from "./seen.ts";
import type { Action } from "./step.ts";
import { isOfTheTarget, TargetError } from "./target-error.ts";
import type { Answer, Change, Machine, Presence, Receipt, TestMachine } from "./target.ts";

export interface Taken {
  readonly action: Action;
  readonly answer?: Answer<Machine | Receipt>;
  readonly before: Presence;
  readonly after: Presence;
  /** Everything that has changed, timers and deferred events included. */
  readonly changes: readonly Change[];
}

/**
 * `before` is the machine as it was last seen; `place` makes the id of an event that has none. Throws a UsageError where the
 * action cannot be sent as it stands, and a TargetError where what was answered says nothing about the machine, unless its
 * reason is `named`, the one that a test is about.
 */
export async function takeStep(
  machine: TestMachine,
  action: Action,
  { before, place, named }: { readonly before: Presence; readonly place: number; readonly named?: string | undefined },
): Promise<Taken> {
  const answer = await act(machine, toSendable(action), place);
  if (answer?.ok === false && isOfTheTarget(answer.reason) && answer.reason !== named) {
    const { reason, message } = answer;
    throw new TargetError(`the answer says nothing about the machine: ${reason}: ${message}`, { reason });
  }
  const facts = { action, before, ...(answer !== undefined && { answer }) };
  return { ...facts, ...(await lookAt(machine, before)) };
}

/** What the machine is now, and what has changed since `before`. */
export async function lookAt(machine: TestMachine, before: Presence): Promise<Pick<Taken, "after" | "changes">> {
  const after = await machine.read();
  const known = typeof before === "string" ? 0 : before.revision;
  // A machine that is retired by now may have moved before.
  const hasMoved = typeof after === "string" ? typeof before !== "string" : after.revision > known;
  return { after, changes: hasMoved ? await machine.listChanges(known) : [] };
}

/** The events that machines send to themselves and refuse are told nowhere but in their list of refused events. */
export async function noteRefusedTimers(
  machine: TestMachine,
  seen: Seen,
  known: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const refused = await machine.listRefused();
  for (const { eventId, event, from, reason = "", originator } of refused) {
    if (originator === "timer" && !known.has(eventId)) seen.addStay({ state: from, event, outcome: reason });
  }
  return new Set(refused.map(({ eventId }) => eventId));
}

async function act(
  machine: TestMachine,
  action: Action,
  place: number,
): Promise<Answer<Machine | Receipt> | undefined> {
  switch (action.kind) {
    case "none":
      return undefined;
    case "create": {
      const { kind: _create, ...newMachine } = action;
      return await machine.create(newMachine);
    }
    case "send": {
      const { kind: _send, eventId = `step-${place}`, ...event } = action;
      return await machine.send({ ...event, eventId });
    }
    case "pass":
      await machine.pass(action.ms);
      return undefined;
    default:
      return action satisfies never;
  }
}
