/** Every state and every event: what comes of each pair. The row without a machine and the column of creation included. */
import { showText } from "../diagram/text.ts";
import type { Configuration } from "../engine/configuration.ts";
import type { Seen } from "./seen.ts";

/** What is written for no machine, and for creation. */
const NONE = "none";
const CREATE = "create";
const MOVES_TO = "→ ";

export interface Cell {
  /** Null: creation. */
  readonly event: string | null;
  /**
   * Everything that was seen, states first and reasons behind them: `→ paid`, `GUARD_REJECTED`, `ignored`, `deferred`. Empty:
   * it was not tried, for want of a machine in the state or of tries.
   */
  readonly outcomes: readonly string[];
}

export interface Row {
  /** Null: there is no machine. */
  readonly state: string | null;
  readonly cells: readonly Cell[];
}

export class Table {
  /** Without a machine, then the states, in the configuration's order; in each creation, then the events, in its order. */
  readonly rows: readonly Row[];
  /** Why there may be more outcomes than are seen here, a sentence each; none: from every situation everything was tried. */
  readonly cuts: readonly string[];

  constructor({ states, events, startingState }: Configuration, seen: Seen, cuts: readonly string[]) {
    this.cuts = cuts;
    const outcomes = new Map<string, Set<string>>();
    const note = (state: string | null, event: string | null, outcome: string): void => {
      const key = keyOf(state, event);
      outcomes.set(key, (outcomes.get(key) ?? new Set()).add(outcome));
    };
    const created = [...seen.created].toSorted((a, b) => Number(b === startingState) - Number(a === startingState));
    for (const state of created) note(null, null, MOVES_TO + state);
    const rank = new Map(states.map((state, i) => [state, i]));
    const moves = seen.moves.toSorted((a, b) => (rank.get(a.to) ?? -1) - (rank.get(b.to) ?? -1));
    for (const { from, event, to } of moves) note(from, event, MOVES_TO + to);
    const stays = seen.stays.toSorted((a, b) => (a.outcome < b.outcome ? -1 : 1));
    for (const { state, event, outcome } of stays) note(state, event, outcome);
    this.rows = [null, ...states].map((state) => ({
      state,
      cells: [null, ...events].map((event) => ({ event, outcomes: [...(outcomes.get(keyOf(state, event)) ?? [])] })),
    }));
  }

  /** What comes of an event (null: a creation) in a state (null: without a machine). Throws where there is no such pair. */
  outcomesOf(state: string | null, event: string | null): readonly string[] {
    const row = this.rows.find((one) => one.state === state);
    const cell = row?.cells.find((one) => one.event === event);
    if (cell === undefined) throw new TypeError(`the table has no pair of ${String(state)} and ${String(event)}`);
    return cell.outcomes;
  }

  /** As a table in Markdown, which may be a golden file; below it what was cut. */
  toString(): string {
    const head = ["", ...(this.rows[0]?.cells ?? []).map(({ event }) => (event === null ? CREATE : escapeCell(event)))];
    const lines = this.rows.map(({ state, cells }) => [
      state === null ? NONE : escapeCell(state),
      ...cells.map(({ outcomes }) => outcomes.map(escapeCell).join(", ") || "?"),
    ]);
    const texts = [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`);
    const cuts = this.cuts.length === 0 ? [] : ["", ...this.cuts.map((cut) => `Cut: ${escapeCell(cut)}.`)];
    return `${[...texts, ...cuts].join("\n")}\n`;
  }
}

function keyOf(state: string | null, event: string | null): string {
  return JSON.stringify([state, event]);
}

/** A name may be any text; what would end a cell or begin a style is written so that it does not. */
function escapeCell(text: string): string {
  return showText(text).replaceAll(/[\\|`*_<>[\]]/g, (sign) => (sign === "_" ? sign : `\\${sign}`));
}
