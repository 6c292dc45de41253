/** Runs a scenario: each line of it, from the beginning to an end, on a machine of its own. */
import { describeAction, describePresence } from "./describe.ts";
import { judge, receiptOf, type Happened, type Problem } from "./judge.ts";
import { show } from "./match.ts";
import { checkSignal, pause } from "./pause.ts";
import { ScenarioError } from "./scenario-error.ts";
import type { Seen } from "./seen.ts";
import type { ActionStep, Step } from "./step.ts";
import type { Presence, Receipt, Subject, TestMachine } from "./target.ts";
import { lookAt, noteRefusedTimers, takeStep } from "./take-step.ts";

/** Where a scenario has led. */
export interface Outcome {
  readonly machine: Presence;
  /** The machine's id. */
  readonly id: string;
  /** Of the events of the scenario itself, in their order. */
  readonly receipts: readonly Receipt[];
}

interface Run {
  readonly subject: Subject;
  readonly seen: Seen;
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 50;

/**
 * Runs the steps and then, at each fork, what comes before it and the fork's own: on another machine, so that neither
 * hears of the other. Rejects with a ScenarioError at the first step that is not as expected, and with the signal's reason where it is
 * called off: then the machine is kept.
 */
export async function runSteps(run: Run, steps: readonly Step[]): Promise<Outcome> {
  return await runLine(run, [], steps, []);
}

async function runLine(
  run: Run,
  prefix: readonly ActionStep[],
  steps: readonly Step[],
  names: readonly string[],
): Promise<Outcome> {
  const line = [...prefix, ...steps.filter((step) => step.kind === "action")];
  const outcome = await runOnNewMachine(run, line, names);
  const before = [...prefix];
  for (const step of steps) {
    if (step.kind === "action") before.push(step);
    else await runLine(run, before, step.steps, [...names, step.name]);
  }
  return outcome;
}

async function runOnNewMachine(
  { subject, seen, signal }: Run,
  line: readonly ActionStep[],
  names: readonly string[],
): Promise<Outcome> {
  const machine = subject.newMachine();
  const story: string[] = [];
  let presence: Presence = "none";
  const receipts: Receipt[] = [];
  let refused: ReadonlySet<string> = new Set();
  let isPassed = false;
  try {
    for (const [place, step] of line.entries()) {
      await checkSignal(signal);
      const fail = async (problem: Problem, cause?: unknown): Promise<never> => {
        throw await failureOf({ machine, step, place, names, story, problem, cause });
      };
      let happened: Happened;
      try {
        const named = step.expected?.kind === "refused" ? step.expected.reason : undefined;
        const taken = await takeStep(machine, step.action, { before: presence, place: place + 1, named });
        happened = await withFacts({ subject, signal }, machine, step, { ...taken, first: findFirst(receipts, step) });
        const { changes } = happened.after === taken.after ? taken : await lookAt(machine, presence);
        seen.addStep({ ...taken, after: happened.after, changes });
        if (step.action.kind === "pass") refused = await noteRefusedTimers(machine, seen, refused);
      } catch (error) {
        signal?.throwIfAborted();
        const message = error instanceof Error ? error.message : String(error);
        return await fail({ message, expected: undefined, actual: undefined }, error);
      }
      const problem = judge(step.expected, happened);
      if (problem !== undefined) await fail(problem);
      const receipt = receiptOf(happened);
      if (receipt !== undefined) receipts.push(receipt);
      presence = happened.after;
      story.push(`${describeAction(step.action)} → ${typeof presence === "string" ? presence : show(presence.state)}`);
    }
    isPassed = true;
  } finally {
    await machine.close(!isPassed);
  }
  return { machine: presence, id: machine.id, receipts };
}

/** What there is to know of a step; where the clock is real, what is due may come late, and is waited for. */
async function withFacts(
  { subject, signal }: Omit<Run, "seen">,
  machine: TestMachine,
  { action, expected }: ActionStep,
  happened: Happened,
): Promise<Happened> {
  const wantsAllowed = expected?.kind === "state" && expected.allowed !== undefined;
  const deadline = performance.now() + subject.patienceMs;
  for (let found = happened; ; found = { ...found, after: await machine.read() }) {
    if (wantsAllowed) found = { ...found, allowed: await machine.listAllowed() };
    const isOver = !isDue(found.after, machine) && (action.kind !== "pass" || judge(expected, found) === undefined);
    if (isOver || performance.now() >= deadline) return found;
    await pause(POLL_MS, signal);
  }
}

/** Whether the machine is about to do something by itself: until then it is not what it will be. */
function isDue(presence: Presence, machine: TestMachine): boolean {
  return typeof presence !== "string" && presence.timers.some(({ dueAt }) => dueAt <= machine.now());
}

/** The receipt that a machine remembers of the event's id: what was refused without one, or with the creation, it does not. */
function findFirst(receipts: readonly Receipt[], { action }: ActionStep): Receipt | undefined {
  if (action.kind !== "send") return undefined;
  return receipts.findLast(({ eventId, duplicate }) => eventId === action.eventId && !duplicate);
}

async function failureOf({
  machine,
  step,
  place,
  names,
  story,
  problem,
  cause,
}: {
  readonly machine: TestMachine;
  readonly step: ActionStep;
  readonly place: number;
  readonly names: readonly string[];
  readonly story: readonly string[];
  readonly problem: Problem;
  readonly cause: unknown;
}): Promise<ScenarioError> {
  const where = names.length === 0 ? "" : ` of the fork ${names.map(show).join(" / ")}`;
  const lines = [`step ${place + 1}${where}, ${describeAction(step.action)}: ${problem.message}`];
  const now = await lookAtFailed(machine);
  if (!problem.message.includes(now.machine)) lines.push(`  in the end ${now.machine}`);
  if (now.allowed.length > 0) lines.push(`  it would take: ${now.allowed.map(show).join(", ")}`);
  if (story.length > 0) lines.push("  before:", ...story.map((told, i) => `    ${i + 1}. ${told}`));
  lines.push(`  (machine ${machine.id})`);
  const { expected, actual } = problem;
  return new ScenarioError({ message: lines.join("\n"), expected, actual, site: step.site, cause });
}

/** The failure is told also where nothing can be asked any more. */
async function lookAtFailed(machine: TestMachine): Promise<{ machine: string; allowed: readonly string[] }> {
  try {
    return { machine: describePresence(await machine.read()), allowed: await machine.listAllowed() };
  } catch (error) {
    return { machine: `the machine cannot be read: ${String(error)}`, allowed: [] };
  }
}
