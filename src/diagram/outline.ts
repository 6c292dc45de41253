/** A diagram as an outline for a terminal: each state with what leads out of it, a line each, however many there are. */
import { ANY_STATE, toGraph, type Arrow, type DrawnState, type Marks } from "./graph.ts";
import type { Sketch } from "./sketch.ts";
import { showText } from "./text.ts";
import { joinTrigger } from "./trigger.ts";

/**
 * The states in their order, each with its events and where they lead; `*` is told once, at the end; a state with transitions of its own for the event goes by the order of the configuration. With
 * marks `▶` stands before the current state and `✓` before what was taken.
 */
export function renderOutline(sketch: Sketch, marks?: Marks): string {
  const { states, arrows, isCut } = toGraph(sketch, marks, true);
  const byState = Map.groupBy(arrows, ({ from }) => from);
  const lines = states.flatMap((state, i) => [headOf(state), ...branchesOf(byState.get(i) ?? [], states)]);
  const anywhere = byState.get(ANY_STATE) ?? [];
  if (anywhere.length > 0) lines.push("  any state that is not final", ...branchesOf(anywhere, states));
  if (isCut || sketch.isCut) lines.push("  ... more than can be shown");
  return `${lines.join("\n")}\n`;
}

function headOf({ name, isStart, isFinal, isCurrent, isVisited }: DrawnState): string {
  const kinds = [isStart ? "start" : "", isFinal ? "final" : ""].filter((kind) => kind !== "");
  const mark = isCurrent ? "▶" : isVisited ? "✓" : " ";
  return `${mark} ${showText(name)}${kinds.length > 0 ? ` (${kinds.join(", ")})` : ""}`;
}

function branchesOf(arrows: readonly Arrow[], states: readonly DrawnState[]): string[] {
  const branches = arrows.flatMap(({ to, events, moreEvents }) => {
    const target = showText(states[to]?.name ?? "");
    const told = events.map((event) => `${event.isTaken ? "✓ " : ""}${joinTrigger(event, showText)} ─▶ ${target}`);
    return moreEvents > 0 ? [...told, `and ${moreEvents} more ─▶ ${target}`] : told;
  });
  return branches.map((branch, i) => `    ${i === branches.length - 1 ? "└─" : "├─"} ${branch}`);
}
