/** What is written on a picture's states and arrows, and how much room that takes. */
import { ANY_STATE, type Arrow, type DrawnState, type Graph } from "./graph.ts";
import { estimateWidth, shorten, showText, type Font } from "./text.ts";
import { joinTrigger, type Trigger } from "./trigger.ts";

const STATE_SIZE = 14;
const EVENT_SIZE = 12;
export const LINE_HEIGHT = 16;
export const ANY_NAME = "any state";
export const CUT_NOTE = "more arrows than can be drawn: the rest is left out";
export const EMPTY_NOTE = "no states to draw yet";
export const EXCESS_NOTE = "more than a configuration may have: the rest is left out";
export const ANY_NOTE = `${ANY_NAME}: every state that is not final and has no arrow of its own for the event`;
const MAX_STATE_WIDTH = 230;
/** Of the parts of what is written for a transition. */
const MAX_WIDTHS: Readonly<Record<keyof Trigger, number>> = { name: 190, when: 230, guard: 270 };
const LINES_PER_ARROW = 4;
const BOX_PADDING = 18;
const BOX_HEIGHT = 40;
/** With a count below the name. */
const COUNTED_HEIGHT = 56;
const MIN_BOX_WIDTH = 64;

export interface Size {
  readonly width: number;
  readonly height: number;
}

interface Line {
  readonly text: string;
  readonly isTaken: boolean;
}

export interface ArrowLabel extends Size {
  readonly lines: readonly Line[];
  /** All that there is to say about the arrow; for whoever points at it or listens. */
  readonly title: string;
}

export interface StateLabel {
  readonly text: string;
  readonly width: number;
  /** `1,234`: what stands below the name, smaller, where machines are counted. */
  readonly count: string | undefined;
  /** Of the box around it. */
  readonly box: Size;
  readonly title: string;
}

export function labelState(state: DrawnState, maxWidth = MAX_STATE_WIDTH): StateLabel {
  const shown = showText(state.name);
  const roles = [
    state.isStart && "start",
    state.isFinal && "final",
    state.isCurrent && "current",
    state.isVisited && "visited",
  ].filter((role) => role !== false);
  const font = { size: STATE_SIZE, isBold: state.isStart || state.isCurrent };
  const text = shorten(shown, font, maxWidth);
  const title = roles.length > 0 ? `${shown} (${roles.join(", ")})` : shown;
  const width = estimateWidth(text, font);
  if (state.count === undefined) return { text, width, count: undefined, box: boxAround(width, BOX_HEIGHT), title };
  const count = state.count.toLocaleString("en");
  const countWidth = estimateWidth(count, { ...font, size: EVENT_SIZE });
  return {
    text,
    width,
    count,
    box: boxAround(Math.max(width, countWidth), COUNTED_HEIGHT),
    title: `${title}: ${count} ${state.count === 1 ? "machine" : "machines"}`,
  };
}

/** The box of ANY_STATE. */
export const ANY_BOX: Size = boxAround(estimateWidth(ANY_NAME, { size: STATE_SIZE }), BOX_HEIGHT);

function boxAround(width: number, height: number): Size {
  return { width: Math.max(MIN_BOX_WIDTH, width + 2 * BOX_PADDING), height };
}

export function labelArrow(graph: Graph, arrow: Arrow): ArrowLabel {
  const { events, moreEvents } = arrow;
  const count = events.length + moreEvents;
  const shown = events.slice(0, count > LINES_PER_ARROW ? LINES_PER_ARROW - 1 : LINES_PER_ARROW);
  const lines = shown.map((event) => {
    const { isTaken } = event;
    const fit = (text: string, part: keyof Trigger): string =>
      shorten(showText(text), fontOf(isTaken), MAX_WIDTHS[part]);
    return { text: (isTaken ? "✓ " : "") + joinTrigger(event, fit), isTaken };
  });
  if (count > shown.length) lines.push({ text: `and ${count - shown.length} more`, isTaken: false });
  const width = Math.max(...lines.map(({ text, isTaken }) => estimateWidth(text, fontOf(isTaken))));
  return { lines, width: width + 8, height: lines.length * LINE_HEIGHT + 4, title: titleOf(graph, arrow) };
}

function fontOf(isTaken: boolean): Font {
  return { size: EVENT_SIZE, isBold: isTaken };
}

function titleOf({ states }: Graph, { from, to, events, moreEvents }: Arrow): string {
  const nameOf = (state: number): string => (state === ANY_STATE ? ANY_NAME : showText(states[state]?.name ?? ""));
  const names = events.map((event) => `${showText(joinTrigger(event))}${event.isTaken ? " (taken)" : ""}`);
  const more = moreEvents > 0 ? `, and ${moreEvents} more` : "";
  return `${nameOf(from)} → ${nameOf(to)}: ${names.join(", ")}${more}`;
}
