/**
 * What stands in which layer, and about how large that will be: known before anything is placed, so that too much work is
 * never begun.
 */
import { ANY_STATE, type Graph } from "./graph.ts";
import type { Size } from "./labels.ts";
import { rankNodes, type Link } from "./ranks.ts";

/**
 * What dagre is asked to do at most: the places where arrows pass layers. Its time grows faster than their number: 100
 * states and 8,000 places take a second, 500 states and 69,000 places 13.
 */
const MAX_PASSES = 2_500;
/** With more arrows than this for each state, and some, there is a picture, but nobody follows it. */
const ARROWS_PER_STATE = 4;
const FREE_ARROWS = 24;
/** From a state to what is written on its loop. */
export const LOOP_ROOM = 32;

export interface Plan {
  readonly start: number;
  readonly any: number;
  readonly hasAny: boolean;
  readonly links: readonly Link[];
  /** The links from the earlier to the later layer: dagre gets no circles. */
  readonly ends: readonly Ends[];
  /** States stand in the even of dagre's layers, labels in any. */
  readonly rankOf: (node: number) => number;
}

export interface Ends {
  readonly upper: number;
  readonly lower: number;
}

/** Undefined: too much work, or too many arrows for anybody to follow. */
export function planLayers({ states, arrows }: Graph): Plan | undefined {
  if (arrows.length > ARROWS_PER_STATE * states.length + FREE_ARROWS) return undefined;
  const any = states.length;
  const start = states.findIndex(({ isStart }) => isStart);
  const links = arrows.map(({ from, to }) => ({ from: from === ANY_STATE ? any : from, to }));
  const straight = links.flatMap(({ from, to }, i) => (from === to ? [] : [i]));
  const { ranks, isBack } = rankNodes(
    any + 1,
    straight.map((i) => links[i] as Link),
    [start, any],
  );
  const rankOf = (node: number): number => 2 * (ranks[node] ?? 0);
  const ends = links.map(({ from, to }) => ({ upper: from, lower: to }));
  for (const [n, i] of straight.entries()) {
    const { from, to } = links[i] as Link;
    if (isBack[n]) ends[i] = { upper: to, lower: from };
  }
  const passes = ends.reduce((sum, { upper, lower }) => sum + rankOf(lower) - rankOf(upper), 0);
  if (passes > MAX_PASSES) return undefined;
  return { start, any, hasAny: arrows.some(({ from }) => from === ANY_STATE), links, ends, rankOf };
}

export interface Gaps {
  /** Between neighbours in a layer. */
  readonly node: number;
  readonly edge: number;
  /** Between states and the labels before and after them. */
  readonly layer: number;
}

/** What is to be placed, with widths along the layers. */
export interface Parts {
  readonly boxes: readonly Size[];
  readonly anyBox: Size;
  readonly labels: readonly Size[];
  readonly gaps: Gaps;
}

/** About how large the layout will be, without making it: `width` along the layers. */
export function estimateSize({ ends, rankOf }: Plan, { boxes, anyBox, labels, gaps }: Parts): Size {
  const widths = new Map<number, number>();
  const widen = (rank: number, width: number): void => void widths.set(rank, (widths.get(rank) ?? 0) + width);
  for (const [node, { width }] of [...boxes, anyBox].entries()) widen(rankOf(node), width + gaps.node);
  for (const [i, { upper, lower }] of ends.entries()) {
    const [first, last] = [rankOf(upper), rankOf(lower)];
    const width = labels[i]?.width ?? 0;
    if (upper === lower) widen(first, LOOP_ROOM + width);
    for (let rank = first + 1; rank < last; rank++) widen(rank, gaps.edge + (2 * rank === first + last ? width : 0));
  }
  const heights = [...halveLayers([...boxes, anyBox], rankOf, ends, labels).values()];
  const layers = Math.max(...widths.keys());
  return {
    width: Math.max(...widths.values()),
    height: heights.reduce((sum, half) => sum + 2 * half, 0) + layers * gaps.layer,
  };
}

/** Half the height of each of dagre's layers: of states, and of labels, which are half way along their arrows. */
export function halveLayers(
  sizes: readonly Size[],
  rankOf: (node: number) => number,
  ends: readonly Ends[],
  labels: readonly Size[],
): Map<number, number> {
  const halves = new Map<number, number>();
  const raise = (rank: number, height: number): void => {
    halves.set(rank, Math.max(halves.get(rank) ?? 0, height / 2));
  };
  for (const [node, { height }] of sizes.entries()) raise(rankOf(node), height);
  for (const [i, { upper, lower }] of ends.entries())
    if (upper !== lower) raise((rankOf(upper) + rankOf(lower)) / 2, labels[i]?.height ?? 0);
  return halves;
}
