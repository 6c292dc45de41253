import type { Report } from "./check-configuration.ts";
import type { Alive } from "./check-warnings.ts";
import type { TransitionSource } from "./configuration.ts";
import { parseDuration } from "./duration.ts";
import { toPointer } from "./finding.ts";
import { quote } from "./names.ts";

/** What a machine does by itself, with no guard that could stop it and no data that would be another. */
interface Move {
  readonly from: string;
  readonly to: string;
  /** Of the transition taken. */
  readonly position: number;
}

const STATES_IN_MESSAGE = 6;

/**
 * Reports where timers alone lead a machine round for ever while nothing changes; each knot of such ways once, at its first
 * transition.
 */
export function checkTimerCycles(
  transitions: readonly TransitionSource[],
  moving: ReadonlySet<string>,
  alive: readonly Alive[],
  report: Report,
): void {
  const moves = listMoves(transitions, moving, alive);
  const knots = findKnots(moves);
  const first = new Map<number, Move>();
  for (const move of [...moves.values()].flat().toSorted((a, b) => a.position - b.position)) {
    const knot = knots.get(move.from);
    if (knot !== undefined && knot === knots.get(move.to) && !first.has(knot)) first.set(knot, move);
  }
  for (const [knot, move] of first) {
    const back = findWay(move.to, move.from, (state) =>
      (moves.get(state) ?? []).map(({ to }) => to).filter((to) => knots.get(to) === knot),
    );
    const way = [move.from, ...back].map(quote);
    if (way.length > STATES_IN_MESSAGE) way.splice(STATES_IN_MESSAGE - 2, way.length - STATES_IN_MESSAGE, "…");
    const message = `Timers alone lead round for ever, and nothing changes: ${way.join(" → ")}.`;
    report("timer_cycle", toPointer("transitions", move.position), message);
  }
}

/**
 * For each state what its timers make it do. The event of a timer takes the first transition for it, which may be another
 * than the timer's own. Of delays only the shortest counts that no guard can hold up; a deadline may come before any.
 */
function listMoves(
  transitions: readonly TransitionSource[],
  moving: ReadonlySet<string>,
  alive: readonly Alive[],
): Map<string, Move[]> {
  const moves = new Map<string, Move[]>();
  const timed = Map.groupBy(
    [...transitions.entries()].filter(([, { after, deadline }]) => after || deadline),
    ([, { from = "" }]) => from,
  );
  if (timed.size === 0) return moves;
  const firsts = new Map<string, Alive>();
  for (const edge of alive) {
    const key = keyOf(edge.from, edge.event);
    if (!firsts.has(key)) firsts.set(key, edge);
  }
  for (const from of moving) {
    const found: Move[] = [];
    let shortest: { readonly delayMs: number; readonly position: number; readonly taken: Alive } | undefined;
    for (const [position, { event, after }] of [...(timed.get(from) ?? []), ...(timed.get("*") ?? [])]) {
      const taken = earlier(firsts.get(keyOf(from, event)), firsts.get(keyOf("*", event)));
      if (taken === undefined || taken.isGuarded) continue;
      if (!after) found.push(...moveOf(from, taken));
      else {
        const delayMs = parseDuration(after) ?? Infinity;
        const isShorter =
          shortest === undefined ||
          delayMs < shortest.delayMs ||
          (delayMs === shortest.delayMs && position < shortest.position);
        if (isShorter) shortest = { delayMs, position, taken };
      }
    }
    if (shortest !== undefined) found.push(...moveOf(from, shortest.taken));
    if (found.length > 0) moves.set(from, found);
  }
  return moves;
}

function keyOf(from: string, event = ""): string {
  return JSON.stringify([from, event]);
}

function earlier(a: Alive | undefined, b: Alive | undefined): Alive | undefined {
  return a === undefined || (b !== undefined && b.position < a.position) ? b : a;
}

function moveOf(from: string, { to, position, hasAssign }: Alive): Move[] {
  return hasAssign ? [] : [{ from, to, position }];
}

/** The strongly connected components that have a cycle, as a number for each of their states (Tarjan 1972). */
function findKnots(moves: ReadonlyMap<string, readonly Move[]>): Map<string, number> {
  const knots = new Map<string, number>();
  const indices = new Map<string, number>();
  const stack: string[] = [];
  const done = new Set<string>();
  // As deep as there are states, which are at most 500.
  const visit = (state: string): number => {
    const index = indices.size;
    indices.set(state, index);
    stack.push(state);
    let low = index;
    let isLoop = false;
    for (const { to } of moves.get(state) ?? []) {
      isLoop ||= to === state;
      if (done.has(to)) continue;
      low = Math.min(low, indices.get(to) ?? visit(to));
    }
    if (low === index) {
      const members = stack.splice(stack.lastIndexOf(state));
      for (const member of members) {
        done.add(member);
        if (members.length > 1 || isLoop) knots.set(member, index);
      }
    }
    return low;
  };
  for (const state of moves.keys()) if (!indices.has(state)) visit(state);
  return knots;
}

/** A shortest way from one state to another, both included. */
function findWay(from: string, to: string, next: (state: string) => readonly string[]): string[] {
  const before = new Map<string, string | undefined>([[from, undefined]]);
  // A map also visits what is added while it is walked.
  for (const state of before.keys()) {
    if (state === to) break;
    for (const target of next(state)) if (!before.has(target)) before.set(target, state);
  }
  const way = [];
  for (let state: string | undefined = to; state !== undefined; state = before.get(state)) way.unshift(state);
  return way;
}
