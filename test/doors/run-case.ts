/** Takes a case's steps through a door and compares each answer, in the words this door has. */
import { expect } from "vitest";
import { FAILURES, ORDERS, type Answer, type Case, type Step } from "./cases.ts";
import { configIdOf, type Door } from "./door.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether the door has the words for it. */
export function canSay(door: Door, { needs }: Case): boolean {
  return needs === undefined || door.kind !== "v1beta";
}

export async function runCase(door: Door, { steps }: Case): Promise<void> {
  const configuration = `c${crypto.randomUUID()}`;
  for (const [index, step] of steps.entries()) {
    const answer = await take(door, configuration, step);
    const label = `step ${index + 1}, ${step.do}`;
    expect(answer, label).toMatchObject(sayable(door, step));
    if (step.do === "createMachine" && step.with.id === undefined) expect(answer.id, label).toMatch(UUID);
    if (step.do === "sendEvent" && step.with.eventId === undefined) expect(answer.eventId, label).toMatch(UUID);
  }
}

function take(door: Door, configuration: string, step: Step): Promise<Answer> {
  switch (step.do) {
    case "createConfiguration":
      return door.createConfiguration({ name: configuration, ...(step.with ?? ORDERS) });
    case "createMachine":
      return door.createMachine({ configuration, ...step.with });
    case "getMachine":
      return door.getMachine({ configuration, ...step.with });
    case "listMachines":
      return door.listMachines({ configuration, ...step.with });
    case "countMachines":
      return door.countMachines({ configuration, ...step.with });
    case "migrateMachine":
      return door.migrateMachine({ configuration, ...step.with });
    case "deprecate":
      return door.deprecate(configIdOf(configuration, step.with.version));
    case "listVersions":
      return door.listVersions(configuration);
    case "sendEvent":
      return door.sendEvent({ configuration, ...step.with });
    case "getEvent":
      return getEvent(door, { configuration, ...step.with }, step.expect);
    default:
      return step satisfies never;
  }
}

/** v1beta looks events up in the index, which may be up to 5 s behind. */
async function getEvent(door: Door, address: Parameters<Door["getEvent"]>[0], expected: Answer): Promise<Answer> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const answer = await door.getEvent(address);
    const stale = door.kind === "v1beta" && answer.reason === "EVENT_NOT_FOUND" && expected.reason !== answer.reason;
    if (!stale || Date.now() > deadline) return answer;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
}

/** What is expected of this door: v1beta has outcomes instead of errors, and fewer words. */
function sayable(door: Door, { do: action, expect: expected }: Step): Answer {
  const failure = expected.reason === undefined ? undefined : FAILURES[expected.reason];
  if (expected.reason !== undefined && failure === undefined) throw new Error(`no row for ${expected.reason}`);
  const [connect, http] = failure ?? [];
  if (door.kind !== "v1beta") {
    // A receipt that is looked up is an answer, whatever it says.
    if (failure === undefined || (action === "getEvent" && expected.code !== undefined)) return expected;
    return { ...expected, failure: door.kind === "json" ? http! : connect! };
  }
  const { code, eventId, state, history, reason, pointers, id } = expected;
  if (code !== undefined) return { code, ...(eventId !== undefined && { eventId }) };
  if (reason !== undefined) {
    const departs = action === "createMachine" && reason === "CONFIGURATION_NOT_FOUND";
    return { reason, failure: departs ? "failed_precondition" : connect!, ...(pointers && { pointers }) };
  }
  return {
    ...(state !== undefined && { state }),
    ...(history !== undefined && { history }),
    ...(action === "createMachine" && id !== undefined && { id }),
  };
}
