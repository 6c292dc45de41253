/** The small parts that both kinds of picture share. */
import type { Arrow, DrawnState } from "./graph.ts";
import type { Size } from "./labels.ts";
import { escapeXml } from "./text.ts";

/** A part of a picture: its top left corner is at 0, 0. */
export interface Drawing extends Size {
  readonly elements: readonly string[];
  /** What is not in the picture, or how it is to be read. */
  readonly notes: readonly string[];
}

/** Tenths are finer than any screen; more digits are only bytes. */
export function round(value: number): number {
  return Math.round(value * 10) / 10 + 0;
}

export function drawTitle(title: string): string {
  return `<title>${escapeXml(title)}</title>`;
}

/** An arrow; `inlineAs` as in the picture's options. */
export function drawPath(
  { isTaken }: Pick<Arrow, "isTaken">,
  d: string,
  inlineAs: string | undefined,
  title?: string,
): string {
  const attributes = `class="d-arrow${isTaken ? " d-taken" : ""}" marker-end="url(#${headId(isTaken, inlineAs)})"`;
  return title === undefined
    ? `<path ${attributes} d="${d}"/>`
    : `<path ${attributes} d="${d}">${drawTitle(title)}</path>`;
}

/** Of an arrow's head: two pictures on one page do not have the same. */
export function headId(isTaken: boolean, inlineAs: string | undefined): string {
  return `${inlineAs === undefined ? "" : `${inlineAs}-`}d-head-${isTaken ? "taken" : "plain"}`;
}

/** The group of what is drawn of a state. */
export function drawGroup(state: DrawnState, position: number, inlineAs: string | undefined, content: string): string {
  const data = inlineAs === undefined ? "" : ` data-state="${position}"`;
  return `<g class="${classOf(state)}"${data}>${content}</g>`;
}

function classOf({ isStart, isCurrent, isVisited }: DrawnState): string {
  const classes = ["d-state", isStart && "d-start", isVisited && "d-visited", isCurrent && "d-current"];
  return classes.filter((name) => name !== false).join(" ");
}

/** Positions in the order in which they are drawn: what was taken lies above the rest. */
export function takenLast(arrows: readonly Arrow[]): number[] {
  const positions = [...arrows.keys()];
  const isTaken = (i: number): boolean => arrows[i]?.isTaken ?? false;
  return [...positions.filter((i) => !isTaken(i)), ...positions.filter(isTaken)];
}
