/**
 * States in layers, arrows led between them with room for what is written on them. The layers are ours, the places in them
 * dagre's.
 */
import { placeGraph, type PlacedEdge, type Point } from "./dagre.ts";
import type { Graph } from "./graph.ts";
import { ANY_BOX, type Size } from "./labels.ts";
import {
  estimateSize,
  halveLayers,
  LOOP_ROOM,
  planLayers,
  type Ends,
  type Gaps,
  type Parts,
  type Plan,
} from "./layer-plan.ts";
import { assignPorts } from "./ports.ts";

export interface Box extends Point, Size {}

/** How an arrow runs. */
export interface Route {
  /** From its beginning to its end: in a bend to every second point, straight to the others. Empty: a loop. */
  readonly points: readonly Point[];
  /** The middle of what is written on it. */
  readonly label: Point;
}

/** All boxes have their middle at x, y. */
export interface LayeredLayout extends Size {
  /** Layers from left to right instead of from top to bottom, and loops below their states instead of beside them. */
  readonly isSideways: boolean;
  readonly boxes: readonly Box[];
  readonly anyBox: Box | undefined;
  /** The mark from which an arrow leads straight to the starting state, if there is one. */
  readonly dot: Point | undefined;
  /** Of the graph's arrows, in their order. */
  readonly routes: readonly Route[];
}

/** A picture that is wider than a page, and much wider than high, is turned. */
const PAGE_WIDTH = 1_200;
const WIDE = 1.5;
/** Across the layers: many programs cannot show pictures of 32,768 points or more. */
const MAX_LENGTH = 32_000;
/** Along the layers: dagre's time grows with the square of what stands in one. */
const MAX_BREADTH = 12_000;
export const DOT_RADIUS = 7;
/** From the starting state to the end of its dot. */
const DOT_ROOM = 44;
const UPRIGHT: Gaps = { node: 36, edge: 16, layer: 30 };
/** Bends from left to right lead over longer ways up and down. */
const SIDEWAYS: Gaps = { node: 18, edge: 12, layer: 44 };

/** Undefined: too much work, or too many arrows for anybody to follow. */
export function layOutInLayers(
  graph: Graph,
  boxes: readonly Size[],
  labels: readonly Size[],
): LayeredLayout | undefined {
  const plan = planLayers(graph);
  if (plan === undefined) return undefined;
  const asIs = { boxes, anyBox: ANY_BOX, labels, gaps: UPRIGHT };
  const turned = {
    boxes: boxes.map(turnSize),
    anyBox: turnSize(ANY_BOX),
    labels: labels.map(turnSize),
    gaps: SIDEWAYS,
  };
  const upright = estimateSize(plan, asIs);
  const sideways = estimateSize(plan, turned);
  const isWide = upright.width > Math.max(PAGE_WIDTH, WIDE * upright.height);
  const isSideways = isWide && longerSide(sideways) < longerSide(upright);
  const { width, height } = isSideways ? sideways : upright;
  if (width > MAX_BREADTH || height > MAX_LENGTH) return undefined;
  return isSideways ? turn(place(plan, turned)) : place(plan, asIs);
}

function longerSide({ width, height }: Size): number {
  return Math.max(width, height);
}

