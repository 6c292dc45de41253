/** A configuration with timers of every kind, and what it says in the words of this test: a second opinion on every step. */
import { isDeepStrictEqual } from "node:util";
import { CONFIGURATION } from "../faults/load.ts";

export type Data = Readonly<Record<string, unknown>>;

interface Rule {
  readonly from: string;
  readonly to: string;
  readonly event: string;
  readonly after?: string;
  readonly deadline?: string;
  readonly guard?: keyof typeof GUARDS;
  readonly assign?: Readonly<Record<string, keyof typeof FORMULAS>>;
}

/** What is written in CEL, and what it means. */
const GUARDS = {
  "data.count >= 2": ({ count }: Data) => Number(count) >= 2,
  "data.count >= 4": ({ count }: Data) => Number(count) >= 4,
};
const FORMULAS = {
  "data.count + 1": ({ count }: Data) => Number(count) + 1,
  "0": () => 0,
};
const DELAYS_MS: Readonly<Record<string, number>> = {
  PT0S: 0,
  "500ms": 500,
  PT1S: 1_000,
  PT3S: 3_000,
  "4s": 4_000,
  PT8S: 8_000,
  PT20S: 20_000,
};

/** The longest that a machine nobody asks goes on by itself: from `ticking`, or asleep. */
export const LONGEST_MS = 20_000;
/** The latest due time that a caller names, from then; ticking goes on until it has come. */
export const LATEST_DUE_MS = 8_000;

const RULES: readonly Rule[] = [
  { from: "idle", to: "working", event: "begin", after: "PT3S" },
  { from: "idle", to: "asleep", event: "sleep" },
  { from: "idle", to: "working", event: "touch" },
  { from: "working", to: "working", event: "touch", assign: { count: "data.count + 1" } },
  // A guard refuses it until the machine was touched twice; the next timer of the state comes all the same.
  { from: "working", to: "late", event: "remind", after: "PT1S", guard: "data.count >= 2" },
  // Two that are due together; the first one's event takes the second one's way when the guard says so.
  { from: "working", to: "done", event: "expire", after: "4s", guard: "data.count >= 4" },
  { from: "working", to: "late", event: "expire", after: "4s" },
  { from: "working", to: "ticking", event: "watch" },
  { from: "late", to: "ticking", event: "watch" },
  { from: "ticking", to: "ticking", event: "tick", after: "PT1S" },
  { from: "ticking", to: "sealed", event: "stop", deadline: "timestamp(data.due)" },
  // A schema refuses it, as long as nobody has brought a key: then the machine rests here.
  { from: "sealed", to: "quick", event: "open", after: "500ms" },
  { from: "quick", to: "late", event: "hurry", after: "PT0S" },
  { from: "late", to: "done", event: "give_up", after: "PT8S" },
  { from: "late", to: "working", event: "touch" },
  { from: "asleep", to: "done", event: "wake", after: "PT20S" },
  // Without it the machine would end here.
  { from: "done", to: "idle", event: "begin" },
  { from: "*", to: "idle", event: "reset", assign: { count: "0" } },
];

/** Of the state: what its schema names is taken from the event, and must be there in the end. */
const REQUIRED: Readonly<Record<string, string>> = { ticking: "due", quick: "key" };

export const STARTING_STATE = "idle";
export const CREATION_DATA: Data = { count: 0 };

export const TIMED_CONFIGURATION = {
  // What the load asks for and the record reads.
  name: CONFIGURATION.name,
  starting_state: STARTING_STATE,
  states: ["idle", "working", "ticking", "sealed", "quick", "late", "asleep", "done"],
  transitions: RULES,
  state_options: Object.fromEntries(
    Object.entries(REQUIRED).map(([state, field]) => [
      state,
      { schema: { type: "object", required: [field], properties: { [field]: { type: "string" } } } },
    ]),
  ),
};

/** A state and how it was come by. */
export interface Stay {
  readonly revision: number;
  readonly state: string;
  readonly data: Data;
  /** Epoch ms. */
  readonly enteredAt: number;
}

export interface ExpectedTimer {
  readonly eventId: string;
  readonly event: string;
  /** Epoch ms. */
  readonly dueAt: number;
}

/** The events that the machine sends itself while it stays, in their order. */
export function timersOf({ revision, state, data, enteredAt }: Stay): ExpectedTimer[] {
  return RULES.flatMap(({ from, event, after, deadline }, position) => {
    if (from !== state || (after === undefined && deadline === undefined)) return [];
    const dueAt = after === undefined ? Date.parse(String(data["due"])) : enteredAt + (DELAYS_MS[after] ?? NaN);
    return { eventId: `timer:${revision}:${position}`, event, dueAt };
  }).toSorted((a, b) => a.dueAt - b.dueAt);
}

/** What becomes of an event: where it leads, or why it is refused. */
export type Outcome =
  | { readonly to: string; readonly data: Data }
  | { readonly reason: "UNKNOWN_EVENT" | "NO_TRANSITION" | "GUARD_REJECTED" | "SCHEMA_REJECTED" };

export function outcomeOf({ state, data }: Stay, event: string, eventData: Data): Outcome {
  if (!RULES.some((rule) => rule.event === event)) return { reason: "UNKNOWN_EVENT" };
  const matching = RULES.filter((rule) => (rule.from === state || rule.from === "*") && rule.event === event);
  if (matching.length === 0) return { reason: "NO_TRANSITION" };
  const taken = matching.find(({ guard }) => guard === undefined || GUARDS[guard](data));
  if (taken === undefined) return { reason: "GUARD_REJECTED" };
  const { to, assign = {} } = taken;
  const field = REQUIRED[to];
  const brought = field === undefined || eventData[field] === undefined ? {} : { [field]: eventData[field] };
  const assigned = Object.entries(assign).map(([name, formula]) => [name, FORMULAS[formula](data)]);
  const next = { ...data, ...brought, ...Object.fromEntries(assigned) };
  return field !== undefined && next[field] === undefined ? { reason: "SCHEMA_REJECTED" } : { to, data: next };
}

/** Whether it leads there, or is refused for that. */
export function isOutcome(outcome: Outcome, found: { readonly to?: string; readonly reason?: string }): boolean {
  const expected = "to" in outcome ? { to: outcome.to } : { reason: outcome.reason };
  return isDeepStrictEqual(expected, found);
}
