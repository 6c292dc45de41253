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

export function drawPath({ isTaken }: Pick<Arrow, "isTaken">, d: string, title?: string): string {
  const attributes = isTaken
    ? 'class="d-arrow d-taken" marker-end="url(#d-head-taken)"'
    : 'class="d-arrow" marker-end="url(#d-head-plain)"';
  return title === undefined
    ? `<path ${attributes} d="${d}"/>`
    : `<path ${attributes} d="${d}">${drawTitle(title)}</path>`;
}

export function classOf({ isStart, isCurrent, isVisited }: DrawnState): string {
  const classes = ["d-state", isStart && "d-start", isVisited && "d-visited", isCurrent && "d-current"];
  return classes.filter((name) => name !== false).join(" ");
}

/** Positions in the order in which they are drawn: what was taken lies above the rest. */
export function takenLast(arrows: readonly Arrow[]): number[] {
  const positions = [...arrows.keys()];
  const isTaken = (i: number): boolean => arrows[i]?.isTaken ?? false;
  return [...positions.filter((i) => !isTaken(i)), ...positions.filter(isTaken)];
}
