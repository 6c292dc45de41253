/** Whether a step has come out as it was expected to. Pure: what has happened is passed in. */
import { describeExpected, describePresence, describeReceipt, describeRefusal, isSame } from "./describe.ts";
import { listDifferences, show } from "./match.ts";
import type { Action, Expected, MachineMatch, RefusalMatch } from "./step.ts";
import type { Answer, Machine, Presence, Receipt, Refusal } from "./target.ts";

/** What a step has done. */
export interface Happened {
  readonly action: Action;
  /** Undefined: nothing was asked, time has passed. */
  readonly answer?: Answer<Machine | Receipt>;
  readonly before: Presence;
  readonly after: Presence;
  /** Names of the events that are allowed now; undefined where nobody wants to know. */
  readonly allowed?: readonly string[];
  /** The receipt that the event's id had before. */
  readonly first?: Receipt | undefined;
}

/** Why a step is not as expected; `expected` and `actual` are for the runner to compare. */
export interface Problem {
  readonly message: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

export function judge(expected: Expected | undefined, happened: Happened): Problem | undefined {
  const { answer, before, after } = happened;
  if (answer?.ok === false && answer.reason === "INTERNAL" && expected?.kind !== "refused") {
    return problem(expected, happened, "INTERNAL");
  }
  switch (expected?.kind) {
    case undefined:
      return answer?.ok === false ? problem(undefined, happened, answer.reason) : undefined;
    case "state":
      return judgeState(expected, happened);
    case "refused":
      return judgeRefused(expected, happened);
    case "ignored":
    case "deferred": {
      const result = receiptOf(happened)?.result;
      if (result !== expected.kind) return problem(expected, happened, result ?? "no receipt");
      return isSame(before, after) ? undefined : changed(expected.kind, happened);
    }
    case "duplicate":
      return judgeDuplicate(happened);
    case "gone":
      return after === "gone" ? undefined : problem(expected, happened, nameOf(after));
    default:
      return expected satisfies never;
  }
}

function judgeState(expected: Expected & { kind: "state" }, happened: Happened): Problem | undefined {
  const { action, answer, after, allowed } = happened;
  if (answer?.ok === false) return problem(expected, happened, `refused: ${answer.reason}`);
  const receipt = action.kind === "send" ? receiptOf(happened) : undefined;
  // To be where it was because nothing has happened is not what a test means that names a state.
  if (receipt !== undefined && receipt.result !== "transitioned") return problem(expected, happened, receipt.result);
  if (receipt?.duplicate === true) return problem(expected, happened, "duplicate");
  if (typeof after === "string") return problem(expected, happened, after);
  if (after.state !== expected.state) return problem(expected, happened, after.state);
  const differences = listMachineDifferences(expected, after, allowed);
  if (differences.length === 0) return undefined;
  const message = `the machine is in ${show(after.state)}, but not as expected:\n    ${differences.join("\n    ")}`;
  return { message, expected: wishOf(expected), actual: factsOf(expected, after, allowed) };
}

function listMachineDifferences(wish: MachineMatch, machine: Machine, allowed: readonly string[] = []): string[] {
  const { data, exactData, labels, revision, final } = wish;
  return [
    ...(data === undefined ? [] : listDifferences(data, machine.data, "data")),
    ...(exactData === undefined ? [] : listDifferences(exactData, machine.data, "data", true)),
    ...(labels === undefined ? [] : listDifferences(labels, machine.labels, "labels")),
    ...(revision === undefined ? [] : listDifferences(revision, machine.revision, "revision")),
    ...(final === undefined ? [] : listDifferences(final, machine.final, "final")),
    ...(wish.allowed === undefined ? [] : listDifferences(wish.allowed.toSorted(), allowed.toSorted(), "allowed")),
  ];
}

function wishOf({ state, data, exactData, labels, revision, final, allowed }: { state: string } & MachineMatch) {
  const wishes = { state, data: exactData ?? data, labels, revision, final, allowed: allowed?.toSorted() };
  return Object.fromEntries(Object.entries(wishes).filter(([, wish]) => wish !== undefined));
}

/** What the machine is in the places where something was wished. */
function factsOf(expected: Expected & { kind: "state" }, machine: Machine, allowed: readonly string[] = []) {
  const facts: Record<string, unknown> = { ...machine, allowed: allowed.toSorted() };
  return Object.fromEntries(Object.keys(wishOf(expected)).map((name) => [name, facts[name]]));
}

function judgeRefused(expected: Expected & { kind: "refused" }, happened: Happened): Problem | undefined {
  const { answer, before, after } = happened;
  const refusal = answer?.ok === false ? answer : undefined;
  if (refusal === undefined) return problem(expected, happened, receiptOf(happened)?.result ?? "done");
  // INTERNAL is a bug, and so nothing that a test could wish for.
  if (refusal.reason === "INTERNAL") return problem(expected, happened, "INTERNAL");
  if (refusal.receipt?.duplicate === true) return problem(expected, happened, "duplicate");
  if (expected.reason !== undefined && refusal.reason !== expected.reason) {
    return problem(expected, happened, refusal.reason);
  }
  const missed = findMissed(expected, refusal);
  if (missed !== undefined) {
    return { message: `${missed}\n    ${describeRefusal(refusal)}`, expected: { ...expected }, actual: { ...refusal } };
  }
  return isSame(before, after) ? undefined : changed("refused", happened);
}

function findMissed({ message, pointer, rule }: RefusalMatch, refusal: Refusal): string | undefined {
  if (message !== undefined) {
    const isLike = typeof message === "string" ? refusal.message.includes(message) : message.test(refusal.message);
    if (!isLike) return `it was refused, but not with a message like ${String(message)}:`;
  }
  if (pointer === undefined && rule === undefined) return undefined;
  const isBlamed = refusal.violations.some(
    (violation) => (pointer ?? violation.pointer) === violation.pointer && (rule ?? violation.rule) === violation.rule,
  );
  return isBlamed ? undefined : `it was refused, but no field is blamed like ${show({ pointer, rule })}:`;
}

function judgeDuplicate(happened: Happened): Problem | undefined {
  const { before, after, first } = happened;
  const receipt = receiptOf(happened);
  if (receipt?.duplicate !== true) return problem({ kind: "duplicate" }, happened, receipt?.result ?? "no receipt");
  if (!isSame(before, after)) return changed("answered before", happened);
  // The receipt of a deferred event is replaced by the final one.
  if (first === undefined || first.result === "deferred") return undefined;
  const differences = listDifferences({ ...first, duplicate: true }, receipt, "receipt", true);
  if (differences.length === 0) return undefined;
  const message = `the receipt is not that of the first time:\n    ${differences.join("\n    ")}`;
  return { message, expected: { ...first, duplicate: true }, actual: receipt };
}

/** The receipt that came, also with a refusal. */
export function receiptOf({ action, answer }: Pick<Happened, "action" | "answer">): Receipt | undefined {
  if (action.kind !== "send" || answer === undefined) return undefined;
  return answer.ok ? (answer.value as Receipt) : answer.receipt;
}

function problem(expected: Expected | undefined, happened: Happened, actual: string): Problem {
  const { answer, after } = happened;
  const receipt = receiptOf(happened);
  const came = answer?.ok === false ? describeRefusal(answer) : receipt && describeReceipt(receipt);
  const now = describePresence(after);
  const message = `expected ${describeExpected(expected)}, but ${came === undefined ? now : `${came}\n    ${now}`}`;
  return { message, expected: shortOf(expected), actual };
}

function shortOf(expected: Expected | undefined): string {
  if (expected === undefined) return "done";
  if (expected.kind === "state") return expected.state;
  return expected.kind === "refused" ? (expected.reason ?? "refused") : expected.kind;
}

function changed(how: string, { before, after }: Happened): Problem {
  const message = `the event was ${how}, and yet the machine has changed\n    before: ${describePresence(before)}\n    now: ${describePresence(after)}`;
  return { message, expected: before, actual: after };
}

function nameOf(presence: Presence): string {
  return typeof presence === "string" ? presence : presence.state;
}
