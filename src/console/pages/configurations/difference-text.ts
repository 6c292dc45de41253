/** What is different between two versions, in words. */
import type { Difference } from "../../../configuration-diff.ts";
import type { TransitionSource } from "../../../engine/configuration.ts";

export interface ToldDifference {
  readonly change: Difference["change"];
  /** What kind of thing it is of: `State`. */
  readonly kind: string;
  /** Which one: a name of the configuration's; empty where there is but one. */
  readonly name: string;
  /** Only what is different. Undefined: there was or is none, or its name says all. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const KINDS: Readonly<Record<string, string>> = {
  starting_state: "Starting state",
  states: "State",
  initial_states: "Initial state",
  transitions: "Transition",
  state_options: "Options of the state",
  event_options: "Options of the event",
  unhandled: "Events without a transition",
  defer_for: "Deferred events wait",
  retention: "Retention of",
};

export function tellDifference({ change, path, before, after }: Difference): ToldDifference {
  const dot = path.indexOf(".");
  const field = dot < 0 ? path : path.slice(0, dot);
  const kind = KINDS[field];
  // The order of transitions has a path that is a sentence.
  if (kind === undefined) {
    const order = (list: unknown): string => (list as TransitionSource[]).map(nameTransition).join("\n");
    return { change, kind: path.replace(/^order/, "Order"), name: "", before: order(before), after: order(after) };
  }
  if (field === "transitions") {
    const [one, other] = [before as TransitionSource | undefined, after as TransitionSource | undefined];
    return { change, kind, name: nameTransition(one ?? other ?? {}), ...tellRules(one, other) };
  }
  if (field === "states" || field === "initial_states") {
    return { change, kind, name: String(before ?? after), before: undefined, after: undefined };
  }
  return { change, kind, name: dot < 0 ? "" : path.slice(dot + 1), before: textOf(before), after: textOf(after) };
}

/** `pending → shipped on ship`. */
function nameTransition({ from = "", to = "", event = "" }: TransitionSource): string {
  return `${from === "*" ? "any state" : from} → ${to} on ${event}`;
}

const RULES = ["guard", "assign", "after", "deadline"] as const;

/** The rules of a transition; of one that has changed only those that are different. */
function tellRules(
  one: TransitionSource | undefined,
  other: TransitionSource | undefined,
): Pick<ToldDifference, "before" | "after"> {
  const isChanged = one !== undefined && other !== undefined;
  const shown = RULES.filter((rule) => !isChanged || textOf(one[rule]) !== textOf(other[rule]));
  const tell = (transition: TransitionSource | undefined): string | undefined => {
    const lines = shown.flatMap((rule) => {
      const value = textOf(transition?.[rule]);
      if (value !== undefined) return [`${rule}: ${value}`];
      return isChanged ? [`no ${rule}`] : [];
    });
    return lines.length === 0 ? undefined : lines.join("\n");
  };
  return { before: tell(one), after: tell(other) };
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** How many there are of each. */
export function countChanges(differences: readonly ToldDifference[]): {
  readonly [Change in Difference["change"]]: number;
} {
  const count = (change: Difference["change"]): number => differences.filter((each) => each.change === change).length;
  return { added: count("added"), removed: count("removed"), changed: count("changed") };
}
