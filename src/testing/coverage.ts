/** What of a configuration the scenarios of a kit have reached, and what not. Pure. */
import type { Configuration } from "../engine/configuration.ts";
import { show } from "./match.ts";
import type { Seen, SeenMove } from "./seen.ts";

/** A transition as the configuration has it; `from` may be `*`. */
export interface CoveredTransition {
  readonly from: string;
  readonly event: string;
  readonly to: string;
}

/** What need not be reached. */
export interface CoverageExceptions {
  readonly states?: readonly string[];
  /** Those that have every member that is named here. */
  readonly transitions?: readonly {
    readonly from?: string | undefined;
    readonly event?: string | undefined;
    readonly to?: string | undefined;
  }[];
}

/** Of what everything is demanded. */
interface CoverageDemand {
  readonly states: boolean;
  readonly transitions: boolean;
}

const EVERYTHING: CoverageDemand = { states: true, transitions: true };

interface Part<T> {
  readonly reached: readonly T[];
  readonly missed: readonly T[];
}

/**
 * A state is reached when a machine has been in it; a transition when a machine has gone from its `from` by its event to
 * its `to`. Of transitions that have all three in common, which only their guards tell apart, nobody can tell which was
 * taken: they are reached together. Where `*` and a state of its own lead to the same by the same event, the first of them
 * that may be taken counts, and the other only where it comes from elsewhere.
 */
export class Coverage {
  readonly states: Part<string>;
  readonly transitions: Part<CoveredTransition>;

  constructor(configuration: Configuration, seen: Seen) {
    this.states = divide(configuration.states, (state) => seen.visited.has(state));
    // The configuration's own `*` stands in a state's list under the state's name: its position is what they share.
    const fromOf = new Map(configuration.transitions.map(({ position, from }) => [position, from]));
    const taken = new Set(seen.moves.flatMap((move) => listTaken(configuration, fromOf, move)));
    const kinds = new Map<string, { readonly kind: CoveredTransition; isReached: boolean }>();
    for (const transition of configuration.transitions) {
      const { from, event, to } = transition;
      const key = JSON.stringify([from, event, to]);
      const entry = kinds.get(key) ?? { kind: { from, event, to }, isReached: false };
      entry.isReached ||= taken.has(transition.position);
      kinds.set(key, entry);
    }
    const reached = [...kinds.values()].filter(({ isReached }) => isReached);
    const missed = [...kinds.values()].filter(({ isReached }) => !isReached);
    this.transitions = { reached: reached.map(({ kind }) => kind), missed: missed.map(({ kind }) => kind) };
  }

  get isComplete(): boolean {
    return this.states.missed.length === 0 && this.transitions.missed.length === 0;
  }

  /**
   * What is missing beyond the exceptions, a line each, and exceptions that are none: a rule of what need not be tested
   * that says too much hides what is no longer tested. `demand`: of what.
   */
  listProblems(except: CoverageExceptions = {}, demand: CoverageDemand = EVERYTHING): string[] {
    return [
      ...(demand.states ? this.#listStates(except) : []),
      ...(demand.transitions ? this.#listTransitions(except) : []),
    ];
  }

  #listStates({ states: except = [] }: CoverageExceptions): string[] {
    const { missed } = this.states;
    const unwanted = missed.filter((state) => !except.includes(state));
    const idle = except.filter((state) => !missed.includes(state));
    return [
      ...unwanted.map((state) => `no scenario reaches the state ${show(state)}`),
      ...idle.map((state) => `the exception for the state ${show(state)} is none: it is reached, or not there`),
    ];
  }

  #listTransitions({ transitions: except = [] }: CoverageExceptions): string[] {
    const { missed } = this.transitions;
    const unwanted = missed.filter((transition) => !except.some((wish) => isLike(wish)(transition)));
    const idle = except.filter((wish) => !missed.some(isLike(wish)));
    return [
      ...unwanted.map((transition) => `no scenario takes the transition ${describeTransition(transition)}`),
      ...idle.map((wish) => `the exception for the transition ${show(wish)} is none: it is taken, or not there`),
    ];
  }

  /** For reading: how much is reached, and what is not. */
  toString(): string {
    const { states, transitions } = this;
    return [
      `states: ${countIn(states)}`,
      ...states.missed.map((state) => `  not reached: ${show(state)}`),
      `transitions: ${countIn(transitions)}`,
      ...transitions.missed.map((missed) => `  not taken: ${describeTransition(missed)}`),
    ].join("\n");
  }
}

function describeTransition({ from, event, to }: SeenMove): string {
  return `${show(from)} → ${show(to)}: ${show(event)}`;
}

function countIn({ reached, missed }: Part<unknown>): string {
  return `${reached.length} of ${reached.length + missed.length}`;
}

/** Whether a transition has every member that is wished for. */
function isLike(wish: { [K in keyof CoveredTransition]?: string | undefined }): (
  transition: CoveredTransition,
) => boolean {
  return ({ from, event, to }) =>
    (wish.from ?? from) === from && (wish.event ?? event) === event && (wish.to ?? to) === to;
}

/**
 * Positions of the transitions that a move counts for: of those that it may have been, the first, with those that share its
 * `from`. What stands behind them may have been taken instead, but to say so of both would hide that one never is.
 */
function listTaken(
  { edges }: Configuration,
  fromOf: ReadonlyMap<number, string>,
  { from, event, to }: SeenMove,
): number[] {
  const candidates = edges.get(from)?.get(event) ?? [];
  // Behind one without a guard none is ever taken.
  const end = candidates.findIndex(({ guard }) => guard === undefined);
  const takable = candidates.slice(0, end < 0 ? undefined : end + 1);
  const positions = takable.filter((transition) => transition.to === to).map(({ position }) => position);
  const [first = -1] = positions;
  return positions.filter((position) => fromOf.get(position) === fromOf.get(first));
}

function divide<T>(all: readonly T[], isReached: (one: T) => boolean): Part<T> {
  return { reached: all.filter(isReached), missed: all.filter((one) => !isReached(one)) };
}
