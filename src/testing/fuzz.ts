/** Random lives of machines: any event at any time, also twice, too late and unheard of. What always holds is looked for after each step. */
import type { Configuration } from "../engine/configuration.ts";
import { describeAction } from "./describe.ts";
import { findBroken, type Check } from "./invariants.ts";
import { listDifferences } from "./match.ts";
import { Random } from "./random.ts";
import { readSamples, type SampleOptions, type Samples } from "./samples.ts";
import { ScenarioError } from "./scenario-error.ts";
import { Seen } from "./seen.ts";
import type { Action, Site } from "./step.ts";
import { TargetError } from "./target-error.ts";
import type { Answer, Machine, Presence, Receipt, Subject, TestMachine } from "./target.ts";
import { takeStep } from "./take-step.ts";

export interface FuzzOptions extends SampleOptions {
  /** The same seed gives the same lives. Default: 1. */
  readonly seed?: number;
  /** Machines. Default: 100. */
  readonly runs?: number;
  /** Steps of each machine. Default: 20. */
  readonly steps?: number;
  /** A rule of one's own, asked for the machine after every step: it throws, or answers false, where it is broken. */
  readonly check?: Check;
}

export interface Fuzzed {
  readonly seed: number;
  readonly runs: number;
  /** Everything that has happened. */
  readonly seen: Seen;
}

/** What is done; how long a time is may be up to the machine. */
type Deed =
  | { readonly kind: "act"; readonly action: Action }
  /** The event before once more, under the same id: the same receipt is to come. */
  | { readonly kind: "repeat" }
  /** Until the next timer is due, or a little less. */
  | { readonly kind: "wait"; readonly isTooShort: boolean };

const UNKNOWN_EVENT = "an event that no configuration has";

/**
 * Lets random things happen to machines. Rejects with a ScenarioError at the first step that breaks what holds for every
 * machine, or the test's own rule: with the seed, and the shortest of its lives that was found to break it, too.
 */
export async function fuzz(
  subject: Subject,
  configuration: Configuration,
  { seed = 1, runs = 100, steps = 20, check, ...given }: FuzzOptions,
  site: Site,
): Promise<Fuzzed> {
  const samples = readSamples(configuration, given);
  const seen = new Seen();
  const random = new Random(seed);
  for (let run = 1; run <= runs; run += 1) {
    const life = makeLife(random, { configuration, samples, steps, hasTestClock: subject.hasTestClock });
    const live = (deeds: readonly Deed[]) => liveThrough(subject, configuration, deeds, { check, seen });
    const broken = await live(life);
    if (broken === undefined) continue;
    const short = await shorten(life, async (deeds) => (await live(deeds)) !== undefined);
    const { why, story } = (await live(short)) ?? broken;
    const message = [`with the seed ${seed}, run ${run}: ${why}`, ...story.map((told, i) => `  ${i + 1}. ${told}`)];
    throw new ScenarioError({ message: message.join("\n"), site });
  }
  return { seed, runs, seen };
}

function makeLife(
  random: Random,
  world: {
    readonly configuration: Configuration;
    readonly samples: Samples;
    readonly steps: number;
    readonly hasTestClock: boolean;
  },
): Deed[] {
  const { configuration, samples, steps, hasTestClock } = world;
  const create = (): Action => ({ kind: "create", ...random.pick(samples.creations) });
  const life: Deed[] = random.next() < 0.9 ? [{ kind: "act", action: create() }] : [];
  while (life.length < steps) {
    const chance = random.next();
    if (chance < 0.03) life.push({ kind: "act", action: create() });
    else if (chance < 0.06) life.push({ kind: "act", action: { kind: "send", event: UNKNOWN_EVENT } });
    else if (chance < 0.15) life.push({ kind: "repeat" });
    else if (chance < 0.25 && hasTestClock) life.push({ kind: "wait", isTooShort: random.next() < 0.3 });
    else {
      const event = random.pick(configuration.events);
      life.push({ kind: "act", action: { kind: "send", event, data: random.pick(samples.of(event)) } });
    }
  }
  return life;
}

interface Broken {
  readonly why: string;
  readonly story: readonly string[];
}

async function liveThrough(
  subject: Subject,
  configuration: Configuration,
  deeds: readonly Deed[],
  { check, seen }: { readonly check: Check | undefined; readonly seen: Seen },
): Promise<Broken | undefined> {
  const machine = subject.newMachine();
  const story: string[] = [];
  let presence: Presence = "none";
  let last: { readonly action: Action; readonly receipt: Receipt } | undefined;
  try {
    for (const [place, deed] of deeds.entries()) {
      const action = toAction(deed, { machine, presence, last });
      if (action === undefined) continue;
      story.push(deed.kind === "repeat" ? `${describeAction(action)}, again` : describeAction(action));
      const taken = await takeStep(machine, action, { before: presence, place });
      seen.addStep(taken);
      const receipt = findReceipt(action, taken.answer);
      const why =
        findBroken(configuration, taken, check) ??
        (deed.kind === "repeat" ? findUnstable(last?.receipt, receipt) : undefined);
      if (why !== undefined) return { why, story };
      presence = taken.after;
      if (action.kind === "pass") last = undefined;
      else if (deed.kind === "act" && receipt !== undefined && action.kind === "send") {
        last = { action: { ...action, eventId: receipt.eventId }, receipt };
      }
    }
  } catch (error) {
    if (error instanceof TargetError) throw error;
    return { why: error instanceof Error ? error.message : String(error), story };
  } finally {
    await machine.close(false);
  }
  return undefined;
}

function toAction(
  deed: Deed,
  now: { machine: TestMachine; presence: Presence; last: { readonly action: Action } | undefined },
): Action | undefined {
  if (deed.kind === "act") return deed.action;
  if (deed.kind === "repeat") return now.last?.action;
  const [timer] = typeof now.presence === "string" ? [] : now.presence.timers;
  if (timer === undefined) return undefined;
  const ms = Math.max(0, timer.dueAt - now.machine.now() - (deed.isTooShort ? 1 : 0));
  return { kind: "pass", ms, text: `${ms} ms` };
}

/** A failed event finds no machine that could remember it. */
function findReceipt(action: Action, answer: Answer<Machine | Receipt> | undefined): Receipt | undefined {
  if (action.kind !== "send" || answer === undefined) return undefined;
  const receipt = answer.ok ? (answer.value as Receipt) : answer.receipt;
  return receipt?.result === "failed" ? undefined : receipt;
}

function findUnstable(first: Receipt | undefined, again: Receipt | undefined): string | undefined {
  // The receipt of a deferred event is replaced by the final one.
  if (first === undefined || first.result === "deferred") return undefined;
  const [difference] = listDifferences({ ...first, duplicate: true }, again, "receipt", true);
  return difference === undefined ? undefined : `the receipt is not that of the first time: ${difference}`;
}

/** Leaves out what is not needed for `isBroken` to hold, one deed after the other, from the end on. */
async function shorten(
  life: readonly Deed[],
  isBroken: (deeds: readonly Deed[]) => Promise<boolean>,
): Promise<readonly Deed[]> {
  let short = life;
  for (let at = life.length - 1; at >= 0; at -= 1) {
    const shorter = short.toSpliced(at, 1);
    if (at < short.length && (await isBroken(shorter))) short = shorter;
  }
  return short;
}
