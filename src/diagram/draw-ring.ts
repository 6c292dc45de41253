/** The picture of states on a ring. */
import { drawGroup, drawPath, drawTitle, round, takenLast, type Drawing } from "./draw.ts";
import type { Arrow, Graph } from "./graph.ts";
import { ANY_BOX, ANY_NAME, ANY_NOTE, CUT_NOTE, labelState, type ArrowLabel, type StateLabel } from "./labels.ts";
import type { Point } from "./dagre.ts";
import type { RingLayout, Spot } from "./ring.ts";
import { escapeXml, estimateWidth } from "./text.ts";

const MAX_NAME_WIDTH = 180;
const NAME_GAP = 14;
const COUNT_GAP = 8;
const COUNT_FONT = { size: 12, isBold: true };
/** From here on single arrows cannot be followed anyway: they are drawn thinner. */
const MANY_ARROWS = 200;

export function drawRing(
  graph: Graph,
  layout: RingLayout,
  labels: readonly ArrowLabel[],
  inlineAs: string | undefined,
): Drawing {
  const { radius, spots, anySpot, curves } = layout;
  const states = graph.states.map((state) => labelState(state, MAX_NAME_WIDTH));
  const names = [
    ...states.map((state, i) => ({ spot: spots[i], width: widthOf(state) })),
    { spot: anySpot, width: ANY_BOX.width },
  ];
  const reach = { left: radius, right: radius, top: radius, bottom: radius };
  for (const { spot, width } of names) {
    if (spot === undefined) continue;
    const length = radius + NAME_GAP + width + 8;
    const [x, y] = [Math.cos(spot.angle) * length, Math.sin(spot.angle) * length];
    reach.left = Math.max(reach.left, 8 - x);
    reach.right = Math.max(reach.right, 8 + x);
    reach.top = Math.max(reach.top, 8 - y);
    reach.bottom = Math.max(reach.bottom, 8 + y);
  }
  const elements = [
    `<g class="d-ring${graph.arrows.length > MANY_ARROWS ? " d-many" : ""}" transform="translate(${round(reach.left)} ${round(reach.top)})">`,
    ...takenLast(graph.arrows).map((i) =>
      drawPath(graph.arrows[i] as Arrow, pathOf(curves[i] ?? []), inlineAs, labels[i]?.title),
    ),
    ...graph.states.map((state, i) => {
      const { title, text, count } = states[i] as StateLabel;
      const spot = spots[i] as Spot;
      const inner = state.isFinal ? drawCircle("d-inner", spot, 3) : "";
      const mark = state.isStart ? drawStart(spot) : "";
      const circle = drawCircle("d-spot", spot, 6);
      return drawGroup(state, i, inlineAs, drawTitle(title) + circle + inner + mark + drawName(spot, text, count));
    }),
    ...(anySpot === undefined
      ? []
      : [
          `<g class="d-state d-any">${drawTitle(ANY_NOTE)}${drawCircle("d-spot", anySpot, 6)}${drawName(anySpot, ANY_NAME)}</g>`,
        ]),
    "</g>",
  ];
  const notes = [
    "too many arrows to write their events: point at an arrow to read them",
    ...(graph.isCut ? [CUT_NOTE] : []),
    ...(anySpot === undefined ? [] : [ANY_NOTE]),
  ];
  return { width: reach.left + reach.right, height: reach.top + reach.bottom, elements, notes };
}

/** Of a name and, beside it, the count. */
function widthOf({ width, count }: StateLabel): number {
  return count === undefined ? width : width + COUNT_GAP + estimateWidth(count, COUNT_FONT);
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function pathOf([from, ...rest]: readonly Point[]): string {
  return from === undefined ? "" : `M${at(from)}${rest.length === 3 ? "C" : "Q"}${rest.map(at).join(" ")}`;
}

function drawCircle(kind: string, { x, y }: Point, r: number): string {
  return `<circle class="${kind}" cx="${round(x)}" cy="${round(y)}" r="${r}"/>`;
}

/** Names stand outside the ring, never upside down. */
function drawName({ x, y, angle }: Spot, text: string, count?: string): string {
  const degrees = round((angle * 180) / Math.PI);
  const isLeft = Math.cos(angle) < -1e-9;
  const [dx, dy] = [Math.cos(angle) * NAME_GAP, Math.sin(angle) * NAME_GAP];
  const turn = `translate(${round(x + dx)} ${round(y + dy)}) rotate(${isLeft ? round(degrees + 180) : degrees})`;
  const counted = count === undefined ? "" : `<tspan class="d-note" dx="${COUNT_GAP}">${count}</tspan>`;
  return `<text text-anchor="${isLeft ? "end" : "start"}" transform="${turn}" y="4.5">${escapeXml(text)}${counted}</text>`;
}

/** The starting state's spot is filled. */
function drawStart({ x, y }: Point): string {
  return `<circle class="d-dot" cx="${round(x)}" cy="${round(y)}" r="3.5"/>`;
}