function place(plan: Plan, parts: Parts): LayeredLayout {
  const { start, any, hasAny, links, ends, rankOf } = plan;
  const { labels, gaps } = parts;
  const sizes = hasAny ? [...parts.boxes, parts.anyBox] : parts.boxes;
  const { outer, before, after } = surround(plan, sizes, labels);
  const straight = ends.flatMap((end, i) => (isLoop(end) ? [] : [i]));
  const graph = placeGraph(
    outer.map((size, node) => ({ ...size, rank: rankOf(node) })),
    straight.map((i) => ({ ...(ends[i] as Ends), ...(labels[i] as Size) })),
    gaps,
  );
  const boxes = sizes.map((size, node) => {
    const { x = 0, y = 0 } = graph.nodes[node] ?? {};
    return { ...size, x: x + ((before[node] ?? 0) - (after[node] ?? 0)) / 2, y };
  });
  const halves = halveLayers(outer, rankOf, ends, labels);
  const courses = straight.map((i, n): Course => {
    const { upper, lower } = ends[i] as Ends;
    const { turns, label } = graph.edges[n] as PlacedEdge;
    // Straight through each layer, so that the arrow bends only where nothing else is.
    const points = turns.flatMap(({ x, y }, k) => {
      const half = halves.get(rankOf(upper) + 1 + k) ?? 0;
      return [
        { x, y: y - half },
        { x, y: y + half },
      ];
    });
    return { upper, lower, points, label, isBack: links[i]?.from === lower };
  });
  const routes = new Map(routeCourses(boxes, courses).map((route, n) => [straight[n] ?? 0, route]));
  const first = boxes[start];
  return {
    width: graph.width,
    height: graph.height,
    isSideways: false,
    boxes: boxes.slice(0, any),
    anyBox: boxes[any],
    dot: first && { x: first.x - first.width / 2 - DOT_ROOM + DOT_RADIUS, y: first.y },
    routes: ends.map(({ upper }, i) => routes.get(i) ?? loopOf(boxes[upper] as Box, labels[i] as Size)),
  };
}

/**
 * Nodes with what belongs to them: the dot before the starting state, and a loop with what is written on it. dagre would put
 * them anywhere in the layer.
 */
function surround({ start, ends }: Plan, sizes: readonly Size[], labels: readonly Size[]) {
  const before = sizes.map((_, node) => (node === start ? DOT_ROOM : 0));
  const after = sizes.map(() => 0);
  const heights = sizes.map(({ height }) => height);
  for (const [i, end] of ends.entries()) {
    if (!isLoop(end)) continue;
    const { width, height } = labels[i] as Size;
    after[end.upper] = LOOP_ROOM + width;
    heights[end.upper] = Math.max(heights[end.upper] ?? 0, height);
  }
  const outer = sizes.map(({ width }, node) => ({
    width: (before[node] ?? 0) + width + (after[node] ?? 0),
    height: heights[node] ?? 0,
  }));
  return { outer, before, after };
}

/** An arrow between its states, downwards. */
interface Course extends Ends, Route {
  /** It is read upwards. */
  readonly isBack: boolean;
}

function routeCourses(boxes: readonly Box[], courses: readonly Course[]): Route[] {
  const leaves = assignPorts(boxes, courses, "upper");
  const enters = assignPorts(boxes, courses, "lower");
  return courses.map(({ upper, lower, points, label, isBack }, i) => {
    const [high, low] = [boxes[upper] as Box, boxes[lower] as Box];
    const all = [
      { x: leaves.get(i) ?? high.x, y: high.y + high.height / 2 },
      ...points,
      { x: enters.get(i) ?? low.x, y: low.y - low.height / 2 },
    ];
    return { points: isBack ? all.toReversed() : all, label };
  });
}

function loopOf({ x, y, width }: Box, label: Size): Route {
  return { points: [], label: { x: x + width / 2 + LOOP_ROOM + label.width / 2, y } };
}

function isLoop({ upper, lower }: Ends): boolean {
  return upper === lower;
}

function turnSize({ width, height }: Size): Size {
  return { width: height, height: width };
}

function turnPoint({ x, y }: Point): Point {
  return { x: y, y: x };
}

function turnBox(box: Box): Box {
  return { ...turnPoint(box), ...turnSize(box) };
}

function turnRoute({ points, label }: Route): Route {
  return { points: points.map(turnPoint), label: turnPoint(label) };
}

function turn(laidOut: LayeredLayout): LayeredLayout {
  return {
    ...turnSize(laidOut),
    isSideways: !laidOut.isSideways,
    boxes: laidOut.boxes.map(turnBox),
    anyBox: laidOut.anyBox && turnBox(laidOut.anyBox),
    dot: laidOut.dot && turnPoint(laidOut.dot),
    routes: laidOut.routes.map(turnRoute),
  };
}
