/** What was seen of a configuration while machines of it were tested: creations, transitions, refusals. */
import type { Machine, Presence, Change, Answer, Receipt } from "./target.ts";
import { receiptOf } from "./judge.ts";
import type { Action } from "./step.ts";
import { isOfTheTarget } from "./target-error.ts";

/** An event that moved a machine. */
export interface SeenMove {
  readonly from: string;
  readonly event: string;
  readonly to: string;
}

/** An event, or a creation, that changed nothing. */
export interface SeenStay {
  /** Null: there was no machine. */
  readonly state: string | null;
  /** Null: a creation. */
  readonly event: string | null;
  /** A reason of docs/errors, `ignored` or `deferred`. */
  readonly outcome: string;
}

/** What callers get wrong whatever the machine is: no part of how a configuration behaves. */
const CALLERS_OWN = new Set(["REVISION_MISMATCH", "STATE_MISMATCH", "EVENT_ID_REUSED", "LIMIT_EXCEEDED"]);

export class Seen {
  readonly #created = new Set<string>();
  readonly #visited = new Set<string>();
  readonly #moves = new Map<string, SeenMove>();
  readonly #stays = new Map<string, SeenStay>();

  /** States in which machines were created. */
  get created(): ReadonlySet<string> {
    return this.#created;
  }

  /** States in which a machine has been. */
  get visited(): ReadonlySet<string> {
    return this.#visited;
  }

  get moves(): readonly SeenMove[] {
    return [...this.#moves.values()];
  }

  get stays(): readonly SeenStay[] {
    return [...this.#stays.values()];
  }

  addCreation(state: string): void {
    this.#created.add(state);
    this.#visited.add(state);
  }

  addVisit(state: string): void {
    this.#visited.add(state);
  }

  addMove({ from, event, to }: SeenMove): void {
    this.#visited.add(from).add(to);
    this.#moves.set(JSON.stringify([from, event, to]), { from, event, to });
  }

  addStay({ state, event, outcome }: SeenStay): void {
    if (CALLERS_OWN.has(outcome) || isOfTheTarget(outcome) || (event !== null && outcome === "INVALID_ARGUMENT"))
      return;
    this.#stays.set(JSON.stringify([state, event, outcome]), { state, event, outcome });
  }

  addAll(other: Seen): void {
    for (const state of other.created) this.addCreation(state);
    for (const state of other.visited) this.addVisit(state);
    for (const move of other.moves) this.addMove(move);
    for (const stay of other.stays) this.addStay(stay);
  }

  /** Notes what a step has done: `changes` are all that came since `before`. */
  addStep({
    action,
    answer,
    before,
    after,
    changes,
  }: {
    readonly action: Action;
    readonly answer?: Answer<Machine | Receipt>;
    readonly before: Presence;
    readonly after: Presence;
    readonly changes: readonly Change[];
  }): void {
    if (before === "none" && typeof after !== "string") this.addCreation(changes[0]?.from ?? after.state);
    for (const change of changes) this.addMove(change);
    // A history may be shorter than what has happened.
    if (typeof after !== "string") this.addVisit(after.state);
    if (answer === undefined || action.kind === "none" || action.kind === "pass") return;
    const event = action.kind === "create" ? null : action.event;
    const receipt = receiptOf({ action, answer });
    // The machine knows best where it was: a timer may have come between.
    const isDecided = receipt !== undefined && receipt.result !== "failed" && typeof before !== "string";
    const state = isDecided ? receipt.from : typeof before === "string" ? null : before.state;
    if (!answer.ok) this.addStay({ state, event, outcome: answer.reason });
    else if (action.kind === "send") {
      const { result, duplicate } = answer.value as Receipt;
      if (!duplicate && (result === "ignored" || result === "deferred"))
        this.addStay({ state, event, outcome: result });
    }
  }
}
