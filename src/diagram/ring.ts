/**
 * States on a ring, arrows across it: for more arrows than can be led around each other. Nothing lies on anything else, and
 * it costs no more than the arrows are many.
 */
import { ANY_STATE, type Graph } from "./graph.ts";
import type { Point } from "./dagre.ts";
import { rankNodes } from "./ranks.ts";

export interface Spot extends Point {
  /** Clockwise, from the right, in radians. */
  readonly angle: number;
}

export interface RingLayout {
  /** Of the ring; its middle is at 0, 0. */
  readonly radius: number;
  readonly spots: readonly Spot[];
  readonly anySpot: Spot | undefined;
  /** Of the graph's arrows, in their order: the points of a quadratic curve, or of a cubic one for a loop. */
  readonly curves: readonly (readonly Point[])[];
}

/** Along the ring, so that names do not touch. */
const SPOT_GAP = 20;
const MIN_RADIUS = 150;
/** Arrows end before the spot. */
const SPOT_RADIUS = 9;
const LOOP = 34;

export function layOutOnRing(graph: Graph): RingLayout {
  const { states, arrows } = graph;
  const any = states.length;
  const hasAny = arrows.some(({ from }) => from === ANY_STATE);
  const count = states.length + (hasAny ? 1 : 0);
  const links = arrows.map(({ from, to }) => ({ from: from === ANY_STATE ? any : from, to }));
  const { order } = rankNodes(
    count,
    links.filter(({ from, to }) => from !== to),
    [states.findIndex(({ isStart }) => isStart)],
  );
  const radius = Math.max(MIN_RADIUS, (count * SPOT_GAP) / (2 * Math.PI));
  const spots: Spot[] = [];
  for (const [place, node] of order.entries()) {
    const angle = (2 * Math.PI * place) / count - Math.PI / 2;
    spots[node] = { angle, ...polar(angle, radius) };
  }
  const curves = links.map(({ from, to }) => {
    const [a, b] = [spots[from] as Spot, spots[to] as Spot];
    return from === to ? loopAt(a, radius) : curveBetween(a, b, radius);
  });
  return { radius, spots: spots.slice(0, any), anySpot: hasAny ? spots[any] : undefined, curves };
}

function polar(angle: number, radius: number): Point {
  return { x: Math.cos(angle) * radius, y: Math.sin(angle) * radius };
}

/** Bent towards the middle, and to one side, so that there and back again are two lines. */
function curveBetween(a: Point, b: Point, radius: number): Point[] {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  const inward = 0.85 - 0.45 * (length / (2 * radius));
  const aside = 0.1;
  const middle = {
    x: ((a.x + b.x) / 2) * inward - (b.y - a.y) * aside,
    y: ((a.y + b.y) / 2) * inward + (b.x - a.x) * aside,
  };
  return [shift(a, middle, SPOT_RADIUS), middle, shift(b, middle, SPOT_RADIUS)];
}

function loopAt({ angle }: Spot, radius: number): Point[] {
  const inner = radius - SPOT_RADIUS;
  const side = 0.6 * (LOOP / radius);
  const tip = radius - LOOP;
  const edge = (SPOT_RADIUS * 0.4) / radius;
  return [polar(angle - edge, inner), polar(angle - side, tip), polar(angle + side, tip), polar(angle + edge, inner)];
}

/** From one point some way towards another. */
function shift(from: Point, to: Point, by: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: from.x + ((to.x - from.x) / length) * by, y: from.y + ((to.y - from.y) / length) * by };
}
